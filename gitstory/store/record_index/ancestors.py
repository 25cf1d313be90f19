"""Which commits with a story are ancestors of a few recent commits, the bases: that never changes.

Whether a commit is an ancestor of another one, git finds by reading history back to the older one. Of a descendant of a
base, only stories that came after the base have to be asked about.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable
from contextlib import suppress

from gitstory.store.record_index.index import RecordIndex

MOST = 2
"""Bases that are kept; the oldest goes."""


def bases(index: RecordIndex) -> list[str]:
    """The bases, the latest first."""
    with suppress(sqlite3.Error):
        return [row[0] for row in index.db.execute("SELECT oid FROM bases ORDER BY id DESC")]
    return []


def ancestors_among(index: RecordIndex, base: str, commits: Iterable[str]) -> set[str]:
    """Those of `commits` that are known to be ancestors of `base`."""
    select = "SELECT 1 FROM behind JOIN bases ON bases.id = base WHERE bases.oid = ? AND behind.oid = ?"
    with suppress(sqlite3.Error):
        return {commit for commit in commits if index.db.execute(select, (base, commit)).fetchone() is not None}
    return set()


def ancestors_of(index: RecordIndex, base: str) -> set[str]:
    """The commits that are known to be ancestors of `base`."""
    select = "SELECT behind.oid FROM behind JOIN bases ON bases.id = base WHERE bases.oid = ?"
    with suppress(sqlite3.Error):
        return {row[0] for row in index.db.execute(select, (base,))}
    return set()


def save(index: RecordIndex, base: str, ancestors: Collection[str]) -> None:
    """Keep `ancestors`, the commits with a story that are ancestors of `base`. What cannot be kept is found again."""
    db = index.db
    with suppress(sqlite3.Error):
        db.execute("BEGIN IMMEDIATE")
        try:
            db.execute("DELETE FROM behind WHERE base = (SELECT id FROM bases WHERE oid = ?)", (base,))
            db.execute("INSERT OR REPLACE INTO bases (oid) VALUES (?)", (base,))
            [ident] = db.execute("SELECT id FROM bases WHERE oid = ?", (base,)).fetchone()
            db.executemany("INSERT INTO behind VALUES (?, ?)", ((ident, oid) for oid in sorted(ancestors)))
            db.execute("DELETE FROM bases WHERE id NOT IN (SELECT id FROM bases ORDER BY id DESC LIMIT ?)", (MOST,))
            db.execute("DELETE FROM behind WHERE base NOT IN (SELECT id FROM bases)")
        except BaseException:
            db.execute("ROLLBACK")
            raise
        db.execute("COMMIT")
