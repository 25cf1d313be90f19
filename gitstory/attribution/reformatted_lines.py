"""Owners of lines that a formatter made of others."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from gitstory.attribution.import_lines import rearranged, statements
from gitstory.attribution.line_ids import LineId, Lines, weight
from gitstory.attribution.reflow import align, sources

Owner = int
"""The number of an edit in the timeline; -1 if unattributed."""

NOBODY: Owner = -1

LEAST_FORMED = 4
"""What neighbouring lines of one owner must weigh together where what stands beside them is not known."""

Origins = dict[int, tuple[Owner, Sequence[int]]]
"""Index of a line -> who owns it, and the lines of the old text it was made of."""


def formed(
    old: Sequence[LineId], owners: Sequence[Owner], new: Sequence[LineId], wanted: Collection[int], lines: Lines
) -> Origins:
    """The origins of those lines of `new` that are lines of `old` but for a formatter's work, as far as `wanted`.

    A line made of several edits' lines is the last one's; one that holds some of a person's is unattributed.
    """
    origins: Origins = {}
    segments = align(old, new, lines)
    for segment in segments:
        whole = range(segment.b0, segment.b1)
        if not any(j in wanted for j in whole):
            shift = segment.a0 - segment.b0
            same = segment.a1 - segment.a0 == len(whole)
            origins.update((j, (owners[j + shift] if same else NOBODY, range(0))) for j in whole)
            continue
        for j, spot in sources(old, new, segment, lines):
            origins[j] = (_owner([owners[i] for i in spot if lines.stream(old[i])]), spot)
    used = {i for segment in segments for i in range(segment.a0, segment.a1)}
    left = [i for i in range(len(old)) if i not in used]
    for j, those in _imports(old, left, new, [j for j in sorted(wanted) if j not in origins], lines):
        origins[j] = (_owner([owners[i] for i in those]), those)
    _blanks(origins, new, wanted, lines)
    return origins


def _blanks(origins: Origins, new: Sequence[LineId], wanted: Collection[int], lines: Lines) -> None:
    """Give blank lines between lines of one owner to that owner."""
    for j in sorted(wanted):
        if j not in origins and _blank(new[j], lines) and j - 1 in origins:
            owner, origin = origins[j - 1]
            after = _beyond(new, j, 1, lines)
            if owner != NOBODY and after in origins and origins[after][0] == owner:
                origins[j] = (owner, origin)


def _blank(line: LineId, lines: Lines) -> bool:
    return not weight(line) and not lines.tokens(line)


def _beyond(new: Sequence[LineId], index: int, step: int, lines: Lines) -> int:
    """The next index that is not of a blank line."""
    while 0 <= index < len(new) and _blank(new[index], lines):
        index += step
    return index


def _owner(owners: Sequence[Owner]) -> Owner:
    return NOBODY if NOBODY in owners else max(owners, default=NOBODY)


def _imports(
    old: Sequence[LineId], gone: Sequence[int], new: Sequence[LineId], come: Sequence[int], lines: Lines
) -> Iterator[tuple[int, Sequence[int]]]:
    """The lines that `come` of imports, with the lines `gone` they were made of."""
    if not gone or not come:
        return
    for statement, parts in rearranged(statements(old, gone, lines), statements(new, come, lines)):
        origin = [i for part in parts for i in part.lines]
        yield from ((j, origin) for j in statement.lines)


def accepted(
    wanted: Sequence[int], origins: Origins, new: Sequence[LineId], unsure: Collection[int], lines: Lines
) -> list[list[int]]:
    """Neighbouring lines of `wanted` with one owner that weigh enough, or stand between lines whose origin is known.

    `unsure` are the lines whose neighbours' origin is known by `origins` alone.
    """

    def is_known(index: int, step: int) -> bool:
        index = _beyond(new, index, step, lines)
        return index in origins or index not in unsure

    groups = grouped([j for j in wanted if j in origins], {j: origin[0] for j, origin in origins.items()})
    return [
        group
        for group in groups
        if sum(weight(new[j]) for j in group) >= LEAST_FORMED
        or (is_known(group[0] - 1, -1) and is_known(group[-1] + 1, 1))
    ]


def grouped(lines: Sequence[int], owners: Mapping[int, Owner]) -> list[list[int]]:
    """Neighbouring lines that share an owner (or share having none)."""
    groups: list[list[int]] = []
    for line in lines:
        if groups and groups[-1][-1] == line - 1 and owners.get(groups[-1][-1]) == owners.get(line):
            groups[-1].append(line)
        else:
            groups.append([line])
    return groups
