"""The lines of commits that were counted before, each for the story that the commit had then, and their sums.

When a story changes that the sums hold, what was counted for it is `withdrawn`: kept, to be taken from the sums.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from typing import NamedTuple

from gitstory.store.record_index.index import RecordIndex
from gitstory.store.record_index.update import ROOT, fact

_AT_ONCE = 500


def load(index: RecordIndex, commits: Iterable[str]) -> dict[str, bytes]:
    """What was kept of `commits`, where it is of the story that each has now."""
    select = """SELECT counted.oid, data FROM counted JOIN stories ON stories.oid = counted.oid
        WHERE counted.blob = stories.blob AND counted.oid IN ({})"""
    wanted = list(commits)
    kept: dict[str, bytes] = {}
    with suppress(sqlite3.Error):
        for start in range(0, len(wanted), _AT_ONCE):
            some = wanted[start : start + _AT_ONCE]
            kept.update(index.db.execute(select.format(",".join("?" * len(some))), some))
    return kept


def save(index: RecordIndex, blobs: Mapping[str, str], counted: Mapping[str, bytes]) -> None:
    """Keep what was counted for commits whose stories have the ids `blobs`. What cannot be written is counted again."""
    insert = """INSERT OR REPLACE INTO counted SELECT oid, blob, :data FROM stories
        WHERE oid = :oid AND blob = :blob"""
    with suppress(sqlite3.Error):
        index.db.execute("BEGIN IMMEDIATE")
        try:
            rows = [{"oid": oid, "blob": blobs[oid], "data": data} for oid, data in counted.items()]
            index.db.executemany(insert, rows)
        except BaseException:
            index.db.execute("ROLLBACK")
            raise
        index.db.execute("COMMIT")


_SUMS, _MEMBERS = "sums", "members"


class Summary(NamedTuple):
    """Sums as they were kept, the commits that they hold (packed), and what was counted for these before a change."""

    sums: bytes
    packed: bytes
    withdrawn: dict[str, bytes]

    @property
    def members(self) -> set[str]:
        size = self.packed[0] if self.packed else 1
        return {self.packed[at : at + size].hex() for at in range(1, len(self.packed), size)}


def summary(index: RecordIndex, root: str) -> Summary | None:
    """The sums that were kept last; None where there are none, or the index is not that of the record's tree `root`."""
    db = index.db
    try:
        db.execute("BEGIN")
        try:
            rows = dict(db.execute("SELECT name, data FROM summaries"))
            withdrawn = dict(db.execute("SELECT oid, data FROM withdrawn"))
            same = fact(db, ROOT) == root
        finally:
            db.execute("COMMIT")
    except sqlite3.Error:
        return None
    if not same or rows.keys() != {_SUMS, _MEMBERS}:
        return None
    kept = Summary(rows[_SUMS], rows[_MEMBERS], withdrawn)
    if withdrawn:  # commits that were counted later may be among them
        members = kept.members
        kept = kept._replace(withdrawn={oid: data for oid, data in withdrawn.items() if oid in members})
    return kept


def save_summary(index: RecordIndex, root: str, sums: bytes, members: Collection[str]) -> None:
    """Keep sums made of the record's tree `root`, unless the index is another one's by now."""
    ids = [bytes.fromhex(oid) for oid in members]
    packed = b"".join([bytes([len(ids[0])]), *ids]) if ids else b""
    with suppress(sqlite3.Error):
        index.db.execute("BEGIN IMMEDIATE")
        try:
            if fact(index.db, ROOT) == root:
                index.db.execute("DELETE FROM withdrawn")
                rows = ((_SUMS, sums), (_MEMBERS, packed))
                index.db.executemany("INSERT OR REPLACE INTO summaries VALUES (?, ?)", rows)
        except BaseException:
            index.db.execute("ROLLBACK")
            raise
        index.db.execute("COMMIT")
