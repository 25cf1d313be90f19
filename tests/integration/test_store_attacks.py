"""Stores that a stranger put into a repository, or that hold what is no file: every command ends, and says so."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from gitstory import safe_open
from gitstory.recording import set_aside_sources
from tests.claude_session import ClaudeSession
from tests.gitrepo import GitRepo
from tests.integration.story_of import git_story, links
from tests.integration.test_commits import BASE, NOON
from tests.integration.test_local_stores import BLOCK

COMMANDS = (["drain"], ["show"], ["agents"], ["search", "greeting"], ["explain"])


def fifo(path: Path) -> None:
    os.mkfifo(path)


def device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def loop(path: Path) -> None:
    path.symlink_to(path.name)


def folder(path: Path) -> None:
    path.mkdir()


LOCAL = (".aider.chat.history.md", ".crush/crush.db", ".crush", ".specstory/history/one.md", ".specstory")


@pytest.mark.parametrize("plant", [fifo, device, folder])
def test_what_is_no_file_keeps_no_command_waiting(repo: GitRepo, home: Path, plant: Callable[[Path], None]) -> None:
    """The conversation that is there is recorded all the same."""
    made = _conversation(repo, home)
    for name in LOCAL:
        path = repo.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not os.path.lexists(path):
            plant(path)
    plant(made.path.with_name("another.jsonl"))
    for command in COMMANDS:
        assert git_story(repo.path, *command, check=False, timeout=60).returncode in (0, 1), command
    assert list(links(repo.path).values()) == ["lines"]
    if plant in (fifo, device):
        said = git_story(repo.path, "status").stdout
        assert ".aider.chat.history.md is not read" in said
        assert "another.jsonl is not read" in said


@pytest.mark.parametrize("name", ["state.json", "cache/traces.db", "search.db", "verified", "set-aside.json", "spool"])
def test_nor_does_it_in_our_own_directory(repo: GitRepo, home: Path, name: str) -> None:
    _conversation(repo, home)
    path = repo.path / ".git" / "gitstory" / name
    path.parent.mkdir(exist_ok=True)
    path.unlink(missing_ok=True)
    os.mkfifo(path)
    for command in COMMANDS:
        assert git_story(repo.path, *command, check=False, timeout=60).returncode in (0, 1), command
    if name != "state.json":  # without it, and without hooks, nothing says which commits are new
        assert list(links(repo.path).values()) == ["lines"]


def test_a_committed_link_does_not_pull_in_what_another_project_said(repo: GitRepo, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / ".aider.chat.history.md").write_text(BLOCK)
    repo.commit("base", {"base.txt": BASE}, at=NOON - 1000)
    git_story(repo.path, "enable", "--no-hooks")
    (repo.path / ".aider.chat.history.md").symlink_to(other / ".aider.chat.history.md")
    repo.commit("greet", {"hello.py": 'def greet(name):\n    return f"hello {name}"\n'}, at=NOON + 100)
    git_story(repo.path, "drain", check=False)
    assert links(repo.path) == {}
    assert "leads out of the store" in git_story(repo.path, "agents").stdout
    assert "Add a greeting" not in git_story(repo.path, "conversations").stdout


ROWS = 20_000
_SESSIONS = (
    "CREATE TABLE sessions (id TEXT, parent_session_id TEXT, title TEXT, summary_message_id TEXT,"
    " updated_at INTEGER, created_at INTEGER)"
)
_MESSAGES = (
    "CREATE TABLE messages (id TEXT, session_id TEXT, role TEXT, parts TEXT, model TEXT,"
    " created_at INTEGER, updated_at INTEGER)"
)
_TABLES = (_SESSIONS, _MESSAGES)


def many(db: sqlite3.Connection) -> None:
    """Sessions and messages, and no index: each look at one takes a walk over all."""
    for table in _TABLES:
        db.execute(table)
    _fill(db, "sessions", "messages")


def view(db: sqlite3.Connection) -> None:
    db.execute(_TABLES[0].replace("sessions", "a"))
    db.execute(_TABLES[1].replace("messages", "b"))
    _fill(db, "a", "b")
    db.execute(
        "CREATE VIEW sessions AS SELECT x.id, NULL AS parent_session_id, x.title, NULL AS summary_message_id,"
        " x.updated_at, x.created_at FROM a x JOIN b y ON x.title || y.parts LIKE '%z%' JOIN b z"
    )
    db.execute("CREATE VIEW messages AS SELECT b.* FROM b JOIN a ON a.title || b.parts LIKE '%z%' JOIN b c")


def endless(db: sqlite3.Connection) -> None:
    db.execute(_TABLES[1])
    db.execute(
        "CREATE VIEW sessions AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
        " SELECT i AS id, i AS updated_at FROM n"
    )


def generated(db: sqlite3.Connection) -> None:
    cheap = "updated_at INTEGER GENERATED ALWAYS AS (length(hex(zeroblob(1))))"
    for table in _TABLES:
        db.execute(table.replace("updated_at INTEGER", cheap))
    db.executemany("INSERT INTO sessions (id, title) VALUES (?, 't')", [(str(n),) for n in range(500)])
    # Made costly afterwards: SQLite computes it for each row that is inserted, though it stores none.
    db.execute("PRAGMA writable_schema = ON")
    db.execute("UPDATE sqlite_master SET sql = replace(sql, 'zeroblob(1)', 'zeroblob(50000000)')")


def virtual(db: sqlite3.Connection) -> None:
    db.execute("CREATE VIRTUAL TABLE sessions USING fts5(id, title, updated_at, created_at)")
    db.execute("CREATE VIRTUAL TABLE messages USING fts5(id, session_id, role, parts, created_at, updated_at)")
    db.executemany("INSERT INTO sessions VALUES (?, 't', 1, 1)", [(str(n),) for n in range(500)])


def _fill(db: sqlite3.Connection, sessions: str, messages: str) -> None:
    db.executemany(
        f"INSERT INTO {sessions} (id, title, updated_at, created_at) VALUES (?, 't', 1780000000, 1780000000)",
        [(str(n),) for n in range(ROWS)],
    )
    db.executemany(
        f"INSERT INTO {messages} (id, session_id, role, parts, created_at) VALUES (?, ?, 'user', '[]', 1)",
        [(str(n), str(n)) for n in range(ROWS)],
    )


@pytest.mark.parametrize("make", [many, view, endless, generated, virtual])
def test_a_strangers_database_costs_its_budget_once(
    repo: GitRepo, home: Path, make: Callable[[sqlite3.Connection], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    _conversation(repo, home)
    (repo.path / ".crush").mkdir()
    db = sqlite3.connect(repo.path / ".crush" / "crush.db")
    make(db)
    db.commit()
    db.close()
    repo.commit("look at this", at=NOON + 200)
    for command in COMMANDS:
        assert git_story(repo.path, *command, check=False, timeout=60).returncode in (0, 1), command
    assert list(links(repo.path, "HEAD~1").values()) == ["lines"]
    if make is many:
        [one] = set_aside_sources.load(repo.path / ".git" / "gitstory")
        assert (one.agent, one.path) == ("crush", str(repo.path / ".crush" / "crush.db"))
        assert "took longer" in git_story(repo.path, "agents").stdout
        listed = json.loads(git_story(repo.path, "agents", "--json").stdout)["agents"]
        assert [each["set_aside"] for each in listed if each["agent"] == "crush"] != [[]]
        git_story(repo.path, "doctor", "--no-trial", check=False)
        assert set_aside_sources.load(repo.path / ".git" / "gitstory") == ()


@pytest.mark.parametrize("beside", ["-wal", "-shm", "-journal"])
@pytest.mark.parametrize("plant", [fifo, loop])
def test_what_is_planted_beside_a_database(
    repo: GitRepo, home: Path, plant: Callable[[Path], None], beside: str
) -> None:
    _conversation(repo, home)
    (repo.path / ".crush").mkdir()
    db = sqlite3.connect(repo.path / ".crush" / "crush.db")
    for table in _TABLES:
        db.execute(table)
    db.close()
    plant(repo.path / ".crush" / f"crush.db{beside}")
    for command in (["drain"], ["agents"]):
        assert git_story(repo.path, *command, check=False, timeout=60).returncode in (0, 1), command
    assert list(links(repo.path).values()) == ["lines"]


def _conversation(repo: GitRepo, home: Path) -> ClaudeSession:
    """A commit that a conversation wrote."""
    repo.commit("base", {"base.txt": BASE}, at=NOON - 1000)
    git_story(repo.path, "enable", "--no-hooks")
    session = ClaudeSession(home, repo.path, NOON)
    session.prompt("Add a greeting")
    session.write("hello.py", 'def greet(name):\n    return f"hello {name}"\n')
    repo.commit("greet", at=NOON + 100)
    return session


def test_budgets_are_short_enough_for_a_person() -> None:
    assert safe_open.allowance(3 << 20) < 10
