"""Texts judged together: in groups, joined, and the spans in a group shared out to its texts. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate

from gitstory.redact.spans import SEPARATOR, Span

BATCH = 1 << 18
"""Characters of a group, about."""


def batches(texts: list[str]) -> Iterator[list[str]]:
    """The texts in order, in groups of about `BATCH` characters."""
    group: list[str] = []
    size = 0
    for text in texts:
        group.append(text)
        size += len(text)
        if size >= BATCH:
            yield group
            group, size = [], 0
    if group:
        yield group


def shared_out(texts: list[str], spans: list[Span]) -> dict[int, list[Span]]:
    """The spans of `SEPARATOR.join(texts)` as those of each text that has any."""
    if not spans or len(texts) == 1:
        return {0: sorted(spans)} if spans else {}
    starts = starts_of(texts)
    spans_by_text: dict[int, list[Span]] = {}
    for span in sorted(spans):
        at = bisect_right(starts, span.start) - 1
        start, end = starts[at], starts[at] + len(texts[at])
        if span.start < end:
            moved = Span(span.start - start, min(span.end, end) - start, *span[2:])
            spans_by_text.setdefault(at, []).append(moved if start else span)
    return spans_by_text


def starts_of(texts: list[str]) -> list[int]:
    """Where each text, and one more, begins in `SEPARATOR.join(texts)`."""
    return list(accumulate((len(text) + len(SEPARATOR) for text in texts), initial=0))
