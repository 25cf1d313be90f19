"""Rollouts that are cut off or broken."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gitstory.agents.base import Reading
from gitstory.agents.codex import AGENT
from gitstory.agents.codex.store import source
from tests.examples import some, tries

STORE = Path(__file__).resolve().parents[2] / "data" / "codex"
FILES = sorted(STORE.rglob("*.jsonl"))
relaxed = settings(max_examples=tries(40))


def reading(path: Path, content: bytes) -> Reading:
    path.write_bytes(content)
    return AGENT.read(source(path))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem[-4:])
def test_a_file_cut_off_anywhere_holds_a_beginning(path: Path, tmp_path: Path) -> None:
    content, copy = path.read_bytes(), tmp_path / path.name
    prompts = [turn.prompt for turn in AGENT.read(source(path)).conversations[0].turns]
    stride = 1 if len(content) < 2000 else 11
    for end in some(range(0, len(content), stride)):
        (conversation,) = reading(copy, content[:end]).conversations
        assert [turn.prompt for turn in conversation.turns] == prompts[: len(conversation.turns)]
        assert conversation.skipped == 0
        AGENT.places(source(copy))


@settings(relaxed, max_examples=tries(60))
@given(st.data())
def test_flipped_bytes_never_raise(tmp_path: Path, data: st.DataObject) -> None:
    content = bytearray(data.draw(st.sampled_from(FILES)).read_bytes())
    for at, value in data.draw(
        st.lists(st.tuples(st.integers(0, len(content) - 1), st.integers(0, 255)), min_size=1, max_size=40)
    ):
        content[at] = value
    read = reading(tmp_path / "rollout-a.jsonl", bytes(content))
    msgspec.msgpack.encode(read.conversations)
    AGENT.places(source(tmp_path / "rollout-a.jsonl"))


odd = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@settings(relaxed, max_examples=tries(60))
@given(st.data())
def test_values_of_another_type_never_raise(tmp_path: Path, data: st.DataObject) -> None:
    """Every value of a record may turn out to be anything: one of them a record is replaced."""
    rows = [json.loads(line) for line in data.draw(st.sampled_from(FILES)).read_bytes().splitlines()]
    for row in rows:
        holder = data.draw(st.sampled_from(_holders(row)))
        key = data.draw(st.sampled_from(sorted(holder)))
        holder[key] = data.draw(odd)
    content = "".join(json.dumps(row) + "\n" for row in rows).encode()
    read = reading(tmp_path / "rollout-a.jsonl", content)
    msgspec.msgpack.encode(read.conversations)
    AGENT.places(source(tmp_path / "rollout-a.jsonl"))


def _holders(value: object) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    if isinstance(value, dict):
        found += [value] if value else []
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            found += _holders(inner)
    return found


def test_unreadable_lines_are_counted(tmp_path: Path) -> None:
    content = FILES[0].read_bytes() + b"not json\n\n[1]\n" + b'{"type":"event_msg","payload":3}\n'
    assert reading(tmp_path / "rollout-a.jsonl", content).conversations[0].skipped == 3


def test_a_last_line_without_its_newline_is_looked_at(tmp_path: Path) -> None:
    content = FILES[0].read_bytes()
    path = tmp_path / "rollout-a.jsonl"
    whole, bare = reading(path, content), reading(path, content[:-1])
    assert bare.conversations == whole.conversations


def test_a_file_that_is_gone_is_counted(tmp_path: Path) -> None:
    path = tmp_path / "rollout-a.jsonl"
    path.write_bytes(b"{}\n")
    gone = source(path)
    path.unlink()
    (conversation,) = AGENT.read(gone).conversations
    assert (conversation.turns, conversation.skipped) == ((), 1)
    assert AGENT.places(gone) == ()


def test_long_outputs_keep_their_head_and_tail(tmp_path: Path) -> None:
    printed = "first\n" + "x" * 100_000 + "\nlast"
    rows = [
        {"type": "session_meta", "payload": {"id": "a", "cwd": "/w"}},
        {"type": "event_msg", "payload": {"type": "user_message", "message": "go"}},
        {
            "type": "response_item",
            "payload": {"type": "function_call", "name": "exec_command", "arguments": '{"cmd":"go"}', "call_id": "c"},
        },
        {"type": "response_item", "payload": {"type": "function_call_output", "call_id": "c", "output": printed}},
    ]
    content = "".join(json.dumps(row) + "\n" for row in rows).encode()
    (conversation,) = reading(tmp_path / "rollout-a.jsonl", content).conversations
    (call,) = conversation.turns[0].calls
    assert len(call.output) <= 20_000
    assert call.output.startswith("first\nxxx")
    assert call.output.endswith("xxx\nlast")
