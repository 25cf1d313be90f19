"""Carried stories that were computed before: kept in the index until a change of the record could alter them."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress

import msgspec
from msgspec import Struct

from gitstory.model import Story
from gitstory.store.record_index.index import RecordIndex
from gitstory.store.record_index.update import Interrupted, fact

_MOST_COMPARED = 2000
"""Pairs of a commit and a path beyond which stories are computed again rather than looked at one by one."""


class Computed(Struct, frozen=True):
    """What was computed for one commit: its carried story, if any, and what that depends on.

    `paths` are the names of the files it changed, `suffixes` those of files that it added, by their paths.
    """

    story: Story | None
    paths: frozenset[bytes]
    suffixes: Mapping[bytes, bytes]


def load(index: RecordIndex, commits: Iterable[str]) -> dict[str, Story | None]:
    """The carried stories that are known of `commits`, None for a commit that carries none."""
    cached: dict[str, Story | None] = {}
    for commit in commits:
        row = index.db.execute("SELECT story FROM carried WHERE oid = ?", (commit,)).fetchone()
        if row is not None:
            with suppress(msgspec.MsgspecError):
                cached[commit] = msgspec.json.decode(row[0], type=Story) if row[0] is not None else None
    return cached


def save(index: RecordIndex, root: str, computed: Mapping[str, Computed]) -> None:
    """Keep what was computed for the record's tree `root`, unless the index is another one's by now."""
    db = index.db
    with suppress(sqlite3.Error, UnicodeEncodeError):
        db.execute("BEGIN IMMEDIATE")
        try:
            if fact(db, "tree") != root:
                raise Interrupted("the record has changed")
            for commit, result in computed.items():
                story = msgspec.json.encode(result.story) if result.story is not None else None
                db.execute("INSERT OR REPLACE INTO carried VALUES (?, ?)", (commit, story))
                rows = [(commit, path, result.suffixes.get(path)) for path in result.paths]
                db.executemany("INSERT OR REPLACE INTO carried_files VALUES (?, ?, ?)", rows)
        except BaseException:
            db.execute("ROLLBACK")
            raise
        db.execute("COMMIT")


def drop_outdated(
    index: RecordIndex, is_there: Callable[[Collection[tuple[str, bytes]]], set[tuple[str, bytes]]]
) -> None:
    """Drop what the stories that came since could change; `is_there` returns the (commit, path) pairs that exist.

    New stories can change what commits of the same files carry, or commits that added a file that may have had the
    name before. Where a story was replaced (a person unlinked it, a conversation went on), all that was carried is
    computed again. Raises what SQLite does.
    """
    db = index.db
    if db.execute("SELECT 1 FROM touched LIMIT 1").fetchone() is None:
        return
    db.execute("BEGIN IMMEDIATE")
    try:
        outdated = {row[0] for row in db.execute(_SAME_FILES)}
        if db.execute("SELECT 1 FROM touched WHERE was").fetchone() is not None:
            outdated |= {row[0] for row in db.execute("SELECT oid FROM carried WHERE story IS NOT NULL")}
        pairs = {(row[0], row[1]) for row in db.execute(_MAYBE_RENAMED) if row[0] not in outdated}
        there = is_there(pairs) if len(pairs) <= _MOST_COMPARED else set()
        outdated |= {commit for commit, _ in pairs - there}
        for commit in outdated:
            db.execute("DELETE FROM carried WHERE oid = ?", (commit,))
            db.execute("DELETE FROM carried_files WHERE oid = ?", (commit,))
        db.execute("DELETE FROM touched")
    except BaseException:
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")


_NEW_PATHS = """touched JOIN stories ON stories.oid = touched.oid JOIN files ON files.story = stories.id
    JOIN paths ON paths.id = files.path"""
_SAME_FILES = f"""SELECT DISTINCT carried_files.oid FROM {_NEW_PATHS}
    JOIN carried_files ON carried_files.path = paths.path"""
_MAYBE_RENAMED = f"""SELECT DISTINCT carried_files.oid, paths.path FROM {_NEW_PATHS}
    JOIN carried_files ON carried_files.suffix = paths.suffix"""
