"""OpenCode: databases, the older files, exports; on an own small store and on the shared fixtures."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from gitstory.agents.opencode import AGENT
from gitstory.model import Conversation, Tokens
from gitstory.testing import Expect, conformance, findings
from tests.examples import tries
from tests.smallstores import built

FIXTURES = Path(__file__).resolve().parents[4] / "shared" / "fixtures" / "opencode"
CALC = "/home/dev/work/app/calc.py"


def read(root: Path) -> dict[str, Conversation]:
    return {one.id: one for source in AGENT.sources(root) for one in AGENT.read(source).conversations}


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return built("opencode", tmp_path)


@pytest.fixture
def main(store: Path) -> Conversation:
    return read(store)["ses_2"]


def test_it_conforms(store: Path, tmp_path: Path) -> None:
    found = conformance(AGENT, store, tmp_path / "work", Expect(3, 4, 3, 0), readings=tries(120))
    assert (found.tokens, found.subagents, found.thinking) == (2, 1, 1)


def test_prompts_are_the_persons_alone(main: Conversation) -> None:
    assert [(turn.id, turn.prompt) for turn in main.turns] == [
        ("msg_01", "Add subtract and commit"),
        ("msg_05", "Drop it again"),
    ]
    assert main.places == ("/home/dev/work/app",)
    assert (main.title, main.version, main.models) == ("Add subtract", "1.18.33", ("lab-1", "lab-2"))
    assert main.turns[0].tokens == Tokens(1230, 45, 1000)


def test_edits_are_those_that_took_effect(main: Conversation) -> None:
    first = main.turns[0]
    assert [(edit.path, edit.op) for edit in first.edits] == [
        (CALC, "modify"),
        ("/home/dev/work/app/notes.md", "create"),
    ]
    edit, written = first.edits
    assert edit.hunks[0].lines[-3:] == ("+", "+def subtract(a, b):", "+    return a - b")
    assert (written.before, written.after) == ("", "# Notes\n")
    assert [call.failed for call in first.calls] == [True, False, False, False, False]
    assert [call.commits for call in first.calls if call.commits] == [("3c9728b",)]


def test_what_the_person_ran_is_the_persons(main: Conversation) -> None:
    (own,) = [call for call in main.turns[0].calls if call.tool == "user_shell"]
    assert (own.input, own.edits) == ("echo mine > mine.txt", ())


def test_reverted_turns_are_abandoned(main: Conversation) -> None:
    assert [turn.abandoned for turn in main.turns] == [False, True]
    assert list(main.turns[1].edits) == []


def test_a_revert_in_the_middle_of_a_turn_takes_back_only_what_follows(store: Path) -> None:
    with closing(sqlite3.connect(store / "opencode.db")) as connection, connection:
        connection.execute("""UPDATE session SET revert = '{"messageID":"msg_02","partID":"prt_07"}'""")
    first, second = read(store)["ses_2"].turns
    assert [edit.path for edit in first.edits] == [CALC]
    assert (first.abandoned, second.abandoned) == (False, True)


def test_subagents_name_who_spawned_them(store: Path) -> None:
    child = read(store)["ses_1"]
    assert (child.subagent, child.parent) == (True, "ses_2")


def test_a_session_of_files_that_a_database_took_over_is_read_once(store: Path) -> None:
    with closing(sqlite3.connect(store / "opencode.db")) as connection, connection:
        connection.execute("INSERT INTO session VALUES ('ses_9', 'app', NULL, '/w', 'Taken over', '1.0', NULL, 1, 2)")
    assert [source.id for source in AGENT.sources(store)].count("ses_9") == 1
    assert read(store)["ses_9"].title == "Taken over"


def test_only_the_session_that_went_on_has_a_new_stamp(store: Path) -> None:
    before = {source.id: source.stamp for source in AGENT.sources(store)}
    with closing(sqlite3.connect(store / "opencode.db")) as connection, connection:
        connection.execute("UPDATE message SET time_updated = 1795189379999 WHERE id = 'msg_06'")
    after = {source.id: source.stamp for source in AGENT.sources(store)}
    assert [name for name in before if before[name] != after[name]] == ["ses_2"]


def test_reading_beside_a_writer_in_wal_mode(store: Path) -> None:
    """What is committed is seen at once, though it stands in the log only; the writer is never kept waiting."""
    with closing(sqlite3.connect(store / "opencode.db", timeout=0)) as writer:
        writer.execute("PRAGMA journal_mode = WAL")
        for number in range(5):
            with writer:
                writer.execute(
                    """INSERT INTO message VALUES (?, 'ses_2', ?, 0, '{"role":"user"}')""",
                    (f"msg_2{number}", 1795189380000 + number),
                )
                writer.execute(
                    """INSERT INTO part VALUES (?, ?, 'ses_2', 0, 0, '{"type":"text","text":"More"}')""",
                    (f"prt_9{number}", f"msg_2{number}"),
                )
                assert len(read(store)["ses_2"].turns) == 2 + number
            assert len(read(store)["ses_2"].turns) == 3 + number


def test_unknown_parts_are_counted(store: Path) -> None:
    with closing(sqlite3.connect(store / "opencode.db")) as connection, connection:
        connection.execute("""UPDATE part SET data = '{"type":"hologram"}' WHERE id = 'prt_09'""")
        connection.execute("UPDATE part SET data = '{' WHERE id = 'prt_04'")
    assert read(store)["ses_2"].skipped == 2


def test_a_newer_schema_without_messages_is_counted(store: Path) -> None:
    with closing(sqlite3.connect(store / "opencode.db")) as connection, connection:
        connection.execute("ALTER TABLE message RENAME TO message_of_tomorrow")
    one = read(store)["ses_2"]
    assert (one.turns, one.skipped, one.version) == ((), 1, "1.18.33")


def test_where_it_looks(tmp_path: Path) -> None:
    assert AGENT.roots({}, tmp_path) == [tmp_path / ".local/share/opencode"]
    assert AGENT.roots({"XDG_DATA_HOME": "/data"}, tmp_path) == [Path("/data/opencode")]
    named = AGENT.roots({"OPENCODE_DB": "opencode-beta.db", "LOCALAPPDATA": "/local"}, tmp_path)
    assert named[0] == tmp_path / ".local/share/opencode/opencode-beta.db"
    assert named[-1] == Path("/local/opencode")


FIXED = [
    pytest.param("lab-1.18.33/opencode", (1, 1, 2), ("3c9728b",), id="database of 1.18.33"),
    pytest.param("gitai-opencode.db", (1, 1, 1), (), id="older database"),
    pytest.param(".", (3, 4, 9), ("825c89c",), id="exports"),
]


@pytest.mark.real_files(FIXTURES)
@pytest.mark.parametrize(("root", "counts", "commits"), FIXED)
def test_fixtures(root: str, counts: tuple[int, int, int], commits: tuple[str, ...]) -> None:
    found = read(FIXTURES / root)
    told = findings(found.values())
    assert (told.conversations, told.prompts, told.edits) == counts
    assert (told.edits_with_text, told.skipped) == (told.edits, 0)
    calls = [call for one in found.values() for turn in one.turns for call in turn.calls]
    assert tuple(commit for call in calls for commit in call.commits) == commits
