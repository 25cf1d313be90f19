"""DeepSeek TUI: an own small store, made after the program's source; no real session was at hand."""

from __future__ import annotations

import json
from pathlib import Path

from gitstory.agents.base import Source
from gitstory.agents.deepseek import AGENT
from gitstory.model import Conversation
from gitstory.testing import Expect, conformance
from tests.smallstores import DATA

STORE = DATA / "deepseek-tui"
APP = "/home/dev/work/app"


def only(root: Path) -> Conversation:
    (source,) = AGENT.sources(root)
    (one,) = AGENT.read(source).conversations
    return one


def changed(tmp_path: Path, **told: object) -> Conversation:
    """The conversation of the small store with parts of its session replaced."""
    (path,) = STORE.glob("*.json")
    (tmp_path / path.name).write_text(json.dumps(json.loads(path.read_text()) | told))
    return only(tmp_path)


def test_it_conforms(tmp_path: Path) -> None:
    conformance(AGENT, STORE, tmp_path, Expect(conversations=1, prompts=2, edits=3, skipped=0), readings=100)


def test_turns_and_edits() -> None:
    one = only(STORE)
    first, second = one.turns
    edits = list(first.edits)
    assert [turn.prompt for turn in one.turns] == [
        "Let the parser take empty lines",
        "Rename the file of the notes and commit",
    ]
    assert [(edit.path, edit.op) for edit in edits] == [
        (f"{APP}/parser.py", "modify"),
        (f"{APP}/notes.md", "create"),
    ]
    assert edits[0].hunks[0].new_start == 1 and edits[1].after == "Empty lines are left out.\n"
    assert [call.failed for call in first.calls] == [False, False, False, True]
    assert [edit.path for edit in second.edits] == [f"{APP}/notes.md"]
    assert list(second.calls)[-1].commits == ("1a2b3c4",)
    assert (one.models, one.places, one.version) == (("deepseek-chat",), (APP,), "1")


def test_no_times_are_made_up() -> None:
    """A session is dated when it is first saved, after its first edits."""
    one = only(STORE)
    assert (one.times, one.started) == ("bounds", None) and one.updated is not None
    assert all(turn.time is None for turn in one.turns)


def test_a_newer_schema_is_read_as_far_as_it_is_understood(tmp_path: Path) -> None:
    messages = [
        {"role": "user", "content": "As plain text"},
        {"role": "assistant", "content": [{"type": "hologram"}, {"type": "text", "text": "Yes"}]},
        {"role": "oracle", "content": []},
    ]
    one = changed(tmp_path, schema_version=7, messages=messages)
    assert (one.version, one.skipped, [turn.prompt for turn in one.turns]) == ("7", 2, ["As plain text"])


def test_the_head_tells_the_place_and_nothing_else_is_needed(tmp_path: Path) -> None:
    (source,) = AGENT.sources(STORE)
    assert AGENT.places(source) == (APP,)
    assert AGENT.places(Source("deepseek-tui", tmp_path / "gone.json", (0,), 0, 0.0)) == ()
