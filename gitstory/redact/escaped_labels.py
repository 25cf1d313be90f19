r"""Labels of other languages that JSON writes in escapes (`\u5bc6\u7801: ...`), read as characters.

Only what a label leads is searched again, so that text without such escapes costs one search of a substring.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator

from gitstory.redact.spans import Span
from gitstory.redact.substring_search_view import View, places

_LETTERS = re.compile(
    r"(?:\\{1,8}u(?:0[0-9a-fA-F]{3}|[1-9abceEfABCF][0-9a-fA-F]{3}|[dD][0-7][0-9a-fA-F]{2})[^\n\\]{0,3}){2}"
)
"""Two letters in escapes beside each other, with which a word begins."""
_LONGEST = 2000
_ESCAPE = re.compile(r"\\{1,8}u([0-9a-fA-F]{4})")


def find(view: View, detect: Callable[[View], Iterable[Span]]) -> Iterator[Span]:
    """What `detect` finds when the escapes are read, where it stands in the text."""
    text, done = view.text, 0
    for at in places(view.raw, b"\\u"):
        if at < done or _LETTERS.match(text, at) is None:
            continue
        done = text.find("\n", at, at + _LONGEST)
        done = done if done > 0 else min(at + _LONGEST, len(text))
        plain, plain_starts, starts = _read(text[at:done])
        for span in detect(View(plain)):
            start = at + _place(span.start, plain_starts, starts)
            end = at + _place(span.end, plain_starts, starts)
            if start < end:
                yield span._replace(start=start, end=end)


def _read(text: str) -> tuple[str, list[int], list[int]]:
    """The text with its escapes read, and where each part between them begins, there and in `text`."""
    parts: list[str] = []
    plain_starts, starts = [0], [0]
    at = size = 0
    for escape in _ESCAPE.finditer(text):
        between = text[at : escape.start()] + chr(int(escape[1], 16))
        parts.append(between)
        size += len(between)
        at = escape.end()
        plain_starts.append(size)
        starts.append(at)
    parts.append(text[at:])
    return "".join(parts), plain_starts, starts


def _place(at: int, plain_starts: list[int], starts: list[int]) -> int:
    part = bisect_right(plain_starts, at) - 1
    return starts[part] + at - plain_starts[part]
