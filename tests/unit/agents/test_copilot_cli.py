"""Copilot CLI: an own small store, and the shared fixtures where they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from gitstory.agents.copilot_cli import AGENT
from gitstory.model import Conversation, Mark, Replacement, Tokens
from gitstory.testing import Expect, conformance, findings
from tests.examples import tries
from tests.smallstores import DATA

STORE = DATA / "copilot-cli"
FIXTURES = Path(__file__).resolve().parents[4] / "shared" / "fixtures" / "copilot-cli"
MAIN = "7b2c0001-0000-4000-8000-00000000000a"


def read(root: Path) -> dict[str, Conversation]:
    return {one.id: one for source in AGENT.sources(root) for one in AGENT.read(source).conversations}


def test_it_conforms(tmp_path: Path) -> None:
    conformance(AGENT, STORE, tmp_path, Expect(conversations=2, prompts=4, edits=7, skipped=0), readings=tries(200))


def test_where_it_stores() -> None:
    home = Path("/home/dev")
    assert AGENT.roots({}, home) == [home / ".copilot" / "session-state"]
    assert AGENT.roots({"COPILOT_HOME": "/elsewhere"}, home)[0] == Path("/elsewhere/session-state")


def test_prompts_are_the_persons() -> None:
    """Neither the program's reminders nor what it tells a subagent; what was rewound is marked."""
    one = read(STORE)[MAIN]
    assert [(turn.id, turn.prompt, turn.abandoned) for turn in one.turns] == [
        ("7b2c-u1", "Add subtract to @calc.py, write notes", False),
        ("7b2c-u2", "Remove the notes", True),
        ("7b2c-u3", "Commit in the background", False),
    ]
    marks = [(step.kind, step.text) for turn in one.turns for step in turn.steps if isinstance(step, Mark)]
    assert marks == [("subagent", "Explore"), ("interrupted", ""), ("compacted", "")]


def test_what_the_head_and_the_file_beside_it_tell() -> None:
    one = read(STORE)[MAIN]
    assert (one.title, one.version, one.places) == ("Subtract: done", "1.0.102", ("/home/dev/app",))
    assert (one.remotes, one.heads) == (("https://example.com/dev/app",), ("1" * 40,))
    assert [AGENT.places(source) for source in AGENT.sources(STORE)] == [("/home/dev/app",), ("C:/work/lib",)]


def test_edits_are_those_that_took_effect() -> None:
    first, _, third = read(STORE)[MAIN].turns
    changed, created, found = first.edits
    assert (changed.path, changed.replacements[0].old) == (
        "/home/dev/app/calc.py",
        "def add(a, b):\n    return a + b\n",
    )
    assert (created.path, created.op, created.after) == (
        "/home/dev/app/notes.md",
        "create",
        "# Notes on the calculator\n",
    )
    assert (found.path, found.source, found.after) == (
        "/home/dev/app/found.md",
        "shell",
        "Nothing but the calculator is here.\n",
    )
    assert [(call.failed, call.agent) for call in first.calls] == [
        (True, None),
        (False, None),
        (False, None),
        (False, None),
        (False, "c4"),
    ]
    (patched,) = third.edits
    assert patched.hunks[0].lines == ("-first = 1", "+first = 2")


def test_a_command_left_running_tells_its_commit_later() -> None:
    third = read(STORE)[MAIN].turns[2]
    assert [(call.tool, call.failed, call.commits) for call in third.calls] == [
        ("apply_patch", False, ()),
        ("bash", False, ()),
        ("bash", True, ()),
        ("read_bash", False, ("1f2e3d4",)),
        ("view", False, ()),
    ]


def test_tokens_are_counted_once() -> None:
    """Newer versions record what each call took, older ones only what was written."""
    assert [turn.tokens for turn in read(STORE)[MAIN].turns] == [Tokens(200, 27, 80), Tokens(0, 3), Tokens(0, 9)]


def test_a_file_of_an_older_version_on_windows() -> None:
    one = read(STORE)["8c3d0001-old"]
    (turn,) = one.turns
    created, replaced, inserted = turn.edits
    assert {edit.path for edit in turn.edits} == {"C:/work/lib/a.txt"}
    assert (created.after, replaced.replacements, inserted.hunks[0].lines) == (
        "A\n",
        (Replacement("A", "B"),),
        ("+C",),
    )
    assert turn.images == 1


@pytest.mark.real_files(FIXTURES)
def test_the_session_of_a_real_program() -> None:
    (one,) = read(FIXTURES / "lab-1.0.102" / ".copilot" / "session-state").values()
    told = findings([one])
    assert (told.prompts, told.answers, told.calls, told.edits, told.edits_with_text) == (2, 8, 6, 3, 3)
    assert (told.tokens, told.skipped, told.versions, one.models) == (2, 0, ("1.0.102",), ("mock-model",))
    assert one.tokens == Tokens(10320, 320, 8000)
    assert [commit for turn in one.turns for call in turn.calls for commit in call.commits] == ["47b8925"]


@pytest.mark.real_files(FIXTURES)
@pytest.mark.parametrize(
    ("name", "prompts", "calls", "edits", "subagents", "commits"),
    [
        ("agentv-269e1b9e5502-0", 1, 68, 1, 0, ["a87a7777"]),
        ("agentv-6a6787e4f86b-0", 1, 0, 0, 0, []),
        ("starcar-70f01dc53f44-0", 1, 78, 2, 1, ["797818d"]),
        ("agentsessions-schema-coverage", 2, 4, 0, 1, []),
    ],
)
def test_real_sessions(name: str, prompts: int, calls: int, edits: int, subagents: int, commits: list[str]) -> None:
    one = read(FIXTURES)[name]
    told = findings([one])
    assert (told.prompts, told.calls, told.edits, told.subagents) == (prompts, calls, edits, subagents)
    assert (told.edits_with_text, told.skipped) == (edits, 0)
    assert [commit for turn in one.turns for call in turn.calls for commit in call.commits] == commits
