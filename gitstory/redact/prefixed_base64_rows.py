# ruff: noqa: E501
"""Rows of base64 behind anything that a tool puts before each line: the time, the name of a service, a number, a colour.

What leads the rows is not known in advance; it is the same in every line, numbers aside.
"""

from __future__ import annotations

import re
from functools import lru_cache

_END = re.compile(r"(?:<br[ ]?/?>)?\r?\n|\\{1,8}(?:r\\{1,8})?n|<br[ ]?/?>|&#1[03];|%0[aA]|\\{1,8}u000[aA]")
"""The end of a line, also written out."""
_PARTS = re.compile(r"(\d+|[ \t]+)")
_ROW = re.compile(r"[A-Za-z0-9+/]{4,200}={0,2}(?![A-Za-z0-9+/=])")
_TAIL, _LEAD = 24, 120


def following(text: str, start: int, end: int) -> tuple[int, int] | None:
    """The row of base64 in the line below that of the row `text[start:end]`, behind the same lead."""
    line_end = _END.search(text, end, end + _TAIL)
    if line_end is None:
        return None
    lead = _lead(text, start)
    if lead is None:
        return None
    match = _pattern(lead).match(text, line_end.end(), line_end.end() + 2 * _LEAD)
    row = _ROW.match(text, match.end()) if match is not None else None
    return row.span() if row is not None else None


def is_led(text: str, start: int) -> bool:
    """Whether a word stands before `start` in its line, as a tool puts one before each."""
    lead = _lead(text, start)
    return lead is not None and any(map(str.isalpha, lead))


def is_one_of_many(text: str, start: int, end: int) -> bool:
    """Whether two more rows of the same width stand around `text[start:end]`, behind the same lead."""
    below = following(text, start, end)
    if below is not None and below[1] - below[0] == end - start:
        return following(text, *below) is not None or _above(text, start, end) is not None
    above = _above(text, start, end)
    return above is not None and _above(text, *above) is not None


def _above(text: str, start: int, end: int) -> tuple[int, int] | None:
    """The row of the same width or a wider one in the line above, behind the same lead."""
    top = text.rfind("\n", max(0, start - _LEAD), start)
    before = text.rfind("\n", max(0, top - 2 * _LEAD), top) if top > 0 else -1
    if top <= 0:
        return None
    match = _pattern(text[top + 1 : start]).match(text, before + 1, top)
    row = _ROW.match(text, match.end(), top) if match is not None else None
    return row.span() if row is not None and row.end() - row.start() >= end - start else None


def alike(gap: str, other: str) -> bool:
    """Whether two stretches between rows are the same, numbers and blanks aside."""
    return len(gap) <= 2 * _LEAD and _END.search(gap) is not None and _skeleton(gap) == _skeleton(other)


def _lead(text: str, start: int) -> str | None:
    """What stands before `start` in its line."""
    head = text[max(0, start - _LEAD) : start]
    ends = list(_END.finditer(head))
    if not ends and start > _LEAD:
        return None
    return head[ends[-1].end() :] if ends else head


@lru_cache(maxsize=64)
def _pattern(lead: str) -> re.Pattern[str]:
    parts = (
        r"\d{1,12}" if part.isdigit() else r"[ \t]{0,40}" if part.isspace() else re.escape(part)
        for part in _PARTS.split(lead)
    )
    return re.compile("".join(parts))


@lru_cache(maxsize=256)
def _skeleton(gap: str) -> str:
    return _PARTS.sub(lambda part: "0" if part[0].isdigit() else " ", gap)
