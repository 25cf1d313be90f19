"""Gemini CLI: an own small store, and the shared fixtures where they are."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from gitstory.agents.gemini_cli import AGENT
from gitstory.model import Conversation, Mark, Tokens
from gitstory.testing import Expect, conformance, findings
from tests.examples import tries
from tests.smallstores import DATA

STORE = DATA / "gemini-cli" / "tmp"
FIXTURES = Path(__file__).resolve().parents[4] / "shared" / "fixtures" / "gemini-cli"
MAIN = "6e1f0001-0000-4000-8000-00000000000a"


def read(root: Path) -> dict[str, Conversation]:
    return {one.id: one for source in AGENT.sources(root) for one in AGENT.read(source).conversations}


def test_it_conforms(tmp_path: Path) -> None:
    expect = Expect(conversations=3, prompts=6, edits=4, skipped=0)
    conformance(AGENT, DATA / "gemini-cli", tmp_path, expect, roots=["tmp"], readings=tries(200))


def test_where_it_stores() -> None:
    home = Path("/home/dev")
    assert AGENT.roots({}, home) == [home / ".gemini" / "tmp"]
    moved = AGENT.roots({"GEMINI_CLI_HOME": "/elsewhere"}, home)
    assert moved == [Path("/elsewhere/.gemini/tmp"), home / ".gemini" / "tmp"]


def test_prompts_are_the_persons() -> None:
    """Neither files that were pointed at, nor commands to the program, nor results, nor a summary; each one once."""
    one = read(STORE)[MAIN]
    assert [(turn.id, turn.prompt, turn.abandoned) for turn in one.turns] == [
        ("6e1f-u1", "Add subtract to @calc.py, write notes", False),
        ("6e1f-u2", "Remove the notes", True),
        ("6e1f-u3", "Say what you found, and commit", False),
        ("6e1f-u4", "Is it tested?", False),
    ]
    assert [step.kind for turn in one.turns for step in turn.steps if isinstance(step, Mark)] == [
        "interrupted",
        "compacted",
    ]


def test_a_session_taken_up_again_keeps_its_times_and_edits() -> None:
    one = read(STORE)[MAIN]
    assert [turn.time for turn in one.turns] == [1772445600 + at for at in (5, 25, 30, 110)]
    assert (one.started, one.title, one.places) == (1772445600, "Add subtract", ("/home/dev/app",))
    assert one.turns[0].tokens == Tokens(200, 30, 80)


def test_edits_are_those_that_took_effect() -> None:
    first, _, third, _ = read(STORE)[MAIN].turns
    changed, created = first.edits
    assert (changed.path, changed.op, changed.before) == (
        "/home/dev/app/calc.py",
        "modify",
        "def add(a, b):\n    return a + b\n",
    )
    assert (created.path, created.op, created.after) == (
        "/home/dev/app/notes.md",
        "create",
        "# Notes on the calculator\n",
    )
    assert (changed.user_modified, created.user_modified) == (False, True)
    assert [call.failed for call in first.calls] == [True, False, False, True]
    (found,) = third.edits
    assert (found.path, found.source, found.after) == (
        "/home/dev/app/found.md",
        "shell",
        "Nothing but the calculator is here.\n",
    )
    assert [commit for call in third.calls for commit in call.commits] == ["1f2e3d4"]


def test_a_document_in_a_folder_named_by_a_hash_is_its_directorys() -> None:
    (source,) = [one for one in AGENT.sources(STORE) if one.path.suffix == ".json"]
    assert source.folder == AGENT.folder_of(Path("/home/dev/old"))
    (one,) = AGENT.read(source).conversations
    (edit,) = [edit for turn in one.turns for edit in turn.edits]
    assert (edit.path, edit.hunks[0].lines) == ("/home/dev/old/README.md", ("-# New", "+# Old"))
    assert [call.failed for turn in one.turns for call in turn.calls] == [False, True]


def test_all_projects_folders_are_known_by_the_same_name() -> None:
    (source,) = [one for one in AGENT.sources(STORE) if one.path.name.endswith("6e1f0001.jsonl")]
    assert source.folder == AGENT.folder_of(Path("/home/dev/app"))
    assert AGENT.places(source) == ("/home/dev/app",)


def test_without_its_marker_the_list_names_a_projects_root(tmp_path: Path) -> None:
    shutil.copytree(DATA / "gemini-cli", tmp_path / "store")
    (tmp_path / "store" / "tmp" / "app" / ".project_root").unlink()
    assert read(tmp_path / "store" / "tmp")[MAIN].places == ("/home/dev/app",)


def test_a_subagent_is_one_of_its_session() -> None:
    one = read(STORE)["lib-check-77"]
    assert (one.parent, one.subagent, one.turns[0].prompt) == (MAIN, True, "Look for tests")


def test_calls_told_as_parts_alone_are_read(tmp_path: Path) -> None:
    """A snapshot may be all that is left of what was said before."""
    asked = {"functionCall": {"id": "c1", "name": "write_file", "args": {"file_path": "a.md", "content": "A\n"}}}
    done = {"functionResponse": {"id": "c1", "name": "write_file", "response": {"output": "ok"}}}
    told = [
        {"id": "u", "type": "user", "content": "Go"},
        {"id": "m", "type": "gemini", "content": [{"text": "hm", "thought": True}, asked]},
        {"id": "r", "type": "user", "content": [done]},
    ]
    path = tmp_path / "p" / "chats" / "session-x.jsonl"
    path.parent.mkdir(parents=True)
    (path.parents[1] / ".project_root").write_text("/home/dev/app")
    path.write_text(
        json.dumps({"sessionId": "s1", "projectHash": "h"}) + "\n" + json.dumps({"$set": {"messages": told}})
    )
    one = read(tmp_path)["s1"]
    assert [(edit.path, edit.after) for turn in one.turns for edit in turn.edits] == [("/home/dev/app/a.md", "A\n")]
    assert one.times == "bounds"


@pytest.mark.real_files(FIXTURES)
def test_the_session_of_a_real_program() -> None:
    """0.61: two turns, the second after a resume, which tells everything again twice."""
    (one,) = read(FIXTURES / "lab-0.61.0" / ".gemini" / "tmp").values()
    told = findings([one])
    assert (told.prompts, told.answers, told.thinking, told.calls, told.edits) == (2, 8, 8, 6, 3)
    assert (told.edits_with_text, told.tokens, told.skipped, one.models) == (3, 2, 0, ("gemini-2.5-pro",))
    assert one.places == ("/home/dev/work/lab/ws-gemini",)
    assert [commit for turn in one.turns for call in turn.calls for commit in call.commits] == ["f93fe7d"]


@pytest.mark.real_files(FIXTURES)
@pytest.mark.parametrize(
    ("name", "prompts", "calls", "edits", "commits"),
    [
        ("sessionbridge-23607762cc12-0.json", 1, 2, 1, []),
        ("sessionbridge-e94f17cdc65d-0.json", 4, 40, 14, ["4e4af59"]),
        ("gitai-simple.jsonl", 1, 4, 0, []),
    ],
)
def test_real_sessions(name: str, prompts: int, calls: int, edits: int, commits: list[str], tmp_path: Path) -> None:
    """The last one says of no call what became of it."""
    chats = tmp_path / "app" / "chats"
    chats.mkdir(parents=True)
    shutil.copy(FIXTURES / name, chats / f"session-{name}")
    (one,) = read(tmp_path).values()
    told = findings([one])
    assert (told.prompts, told.calls, told.edits, told.edits_with_text) == (prompts, calls, edits, edits)
    assert [commit for turn in one.turns for call in turn.calls for commit in call.commits] == commits
    assert told.skipped == 0
