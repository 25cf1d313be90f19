"""What would leave this machine with a push: everything that we have and the remote has not."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from gitstory.git.new_objects import FILE, TREE
from gitstory.git.repo import Repo, TooBig
from gitstory.store import record_paths
from gitstory.store.records import TURN_BOUND, Meta, decode_meta, decode_turn
from gitstory.store.sync.apply_merge import Absorbed
from gitstory.store.sync.differing_folders import Differ, Pair, Path

__all__ = ["Absorbed", "ConversationPreview", "PushPreview", "push_preview"]

_REDACTED = re.compile(rb"\[redacted:[a-z0-9-]{1,62}:\d")
"""The marks that `redact.engine` leaves."""


class ConversationPreview(Struct, frozen=True):
    """One conversation's part. `prompt` is its first one, `bytes` what its records come to, uncompressed."""

    agent: str
    id: str
    title: str
    prompt: str
    turns: int
    bytes: int
    redactions: int
    new: bool


class PushPreview(Struct, frozen=True):
    """`stories` and `tombstones` are counts of records, of `bytes` together with the conversations'."""

    stories: int
    tombstones: int
    conversations: tuple[ConversationPreview, ...]
    bytes: int

    @property
    def nothing(self) -> bool:
        return not (self.stories or self.tombstones or self.conversations)

    @property
    def turns(self) -> int:
        return sum(each.turns for each in self.conversations)

    @property
    def redactions(self) -> int:
        return sum(each.redactions for each in self.conversations)


def push_preview(repo: Repo, ours: str | None, theirs: str | None) -> PushPreview:
    """What the tree `ours` has that `theirs` lacks or has otherwise. Raises `differ.TooMuch`."""
    leaving = _Leaving(repo, ours, theirs)
    stories = list(leaving.records(record_paths.COMMITS, 3))
    stones = list(leaving.records(record_paths.TOMBSTONES, 4))
    talks = tuple(
        sorted(
            leaving.conversations(),
            key=lambda conversation_preview: (conversation_preview.agent, conversation_preview.id),
        )
    )
    total = sum(len(data) for data in (*stories, *stones)) + sum(one.bytes for one in talks)
    return PushPreview(len(stories), len(stones), talks, total)


def leaves_anything(repo: Repo, ours: str | None, theirs: str | None) -> bool:
    """Whether the tree `ours` has anything that `theirs` lacks or has otherwise; stops at the first record."""
    return _Leaving(repo, ours, theirs).anything


class _Leaving:
    def __init__(self, repo: Repo, ours: str | None, theirs: str | None) -> None:
        self._repo = repo
        self._differ = Differ(repo)
        self._own = self._differ.entries(ours, trusted=True)
        self._other = self._differ.entries(theirs, trusted=False)

    def _walk(self, name: bytes, depth: int, kind: int = FILE) -> Iterator[tuple[Path, Pair]]:
        sides = [each.get(name) for each in (self._own, self._other)]
        pair = Pair(*(entry[1] if entry is not None and entry[0] == TREE else None for entry in sides))
        for path, each in self._differ.walk((name,), pair, depth, kind=kind, whole=True):
            if each.ours is not None:
                yield path, each

    @property
    def anything(self) -> bool:
        kinds = (
            (record_paths.COMMITS, 3, FILE),
            (record_paths.TOMBSTONES, 4, FILE),
            (record_paths.CONVERSATIONS, 4, TREE),
        )
        return any(True for one in kinds for _record in self._walk(*one))

    def records(self, name: bytes, depth: int) -> Iterator[bytes]:
        for _path, each in self._walk(name, depth):
            yield self._read(each.ours) or b""

    def conversations(self) -> Iterator[ConversationPreview]:
        for path, pair in self._walk(record_paths.CONVERSATIONS, 4, TREE):
            files = {
                at[-1]: self._read(each.ours) or b""
                for at, each in self._differ.walk(path, pair, 5, whole=True)
                if each.ours is not None
            }
            entries = self._differ.entries(pair.ours, trusted=True)
            meta = (
                decode_meta(self._read(entries[record_paths.META][1]) or b"") if record_paths.META in entries else None
            )
            if meta is not None and files:
                yield self._counted(meta, files, new=pair.theirs is None, entries={n: e[1] for n, e in entries.items()})

    def _counted(
        self, meta: Meta, files: dict[bytes, bytes], *, new: bool, entries: dict[bytes, str]
    ) -> ConversationPreview:
        first = meta.turns[0][0] if meta.turns else ""
        name = record_paths.turn_name(first)
        data = files.get(name) or (self._read(entries[name]) if name in entries else None)
        turn = decode_turn(data, first) if data is not None else None
        return ConversationPreview(
            meta.agent,
            meta.id,
            meta.title,
            turn.prompt if turn is not None else "",
            sum(1 for each in files if each != record_paths.META),
            sum(len(each) for each in files.values()),
            sum(len(_REDACTED.findall(each)) for each in files.values()),
            new,
        )

    def _read(self, oid: str | None) -> bytes | None:
        try:
            return self._repo.objects.blob(oid, TURN_BOUND) if oid is not None else None
        except TooBig:
            return None
