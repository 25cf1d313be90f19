"""The lines of commits that were counted before, each for the story that the commit had then."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import suppress

from gitstory.store.record_index.index import RecordIndex

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
