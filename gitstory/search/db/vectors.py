"""What passages mean, in the index beside their words: a vector for each, that goes when its passage goes.

The table is made when vectors are first asked for. A trigger takes a vector out with its passage, so that nobody who
writes passages has to know of vectors.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from gitstory.search.db.passage_bytes import unpacked

# In the order in which they come: the newest passages first, by whose numbers half of each page would stay empty.
_TABLE = """
CREATE TABLE IF NOT EXISTS vectors (passage INTEGER NOT NULL, turn INTEGER NOT NULL, role INTEGER NOT NULL,
    vector BLOB NOT NULL)
"""
_INDEX = "CREATE UNIQUE INDEX IF NOT EXISTS vectors_of ON vectors (passage)"
_TRIGGER = """
CREATE TRIGGER IF NOT EXISTS vector_goes AFTER DELETE ON passages BEGIN
    DELETE FROM vectors WHERE passage = old.id;
END
"""
_MODEL = "vectors"
"""The fact that names the model."""


def is_there(db: sqlite3.Connection) -> bool:
    """Whether the index ever held vectors."""
    return db.execute("SELECT 1 FROM sqlite_master WHERE name = 'vectors'").fetchone() is not None


def prepare(db: sqlite3.Connection, model: str) -> None:
    """Make room for vectors of a model; those of another one go. The caller holds the index's lock."""
    db.execute(_TABLE)
    db.execute(_INDEX)
    db.execute(_TRIGGER)
    row = db.execute("SELECT value FROM facts WHERE name = ?", (_MODEL,)).fetchone()
    if row is None or row[0] != model:
        db.execute("DELETE FROM vectors")
        db.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (_MODEL, model))
    db.commit()


def missing(db: sqlite3.Connection) -> list[int]:
    """The passages without a vector, the newest first."""
    (there,), (kept,) = (db.execute(f"SELECT count(*) FROM {name}").fetchone() for name in ("passages", "vectors"))
    if there == kept:  # no vector is without its passage
        return []
    return [
        passage
        for (passage,) in db.execute(
            "SELECT p.id FROM passages p WHERE NOT EXISTS (SELECT 1 FROM vectors v WHERE v.passage = p.id)"
            " ORDER BY p.id DESC"
        )
    ]


def texts(db: sqlite3.Connection, passages: Iterable[int]) -> list[tuple[int, str]]:
    """(passage, what it says) of those that are still there."""
    found_texts = []
    for passage in passages:
        row = db.execute("SELECT text FROM passages WHERE id = ?", (passage,)).fetchone()
        if row is not None:
            found_texts.append((passage, unpacked(row[0])))
    return found_texts


def put(db: sqlite3.Connection, vectors: Iterable[tuple[int, bytes]]) -> None:
    """Keep vectors of passages that are there; the caller commits."""
    db.executemany(
        "INSERT OR REPLACE INTO vectors SELECT id, turn, role, ? FROM passages WHERE id = ?",
        ((vector, passage) for passage, vector in vectors),
    )


def rows(db: sqlite3.Connection, joined: str, where: str, values: Iterable[object]) -> sqlite3.Cursor:
    """(passage, turn, role, vector) of the passages `p` that a narrowing takes, those that say nothing left out."""
    if where == "1":
        return db.execute("SELECT passage, turn, role, vector FROM vectors WHERE vector != x''")
    return db.execute(
        "SELECT v.passage, v.turn, v.role, v.vector FROM vectors v"
        f" JOIN passages p ON p.id = v.passage {joined} WHERE v.vector != x'' AND {where}",
        tuple(values),
    )
