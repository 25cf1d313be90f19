"""Comparing two sequences of line ids, with git's own algorithm.

libgit2's xdiff does the work on a stand-in text (each id in hexadecimal on a line of its own): the same code and
heuristics as `git diff`, in memory, for any repository format.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gitstory.attribution.line_ids import LineId

Block = tuple[int, int, int, int]
"""(a0, a1, b0, b1): lines a[a0:a1] were replaced by b[b0:b1]; 0-based, half open."""


def changes(a: Sequence[LineId], b: Sequence[LineId]) -> list[Block]:
    """The changed blocks between `a` and `b`, in order. Equal sequences give none."""
    start, a_end, b_end = _trim(a, b)
    if start == a_end and start == b_end:
        return []
    if start in (a_end, b_end):
        return [(start, a_end, start, b_end)]
    return [
        (a0 + start, a1 + start, b0 + start, b1 + start) for a0, a1, b0, b1 in _xdiff(a[start:a_end], b[start:b_end])
    ]


def exact_changes(a: Sequence[LineId], b: Sequence[LineId]) -> list[Block]:
    """As `changes`, but placed exactly where `git diff` places them (no trimming, which may slide a block)."""
    if a == b:
        return []
    if not a or not b:
        return [(0, len(a), 0, len(b))]
    return list(_xdiff(a, b))


def matches(a: Sequence[LineId], b: Sequence[LineId]) -> Iterator[tuple[int, int]]:
    """(i, j) of every line of `a` that lives on as a line of `b`."""
    i = j = 0
    for a0, a1, b0, b1 in changes(a, b):
        yield from zip(range(i, a0), range(j, b0), strict=True)
        i, j = a1, b1
    yield from zip(range(i, len(a)), range(j, len(b)), strict=True)


def _trim(a: Sequence[LineId], b: Sequence[LineId]) -> tuple[int, int, int]:
    shorter = min(len(a), len(b))
    start = 0
    while start < shorter and a[start] == b[start]:
        start += 1
    a_end, b_end = len(a), len(b)
    while a_end > start and b_end > start and a[a_end - 1] == b[b_end - 1]:
        a_end -= 1
        b_end -= 1
    return start, a_end, b_end


def _xdiff(a: Sequence[LineId], b: Sequence[LineId]) -> Iterator[Block]:
    from pygit2 import Patch
    from pygit2.enums import DiffOption

    options = DiffOption.FORCE_TEXT | DiffOption.INDENT_HEURISTIC
    patch = Patch.create_from(_text(a), _text(b), flag=options, context_lines=0)
    for hunk in patch.hunks:
        # A side without lines is named by the line before it, as in a unified diff.
        a0 = hunk.old_start - 1 if hunk.old_lines else hunk.old_start
        b0 = hunk.new_start - 1 if hunk.new_lines else hunk.new_start
        yield a0, a0 + hunk.old_lines, b0, b0 + hunk.new_lines


def _text(lines: Sequence[LineId]) -> bytes:
    return b"".join([b"%x\n" % line for line in lines])
