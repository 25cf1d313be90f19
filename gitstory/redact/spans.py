"""What the detectors return: places in a text that must not be stored, and how overlapping ones become one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


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
    for span in sorted(spans):
        if not merged or span.start >= merged[-1].end:
            merged.append(span)
            continue
        last = merged.pop()
        named = span if (span.rank, span.start - span.end) < (last.rank, last.start - last.end) else last
        end, more = max(last.end, span.end), last.more and span.more
        merged.append(Span(last.start, end, named.rule, named.secret, named.rank, named.literal, more))
    return merged
