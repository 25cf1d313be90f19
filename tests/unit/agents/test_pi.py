"""Pi: an own small store, and the shared fixtures where they are."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from gitstory.agents.pi import AGENT, _named_skills
from gitstory.agents.prompt_text import MOST
from gitstory.model import Conversation, Mark, Replacement, Tokens
from gitstory.testing import Expect, conformance, findings
from tests.examples import tries
from tests.smallstores import DATA

STORE = DATA / "pi"
FIXTURES = Path(__file__).resolve().parents[4] / "shared" / "fixtures" / "pi"
MAIN, FORK, OLD = (f"0a1f0001-0000-7000-8000-00000000000{last}" for last in "abc")


def read(root: Path) -> dict[str, Conversation]:
    return {one.id: one for source in AGENT.sources(root) for one in AGENT.read(source).conversations}


def test_it_conforms(tmp_path: Path) -> None:
    conformance(AGENT, STORE, tmp_path, Expect(conversations=3, prompts=6, edits=9, skipped=0), readings=tries(200))


def test_where_it_stores() -> None:
    home = Path("/home/dev")
    assert AGENT.roots({}, home) == [home / ".pi" / "agent" / "sessions"]
    assert AGENT.roots({"PI_CODING_AGENT_DIR": "/elsewhere"}, home)[0] == Path("/elsewhere/sessions")
    assert {source.folder for source in AGENT.sources(STORE)} == {AGENT.folder_of(Path("/home/dev/work/app"))}
    assert {AGENT.places(source) for source in AGENT.sources(STORE)} == {("/home/dev/work/app",)}


def test_prompts_are_the_persons_and_branches_left_are_marked() -> None:
    one = read(STORE)[MAIN]
    assert [(turn.id, turn.prompt, turn.images, turn.abandoned) for turn in one.turns] == [
        ("aaaa0001", "@/home/dev/work/app/calc.py Add subtract, write notes", 0, False),
        ("aaaa0002", "Remove the notes", 0, True),
        ("aaaa0003", "Comment on subtract, and commit", 1, False),
    ]
    marks = [(step.kind, step.text) for turn in one.turns for step in turn.steps if isinstance(step, Mark)]
    assert marks == [("interrupted", ""), ("rewound", ""), ("said", "! git status"), ("compacted", "")]
    assert (one.title, one.version, one.models) == ("Subtract", "3", ("lab-1", "lab-2"))
    assert one.turns[0].tokens == Tokens(300, 30, 210)


def test_what_is_put_before_a_prompt_is_taken_off_so_often_only() -> None:
    """A hostile prompt of nothing else would be copied once for each."""
    put = '<file name="a.py">\nx\n</file>\n'
    assert _named_skills(put * 2 + "Go") == "@a.py @a.py Go"
    assert _named_skills(put * (MOST + 1) + "Go").endswith(put + "Go")


def test_edits_are_those_that_took_effect() -> None:
    first, _, third = read(STORE)[MAIN].turns
    changed, created, found = first.edits
    assert (changed.path, len(changed.replacements)) == ("/home/dev/work/app/calc.py", 1)
    assert (created.path, created.after) == ("/home/dev/work/app/notes.md", "# Notes on the calculator\n")
    assert (found.path, found.source) == ("/home/dev/work/app/found.md", "shell")
    assert [call.failed for call in first.calls] == [True, False, False, False]
    (last,) = third.edits
    old, new = "def subtract(a, b):\n", "def subtract(a, b):  # of two numbers\n"
    assert last.replacements == (Replacement(old, new),)
    assert [commit for call in third.calls for commit in call.commits] == ["1f2e3d4"]


def test_a_fork_names_what_it_was_made_of_and_older_sessions_have_no_tree() -> None:
    whole = read(STORE)
    assert (whole[FORK].parent, whole[FORK].turns[0].id) == (MAIN, whole[MAIN].turns[0].id)
    (turn,) = whole[OLD].turns
    assert (whole[OLD].version, turn.id, turn.abandoned, len(list(turn.edits))) == ("1", "1", False, 1)


def test_turns_before_a_missing_entry_are_not_taken_for_left(tmp_path: Path) -> None:
    (path,) = STORE.glob(f"*/*{MAIN}.jsonl")
    lines = [line for line in path.read_bytes().splitlines(keepends=True) if b'"branch_summary"' not in line]
    (tmp_path / path.name).write_bytes(b"".join(lines))
    assert [turn.abandoned for turn in read(tmp_path)[MAIN].turns] == [False, False, False]


def test_a_newer_version_is_read_as_far_as_it_is_understood(tmp_path: Path) -> None:
    (path,) = STORE.glob(f"*/*{MAIN}.jsonl")
    data = path.read_bytes().replace(b'"version":3', b'"version":9').replace(b'"label"', b'"hologram"', 1)
    (tmp_path / path.name).write_bytes(data)
    one = read(tmp_path)[MAIN]
    assert (one.version, one.skipped, len(one.turns)) == ("9", 1, 3)


def test_home_is_where_the_store_lies(tmp_path: Path) -> None:
    folder = tmp_path / ".pi" / "agent" / "sessions" / "--w--"
    folder.mkdir(parents=True)
    (path,) = STORE.glob(f"*/*{OLD}.jsonl")
    (folder / path.name).write_bytes(path.read_bytes().replace(b'"hello.py"', b'"~/hello.py"'))
    ((edit,),) = [list(turn.edits) for turn in read(folder.parent)[OLD].turns]
    assert edit.path == (tmp_path / "hello.py").as_posix()


@pytest.mark.real_files(FIXTURES)
def test_the_session_of_a_real_program() -> None:
    (one,) = read(FIXTURES / "lab-0.73.1" / ".pi" / "agent" / "sessions").values()
    told = findings([one])
    assert (told.prompts, told.calls, told.edits, told.edits_with_text, told.skipped) == (2, 6, 3, 3, 0)
    assert (told.versions, one.models, one.times) == (("3",), ("mock-model",), "recorded")
    assert [commit for turn in one.turns for call in turn.calls for commit in call.commits] == ["cb6fb93"]


@pytest.mark.real_files(FIXTURES)
def test_a_long_session_of_an_older_program(tmp_path: Path) -> None:
    shutil.copy(FIXTURES / "pimono-large-session.jsonl", tmp_path)
    (one,) = read(tmp_path).values()
    told = findings([one])
    assert (one.id, one.version) == ("d703a1a9-1b7b-4fb1-b512-c9738b1fe617", "1")
    assert (told.prompts, told.calls, told.skipped) == (88, 391, 0)
    tools = [edit for turn in one.turns for edit in turn.edits if edit.source == "tool"]
    assert len(tools) == 131
    assert not any("/~/" in edit.path for edit in tools)
