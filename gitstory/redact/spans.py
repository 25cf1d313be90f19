"""What the detectors return: places in a text that must not be stored, and how overlapping ones become one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

SEPARATOR = "\n\x00\x01\x00\n"
"""Between texts that are searched in one go; no built-in rule matches across it."""


class Span(NamedTuple):
    """`text[start:end]` is (part of) a secret of `rule`; it never contains a line end.

    `secret` is the secret in its plain form, whatever its notation here, so that two notations get one marker.
    `literal` is set for replacements that are not numbered (`~` for a home directory). `more` is set for the
    second and later lines of one secret, which are not counted again. The lower `rank` names the merged span.
    """

    start: int
    end: int
    rule: str
    secret: str
    rank: int = 0
    literal: str | None = None
    more: bool = False


def merge(spans: Iterable[Span]) -> list[Span]:
    """Order by place and unite what overlaps: nothing found is ever left visible because something else was found."""
    merged: list[Span] = []
    ordered = sorted(spans)
    place = 0
    while place < len(ordered):
        first = ordered[place]
        place, end, named, more = _united(ordered, place)
        alone = named is first and end == first.end and more == first.more
        merged.append(first if alone else Span(first.start, end, *named[2:6], more))
    return merged


def _united(ordered: list[Span], place: int) -> tuple[int, int, Span, bool]:
    """What overlaps the span at `place`: where the next one is, where it ends, the span that names it, and `more`."""
    named = ordered[place]
    start, end, more = named.start, named.end, named.more
    for following in range(place + 1, len(ordered)):
        span = ordered[following]
        if span.start >= end:
            return following, end, named, more
        if (span.rank, span.start - span.end) < (named.rank, start - end):
            named = span
        end = span.end if span.end > end else end
        more = more and span.more
    return len(ordered), end, named, more
