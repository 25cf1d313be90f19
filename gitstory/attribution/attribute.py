"""Which edit wrote, or removed, each line a commit changed: the replayed files compared with the committed ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Set
from functools import partial
from itertools import pairwise

from msgspec import Struct

from gitstory.attribution.file_replay import LEAST_RUN, FileReplay
from gitstory.attribution.landed_lines import Counts, PendingLines
from gitstory.attribution.line_diff import exact_changes, matches
from gitstory.attribution.line_ids import LineId, Lines, weight, weights
from gitstory.attribution.reflow import STRONG, Flow, Segment, align, newest, search, sources
from gitstory.attribution.reformatted_lines import NOBODY, Owner, accepted, formed, grouped

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

    added: PendingLines
    removed: PendingLines


def attribute(sides: Sides, weaves: Sequence[FileReplay], lines: Lines, pools: Pools) -> Owned:
    """Find owners in `weaves`: the file's replays in every work tree, under its present and its former name."""
    added, gone = changed_lines(sides)
    before = {line for old in sides.parents for line in old or ()}
    search = _Search(sides.new or (), added, pools.added, before, lines)
    for weave in weaves:
        search.by_replay(weave)
    for weave in weaves:
        search.by_content(weave)
    if search.may_be_formatted(weaves):
        search.leave_reformatted(sides.parents)
        for weave in weaves:
            search.by_format(weave)
        for weave in weaves:
            search.by_formatted_content(weave)
    search.fill_blanks()
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

    def __init__(
        self, new: Sequence[LineId], added: Sequence[int], pool: PendingLines, before: Set[LineId], lines: Lines
    ) -> None:
        self.new = new
        self.lines = lines
        self.before = before
        self.added = added
        self.pool = pool
        self.owners: dict[int, Owner] = {}
        self.settled: set[int] = set()
        self.placed: set[int] = set()
        self.loose: set[int] = set()

    def by_replay(self, weave: FileReplay) -> None:
        """Lines that stand where the replayed file has them."""
        if weave.lines is None:
            return
        mapped = {j: weave.owners[i] for i, j in matches(weave.lines, self.new)}
        for group in grouped([j for j in self.added if j not in self.settled], mapped):
            owner = mapped.get(group[0], NOBODY)
            if owner == NOBODY:
                # A record shows them in the file, and no known turn wrote them: their text proves nothing more.
                self.settled.update(j for j in group if j in mapped)
                continue
            counts = weave.added.counts
            fresh = [j for j in group if self.pool.left(counts, owner, self.new[j]) > 0]
            framed = self._accounted(group[0] - 1, mapped) and self._accounted(group[-1] + 1, mapped)
            if framed or sum(weight(self.new[j]) for j in fresh) >= LEAST_GROUP:
                own = [j for j in fresh if self.pool.use(counts, owner, self.new[j])]
                self._own((j, owner) for j in own)
                self.placed.update(own)

    def by_content(self, weave: FileReplay) -> None:
        """Runs of lines some edit once added, wherever the file has them now."""
        runs = weave.added
        for block in _blocks(self._left()) if runs else ():
            is_distinctive = partial(_is_distinctive, self.pool, runs.counts, self.before)
            at = runs.find([self.new[j] for j in block], LEAST_RUN, is_distinctive)
            pairs = zip(block, at, strict=True)
            self._own((j, o) for j, o in pairs if o != NOBODY and self.pool.use(runs.counts, o, self.new[j]))

    def may_be_formatted(self, weaves: Sequence[FileReplay]) -> bool:
        """Whether a formatter may have turned pending lines of an edit into lines that are not attributed yet.

        Where it cannot, the search for them is skipped: it takes seconds in a generated file.
        """
        if not self._left():
            return False
        return any(
            self._stands_pending(weave) or next(self._formatted_content(weave), None) is not None for weave in weaves
        )

    def _stands_pending(self, weave: FileReplay) -> bool:
        """Whether the replayed file holds a pending line of an edit."""
        pairs = zip(weave.owners, weave.lines or (), strict=False)
        owned = dict.fromkeys(pair for pair in pairs if pair[0] != NOBODY)
        return any(self.pool.left(weave.added.counts, *pair) > 0 for pair in owned)

    def leave_reformatted(self, parents: Sequence[Sequence[LineId] | None]) -> None:
        """Lines that the file had before, and that were only formatted now: no edit's doing."""
        for old in parents:
            left = set(self._left()) if old else set()
            for segment in align(old or (), self.new, self.lines) if left else ():
                self.settled.update(left.intersection(range(segment.b0, segment.b1)))

    def by_format(self, weave: FileReplay) -> None:
        """What a formatter made of lines, at the place where the replayed file has them."""
        left = self._left()
        if weave.lines is None or not left:
            return
        origins = formed(weave.lines, weave.owners, self.new, set(left), self.lines)
        for group in accepted(left, origins, self.new, set(left), self.lines):
            if origins[group[0]][0] == NOBODY:
                self.settled.update(group)
                continue
            self._take(weave.added.counts, weave.lines, weave.owners, [(j, origins[j][1]) for j in group])

    def by_formatted_content(self, weave: FileReplay) -> None:
        """As `by_content`, of what a formatter made of the runs."""
        flow, owners = weave.added.flow()
        for block, segment in self._formatted_content(weave):
            text = [self.new[j] for j in block]
            pairs = sources(flow.ids, text, segment, self.lines)
            self._take(weave.added.counts, flow.ids, owners, [(block[j], origin) for j, origin in pairs])

    def _formatted_content(self, weave: FileReplay) -> Iterator[tuple[list[int], Segment]]:
        """Neighbouring lines that are not attributed yet, with each segment that formatting may have produced."""
        left = self._left()
        if not weave.added or not left:
            return
        flow, owners = weave.added.flow()
        counts = weave.added.counts

        def worth(segment: Segment) -> int:
            spots = range(segment.a0, segment.a1)
            return weights(flow.ids[i] for i in spots if self._pending(counts, owners[i], flow.ids[i]))

        for block in _blocks(left):
            text = Flow(self.lines, [self.new[j] for j in block])
            yield from ((block, segment) for segment in search(flow, text, newest, worth, STRONG, weight))

    def fill_blanks(self) -> None:
        """Blank lines that a formatter put between lines of one edit."""
        blank = {j for j in self._left() if not self.lines.tokens(self.new[j]) and not weight(self.new[j])}
        for group in _blocks(sorted(blank)) if self.loose else ():
            before, after = group[0] - 1, group[-1] + 1
            owner = self.owners.get(before, NOBODY)
            if owner != NOBODY and self.owners.get(after) == owner and not self.loose.isdisjoint((before, after)):
                self._own((j, owner) for j in group)
                self.loose.update(group)

    def _pending(self, counts: Counts, owner: Owner, line: LineId) -> bool:
        return _is_distinctive(self.pool, counts, self.before, owner, line)

    def _take(
        self, counts: Counts, old: Sequence[LineId], owners: Sequence[Owner], pairs: Sequence[tuple[int, Sequence[int]]]
    ) -> None:
        """Own lines that a formatter made of lines of `old`, if those were pending; each of those lands with them."""
        landing: dict[int, bool] = {}
        for j, origin in pairs:
            own = [i for i in origin if owners[i] != NOBODY]
            for i in own:
                if i not in landing:
                    landing[i] = self.pool.use(counts, owners[i], old[i])
            if any(landing[i] for i in own):
                self._own([(j, max(owners[i] for i in own))])
                if any(old[i] != self.new[j] for i in own):
                    self.loose.add(j)

    def _own(self, pairs: Iterable[tuple[int, Owner]]) -> None:
        for j, owner in pairs:
            self.owners[j] = owner
            self.settled.add(j)
            if (owner, self.new[j]) in self.pool.formatted:
                self.loose.add(j)

    def _left(self) -> list[int]:
        return [j for j in self.added if j not in self.settled]

    def _accounted(self, index: int, mapped: dict[int, Owner]) -> bool:
        return index in mapped or not 0 <= index < len(self.new)


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
    weaves: Sequence[FileReplay],
    pool: PendingLines,
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
                is_distinctive = partial(_is_distinctive, pool, runs.counts, after)
                at = runs.find([old[k] for k in block], LEAST_RUN, is_distinctive)
                pairs = zip(block, at, strict=True)
                owners.update((k, o) for k, o in pairs if o != NOBODY and pool.use(runs.counts, o, old[k]))
    return owners


def _is_distinctive(pool: PendingLines, counts: Counts, elsewhere: Set[LineId], owner: Owner, line: LineId) -> bool:
    """Whether a line of an edit is still pending, and not one that the other side of the diff has as well."""
    return line not in elsewhere and pool.left(counts, owner, line) > 0
