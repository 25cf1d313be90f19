"""Qwen Code: an own small store, and the shared fixtures where they are."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from gitstory.agents.qwen import AGENT
from gitstory.model import Conversation, Mark, Replacement, Tokens
from gitstory.testing import Expect, conformance, findings
from tests.examples import tries
from tests.smallstores import DATA

STORE = DATA / "qwen"
FIXTURES = Path(__file__).resolve().parents[4] / "shared" / "fixtures" / "qwen"
MAIN, FORK = "9d4f0001-0000-4000-8000-00000000000a", "ae500001-0000-4000-8000-00000000000b"


def read(*roots: Path) -> dict[str, Conversation]:
    return {one.id: one for root in roots for source in AGENT.sources(root) for one in AGENT.read(source).conversations}


def test_it_conforms(tmp_path: Path) -> None:
    expect = Expect(conversations=4, prompts=7, edits=5, skipped=0)
    conformance(AGENT, STORE, tmp_path, expect, roots=["projects", "tmp"], readings=tries(200))


def test_where_it_stores() -> None:
    home = Path("/home/dev")
    assert AGENT.roots({}, home) == [home / ".qwen" / "projects", home / ".qwen" / "tmp"]
    env = {"QWEN_HOME": "/elsewhere", "QWEN_RUNTIME_DIR": "/run/qwen"}
    assert AGENT.roots(env, home)[:4:2] == [Path("/run/qwen/projects"), Path("/elsewhere/projects")]


def test_prompts_are_the_persons() -> None:
    """Neither what hooks and files put in nor notices of the program; what was taken back is marked."""
    one = read(STORE / "projects")[MAIN]
    assert [(turn.id, turn.prompt, turn.abandoned) for turn in one.turns] == [
        ("9d4f-u1", "Add subtract to @calc.py, write notes", False),
        ("9d4f-u2", "Remove the notes", True),
        ("9d4f-u3", "Make the large file shorter, and commit", False),
    ]
    assert [step.kind for turn in one.turns for step in turn.steps if isinstance(step, Mark)] == ["compacted"]
    assert (one.title, one.version, one.models) == ("Subtract", "0.15.10", ("lab-1",))
    assert [turn.tokens for turn in one.turns] == [Tokens(300, 45, 120), Tokens(100, 15, 40), Tokens(200, 30, 80)]


def test_edits_are_those_that_took_effect() -> None:
    first, _, third = read(STORE / "projects")[MAIN].turns
    changed, created, found = first.edits
    assert (changed.path, changed.before) == ("/home/dev/app/calc.py", "def add(a, b):\n    return a + b\n")
    assert (created.path, created.after) == ("/home/dev/app/notes.md", "# Notes on the calculator\n")
    assert (found.path, found.source) == ("/home/dev/app/found.md", "shell")
    assert [call.failed for call in first.calls] == [True, False, False, True, False]
    assert [commit for call in third.calls for commit in call.commits] == ["1f2e3d4"]


def test_a_file_that_is_shown_in_part_is_known_by_what_was_replaced() -> None:
    """Of large files the program keeps a head and a tail."""
    (edit,) = read(STORE / "projects")[MAIN].turns[2].edits
    assert (edit.before, edit.after, edit.replacements) == (None, None, (Replacement("first = 1\n", "first = 2\n"),))


def test_forks_and_subagents_name_where_they_come_from() -> None:
    found = read(STORE / "projects")
    assert (found[FORK].parent, found[FORK].subagent) == (MAIN, False)
    assert found[FORK].turns[0].id == found[MAIN].turns[0].id
    helper = found["agent-explore-7"]
    assert (helper.parent, helper.subagent) == (MAIN, True)
    assert [edit.path for turn in helper.turns for edit in turn.edits] == ["/home/dev/app/found2.md"]


def test_its_folders_are_named_by_directories() -> None:
    assert {source.folder for source in AGENT.sources(STORE / "projects")} == {AGENT.folder_of(Path("/home/dev/app"))}
    assert {AGENT.places(source) for source in AGENT.sources(STORE / "projects")} == {("/home/dev/app",)}


@pytest.mark.real_files(FIXTURES)
def test_the_session_of_a_real_program() -> None:
    (one,) = read(FIXTURES / "lab-0.15.10" / ".qwen" / "projects").values()
    told = findings([one])
    assert (told.prompts, told.answers, told.calls, told.edits, told.edits_with_text) == (2, 8, 6, 3, 3)
    assert (told.tokens, told.skipped, told.versions, one.models) == (2, 0, ("0.15.10",), ("qwen3-coder-plus",))
    assert [commit for turn in one.turns for call in turn.calls for commit in call.commits] == ["601e056"]


@pytest.mark.real_files(FIXTURES)
def test_sessions_of_a_newer_program(tmp_path: Path) -> None:
    chats = tmp_path / "-tmp-app" / "chats"
    chats.mkdir(parents=True)
    for path in FIXTURES.glob("*.jsonl"):
        shutil.copy(path, chats)
    told = findings(read(tmp_path).values())
    assert (told.conversations, told.prompts, told.calls, told.edits, told.skipped) == (3, 4, 2, 0, 0)
    assert told.versions == ("0.21.13",)
