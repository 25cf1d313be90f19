"""Brings the index to a tree of the record: folders whose ids are the same are not opened."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import partial

from gitstory.fault_points import point
from gitstory.git.new_objects import TREE, read_entries
from gitstory.store import record_paths
from gitstory.store.record_index.rows import IndexRows, text
from gitstory.store.record_paths import Tombstone
from gitstory.store.snapshot import Contents

ROOT, NO_ROOT = "tree", "-"
"""The fact that has the id of the tree that the index was made from, and its value for an empty record."""
_GOAL = "goal"
_ATTEMPTS = 20
"""Times that another process may bring the index to another state meanwhile."""

Step = Callable[[], None]


class Interrupted(sqlite3.OperationalError):
    """Another process brings the index to another state."""


def update(db: sqlite3.Connection, contents: Contents, buried: Iterable[Tombstone] = ()) -> None:
    """Make the index that of `contents`. Raises what SQLite does.

    Each folder is a transaction of its own, so a run that was ended is continued by the next one. `buried` are
    tombstones that may be new: what only a digest names is looked for.
    """
    root = contents.root or NO_ROOT
    for _ in range(_ATTEMPTS):
        if fact(db, ROOT) == root:
            return
        try:
            _Updater(db, contents, root, buried).run()
        except Interrupted:
            continue
    if fact(db, ROOT) != root:
        raise Interrupted("others keep changing the index")


def fact(db: sqlite3.Connection, name: str) -> str:
    row = db.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
    return str(row[0]) if row is not None else ""


class _Updater:
    def __init__(self, db: sqlite3.Connection, contents: Contents, root: str, buried: Iterable[Tombstone] = ()) -> None:
        self._db, self._contents, self._root = db, contents, root
        self._buried = {tombstone.name: tombstone for tombstone in buried}
        self._rows = IndexRows(db, contents)

    def run(self) -> None:
        self._in_transaction(self._begin, goal=False)
        for folder, step in self._steps():
            self._in_transaction(step)
            point("index.saved", folder)
        self._in_transaction(self._end)

    def _in_transaction(self, step: Step, *, goal: bool = True) -> None:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            if goal and fact(self._db, _GOAL) != self._root:
                raise Interrupted("another process brings the index to another state")
            step()
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def _begin(self) -> None:
        self._db.execute("DELETE FROM facts WHERE name = ?", (ROOT,))
        self._db.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (_GOAL, self._root))

    def _end(self) -> None:
        self._rows.drop_unused()
        self._db.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (ROOT, self._root))

    def _steps(self) -> Iterator[tuple[str, Step]]:
        """What is to be done, a folder each, with its name."""
        top = {name: oid for name, (mode, oid) in self._contents.top.items() if mode == TREE}
        if _indexed(self._db, record_paths.TOMBSTONES) != top.get(record_paths.TOMBSTONES):
            yield "tombstones", lambda: self._bury(top.get(record_paths.TOMBSTONES))
        for name, depth, change in (
            (record_paths.COMMITS, 1, self._rows.stories_in),
            (record_paths.CONVERSATIONS, 2, self._rows.conversations_in),
        ):
            for folder, oid in self._changed(name, top.get(name), depth):
                yield folder.decode("ascii", "replace"), partial(self._renew, folder, oid, change)

    def _renew(self, folder: bytes, oid: str | None, change: Callable[[bytes, str | None], None]) -> None:
        change(folder, oid)
        self._note(folder, oid)

    def _changed(self, path: bytes, oid: str | None, depth: int) -> Iterator[tuple[bytes, str | None]]:
        """The folders `depth` levels below `path` that differ from the index, with their ids, None for those gone.

        The id of a folder that holds some of them is noted only when all of them are done.
        """
        if _indexed(self._db, path) == oid:
            return
        if depth == 0:
            yield path, oid
            return
        self._in_transaction(lambda: self._note(path, None))
        entries = read_entries(self._contents.repo.objects, oid)
        now = {name: inner for name, (mode, inner) in entries.items() if mode == TREE}
        for name in sorted({*now, *self._below(path)}):
            yield from self._changed(path + b"/" + name, now.get(name), depth - 1)
        self._in_transaction(lambda: self._note(path, oid))

    def _below(self, path: bytes) -> set[bytes]:
        """The names of folders below `path` that the index knows."""
        rows = self._db.execute("SELECT path FROM folders WHERE path > ? AND path < ?", (path + b"/", path + b"0"))
        return {row[0][len(path) + 1 :].partition(b"/")[0] for row in rows}

    def _note(self, path: bytes, oid: str | None) -> None:
        if oid is None:
            self._db.execute("DELETE FROM folders WHERE path = ?", (path,))
        else:
            self._db.execute("INSERT OR REPLACE INTO folders VALUES (?, ?)", (path, oid))

    def _bury(self, oid: str | None) -> None:
        """Have what new tombstones name read again; where some are gone, everything."""
        before = {row[0] for row in self._db.execute("SELECT name FROM tombstones")}
        now = self._contents.tombstones
        if not before <= now:
            self._rows.clear()
            before = set()
        new = now - before
        if new:
            self._rows.drop_carried()
            self._rows.drop_sums()
        self._db.executemany("INSERT OR IGNORE INTO tombstones VALUES (?)", [(name,) for name in new])
        for tombstone in (self._buried[name] for name in new & self._buried.keys()):
            self._read_again(tombstone.kind, tombstone.key)
        self._look_for(new - self._buried.keys())
        self._note(record_paths.TOMBSTONES, oid)

    def _read_again(self, kind: str, key: tuple[str, ...]) -> None:
        """Have what a tombstone names read again; what is redacted, or erased as a text, changes no row."""
        stories: list[tuple[int]] = []
        if kind == "commit":
            stories = self._db.execute("SELECT id FROM stories WHERE oid = ?", key).fetchall()
        elif kind in ("conversation", "turn") and (name := self._rows.name_of(*key[:2])) is not None:
            if kind == "conversation":
                self._rows.read_again(name=name)
            else:
                select = "SELECT DISTINCT story FROM turns WHERE name = ? AND turn = ?"
                stories = self._db.execute(select, (name, text(key[2]))).fetchall()
        for (story,) in stories:
            self._rows.read_again(story=story)

    def _look_for(self, new: Collection[str]) -> None:
        """Have what tombstones name read again, of which only the digests are known."""
        kinds = {name.partition("/")[0] for name in new}
        if "conversation" in kinds:
            for ident, *key in self._db.execute("SELECT id, agent, name FROM names").fetchall():
                if Tombstone("conversation", tuple(key)).name in new:
                    self._rows.read_again(name=ident)
        if "turn" in kinds:
            select = "SELECT DISTINCT story, agent, names.name, turn FROM turns JOIN names ON names.id = turns.name"
            for story, *key in self._db.execute(select).fetchall():
                if Tombstone("turn", tuple(key)).name in new:
                    self._rows.read_again(story=story)
        if "commit" in kinds:
            for story, commit in self._db.execute("SELECT id, oid FROM stories").fetchall():
                if Tombstone("commit", (commit,)).name in new:
                    self._rows.read_again(story=story)


def _indexed(db: sqlite3.Connection, path: bytes) -> str | None:
    """The id of the folder at `path` that the index was made from."""
    row = db.execute("SELECT oid FROM folders WHERE path = ?", (path,)).fetchone()
    return row[0] if row is not None else None
