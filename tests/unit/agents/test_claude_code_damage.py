"""Broken, cut and growing files: nothing raises."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gitstory.agents.base import Reading
from gitstory.agents.claude_code import AGENT
from gitstory.model import Conversation
from tests.examples import tries
from tests.unit.agents.claude_code_records import SESSION, Transcript

STORE = Path(__file__).parents[2] / "data" / "claude-code" / "-home-dev-work-app"
MAIN = f"{SESSION}.jsonl"
HELPER = f"{SESSION}/subagents/agent-a1b2c3.jsonl"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return Path(shutil.copytree(STORE, tmp_path / "store"))


def read(path: Path) -> Reading:
    (source,) = AGENT.sources(path)
    return AGENT.read(source)


def test_the_small_store_says_what_it_should(store: Path) -> None:
    (conversation,) = read(store).conversations
    assert [(t.prompt, t.abandoned, [e.path.rsplit("/", 1)[1] for e in t.edits]) for t in conversation.turns] == [
        ("Add a greeting and commit it", False, ["app.py", "notes.md"]),
        ("and mention it in the notes", False, []),
        ("Make it shout", True, ["app.py"]),
        ("Make it a docstring instead", False, ["notes.txt"]),
        ("Thanks", False, []),
    ]
    assert [c.commits for t in conversation.turns for c in t.calls if c.commits] == [("1234abc",)]
    assert (conversation.title, conversation.skipped) == ("Add a greeting", 0)


@pytest.mark.slow
@pytest.mark.parametrize("name", [MAIN, HELPER])
def test_cut_anywhere_it_never_raises_and_grows_with_the_file(store: Path, name: str) -> None:
    content = (store / name).read_bytes()
    turns = 0
    for size in range(0, len(content) + 1, 1 if name == HELPER else 3):
        (store / name).write_bytes(content[:size])
        for conversation in read(store).conversations:
            assert len(conversation.turns) >= turns
            turns = len(conversation.turns)
            assert conversation.skipped == 0
    assert turns == 5


@pytest.mark.parametrize("seed", range(300))
def test_flipped_bytes_never_raise(store: Path, seed: int) -> None:
    chance = random.Random(seed)
    for name in (MAIN, HELPER):
        content = bytearray((store / name).read_bytes())
        for _ in range(chance.choice((1, 5, 50))):
            content[chance.randrange(len(content))] = chance.randrange(256)
        (store / name).write_bytes(content)
    reading = read(store)
    assert all(isinstance(conversation, Conversation) for conversation in reading.conversations)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)


@settings(max_examples=tries(200))
@given(st.data())
def test_values_of_any_type_never_raise(tmp_path: Path, data: st.DataObject) -> None:
    log = Transcript()
    log.prompt("fix it")
    log.edit("/w/a", "a", "b", "a")
    log.bash("git commit -m x", "[main abc1234] x", gitOperation={"commit": {"sha": "abc1234"}})
    log.plain(type="queue-operation", operation="enqueue", content="x")
    log.plain(type="queue-operation", operation="remove", content="x")
    log.tree("attachment", attachment={"type": "queued_command", "prompt": "x", "origin": {"kind": "human"}})
    log.tree("system", subtype="compact_boundary", logicalParentUuid="x", compactMetadata={"trigger": "auto"})
    log.tree("progress", data={"type": "agent_progress", "agentId": "a", "message": {"type": "user", "message": {}}})
    log.says("side", isSidechain=True)
    at = data.draw(st.sampled_from(log.records))
    for _ in range(data.draw(st.integers(0, 4))):
        inner = [value for value in at.values() if isinstance(value, dict) and value]
        lists = [item for value in at.values() if isinstance(value, list) for item in value if isinstance(item, dict)]
        if not inner + lists:
            break
        at = data.draw(st.sampled_from(inner + lists))
    at[data.draw(st.sampled_from(sorted(at)))] = data.draw(JSON)
    for conversation in read(log.store(tmp_path)).conversations:
        assert conversation.agent == "claude-code"


def test_a_vanished_file_yields_nothing(store: Path) -> None:
    (source,) = AGENT.sources(store)
    shutil.rmtree(store)
    assert AGENT.read(source).conversations == ()
    assert AGENT.places(source) == ()


def test_other_json_lines_are_no_conversation(tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_text('{"type":"session.start","data":{}}\n[1]\nnot json\n')
    assert read(tmp_path).conversations == ()
