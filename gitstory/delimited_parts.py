"""Parts of a text between an opening and a closing mark, found without looking at any of it twice.

An expression such as `<a>.*?</a>` looks through the rest of the text once for each opening that is never closed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple


class Enclosed(NamedTuple):
    """`text[start:end]` with its marks, `inside` without; `name` is what the opening mark was called."""

    start: int
    end: int
    inside: str
    name: str = ""


def enclosed(text: str, opening: str, closing: str) -> Iterator[Enclosed]:
    """From each opening mark to the next closing one; what is never closed is left out."""
    at = 0
    while (start := text.find(opening, at)) >= 0 and (stop := text.find(closing, start + len(opening))) >= 0:
        at = stop + len(closing)
        yield Enclosed(start, at, text[start + len(opening) : stop])


def elements(text: str, opening: re.Pattern[str]) -> Iterator[Enclosed]:
    """The elements whose opening tags match `opening`, which names the tag in its first group."""
    at, unclosed = 0, set[str]()
    while (begin := opening.search(text, at)) is not None:
        at = begin.end()
        closing = f"</{begin[1]}>"
        stop = -1 if closing in unclosed else text.find(closing, at)
        if stop < 0:
            unclosed.add(closing)
            continue
        yield Enclosed(begin.start(), stop + len(closing), text[at:stop], begin[1])
        at = stop + len(closing)


def without(text: str, parts: Iterator[Enclosed], instead: str = "") -> str:
    """The text with `instead` in place of each of the parts, which come in order."""
    kept, at = [], 0
    for part in parts:
        kept += [text[at : part.start], instead]
        at = part.end
    return "".join(kept) + text[at:]
