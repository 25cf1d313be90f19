"""Puts conversations into the index and takes them out. Callers say when to commit, and hold the index's lock."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from typing import NamedTuple

from msgspec import json as msgjson

from gitstory.model import Conversation, Story, Turn
from gitstory.search.db import vocabulary
from gitstory.search.db.passage_bytes import packed, unpacked
from gitstory.search.db.schema import FOREIGN, LIVE, ROLES, STORED
from gitstory.search.db.split_turn import beginning, label, passages, paths
from gitstory.search.db.tokenizer import analysed, plain, storable, text_of
from gitstory.summary.turn_kinds import with_kinds

Key = tuple[str, str]
_PER_SECOND = 64
"""Numbers of passages a second of time has room for, before they run into the next."""
_WAITING = 1 << 22
"""Characters of passages that wait to be put into full-text search, in the order of their numbers."""
_LATEST = 1 << 40
"""Seconds that a turn's time counts as at most: a remote may send any number."""


def first_number(time: float | None) -> int:
    """The number from which on passages of a time are kept: SQLite takes 64 bits."""
    return int(min(max(time or 0, 0), _LATEST)) * _PER_SECOND + 1


REMOVED = "removed"
"""The fact that turns were removed whose words may still be in parts of FTS5's index."""


class _Named(NamedTuple):
    """What names a turn: its id, the title of the conversation that it begins (else ""), its label."""

    id: str
    title: str
    label: str


class Writer:
    """Writes what is of one repository (`repo`: its common directory)."""

    def __init__(self, db: sqlite3.Connection, repo: str) -> None:
        self.db = db
        self.repo = repo
        # The first number of a second -> where the last turn of that second ended.
        self._next: dict[int, int] = {}
        self._waiting: list[tuple[int, str, str]] = []
        self._size = 0
        # No passage has one of these numbers.
        self._unused = range(0)
        self._removed = False
        self._fresh: list[tuple[str, str]] | None = [] if vocabulary.is_kept(db) else None

    def commit(self, *, last: bool = False) -> None:
        """Keep what is done; the `last` time, put what makes searching quicker in order."""
        self._put_waiting()
        if self._fresh:
            vocabulary.add(self.db, self._fresh)
            self._fresh.clear()
        if last:
            vocabulary.make(self.db)
        self.db.commit()

    # --- conversations ---

    def put(self, conversation: Conversation, origin: int, *, whole: bool = True) -> int:
        """Bring a redacted conversation's turns in; those that did not change are left. Returns how many changed.

        What is known from `origin` and is not in it goes, unless it is not the `whole` of it.
        """
        conversation = with_kinds(conversation)
        title = plain(conversation.title)
        number = self._conversation(conversation, title)
        rows = self.db.execute("SELECT name, id, digest, origin FROM turns WHERE conversation = ?", (number,))
        stored = {name: (turn, bytes(digest), bits) for name, turn, digest, bits in rows}
        turns = {turn.index: turn for turn in conversation.turns}
        changed = 0
        for at, turn in enumerate(conversation.turns):
            named = title if at == 0 else ""
            called = plain(label(turn, turns, whole=whole))
            digest = _digest(turn, named, called)
            name = plain(turn.id)
            old = stored.pop(name, None)
            if old is not None and (old[1] == digest or (origin == STORED and old[2] & LIVE)):
                self.db.execute("UPDATE turns SET origin = origin | ? WHERE id = ?", (origin, old[0]))
                continue
            if old is not None:
                self._remove(old[0])
            self._add(number, turn, _Named(name, named, called), digest, origin | (old[2] if old else 0), conversation)
            changed += 1
        for turn_row, _, bits in stored.values() if whole else ():
            changed += self._without(turn_row, bits, origin)
        return changed

    def _conversation(self, conversation: Conversation, title: str) -> int:
        self.db.execute(
            "INSERT INTO conversations (repo, agent, name, title, started, updated) VALUES (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET title = CASE excluded.title WHEN '' THEN title ELSE excluded.title END,"
            " started = excluded.started, updated = max(coalesce(updated, 0), coalesce(excluded.updated, 0))",
            (self.repo, conversation.agent, plain(conversation.id), title, conversation.started, conversation.updated),
        )
        row = self._number((conversation.agent, conversation.id))
        assert row is not None
        return row

    def _number(self, key: Key) -> int | None:
        parameters = (self.repo, key[0], plain(key[1]))
        row = self.db.execute(
            "SELECT id FROM conversations WHERE repo = ? AND agent = ? AND name = ?", parameters
        ).fetchone()
        return None if row is None else int(row[0])

    def _add(
        self, number: int, turn: Turn, named: _Named, digest: bytes, origin: int, conversation: Conversation
    ) -> None:
        time = turn.time if turn.time is not None else conversation.started
        prompt = plain(beginning(turn.prompt))
        cursor = self.db.execute(
            "INSERT INTO turns (conversation, name, number, time, branch, prompt, kind, label, digest, origin)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (number, named.id, turn.index, time, turn.branch, prompt, turn.kind, named.label, digest, origin),
        )
        row = cursor.lastrowid
        self.db.executemany("INSERT OR IGNORE INTO files VALUES (?, ?)", [(row, plain(path)) for path in paths(turn)])
        texts = [*([(ROLES.index("title"), named.title)] if named.title else []), *passages(turn)]
        # Numbers follow the clock, so that reading backwards meets the newest first.
        first = first_number(time)
        at = self._free(self._next.get(first, first))
        for role, text in texts:
            text = plain(text)
            self.db.execute("INSERT INTO passages VALUES (?, ?, ?, ?)", (at, row, role, packed(text)))
            columns = analysed(text)
            self._unused = range(at + 1, self._unused.stop)
            self._waiting.append((at, *columns))
            self._size += len(text)
            if self._fresh is not None:
                self._fresh.append(columns)
            at = self._free(at + 1)
        self._next[first] = at
        if self._size > _WAITING:
            self._put_waiting()

    def _put_waiting(self) -> None:
        """FTS5 writes a part of its index, to be merged later, whenever a number is smaller than the last one."""
        self.db.executemany("INSERT INTO words (rowid, text, parts) VALUES (?, ?, ?)", sorted(self._waiting))
        self._waiting.clear()
        self._size = 0

    def _free(self, at: int) -> int:
        """The first free number from `at` on. Runs of used numbers are skipped as a whole: a remote may send
        any number of turns of one second."""
        if at in self._unused:
            return at
        step = 1
        while self._taken(at, 1):
            if self._taken(at, step):
                at, step = at + step, step * 2
            else:
                step //= 2
        [(used,)] = self.db.execute("SELECT min(id) FROM passages WHERE id > ?", (at,))
        self._unused = range(at, used if used is not None else at + _PER_SECOND * _LATEST)
        return at

    def _taken(self, at: int, count: int) -> bool:
        """Whether all of `count` numbers from `at` on are used."""
        parameters = (at, at + count)
        [(value,)] = self.db.execute("SELECT count(*) FROM passages WHERE id >= ? AND id < ?", parameters)
        return bool(value == count)

    def _without(self, turn: int, bits: int, origin: int) -> int:
        """Forget that a turn is known from `origin`; it goes where nothing else knows it."""
        if bits & ~origin:
            self.db.execute("UPDATE turns SET origin = ? WHERE id = ?", (bits & ~origin, turn))
            return 0
        self._remove(turn)
        return 1

    def _remove(self, turn: int) -> None:
        self._put_waiting()
        if not self._removed:
            self.tell(REMOVED, "yes")
            self._removed = True
        for at, text in self.db.execute("SELECT id, text FROM passages WHERE turn = ?", (turn,)).fetchall():
            self.db.execute(
                "INSERT INTO words (words, rowid, text, parts) VALUES ('delete', ?, ?, ?)",
                (at, *analysed(unpacked(text))),
            )
        self.db.execute("DELETE FROM passages WHERE turn = ?", (turn,))
        self.db.execute("DELETE FROM files WHERE turn = ?", (turn,))
        self.db.execute("DELETE FROM turns WHERE id = ?", (turn,))

    def drop(self, key: Key, origin: int) -> None:
        """Take a conversation out as far as it is known from `origin`."""
        number = self._number(key)
        if number is None:
            return
        rows = self.db.execute("SELECT id, origin FROM turns WHERE conversation = ?", (number,)).fetchall()
        left = [self._without(turn, bits, origin) for turn, bits in rows].count(0)
        if left < len(rows):
            vocabulary.drop(self.db)
            self._fresh = None
        if not left:
            self.db.execute("DELETE FROM conversations WHERE id = ?", (number,))

    def erase(self, key: Key, *, landings: bool) -> None:
        """Take a conversation out, wherever it is known from, and with `landings` what says which commits it led to."""
        self.drop(key, STORED | LIVE)
        if landings:
            parameters = (self.repo, key[0], plain(key[1]))
            self.db.execute("DELETE FROM landings WHERE repo = ? AND agent = ? AND name = ?", parameters)

    # --- commits ---

    def land(self, commit: str, story: Story | None) -> None:
        """Replace the turns linked to a commit; other tools' records of it are deleted as well."""
        self.db.execute("DELETE FROM landings WHERE repo = ? AND oid = ?", (self.repo, commit))
        if story is not None:
            self._land(story, {})

    def _land(self, story: Story, numbers: Mapping[Key, int]) -> None:
        lines: dict[tuple[str, str, str], dict[str, list[tuple[int, int]]]] = {}
        for file in story.files:
            for range_ in file.ranges:
                of = lines.setdefault((range_.agent, range_.conversation, range_.turn), {})
                of.setdefault(plain(file.path), []).append((range_.start, range_.end))
        self.db.executemany(
            "INSERT OR REPLACE INTO landings VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    self.repo,
                    link.agent,
                    plain(link.conversation),
                    plain(turn.id),
                    story.commit,
                    turn.evidence,
                    turn.lines,
                    msgjson.encode(lines.get((link.agent, link.conversation, turn.id), {})).decode(),
                    link.recorded_by,
                    numbers.get((link.agent, link.conversation), 0),
                )
                for link in story.links
                for turn in link.turns
                if turn.evidence != "context" or numbers
            ],
        )

    # --- other tools' records of commits ---

    def replace_claims(self, commit: str, story: Story | None, numbers: Mapping[Key, int]) -> None:
        """Replace other tools' records of the turns behind a commit; `told`: number of prompts of a conversation."""
        self.db.execute(
            "DELETE FROM landings INDEXED BY landings_of WHERE repo = ? AND oid = ? AND told > 0", (self.repo, commit)
        )
        if story is not None and numbers:
            self._land(story, numbers)

    def claimed(self) -> dict[Key, bool]:
        """The conversations in other tools' records, and whether any of their turns is in the index."""
        rows = self.db.execute(
            "SELECT l.agent, l.name, max(t.id)"
            " FROM (SELECT DISTINCT agent, name FROM landings WHERE repo = ?1 AND told > 0) l"
            " LEFT JOIN conversations c ON c.repo = ?1 AND c.agent = l.agent AND c.name = l.name"
            " LEFT JOIN turns t ON t.conversation = c.id GROUP BY l.agent, l.name",
            (self.repo,),
        )
        return {(agent, name): turn is not None for agent, name, turn in rows}

    def turns_of(self, key: Key) -> set[str]:
        """The ids of a conversation's turns that are in."""
        number = self._number(key)
        return {name for (name,) in self.db.execute("SELECT name FROM turns WHERE conversation = ?", (number,))}

    def commits_of(self, key: Key) -> list[str]:
        """The commits for which other tools record a conversation."""
        parameters = (self.repo, *key)
        rows = self.db.execute(
            "SELECT DISTINCT oid FROM landings WHERE repo = ? AND agent = ? AND name = ? AND told > 0", parameters
        )
        return [oid for (oid,) in rows]

    def drop_unclaimed(self) -> int:
        """Delete turns that only other tools recorded, and no longer do. Returns how many turns changed."""
        rows = self.db.execute(
            "SELECT t.id, t.origin FROM turns t JOIN conversations c ON c.id = t.conversation WHERE c.repo = ?"
            " AND t.origin & ? AND NOT EXISTS (SELECT 1 FROM landings l WHERE l.repo = c.repo AND l.agent = c.agent"
            " AND l.name = c.name AND l.turn = t.name AND l.told > 0)",
            (self.repo, FOREIGN),
        ).fetchall()
        gone = sum(self._without(turn, bits, FOREIGN) for turn, bits in rows)
        self.db.execute(
            "DELETE FROM conversations WHERE repo = ? AND id NOT IN (SELECT conversation FROM turns)", (self.repo,)
        )
        return gone

    # --- what was seen ---

    def sources(self) -> dict[bytes, tuple[str, list[list[str]]]]:
        """source -> (its stamp, [agent, id, parent or ""] of the conversations that are in it)."""
        rows = self.db.execute("SELECT source, stamp, keys FROM sources WHERE repo = ?", (self.repo,))
        return {bytes(source): (stamp, msgjson.decode(keys, type=list[list[str]])) for source, stamp, keys in rows}

    def seen(self, source: bytes, stamp: str, keys: Iterable[Iterable[str]]) -> None:
        encoded = msgjson.encode([[plain(one) for one in key] for key in keys]).decode()
        self.db.execute("INSERT OR REPLACE INTO sources VALUES (?, ?, ?, ?)", (self.repo, source, stamp, encoded))

    def unseen(self, source: bytes) -> None:
        self.db.execute("DELETE FROM sources WHERE repo = ? AND source = ?", (self.repo, source))

    def objects(self, folder: bytes) -> dict[bytes, str]:
        """Path of an object in a folder of the store (or listed under such a name) -> its id when it was indexed."""
        parameters = (self.repo, folder + b"/", folder + b"0")  # "0" follows "/"
        rows = self.db.execute("SELECT path, oid FROM objects WHERE repo = ? AND path > ? AND path < ?", parameters)
        return {bytes(path): oid for path, oid in rows}

    def took(self, path: bytes, oid: str | None) -> None:
        if oid is None:
            self.db.execute("DELETE FROM objects WHERE repo = ? AND path = ?", (self.repo, path))
        else:
            self.db.execute("INSERT OR REPLACE INTO objects VALUES (?, ?, ?)", (self.repo, path, oid))

    # --- facts ---

    def fact(self, name: str) -> str | None:
        row = self.db.execute("SELECT value FROM facts WHERE name = ?", (f"{name} {self.repo}",)).fetchone()
        return None if row is None else text_of(row[0])

    def tell(self, name: str, value: str) -> None:
        self.db.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (f"{name} {self.repo}", storable(value)))


def _digest(turn: Turn, title: str, label: str) -> bytes:
    """Stands for all that the index holds of a turn; its label changes with the turns before it."""
    return blake2b(
        b"\0".join((msgjson.encode(_encodable(turn)), title.encode(), label.encode())), digest_size=12
    ).digest()


def _encodable(turn: Turn) -> object:
    try:
        msgjson.encode(turn)
    except UnicodeEncodeError:
        return repr(turn).encode("utf-8", "replace").hex()
    return turn
