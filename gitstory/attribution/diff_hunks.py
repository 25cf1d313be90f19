"""Two texts as hunks of a unified diff."""

from __future__ import annotations

from collections.abc import Iterator

from gitstory.attribution.line_diff import Block, changes
from gitstory.attribution.line_ids import split
from gitstory.model import Hunk


def hunks_between(old: str, new: str, context: int = 3) -> tuple[Hunk, ...]:
    """The change from `old` to `new`, with `context` unchanged lines around each part."""
    a, b = split(old), split(new)
    numbers: dict[str, int] = {}
    blocks = changes(*([numbers.setdefault(line, len(numbers)) for line in lines] for lines in (a, b)))
    return tuple(_hunk(group, a, b, context) for group in _grouped(blocks, context))


def _grouped(blocks: list[Block], context: int) -> Iterator[list[Block]]:
    """Blocks that would share context lines come together."""
    group: list[Block] = []
    for block in blocks:
        if group and block[0] - group[-1][1] > 2 * context:
            yield group
            group = []
        group.append(block)
    if group:
        yield group


def _hunk(group: list[Block], a: list[str], b: list[str], context: int) -> Hunk:
    start = max(0, group[0][0] - context)
    new_start = group[0][2] - (group[0][0] - start)
    added: list[str] = []
    at = start
    for a0, a1, b0, b1 in group:
        added += [f" {line}" for line in a[at:a0]]
        added += [f"-{line}" for line in a[a0:a1]]
        added += [f"+{line}" for line in b[b0:b1]]
        at = a1
    end = min(len(a), at + context)
    added += [f" {line}" for line in a[at:end]]
    return Hunk(_start(start, end > start), _start(new_start, any(line[0] != "-" for line in added)), tuple(added))


def _start(index: int, any_lines: bool) -> int:
    """A side without lines is named by the line before it."""
    return index + 1 if any_lines else index
