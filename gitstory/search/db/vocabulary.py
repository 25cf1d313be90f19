"""The words of an index in one piece: FTS5 has them too, but telling them takes it a reading of the whole index.

One row holds the words there were when it was made, later rows those of what came since. Words of what went stay until
the next making; they find nothing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator

from gitstory.search.db.passage_bytes import packed, packed_lines, unpacked
from gitstory.search.db.schema import TOKENS

_WHOLE = 0
"""The row that holds everything up to its making."""
_MOST = 64
"""Rows after which one is made of them."""


def is_kept(db: sqlite3.Connection) -> bool:
    return db.execute("SELECT 1 FROM vocabulary WHERE id = ?", (_WHOLE,)).fetchone() is not None


def add(db: sqlite3.Connection, texts: Iterable[tuple[str, str]]) -> None:
    """The words of passages that came in, given as the two columns of the index."""
    db.execute(f"CREATE VIRTUAL TABLE IF NOT EXISTS temp.fresh USING fts5 (text, parts, content='', {TOKENS})")
    db.executemany("INSERT INTO temp.fresh (text, parts) VALUES (?, ?)", texts)
    words = list(_frequent(db, "temp", "fresh"))
    db.execute("INSERT INTO temp.fresh (fresh) VALUES ('delete-all')")
    db.execute("INSERT INTO vocabulary (words) VALUES (?)", (packed("\n".join(words)),))


def drop(db: sqlite3.Connection) -> None:
    db.execute("DELETE FROM vocabulary")


def make(db: sqlite3.Connection) -> None:
    """Put the words into one piece where they are not, or no longer."""
    (rows,) = db.execute("SELECT count(*) FROM vocabulary").fetchone()
    if rows <= _MOST and is_kept(db):
        return
    words = packed_lines(_frequent(db, "main", "words"))  # millions of words: a list of them takes 65 bytes for each
    drop(db)
    db.execute("INSERT INTO vocabulary VALUES (?, ?)", (_WHOLE, words))


def lines(db: sqlite3.Connection) -> str:
    """All words, each between two line ends."""
    rows = db.execute("SELECT words FROM vocabulary").fetchall() if is_kept(db) else []
    return "\n".join(["", *((unpacked(words) for (words,) in rows) if rows else _frequent(db, "main", "words")), ""])


def _frequent(db: sqlite3.Connection, schema: str, table: str) -> Iterator[str]:
    db.execute(f"CREATE VIRTUAL TABLE IF NOT EXISTS temp.{table}_told USING fts5vocab('{schema}', '{table}', 'row')")
    return (str(term) for (term,) in db.execute(f"SELECT term FROM temp.{table}_told"))
