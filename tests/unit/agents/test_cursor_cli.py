"""The sessions of Cursor's program: own small stores, and the shared fixture where it is."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from gitstory.agents.cursor_cli import AGENT, chat_database
from gitstory.agents.resume_command import resume_command
from gitstory.model import Conversation, Edit, Mark
from gitstory.testing import Expect, conformance, findings
from tests.examples import tries
from tests.smallstores import built

FIXTURES = Path(__file__).resolve().parents[4] / "shared" / "fixtures"
shared = pytest.mark.real_files(FIXTURES)

MAIN, CHILD, LOST = (f"9d2e0001-0000-4000-8000-00000000000{one}" for one in "abc")
APP = "/home/dev/app"
ADD = "def add(a, b):\n    return a + b\n"
SUBTRACT = "\n\ndef subtract(a, b):\n    return a - b\n"


def read(root: Path) -> dict[str, Conversation]:
    return {one.id: one for source in AGENT.sources(root) for one in AGENT.read(source).conversations}


def test_it_conforms(tmp_path: Path) -> None:
    conformance(AGENT, built("cursor-cli", tmp_path), tmp_path / "work", Expect(3, 6, 4, 0), readings=tries(100))


def test_edits_told_whole_or_by_their_arguments_and_failures(tmp_path: Path) -> None:
    one = read(built("cursor-cli", tmp_path))[MAIN]
    first = one.turns[0]
    assert list(first.edits) == [
        Edit(f"{APP}/calc.py", before=ADD, after=ADD + SUBTRACT),
        Edit(f"{APP}/notes.md", after="# Notes on the calculator\n"),
    ]
    assert [call.failed for call in first.calls] == [False, True, False, False]
    assert [commit for call in first.calls for commit in call.commits] == ["3c9728b"]
    assert (one.times, one.started, one.models, one.places) == ("bounds", 1772445600.0, ("lab-1",), (APP,))


def test_what_a_compaction_left_out_is_told_and_what_was_taken_back_is_marked(tmp_path: Path) -> None:
    one = read(built("cursor-cli", tmp_path))[MAIN]
    told = [(turn.prompt, turn.abandoned) for turn in one.turns]
    assert told == [
        ("Add subtract to calc.py", False),
        ("Undo that", True),
        ("Explain it", False),
        ("Thank you", False),
    ]
    marks = [step.kind for turn in one.turns for step in turn.steps if isinstance(step, Mark)]
    assert marks == ["compacted"]


def test_a_store_that_tells_nothing_is_told_by_its_transcript(tmp_path: Path) -> None:
    one = read(built("cursor-cli", tmp_path))[LOST]
    assert ([turn.prompt for turn in one.turns], one.started) == (["Say hello"], 1772449200.0)
    assert [(edit.path, edit.after) for edit in one.turns[0].edits] == [(f"{APP}/hello.txt", "hello\n")]


def test_subagents_are_told_by_transcripts(tmp_path: Path) -> None:
    one = read(built("cursor-cli", tmp_path))[CHILD]
    assert (one.parent, one.subagent, [turn.prompt for turn in one.turns]) == (MAIN, True, ["Look around"])


def test_a_session_is_known_by_the_digest_of_its_directory_and_by_what_it_says(tmp_path: Path) -> None:
    found = {source.id: source for source in AGENT.sources(built("cursor-cli", tmp_path))}
    assert found[MAIN].folder == AGENT.folder_of(Path(APP))
    assert AGENT.places(found[MAIN]) == (APP,)
    found[MAIN].path.with_name("meta.json").unlink()
    assert AGENT.places(found[MAIN]) == (APP,)


def test_where_sessions_are_kept(tmp_path: Path) -> None:
    env = {"CURSOR_CONFIG_DIR": str(tmp_path / "own"), "XDG_CONFIG_HOME": str(tmp_path / "xdg")}
    expected = [tmp_path / "own", tmp_path / "xdg" / "cursor", tmp_path / ".cursor", tmp_path / ".config" / "cursor"]
    assert AGENT.roots(env, tmp_path) == expected


def test_a_session_is_continued_by_its_id() -> None:
    assert resume_command("cursor-cli", MAIN) == ("cursor-agent", f"--resume={MAIN}")


def test_reading_beside_the_program_that_writes(tmp_path: Path) -> None:
    store = built("cursor-cli", tmp_path)
    (path,) = [source.path for source in AGENT.sources(store) if source.id == MAIN]
    with closing(sqlite3.connect(path, timeout=0)) as writer:
        writer.execute("PRAGMA journal_mode = WAL")
        before = {source.id: source.stamp for source in AGENT.sources(store)}
        with writer:
            writer.execute("INSERT INTO blobs VALUES ('00', x'7b7d')")
            assert len(read(store)[MAIN].turns) == 4
        after = {source.id: source.stamp for source in AGENT.sources(store)}
        assert [one for one in before if before[one] != after[one]] == [MAIN]


def test_a_message_may_be_wrapped() -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE blobs (id TEXT PRIMARY KEY, data BLOB)")
        connection.execute("INSERT INTO blobs VALUES ('a', ?)", (b'\x0a\x10{"role":"user","content":"Hi"}\x12\x01x',))
        assert chat_database.message(connection, "a") == {"role": "user", "content": "Hi"}
        assert chat_database.message(connection, "b") == {}


@shared
def test_the_fixture() -> None:
    told = findings(read(FIXTURES / "cursor-cli").values())
    assert (told.conversations, told.prompts, told.edits_with_text, told.skipped) == (1, 1, 1, 0)
