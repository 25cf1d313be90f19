"""Where the trees of two stores differ: only folders that differ are opened, and nothing of theirs is believed.

A pack of a few hundred bytes can hold a tree of more paths than anybody could walk, so folders are entered only as
deep as the format has them, and entries are counted. In a store nearly every entry has an id of its own, for which
random bytes had to be sent; many entries of few ids were not made by gitstory. How many ids there are is estimated
from a sample, so that the memory it takes stays small.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

from msgspec import Struct

from gitstory.errors import GitStoryError
from gitstory.git.new_objects import FILE, TREE, Entries
from gitstory.git.repo import Repo, TooBig

MOST_ENTRIES = 4_000_000
"""Entries of their folders that are looked at in one go beyond `SHARED` for each id."""

SHARED = 4
"""Paths at which one object may be stored: forked conversations have turns in common."""

SAMPLED = 256
"""One of so many ids is remembered."""

FOLDER_BOUND = 64 << 20
"""Bytes of one folder's object."""

Path = tuple[bytes, ...]
"""The parts of a path."""


class TooMuch(GitStoryError):
    def __init__(self) -> None:
        super().__init__(
            "the remote's stories are bigger than any store of stories; nothing was taken over",
            hint="they were not made by gitstory, or by somebody who means harm",
        )


class Pair(Struct, frozen=True):
    """What is stored at a path on both sides (ids), None where there is nothing."""

    ours: str | None
    theirs: str | None


class Differ:
    """Compares trees by their ids; `refused` counts entries of theirs that a store cannot have."""

    def __init__(self, repo: Repo) -> None:
        self._repo = repo
        self._entries = 0
        self._sample: set[str] = set()
        self._salt = os.urandom(8)  # nobody can choose ids that are all in the sample, or all outside
        self.refused = 0

    def entries(self, tree: str | None, *, trusted: bool) -> Entries:
        """A folder's entries. Raises `TooMuch` for one of theirs that is too big, or one too many."""
        if tree is None:
            return {}
        try:
            read = self._repo.objects.read(tree, None if trusted else FOLDER_BOUND)
            entries = _parsed(read[2], len(tree) // 2) if read is not None and read[1] == "tree" else None
        except TooBig:
            raise TooMuch from None
        except ValueError:
            entries = None
        if entries is None:
            self.refused += 1
            return {}
        if not trusted:
            self._count(entries)
        return entries

    def _count(self, entries: Entries) -> None:
        """Raises `TooMuch` where there are more entries than a store with so many different objects has."""
        self._entries += len(entries)
        self._sample.update(oid for _mode, oid in entries.values() if hash((self._salt, oid)) % SAMPLED == 0)
        if self._entries > MOST_ENTRIES + SHARED * SAMPLED * len(self._sample):
            raise TooMuch

    def walk(
        self, at: Path, pair: Pair, depth: int, *, kind: int = FILE, whole: bool = False, exact: bool = True
    ) -> Iterator[tuple[Path, Pair]]:
        """What differs below the folder at `at`: things of `kind` that lie `depth` parts deep (or, if not `exact`,
        files above that too). Entries that are only ours are left out, unless `whole` is set."""
        own, other = self.entries(pair.ours, trusted=True), self.entries(pair.theirs, trusted=False)
        leaf = len(at) + 1 == depth
        kinds = (kind,) if leaf else (TREE,) if exact else (TREE, FILE)
        for name in sorted({*own, *other}):
            mine, its = own.get(name), other.get(name)
            if mine == its or (its is None and not whole):
                continue
            if its is not None and (its[0] not in kinds or (mine is not None and mine[0] != its[0])):
                self.refused += 1
                its = None
            if mine is not None and mine[0] not in kinds:
                mine = None
            either = mine or its
            if either is None:
                continue
            inner = Pair(mine and mine[1], its and its[1])
            if leaf or either[0] != TREE:
                yield (*at, name), inner
            else:
                yield from self.walk((*at, name), inner, depth, kind=kind, whole=whole, exact=exact)


def _parsed(data: bytes, size: int) -> Entries:
    """A tree object's entries; ids have `size` bytes. Raises ValueError for what is none."""
    entries: Entries = {}
    at = 0
    while at < len(data):
        space = data.index(b" ", at)
        end = data.index(b"\0", space) + 1
        entries[data[space + 1 : end - 1]] = (int(data[at:space], 8), data[end : end + size].hex())
        at = end + size
    return entries
