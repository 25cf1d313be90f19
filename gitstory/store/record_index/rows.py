"""The rows that records become, and those that go with them."""

from __future__ import annotations

import sqlite3
import struct
import zlib
from collections.abc import Iterable

from gitstory.git.changed_files import suffix
from gitstory.git.new_objects import TREE, read_entries
from gitstory.model import Story
from gitstory.store import record_paths
from gitstory.store.records import Meta
from gitstory.store.snapshot import Contents

_CHECKSUM = 4
MOST_TOUCHED = 2000
"""Changed stories beyond which all carried stories are looked for again."""
NAMING = ("links", "turns", "files", "mentions")
"""The tables that say which conversations a story names."""
_TABLES = (
    "folders",
    "tombstones",
    "names",
    "conversations",
    "stories",
    *NAMING,
    "paths",
    "counted",
    "summaries",
    "withdrawn",
    "bases",
    "behind",
)


class StoryRows:
    """What stories say, as rows; the caller is in a transaction."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def add_parts(self, ident: int, story: Story) -> None:
        """What a story says: conversations linked, lines of turns, conversations with lines in each file."""
        for link in story.links:
            name = self._name(link.agent, link.conversation)
            self._db.execute("INSERT OR IGNORE INTO links VALUES (?, ?)", (name, ident))
            for turn in link.turns:
                if turn.evidence == "lines":
                    row = (name, text(turn.id), ident, turn.lines)
                    self._db.execute("INSERT OR REPLACE INTO turns VALUES (?, ?, ?, ?)", row)
        for file in story.files:
            for key in {(piece.agent, piece.conversation) for piece in (*file.ranges, *file.removed)}:
                self._db.execute(
                    "INSERT OR IGNORE INTO files VALUES (?, ?, ?)", (self._path(file.path), self._name(*key), ident)
                )

        mentioned = {(each.agent, each.conversation) for each in story.decisions} | {("", name) for name in story.open}
        for key in mentioned - {(link.agent, link.conversation) for link in story.links}:
            self._db.execute("INSERT OR IGNORE INTO mentions VALUES (?, ?)", (self._name(*key), ident))

    def _name(self, agent: str, name: str) -> int:
        ident = self.name_of(agent, name)
        if ident is None:
            row = (text(agent), text(name))
            return self._db.execute("INSERT INTO names (agent, name) VALUES (?, ?)", row).lastrowid or 0
        return ident

    def name_of(self, agent: str, name: str) -> int | None:
        """The number of a conversation that anything names."""
        row = (text(agent), text(name))
        row_of = self._db.execute("SELECT id FROM names WHERE agent = ? AND name = ?", row).fetchone()
        return None if row_of is None else int(row_of[0])

    def _path(self, path: str) -> int:
        raw = _raw(path)
        row_of = self._db.execute("SELECT id FROM paths WHERE path = ?", (raw,)).fetchone()
        if row_of is None:
            row = (raw, _raw(suffix(path)))
            return self._db.execute("INSERT INTO paths (path, suffix) VALUES (?, ?)", row).lastrowid or 0
        return int(row_of[0])


class IndexRows(StoryRows):
    """The rows of folders of records; the caller is in a transaction."""

    def __init__(self, db: sqlite3.Connection, contents: Contents) -> None:
        super().__init__(db)
        self._contents = contents
        self._names: set[int] = set()
        self._paths: set[int] = set()

    def clear(self) -> None:
        """Forget everything, carried stories too."""
        for table in _TABLES:
            self._db.execute(f"DELETE FROM {table}")
        self.drop_carried()

    def drop_carried(self) -> None:
        """Have all carried stories computed again."""
        for table in ("carried", "carried_files", "touched"):
            self._db.execute(f"DELETE FROM {table}")

    def drop_sums(self) -> None:
        """Have all lines added up again: what was erased is in no sum, nor in what was withdrawn from one."""
        for table in ("summaries", "withdrawn"):
            self._db.execute(f"DELETE FROM {table}")

    # --- stories ---

    def stories_in(self, folder: bytes, oid: str | None) -> None:
        """Make the rows of stories in a folder those of the tree `oid`."""
        blobs = {}
        for name, (_, blob) in read_entries(self._contents.repo.objects, oid).items():
            commit = record_paths.commit_of((folder.rpartition(b"/")[2], name))
            if commit is not None:
                blobs[commit] = blob
        rows = self._db.execute("SELECT oid, blob, id FROM stories WHERE folder = ?", (folder,)).fetchall()
        before = {row[0]: row[1] for row in rows}
        for commit, blob, ident in rows:
            if blobs.get(commit) != blob:
                self._remove_story(ident)
        new = {commit: blob for commit, blob in blobs.items() if before.get(commit) != blob}
        for commit, story in self._contents.stories_at(new):
            self._add_story(folder, commit, new[commit], story)
        self._touch({commit: commit in before for commit in (*new, *(before.keys() - blobs.keys()))})

    def _add_story(self, folder: bytes, commit: str, blob: str, story: Story | None) -> None:
        facts = (story.author, any(not one.linked for one in story.decisions), True) if story else ("", False, False)
        insert = "INSERT INTO stories (oid, folder, blob, author, decided, readable) VALUES (?, ?, ?, ?, ?, ?)"
        ident = self._db.execute(insert, (commit, folder, blob, *facts)).lastrowid
        if story is not None and ident is not None:
            self.add_parts(ident, story)

    def _remove_story(self, ident: int) -> None:
        for table in NAMING:
            self._names |= {row[0] for row in self._db.execute(f"SELECT name FROM {table} WHERE story = ?", (ident,))}
        self._paths |= {row[0] for row in self._db.execute("SELECT path FROM files WHERE story = ?", (ident,))}
        for table in NAMING:
            self._db.execute(f"DELETE FROM {table} WHERE story = ?", (ident,))
        counted = "FROM counted WHERE oid = (SELECT oid FROM stories WHERE id = ?)"
        if self._db.execute("SELECT 1 FROM summaries LIMIT 1").fetchone() is not None:
            self._db.execute(f"INSERT OR IGNORE INTO withdrawn SELECT oid, data {counted}", (ident,))
        self._db.execute(f"DELETE {counted}", (ident,))
        self._db.execute("DELETE FROM stories WHERE id = ?", (ident,))

    def _touch(self, commits: dict[str, bool]) -> None:
        """Remember changed stories (True: there was another one), where carried stories may depend on them."""
        if not commits or self._db.execute("SELECT 1 FROM carried LIMIT 1").fetchone() is None:
            return
        upsert = "INSERT INTO touched VALUES (?, ?) ON CONFLICT (oid) DO UPDATE SET was = max(was, excluded.was)"
        self._db.executemany(upsert, [(commit, int(was)) for commit, was in commits.items()])
        if self._db.execute("SELECT count(*) FROM touched").fetchone()[0] > MOST_TOUCHED:
            self.drop_carried()

    # --- conversations ---

    def conversations_in(self, folder: bytes, oid: str | None) -> None:
        """Make the rows of conversations in a folder (of one agent) those of the tree `oid`."""
        entries = read_entries(self._contents.repo.objects, oid)
        trees = {name: inner for name, (mode, inner) in entries.items() if mode == TREE}
        rows = self._db.execute("SELECT part, oid, name FROM conversations WHERE folder = ?", (folder,)).fetchall()
        before = {row[0]: row[1] for row in rows}
        for part, tree, name in rows:
            if trees.get(part) != tree:
                self._names.add(name)
                self._db.execute("DELETE FROM conversations WHERE name = ?", (name,))
        new = {part: tree for part, tree in trees.items() if before.get(part) != tree}
        for part, meta in self._contents.metas_at(folder, new):
            if meta is not None:
                self._add_conversation(folder, part, new[part], meta)

    def _add_conversation(self, folder: bytes, part: bytes, tree: str, meta: Meta) -> None:
        ended = meta.updated or meta.started or 0.0
        ids = [turn for turn, _ in meta.turns] + ([meta.parent] if meta.subagent and meta.parent is not None else [])
        row = (self._name(meta.agent, meta.id), folder, part, tree, ended, checksums(ids))
        self._db.execute("INSERT OR REPLACE INTO conversations VALUES (?, ?, ?, ?, ?, ?)", row)

    # --- both ---

    def read_again(self, *, name: int | None = None, story: int | None = None) -> None:
        """Have a story, or a conversation and all stories that name it, read again by the next steps."""
        if name is not None:
            union = " UNION ".join(f"SELECT story FROM {table} WHERE name = :name" for table in NAMING)
            stories = [row[0] for row in self._db.execute(union, {"name": name})]
            folders = [row[0] for row in self._db.execute("SELECT folder FROM conversations WHERE name = ?", (name,))]
            self._db.execute("UPDATE conversations SET oid = '' WHERE name = ?", (name,))
        else:
            stories, folders = [story], []
        for ident in stories:
            folders += [row[0] for row in self._db.execute("SELECT folder FROM stories WHERE id = ?", (ident,))]
            self._db.execute("UPDATE stories SET blob = '' WHERE id = ?", (ident,))
        for folder in folders:
            parts = folder.split(b"/")
            outer = [(b"/".join(parts[:count]),) for count in range(1, len(parts) + 1)]
            self._db.executemany("UPDATE folders SET oid = '' WHERE path = ?", outer)

    def drop_unused(self) -> None:
        """Remove names and paths that no row names any more: what was erased leaves nothing here."""
        for ident in self._names:
            used = " UNION ALL ".join(
                f"SELECT 1 FROM {table} WHERE name = :name" for table in (*NAMING, "conversations")
            )
            if self._db.execute(f"SELECT 1 WHERE EXISTS ({used})", {"name": ident}).fetchone() is None:
                self._db.execute("DELETE FROM names WHERE id = ?", (ident,))
        for ident in self._paths:
            if self._db.execute("SELECT 1 FROM files WHERE path = ? LIMIT 1", (ident,)).fetchone() is None:
                self._db.execute("DELETE FROM paths WHERE id = ?", (ident,))


def checksums(ids: Iterable[str]) -> bytes:
    """A checksum of four bytes for each id, one after the other: to find what holds an id, and perhaps others."""
    return b"".join(zlib.crc32(each.encode("utf-8", "surrogatepass")).to_bytes(_CHECKSUM, "little") for each in ids)


def split_checksums(data: bytes) -> tuple[int, ...]:
    """What `checksums` joined, as numbers."""
    return struct.unpack(f"<{len(data) // _CHECKSUM}I", data)


def text(name: str) -> str:
    """A name as SQLite takes it: text that is no Unicode is no name that anything else can match."""
    return name.encode("utf-8", "replace").decode()


def _raw(path: str) -> bytes:
    return path.encode("utf-8", "surrogateescape")
