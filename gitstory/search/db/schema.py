"""The index's file: its tables, and opening it whatever state it is in."""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from pathlib import Path

from gitstory.git import safe_own_files

VERSION = 7
NAME = "search.db"

ROLES = ("prompt", "answer", "thinking", "tool", "edit", "title")
"""What a passage is; stored as its number."""

STORED, LIVE, FOREIGN = 1, 2, 4
"""Where a turn is known from, as bits: the record, an agent's own store, another tool's record."""

TOKENS = 'tokenize="unicode61 remove_diacritics 2"'
# In turns, `label` is what a list names the turn by, empty where that is the beginning of its prompt.
# In landings, `teller` is the tool if it is the only source, and `told` how many prompts of the conversation it
# records for that commit; 0 for rows from gitstory's own record.
_TABLES = f"""
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS conversations (id INTEGER PRIMARY KEY, repo TEXT NOT NULL, agent TEXT NOT NULL,
    name TEXT NOT NULL, title TEXT NOT NULL, started REAL, updated REAL, UNIQUE (repo, agent, name));
CREATE TABLE IF NOT EXISTS turns (id INTEGER PRIMARY KEY, conversation INTEGER NOT NULL, name TEXT NOT NULL,
    number INTEGER NOT NULL, time REAL, branch TEXT, prompt TEXT NOT NULL,
    kind TEXT NOT NULL, label TEXT NOT NULL, digest BLOB NOT NULL, origin INTEGER NOT NULL,
    UNIQUE (conversation, name));
CREATE TABLE IF NOT EXISTS passages (id INTEGER PRIMARY KEY, turn INTEGER NOT NULL, role INTEGER NOT NULL,
    text BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS passages_of ON passages (turn);
CREATE TABLE IF NOT EXISTS files (turn INTEGER NOT NULL, path TEXT NOT NULL, PRIMARY KEY (turn, path)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS landings (repo TEXT NOT NULL, agent TEXT NOT NULL, name TEXT NOT NULL, turn TEXT NOT NULL,
    oid TEXT NOT NULL, evidence TEXT NOT NULL, lines INTEGER NOT NULL, files TEXT NOT NULL,
    teller TEXT NOT NULL DEFAULT '', told INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (repo, agent, name, turn, oid)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS landings_of ON landings (repo, oid);
CREATE TABLE IF NOT EXISTS sources (repo TEXT NOT NULL, source BLOB NOT NULL, stamp TEXT NOT NULL, keys TEXT NOT NULL,
    PRIMARY KEY (repo, source)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS objects (repo TEXT NOT NULL, path BLOB NOT NULL, oid TEXT NOT NULL,
    PRIMARY KEY (repo, path)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS vocabulary (id INTEGER PRIMARY KEY, words BLOB NOT NULL);
CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5 (text, parts, content='', detail=full, {TOKENS});
"""


_HASH = 1 << 23
"""Bytes of the words that FTS5 holds before it writes them: eight times its own, which halves the time of merging."""


DAMAGE = (sqlite3.DatabaseError, MemoryError)
"""What `sqlite3` raises for a damaged file: a length may ask for more memory than there is."""


def connect(path: Path | None) -> sqlite3.Connection:
    """The index at `path`, created if there is none, and created again if it is damaged or of another version.

    Without a `path` it lives in memory. A file is 0600 from its first byte on. Raises `sqlite3.OperationalError`
    where the file is busy for long or cannot be written, OSError where it cannot be made.
    """
    if path is None:
        return _prepared(sqlite3.connect(":memory:"))
    for last in (False, True):
        safe_own_files.make_folder(path.parent)
        safe_own_files.clear_the_ways(safe_own_files.database_files(path))
        path.touch(0o600)
        db = None
        try:
            db = sqlite3.connect(path, timeout=10)
            return _prepared(db)
        except DAMAGE as error:
            if db is not None:
                db.close()
            if last or isinstance(error, sqlite3.OperationalError):
                raise
            discard(path)
    raise AssertionError("not reached")


def connect_as_it_is(path: Path) -> sqlite3.Connection | None:
    """The index for reading, None where there is none of this version. Raises what `DAMAGE` lists."""
    if not safe_own_files.is_readable_database(path):
        return None
    db = sqlite3.connect(path, timeout=10)
    if db.execute("PRAGMA user_version").fetchone()[0] != VERSION:
        db.close()
        return None
    return db


def connect_read_only(path: Path) -> sqlite3.Connection | None:
    """The index where nothing can be written beside it, None where there is none that can be read.

    Without its lock files it is read as one file; where they are there, another process may be writing.
    """
    if not safe_own_files.is_readable_database(path):
        return None
    for mode in ("mode=ro", "immutable=1"):
        db = None
        try:
            db = sqlite3.connect(f"{path.absolute().as_uri()}?{mode}", timeout=10, uri=True)
            db.execute("SELECT count(*) FROM facts").fetchone()
            db.execute("PRAGMA temp_store = MEMORY")  # filters make temporary tables, also where the disk is full
            if db.execute("PRAGMA user_version").fetchone()[0] == VERSION:
                return db
        except DAMAGE:
            pass
        if db is not None:
            db.close()
    return None


SEMANTIC = "semantic"
"""The fact that the settings ask for a search by meaning."""


def is_set(db: sqlite3.Connection, fact: str, repo: str) -> bool:
    """Whether a fact of a repository (its common directory) is stored and not empty."""
    row = db.execute("SELECT value FROM facts WHERE name = ?", (f"{fact} {repo}",)).fetchone()
    return row is not None and bool(row[0])


def discard(path: Path) -> None:
    """Remove an index with all that SQLite keeps beside it."""
    for file in safe_own_files.database_files(path):
        safe_own_files.remove(file)


def _prepared(db: sqlite3.Connection) -> sqlite3.Connection:
    version = db.execute("PRAGMA user_version").fetchone()[0]
    if version not in (0, VERSION):
        raise sqlite3.DatabaseError("an index of another version")
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = NORMAL")
    db.execute("PRAGMA secure_delete = ON")
    if version == 0:
        db.executescript(f"BEGIN; {_TABLES} PRAGMA user_version = {VERSION}; COMMIT;")
        with suppress(sqlite3.OperationalError):  # SQLite's documentation does not list this option
            db.execute("INSERT INTO words (words, rank) VALUES ('hashsize', ?)", (_HASH,))
            db.commit()
    db.execute("SELECT count(*) FROM facts").fetchone()
    return db
