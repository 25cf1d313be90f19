"""Lines of a text, also where line ends are written out as backslash and n (JSON inside JSON), and what leads them."""

from __future__ import annotations

import re

LEAD = re.compile(r"[ \t]*(?:\d{1,6}(?:→|[ \t]?[:│]|\t))?[ \t>+]{0,8}")
"""Indentation, the number that a tool put before the line, signs of a diff or a quotation."""
_ANY = re.compile(r"\r?\n|\\{1,8}(?:r\\{1,8})?n|\x00|\Z")
_SIGNS = "\n\r\\\x00"
_REAL = re.compile(r"\r?\n|\x00|\Z")
_WRITTEN = re.compile(r"\\{1,8}(?:r\\{1,8})?n|(?<!\\)\"|\r?\n|\x00|\Z")


def first_end(text: str, at: int, limit: int) -> re.Match[str]:
    """The end of the line that holds `at`, at `limit` at the latest."""
    limit = min(limit, len(text))
    first = limit
    for sign in _SIGNS:
        place = text.find(sign, at, first)
        first = place if place >= 0 else first
    return _ANY.search(text, first, limit)  # type: ignore[return-value]


def next_end(text: str, end: re.Match[str], most: int) -> re.Match[str] | None:
    """The end of the line behind `end`, written like `end`; None where no line follows or it is longer than `most`."""
    if "n" not in end[0] and "\n" not in end[0]:
        return None
    pattern = _WRITTEN if end[0].startswith("\\") else _REAL
    limit = min(end.end() + most, len(text))
    match = pattern.search(text, end.end(), limit)
    return None if match is None or (not match[0] and limit < len(text)) else match


def start(text: str, at: int, end: int) -> int:
    """Where the line that begins at `at` goes on behind what leads it."""
    return LEAD.match(text, at, end).end()  # type: ignore[union-attr]
