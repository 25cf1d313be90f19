"""Which edit wrote, or removed, each line a commit changed: the replayed files compared with the committed ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from functools import partial
from itertools import pairwise

from msgspec import Struct

from gitstory.capture.diff import exact_changes, matches
from gitstory.capture.landed import Counts, Pool
from gitstory.capture.lines import LineId, weight
from gitstory.capture.weave import NOBODY, Owner, Weave

LEAST_RUN = 4
"""What a run of lines found by content alone must weigh; a line of some 20 letters weighs that."""
LEAST_LOOSE = 8
"""The same where only a formatter's rewriting makes the text agree."""
LEAST_GROUP = 2
"""What lines of one edit must weigh together where the replay has them but not their neighbours."""


class Sides(Struct, frozen=True):
    """A changed file as line ids: each parent's version (None where it had none) and the commit's (None if deleted)."""

    parents: tuple[Sequence[LineId] | None, ...]
    new: Sequence[LineId] | None


class Owned(Struct, frozen=True):
    """Lines with owners: `added` maps indexes of the new version, `removed` of the first parent's (both 0-based).

    `placed` holds the added ones that stand where the replay has them, `loose` those found only after undoing what a
    formatter does, `common` those whose text the file had before anyway; `still` the removed ones whose text it still
    has. `added_count` and `removed_count` count all lines of the diff.
    """

    added: dict[int, Owner]
    removed: dict[int, Owner]
    placed: frozenset[int]
    loose: frozenset[int]
    common: frozenset[int]
    still: frozenset[int]
    added_count: int
    removed_count: int


def changed_lines(sides: Sides) -> tuple[list[int], list[tuple[int, int]]]:
    """(indexes of lines the commit added, blocks of the first parent it removed). A merge adds what no parent has."""
    new = sides.new or ()
    added: set[int] | None = None
    removed: list[tuple[int, int]] = []
    for number, old in enumerate(sides.parents or (None,)):
        blocks = exact_changes(old or (), new)
        lines = {index for _, _, b0, b1 in blocks for index in range(b0, b1)}
        added = lines if added is None else added & lines
        if number == 0:
            removed = [(a0, a1) for a0, a1, _, _ in blocks if a1 > a0]
    return sorted(added or ()), ([] if len(sides.parents) > 1 else removed)


class Pools(Struct, frozen=True):
    """What is still pending of added and of removed lines for the commit at hand."""

    added: Pool
    removed: Pool


def attribute(sides: Sides, weaves: Sequence[Weave], loose: dict[LineId, LineId], pools: Pools) -> Owned:
    """Find owners in `weaves`: the file's replays in every work tree, under its present and its former name."""
    added, gone = changed_lines(sides)
    before = {line for old in sides.parents for line in old or ()}
    search = _Search(sides.new or (), added, pools.added, before)
    for weave in weaves:
        search.by_replay(weave)
    for weave in weaves:
        search.by_content(weave)
    for weave in weaves:
        search.by_loose_content(weave, loose)
    old = (sides.parents[0] if sides.parents else None) or ()
    after = set(sides.new or ())
    removed = _removals(old, gone, after, weaves, pools.removed, deleted=sides.new is None)
    return Owned(
        search.owners,
        removed,
        frozenset(search.placed),
        frozenset(search.loose),
        frozenset(j for j in search.owners if search.new[j] in before),
        frozenset(k for k in removed if old[k] in after),
        len(added),
        sum(b - a for a, b in gone),
    )


class _Search:
    """The owners found so far for a file's added lines; `settled` are those that need no further look."""

    def __init__(self, new: Sequence[LineId], added: Sequence[int], pool: Pool, before: Set[LineId]) -> None:
        self.new = new
        self.before = before
        self.added = added
        self.pool = pool
        self.owners: dict[int, Owner] = {}
        self.settled: set[int] = set()
        self.placed: set[int] = set()
        self.loose: set[int] = set()

    def by_replay(self, weave: Weave) -> None:
        """Lines that stand where the replayed file has them."""
        if weave.lines is None:
            return
        mapped = {j: weave.owners[i] for i, j in matches(weave.lines, self.new)}
        for group in _groups([j for j in self.added if j not in self.settled], mapped):
            owner = mapped.get(group[0], NOBODY)
            if owner == NOBODY:
                # The file was seen to hold them, and nobody known wrote them: their text proves nothing more.
                self.settled.update(j for j in group if j in mapped)
                continue
            counts = weave.added.counts
            fresh = [j for j in group if self.pool.left(counts, owner, self.new[j]) > 0]
            framed = self._accounted(group[0] - 1, mapped) and self._accounted(group[-1] + 1, mapped)
            if framed or sum(weight(self.new[j]) for j in fresh) >= LEAST_GROUP:
                own = [j for j in fresh if self.pool.use(counts, owner, self.new[j])]
                self._own((j, owner) for j in own)
                self.placed.update(own)

    def by_content(self, weave: Weave) -> None:
        """Runs of lines some edit once added, wherever the file has them now."""
        runs = weave.added
        for block in _blocks(self._left()) if runs else ():
            telling = partial(_telling, self.pool, runs.counts, self.before)
            found = runs.find([self.new[j] for j in block], LEAST_RUN, telling)
            pairs = zip(block, found, strict=True)
            self._own((j, o) for j, o in pairs if o != NOBODY and self.pool.use(runs.counts, o, self.new[j]))

    def by_loose_content(self, weave: Weave, loose: dict[LineId, LineId]) -> None:
        """As `by_content`, after undoing a formatter's work on both sides."""
        runs = weave.added
        for block in _blocks(self._left()) if runs else ():
            telling = partial(_telling, self.pool, runs.counts, self.before)
            found = runs.find_loosely([self.new[j] for j in block], loose, LEAST_LOOSE, telling)
            for j, owner in zip(block, found, strict=True):
                plain = loose.get(self.new[j], self.new[j])
                if owner != NOBODY and self.pool.use(runs.loose_counts, owner, plain):
                    self._own([(j, owner)])
                    self.loose.add(j)

    def _own(self, pairs: Iterable[tuple[int, Owner]]) -> None:
        for j, owner in pairs:
            self.owners[j] = owner
            self.settled.add(j)

    def _left(self) -> list[int]:
        return [j for j in self.added if j not in self.settled]

    def _accounted(self, index: int, mapped: dict[int, Owner]) -> bool:
        return index in mapped or not 0 <= index < len(self.new)


def _groups(lines: Sequence[int], mapped: dict[int, Owner]) -> list[list[int]]:
    """Neighbouring lines that share an owner (or share having none)."""
    groups: list[list[int]] = []
    for line in lines:
        if groups and groups[-1][-1] == line - 1 and mapped.get(groups[-1][-1]) == mapped.get(line):
            groups[-1].append(line)
        else:
            groups.append([line])
    return groups


def _blocks(lines: Sequence[int]) -> list[list[int]]:
    """Ascending indexes cut where one is missing."""
    if not lines:
        return []
    blocks = [[lines[0]]]
    for before, line in pairwise(lines):
        if line == before + 1:
            blocks[-1].append(line)
        else:
            blocks.append([line])
    return blocks


def _removals(
    old: Sequence[LineId],
    gone: Sequence[tuple[int, int]],
    after: Set[LineId],
    weaves: Sequence[Weave],
    pool: Pool,
    *,
    deleted: bool,
) -> dict[int, Owner]:
    owners: dict[int, Owner] = {}
    for weave in weaves:
        if deleted and weave.deleted_by != NOBODY:
            return dict.fromkeys(range(len(old)), weave.deleted_by)
    for weave in weaves:
        runs = weave.removed
        for start, end in gone if runs else ():
            for block in _blocks([k for k in range(start, end) if k not in owners]):
                telling = partial(_telling, pool, runs.counts, after)
                found = runs.find([old[k] for k in block], LEAST_RUN, telling)
                pairs = zip(block, found, strict=True)
                owners.update((k, o) for k, o in pairs if o != NOBODY and pool.use(runs.counts, o, old[k]))
    return owners


def _telling(pool: Pool, counts: Counts, elsewhere: Set[LineId], owner: Owner, line: LineId) -> bool:
    """Whether a line of an edit is still pending, and not one that the other side of the diff has as well."""
    return line not in elsewhere and pool.left(counts, owner, line) > 0
