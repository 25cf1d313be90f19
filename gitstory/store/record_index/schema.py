"""The index's file: its tables, and opening it whatever state it is in."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from gitstory.git import safe_own_files

NAME = "record.db"
VERSION = 4

_WAIT, _WAIT_TO_BEGIN = 10, 1
"""Seconds to wait for other processes: for a change, and for a file without tables, which only a program that was ended
while it made them, or damage, keeps locked for longer."""

DAMAGE = (sqlite3.DatabaseError, MemoryError)
"""What `sqlite3` raises for a damaged file: a length may ask for more memory than there is."""

# `folders` has the id of each folder of records that the rows below it were made from, `facts` that of the whole tree.
# `names` are conversations that anything names (without an agent where a story says only the id); `mentions` are those
# that a story names otherwise than by a link or lines; `holds` has checksums of the ids of turns and of a subagent's
# parent that a meta has (see `rows.checksums`); `touched` are the stories that changed since carried stories were
# last compared with them (`was` is 1 for one that was replaced or removed). `counted` are the lines of commits, as
# they were counted for the story with the id `blob`; `summaries` has the sums of many of them, `withdrawn` what these
# hold of stories that have changed since. `behind` are commits with a story that are ancestors of a commit
# in `bases`.
_TABLES = """
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE folders (path BLOB PRIMARY KEY, oid TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE tombstones (name TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE names (id INTEGER PRIMARY KEY, agent TEXT NOT NULL, name TEXT NOT NULL, UNIQUE (agent, name));
CREATE INDEX names_by_id ON names (name);
CREATE TABLE conversations (name INTEGER PRIMARY KEY, folder BLOB NOT NULL, part BLOB NOT NULL, oid TEXT NOT NULL,
    ended REAL NOT NULL, holds BLOB NOT NULL);
CREATE INDEX conversations_in ON conversations (folder);
CREATE INDEX conversations_ended ON conversations (ended);
CREATE TABLE stories (id INTEGER PRIMARY KEY, oid TEXT NOT NULL UNIQUE, folder BLOB NOT NULL, blob TEXT NOT NULL,
    author TEXT NOT NULL, decided INTEGER NOT NULL, readable INTEGER NOT NULL);
CREATE INDEX stories_in ON stories (folder);
CREATE INDEX stories_decided ON stories (decided) WHERE decided;
CREATE TABLE links (name INTEGER NOT NULL, story INTEGER NOT NULL, PRIMARY KEY (name, story)) WITHOUT ROWID;
CREATE INDEX links_of ON links (story);
CREATE TABLE turns (name INTEGER NOT NULL, turn TEXT NOT NULL, story INTEGER NOT NULL, lines INTEGER NOT NULL,
    PRIMARY KEY (name, turn, story)) WITHOUT ROWID;
CREATE INDEX turns_of ON turns (story);
CREATE TABLE mentions (name INTEGER NOT NULL, story INTEGER NOT NULL, PRIMARY KEY (name, story)) WITHOUT ROWID;
CREATE INDEX mentions_of ON mentions (story);
CREATE TABLE paths (id INTEGER PRIMARY KEY, path BLOB NOT NULL UNIQUE, suffix BLOB NOT NULL);
CREATE INDEX paths_ending ON paths (suffix);
CREATE TABLE files (path INTEGER NOT NULL, name INTEGER NOT NULL, story INTEGER NOT NULL,
    PRIMARY KEY (path, name, story)) WITHOUT ROWID;
CREATE INDEX files_of ON files (story);
CREATE TABLE carried (oid TEXT PRIMARY KEY, story BLOB) WITHOUT ROWID;
CREATE TABLE carried_files (oid TEXT NOT NULL, path BLOB NOT NULL, suffix BLOB, PRIMARY KEY (oid, path)) WITHOUT ROWID;
CREATE INDEX carried_at ON carried_files (path);
CREATE INDEX carried_new ON carried_files (suffix) WHERE suffix IS NOT NULL;
CREATE TABLE counted (oid TEXT PRIMARY KEY, blob TEXT NOT NULL, data BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE summaries (name TEXT PRIMARY KEY, data BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE withdrawn (oid TEXT PRIMARY KEY, data BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE bases (id INTEGER PRIMARY KEY AUTOINCREMENT, oid TEXT NOT NULL UNIQUE);
CREATE TABLE behind (base INTEGER NOT NULL, oid TEXT NOT NULL, PRIMARY KEY (base, oid)) WITHOUT ROWID;
CREATE TABLE touched (oid TEXT PRIMARY KEY, was INTEGER NOT NULL) WITHOUT ROWID;
"""


def connect(home: Path) -> sqlite3.Connection:
    """The index of the repository whose directory `home` is; where it cannot be written, one in memory.

    A file that is damaged or of another version is made anew.
    """
    path = home / NAME
    for _ in range(2) if home.is_dir() else ():
        db = None
        try:
            safe_own_files.clear_the_ways(safe_own_files.database_files(path))
            path.touch(0o600)
            db = sqlite3.connect(path, timeout=_WAIT, isolation_level=None, check_same_thread=False)
            return _prepared(db)
        except (OSError, sqlite3.OperationalError):
            _close(db)
            break
        except DAMAGE:
            _close(db)
            discard(home)
    return in_memory()


def in_memory() -> sqlite3.Connection:
    return _prepared(sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False))


def discard(home: Path) -> None:
    """Remove the file with all that SQLite keeps beside it."""
    for file in safe_own_files.database_files(home / NAME):
        safe_own_files.remove(file)


def _close(db: sqlite3.Connection | None) -> None:
    if db is not None:
        db.close()


def _prepared(db: sqlite3.Connection) -> sqlite3.Connection:
    version = db.execute("PRAGMA user_version").fetchone()[0]
    if version not in (0, VERSION):
        raise sqlite3.DatabaseError("an index of another version")
    if version == 0:
        db.execute(f"PRAGMA busy_timeout = {_WAIT_TO_BEGIN * 1000}")
        db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = NORMAL")
    db.execute("PRAGMA secure_delete = ON")
    if version == 0:
        db.executescript(f"BEGIN IMMEDIATE; {_TABLES} PRAGMA user_version = {VERSION}; COMMIT;")
        db.execute(f"PRAGMA busy_timeout = {_WAIT * 1000}")
    db.execute("SELECT count(*) FROM facts").fetchone()
    return db
