"""Questions about the record that would otherwise need all of its stories or conversations."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from gitstory.model import Story, part_of_id
from gitstory.store.record_index import schema
from gitstory.store.record_index.rows import NAMING, StoryRows, checksums, split_checksums
from gitstory.store.record_index.update import NO_ROOT, ROOT, fact, update
from gitstory.store.record_paths import Tombstone
from gitstory.store.snapshot import Contents

Key = tuple[str, str]
"""(agent, native id) of a conversation"""
TurnKey = tuple[str, str, str]


class RecordIndex:
    """The index as it is for one state of the record."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = db

    @classmethod
    def of(cls, contents: Contents, buried: Iterable[Tombstone] = ()) -> RecordIndex:
        """The index of `contents`, brought up to date; made anew where it is damaged, in memory where it must be.

        `buried` are tombstones that may be new in it.
        """
        home = contents.repo.home
        for _ in range(2):
            db = schema.connect(home)
            try:
                update(db, contents, buried)
                return cls(db)
            except sqlite3.OperationalError:  # busy for long, or no space
                db.close()
                break
            except schema.DAMAGE:
                db.close()
                schema.discard(home)
        db = schema.in_memory()
        update(db, contents)
        return cls(db)

    @classmethod
    def lasting(cls, contents: Contents) -> RecordIndex | None:
        """The index of `contents` from its file, brought up to date; None where no reader has made one yet."""
        db = schema.connect(contents.repo.home)
        index = cls(db)
        try:
            if index.is_lasting and fact(db, ROOT) not in ("", NO_ROOT):
                update(db, contents)
                return index
        except schema.DAMAGE:
            pass  # whoever reads next makes it anew
        db.close()
        return None

    @classmethod
    def of_stories(cls, stories: Iterable[Story]) -> RecordIndex:
        """What these stories say, in memory."""
        db = schema.in_memory()
        rows = StoryRows(db)
        for number, story in enumerate(stories, 1):
            decided = any(not one.linked for one in story.decisions)
            row = (number, story.commit, b"", "", story.author, decided, True)
            db.execute("INSERT INTO stories VALUES (?, ?, ?, ?, ?, ?, ?)", row)
            rows.add_parts(number, story)
        return cls(db)

    @property
    def is_lasting(self) -> bool:
        """Whether it is in a file, and not in memory."""
        return any(row[1] == "main" and row[2] for row in self.db.execute("PRAGMA database_list"))

    def close(self) -> None:
        self.db.close()

    # --- what is there ---

    def commits(self) -> list[str]:
        """The commits with a record."""
        return [row[0] for row in self.db.execute("SELECT oid FROM stories ORDER BY oid")]

    def blobs(self, commits: Iterable[str]) -> dict[str, str]:
        """The ids of the records of `commits`, as far as they have one."""
        rows = (
            self.db.execute("SELECT oid, blob FROM stories WHERE oid = ? AND readable", (commit,)).fetchone()
            for commit in commits
        )
        return {row[0]: row[1] for row in rows if row is not None}

    def count_stories(self) -> int:
        return int(self.db.execute("SELECT count(*) FROM stories").fetchone()[0])

    def count_conversations(self) -> int:
        return int(self.db.execute("SELECT count(*) FROM conversations").fetchone()[0])

    def ended(self) -> dict[Key, float]:
        """Every conversation with the time of its last record, 0 where that is not known."""
        rows = self.db.execute(f"SELECT agent, names.name, ended FROM {_CONVERSATIONS}")
        return {(agent, name): ended for agent, name, ended in rows}

    def ended_at(self) -> dict[bytes, float]:
        """The time of the last record of every conversation, by the path of its folder in the record."""
        rows = self.db.execute("SELECT folder, part, ended FROM conversations")
        return {folder + b"/" + part: ended for folder, part, ended in rows}

    def agents(self) -> set[str]:
        """The agents that any conversation is of."""
        return {row[0] for row in self.db.execute(f"SELECT DISTINCT agent FROM {_CONVERSATIONS}")}

    def latest(self, most: int, agent: str | None = None, since: float | None = None) -> tuple[dict[Key, float], int]:
        """The `most` conversations that ended last, with the times, and how many there are.

        Of one `agent`, if it is given, and of those that ended at `since` or later.
        """
        given = {"agent": agent, "since": since, "most": most}
        chosen = f"{_CONVERSATIONS} WHERE agent = ifnull(:agent, agent) AND ended >= ifnull(:since, ended)"
        rows = self.db.execute(
            f"SELECT agent, names.name, ended FROM {chosen} ORDER BY ended DESC, agent, names.name LIMIT :most", given
        )
        latest = {(row[0], row[1]): row[2] for row in rows}
        return latest, int(self.db.execute(f"SELECT count(*) FROM {chosen}", given).fetchone()[0])

    def ended_of(self, keys: Iterable[Key]) -> dict[Key, float]:
        """The time of the last record of those of `keys` that are stored."""
        select = "SELECT ended FROM conversations WHERE name = ?"
        rows = ((key, self.db.execute(select, (self._name(key),)).fetchone()) for key in keys)
        return {key: row[0] for key, row in rows if row is not None}

    def beside(self, keys: Iterable[Key]) -> set[Key]:
        """The conversations whose ids are the next ones before and after those of `keys`, in alphabetical order."""
        select = f"SELECT agent, names.name FROM {_CONVERSATIONS} WHERE names.name"
        near: set[Key] = set()
        for name in {key[1] for key in keys}:
            near |= set(self.db.execute(f"{select} = ?", _safe([name])))
            near |= set(self.db.execute(f"{select} < ? ORDER BY names.name DESC LIMIT 1", _safe([name])))
            near |= set(self.db.execute(f"{select} > ? ORDER BY names.name LIMIT 1", _safe([name])))
        return near

    def called(self, prefix: str) -> list[Key]:
        """The conversations whose id begins so, also behind `AGENT:`."""
        agents = [row[0] for row in self.db.execute("SELECT DISTINCT agent FROM names")]
        called: set[Key] = set()
        for beginning in {prefix, *(part_of_id(agent, prefix) for agent in agents)} - {""}:
            select = f"SELECT agent, names.name FROM {_CONVERSATIONS} WHERE names.name >= ? AND names.name < ?"
            called |= {(row[0], row[1]) for row in self.db.execute(select, (beginning, beginning + "\U0010ffff"))}
        return [key for key in sorted(called) if key[1].startswith(part_of_id(key[0], prefix))]

    def commits_of(self, keys: Iterable[Key]) -> dict[Key, list[str]]:
        """The commits that each of these conversations is linked to."""
        select = "SELECT oid FROM links JOIN stories ON stories.id = story WHERE name = ? ORDER BY oid"
        return {key: [row[0] for row in self.db.execute(select, (self._name(key),))] for key in keys}

    # --- what stories say ---

    def conversations_at(self, path: str) -> set[Key]:
        """The conversations with lines in a file."""
        select = f"SELECT DISTINCT agent, names.name FROM {_FILES} WHERE paths.path = ?"
        return set(self.db.execute(select, (_raw(path),)))

    def paths_ending(self, suffixes: Iterable[bytes]) -> list[str]:
        """The files with lines of any conversation whose names have one of these suffixes."""
        matching = []
        for suffix in sorted(set(suffixes)):
            rows = self.db.execute("SELECT path FROM paths WHERE suffix = ?", (suffix,))
            matching += [row[0].decode("utf-8", "surrogateescape") for row in rows]
        return matching

    def explained(self, keys: Iterable[Key]) -> set[str]:
        """The commits that any of these conversations explains lines of."""
        select = "SELECT DISTINCT oid FROM turns JOIN stories ON stories.id = story WHERE name = ?"
        return {row[0] for key in keys for row in self.db.execute(select, (self._name(key),))}

    def lines_of(self, turn: TurnKey) -> dict[str, int]:
        """The commits that a turn explains, with how many lines."""
        select = "SELECT oid, lines FROM turns JOIN stories ON stories.id = story WHERE name = ? AND turn = ?"
        return dict(self.db.execute(select, (self._name(turn[:2]), turn[2])))

    def author(self, commit: str) -> str:
        """The key of a commit's author, "" where it is unknown."""
        row = self.db.execute("SELECT author FROM stories WHERE oid = ?", (commit,)).fetchone()
        return str(row[0]) if row is not None else ""

    def decided(self) -> list[str]:
        """The commits of which a person untied something."""
        return [row[0] for row in self.db.execute("SELECT oid FROM stories WHERE decided")]

    def stories_naming(self, keys: Iterable[Key]) -> list[str]:
        """The commits whose stories are linked to any of these conversations or have lines of one."""
        select = "SELECT oid FROM stories WHERE id IN ({} UNION {} UNION {})".format(
            *(f"SELECT story FROM {table} WHERE name = :name" for table in ("links", "turns", "files"))
        )
        names = {name for key in keys if (name := self._name(key)) is not None}
        return sorted({row[0] for name in names for row in self.db.execute(select, {"name": name})})

    def stories_with_ids(self, ids: Iterable[str]) -> list[str]:
        """The commits whose stories name a conversation with any of these ids, of whatever agent, in any way."""
        naming = " UNION ".join(
            f"SELECT story FROM names JOIN {table} ON {table}.name = names.id WHERE names.name = :id"
            for table in NAMING
        )
        select = f"SELECT oid FROM stories WHERE id IN ({naming})"
        return sorted({row[0] for text in _safe(ids) for row in self.db.execute(select, {"id": text})})

    def metas_holding(self, ids: Iterable[str]) -> list[bytes]:
        """The folders of the conversations that have a turn with any of these ids, or are a subagent's of such a
        conversation, and perhaps others."""
        wanted = set(split_checksums(checksums(ids)))
        rows = self.db.execute("SELECT folder, part, holds FROM conversations")
        return sorted(
            folder + b"/" + part for folder, part, holds in rows if not wanted.isdisjoint(split_checksums(holds))
        )

    def _name(self, key: Key | tuple[str, ...]) -> int | None:
        row = self.db.execute("SELECT id FROM names WHERE agent = ? AND name = ?", _safe(key)).fetchone()
        return int(row[0]) if row is not None else None


_CONVERSATIONS = "conversations JOIN names ON names.id = conversations.name"
_FILES = "paths JOIN files ON files.path = paths.id JOIN names ON names.id = files.name"


def _safe(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(text.encode("utf-8", "replace").decode() for text in texts)


def _raw(path: str) -> bytes:
    return path.encode("utf-8", "surrogateescape")


def commits_naming(contents: Contents, keys: Iterable[Key]) -> set[str] | None:
    """The commits whose stories are linked to any of these conversations; None where there is no lasting index."""
    index = RecordIndex.lasting(contents)
    if index is None:
        return None
    try:
        return set(index.stories_naming(keys))
    finally:
        index.close()


def forget_erased(contents: Contents, buried: Iterable[Tombstone] = ()) -> None:
    """Bring the index to a state from which things were erased, so that its file holds nothing of them.

    Without the tombstones `buried`, what they name is looked for among all names and turns.
    """
    home: Path = contents.repo.home
    if not (home / schema.NAME).exists():
        return
    index: Any = None
    try:
        index = RecordIndex.of(contents, buried)
        for table in ("carried", "carried_files", "touched", "summaries", "withdrawn", "bases", "behind"):
            index.db.execute(f"DELETE FROM {table}")
        if index.is_lasting and index.db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0:
            return
    except sqlite3.Error:
        pass
    finally:
        if index is not None:
            with suppress(sqlite3.Error):
                index.close()
    schema.discard(home)
