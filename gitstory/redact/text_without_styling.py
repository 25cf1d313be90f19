"""Text as a reader sees it: without colours and other marks that stand between the letters, and mapped back.

A terminal shows `PASSWORD=` and a green value side by side; in the text there is an escape sequence between them, as
such or written out (`\\x1b[32m`, `^[[32m`). So lines with such marks are searched a second time without them. What
people are called may also directly follow a written line end or another escape, whose last letter would count as part
of the word: `blanked` has blanks there.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator

from gitstory.redact.spans import SEPARATOR, Span

_ESCAPE = r"(?:\x1b|\\{1,4}(?:x1[bB]|033|e|u001[bB]|u\{1[bB]\})|\^\[|\u241b)"
_ENTITIES = {
    "&quot;": '"',
    "&#34;": '"',
    "&#x22;": '"',
    "&apos;": "'",
    "&#39;": "'",
    "&#x27;": "'",
    "&lt;": "<",
    "&nbsp;": " ",
}
"""What HTML writes for the marks that enclose values."""
_MARKS = (
    (
        ("\x1b", "\\x1b", "\\x1B", "\\033", "\\e[", "\\u001", "\\u{1", "^["),
        re.compile(
            _ESCAPE + r"(?:\[[0-?]{0,40}[ -/]{0,4}[@-~]|\][^\x07\x1b\n\x00]{0,400}(?:\x07|\x1b\\)"
            r"|[()#%*+][0-9A-Za-z]|[=>78cDEHM])"
        ),
    ),
    (("\x9b",), re.compile(r"\x9b[0-?]{0,40}[@-~]")),
    (("\x08",), re.compile(r"[^\n\x00\x08]\x08")),
    (
        ("\\u219", "\\u250", "\\u000", "\\u003", "\\u002"),
        re.compile(r"\\{1,8}u(?:2192|2502|000[aA]|003[cCdDeE]|002[267])"),
    ),
    (("&quot;", "&#", "&apos;", "&lt;", "&nbsp;"), re.compile("|".join(_ENTITIES))),
    (("</",), re.compile(r"</?(?:b|i|u|s|em|tt|kbd|code|mark|span|font|strong)(?: [^<>\n\x00]{0,200})?>")),
)
"""What one of the signs is in, and what is then looked for: escape sequences, overstruck letters, tags of HTML."""
_SOUGHT = tuple(
    (
        tuple(dict.fromkeys(sign[:1].encode("latin-1") for sign in signs)),
        tuple(sign.encode("latin-1") for sign in signs),
        pattern,
    )
    for signs, pattern in _MARKS
)
"""The same with the first characters of the signs, which are looked for in a tenth of the time, ahead of them."""
_INVISIBLE = re.compile(r"[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]")
_WIDE = re.compile(r"[\uff04\uff0d\uff10-\uff19\uff1d\uff21-\uff3a\uff3f\uff41-\uff5a]")
"""Letters, digits and the signs of names; of wide punctuation Chinese is full."""
_INVISIBLE_ONES = frozenset(
    chr(code)
    for first, last in (
        *((one, one) for one in (0xAD, 0x34F, 0x61C, 0x180E, 0xFEFF)),
        (0x200B, 0x200F),
        (0x202A, 0x202E),
        (0x2060, 0x206F),
        (0xFE00, 0xFE0F),
    )
    for code in range(first, last + 1)
)
_WIDE_ONES = frozenset(filter(_WIDE.match, map(chr, range(0xFF01, 0xFF5F))))
_NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_AROUND = 2
"""Lines before and after one with a mark that are read with it: a name is often on the line before its value."""

_WRITTEN = re.compile(
    _ESCAPE + r"(?:\[[0-?]{0,40}[@-~]|[()][0-9A-Z])"
    r"|\\{1,8}(?:[abefnrtv0\"'/]|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|[0-3][0-7]{2})"
    r"|[%=][0-9A-F]{2}"
    r"|[\u0370-\u1fff\u2e80-\ud7ff\U00020000-\U0003ffff]"
)


def spans(text: str, find: Callable[[str], list[Span]]) -> list[Span]:
    """What `find` finds in the lines of `text` that have marks, read without these; places are those in `text`."""
    marks = _marks(text)
    if not marks:
        return []
    plain, begins, places = _reduced(text, marks)
    mapped = []
    for span in find(plain):
        start, end = _place(span.start, begins, places), _place(span.end - 1, begins, places) + 1
        if "\n" not in text[start:end]:
            mapped.append(Span(start, end, *span[2:]))
    return mapped


def as_read(text: str) -> str:
    """`text` without colours and other marks; wide letters as usual ones."""
    marks = _marks(text)
    if not marks:
        return text if text.isascii() else text.translate(_NARROW)
    pieces, at = [], 0
    for start, end in marks:
        pieces.append(text[at:start])
        at = max(at, end)
    return "".join([*pieces, text[at:]]).translate(_NARROW)


def blanked(text: str) -> str:
    """`text` with blanks for written escapes, and for letters of scripts that have no blanks between words."""
    return _WRITTEN.sub(lambda match: " " * len(match[0]), text)


def ends_escape(text: str, at: int) -> bool:
    """Whether a word can begin at `at` behind a letter: the last one of an escape, or of a script without blanks."""
    last = text[at - 1 : at]
    return (last in _LAST or last > "\x7f") and _ENDS.search(text, max(0, at - 24), at) is not None


_LAST = frozenset("0123456789abcdefABCDEFnrtvmKGHJ")
"""What the escapes end with that `_ENDS` knows."""


_ENDS = re.compile(
    r"(?:\\(?:[fnrtv]|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|[0-3][0-7]{2})|[%=][0-9A-F]{2}|[\x1b\x9b\]be3]\[[0-9;]{0,12}[mKGHJ]"
    r"|\x1b[()]B|[\u0370-\u1fff\u2e80-\ud7ff])\Z"
)


def _reduced(text: str, all_marks: list[tuple[int, int]]) -> tuple[str, list[int], list[int]]:
    """The lines with marks, without them, and where each piece begins there and in `text`."""
    pieces: list[str] = []
    begins: list[int] = []
    places: list[int] = []
    size = 0

    def add(start: int, end: int) -> None:
        nonlocal size
        if start < end:
            pieces.append(text[start:end])
            begins.append(size)
            places.append(start)
            size += end - start

    for first, last, marks in _stretches(text, all_marks):
        if pieces:
            pieces.append(SEPARATOR)
            begins.append(size)
            places.append(first)
            size += len(SEPARATOR)
        at = first
        for start, end in marks:
            add(at, start)
            if (read := _read(text[start:end])) is not None and start >= at:
                pieces.append(read)
                begins.append(size)
                places.append(start)
                size += len(read)
            at = max(at, end)
        add(at, last)
    return "".join(pieces).translate(_NARROW), begins, places


def _read(mark: str) -> str | None:
    """What a reader of HTML or JSON sees in place of a mark, None for nothing."""
    if mark.startswith("\\") and mark[-5:-4] == "u":
        letter = chr(int(mark[-4:], 16))
        return "\\n" if letter == "\n" else letter
    return _ENTITIES.get(mark)


def _marks(text: str) -> list[tuple[int, int]]:
    """Start and end of everything that a reader does not see, and of nothing where a wide letter begins."""
    raw = text.encode("latin-1", "replace")
    marks = [
        match.span()
        for leads, signs, pattern in _SOUGHT
        if any(lead in raw for lead in leads) and any(sign in raw for sign in signs)
        for match in pattern.finditer(text)
    ]
    if not text.isascii():
        present = frozenset(text)
        if not present.isdisjoint(_INVISIBLE_ONES):
            marks += [match.span() for match in _INVISIBLE.finditer(text)]
        if not present.isdisjoint(_WIDE_ONES):
            marks += [(match.start(), match.start()) for match in _WIDE.finditer(text)]
    return sorted(marks)


def _stretches(text: str, marks: list[tuple[int, int]]) -> Iterator[tuple[int, int, list[tuple[int, int]]]]:
    """Start and end of each group of lines with marks, and the marks in it."""
    first = last = -1
    inside: list[tuple[int, int]] = []
    for start, end in marks:
        if start >= last:
            begin = _line(text, start, forwards=False)
            if first >= 0 and begin > last:
                yield first, last, inside
                first = -1
            if first < 0:
                first, inside = begin, []
            last = _line(text, end, forwards=True)
        inside.append((start, end))
    if first >= 0:
        yield first, last, inside


def _line(text: str, at: int, *, forwards: bool) -> int:
    """Where the lines around a place begin or end."""
    for _ in range(_AROUND + 1):
        if forwards:
            end = text.find("\n", at)
            if end < 0:
                return len(text)
            at = end + 1
        else:
            at = text.rfind("\n", 0, at)
            if at < 0:
                return 0
    return at if forwards else at + 1


def _place(at: int, begins: list[int], places: list[int]) -> int:
    piece = bisect_right(begins, at) - 1
    return places[piece] + at - begins[piece]
