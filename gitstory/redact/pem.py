r"""Private keys over many lines: PEM, OpenSSH, PGP and PuTTY, also with `\n` for line ends, in quotes, or cut off.

A key is replaced line by line, so that no line moves; whatever leads a line (indentation, a diff's sign, a line
number that a tool put there) stays.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator

from gitstory.redact import multi_word_search
from gitstory.redact.spans import Span
from gitstory.redact.substring_search_view import View

_BEGIN = re.compile(
    r"-{3,5} ?BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)? ?-{3,5}|-----BEGIN [A-Z0-9 ]{0,30}PRIV[A-Z]{0,4}"
    r"|-----BEGIN OpenVPN [a-z0-9-]{1,20} (?:client|server) key-----"
)
_END = re.compile(
    r"-{3,5} ?END (?:[A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?|OpenVPN [a-z0-9-]{1,20} (?:client|server) key) ?-{3,5}"
)
LEAD = re.compile(r"""[ \t]*(?:\d{1,6}(?:→|[ \t]?[|:│]|\t|[ \t]{2,}))?[ \t>|│+*#"'`-]{0,12}""")
_BODY_LINE = re.compile(
    r"""[ \t]*+(?:\d{1,6}(?:→|[ \t]?[|:│]|\t|[ \t]{2,}))?[ \t>|│+*#"'`,-]{0,12}+
    (?:[A-Za-z0-9+/=\\]{3,120}+|[A-Z][A-Za-z-]{2,20}:[ ].{1,80})?[ \t"'`,;\\)+│|]{0,12}\r?$""",
    re.X,
)
_BODY_RUN = re.compile(r"""(?:\\{1,8}[rn]|[A-Za-z0-9+/=\s"'+\\]){20,20000}""")
_LED = re.compile(
    r"(?=[^\n]{1,120}\Z)[^\n]{0,100}?[ \t:|>\]│→mE;+#/-](?P<row>[A-Za-z0-9+/]{20,120}={0,2})[\s$^M\"',;|│]{0,12}\Z"
)
"""A row behind whatever a tool put before it."""
_SOLID = re.compile(r"[A-Za-z0-9+/=]{16,}")
multi_word_search.register((b"PRIVATE KEY", b"Private-Lines: ", b"BEGIN OpenVPN tls-"))
_LONGEST = 20_000
_PUTTY = re.compile(r"Private-(?:Lines: (\d{1,3})|MAC: ([0-9a-f]{40,64}))")


def find(view: View) -> Iterator[Span]:
    """Spans line by line; all lines of one key share its body as the secret."""
    text = view.text
    if view.has(b"PRIVATE KEY") or view.has(b"BEGIN OpenVPN tls-"):
        begins, ends = list(_BEGIN.finditer(text)), deque(_END.finditer(text))
        ended = 0
        for place, begin in enumerate(begins):
            if begin.start() < ended:
                continue
            again = begins[place + 1].start() if place + 1 < len(begins) else len(text)
            while ends and ends[0].start() < begin.end():
                yield from _headless(text, ends.popleft(), ended)
            stop = _stop(text, begin, ends[0] if ends else None, again)
            if stop is not None:
                ended = stop
                yield from by_line(text, begin.start(), stop, "private-key")
        for end in ends:
            if end.start() > ended:
                yield from _headless(text, end, ended)
    if view.has(b"Private-Lines: "):
        yield from _putty(text)
    for sign in _WRITTEN_BLANKS:
        for at in view.hits(sign):
            key = _IN_ADDRESS.search(text, max(0, at - 60), at + 30_000)
            if key is not None:
                yield Span(key.start(), key.end(), "private-key", key[0])


_WRITTEN_BLANKS = (
    b"PRIVATE+KEY-",
    b"PRIVATE%20KEY-",
    b"PRIVATE%2520KEY-",
    b"PRIVATE+KEY+BLOCK-",
    b"PRIVATE%20KEY%20BLOCK-",
)
multi_word_search.register(_WRITTEN_BLANKS)
_IN_ADDRESS = re.compile(
    r"-{5}BEGIN(?:\+|%20|%2520)[A-Z0-9+%]{0,50}KEY(?:(?:\+|%20|%2520)BLOCK)?-{5}[A-Za-z0-9+/=%_.~-]{20,20000}"
)
"""As forms and addresses hold a key."""


def _stop(text: str, begin: re.Match[str], end: re.Match[str] | None, again: int) -> int | None:
    """Where the key ends: at its END line, else where its base64 ends; None where no key follows the header."""
    if end and end.start() < min(again, begin.end() + _LONGEST) and "\x00" not in text[begin.end() : end.start()]:
        return end.end() if _SOLID.search(text, begin.end(), end.start()) else None
    stop = begin.end()
    first = text[stop : min(_line_end(text, stop), stop + _LONGEST)]
    run = _BODY_RUN.match(first)
    if run and _SOLID.search(run[0]):
        stop += len(run[0].rstrip(" \\\"'"))
    at = _line_end(text, begin.end())
    while at < len(text) and at - begin.end() < _LONGEST:
        row_end = _line_end(text, at + 1)
        row = text[at + 1 : row_end]
        if len(row) > 400 or not _BODY_LINE.match(row) or not re.search(r"[A-Za-z0-9+/=]{4}", row):
            break
        if not (_SOLID.search(row) or ": " in row or stop > begin.end()):
            break
        stop = row_end
        if not _SOLID.search(row):
            break
        at = row_end
    return stop if stop > begin.end() else None


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def _headless(text: str, end: re.Match[str], floor: int) -> Iterator[Span]:
    """The lower part of a key whose beginning was cut off: base64 lines right above an END line."""
    top = text.rfind("\n", 0, end.start()) + 1
    start = top
    while start > floor and end.start() - start < _LONGEST:
        above = text.rfind("\n", 0, start - 1) + 1
        row = text[above : start - 1]
        if len(row) > 400 or "-----" in row or not (_SOLID.search(row) or start == top):
            break
        if not _BODY_LINE.match(row) and not _LED.match(row):
            break
        start = above
    if start < top and _SOLID.search(text, start, top):
        yield from by_line(text, start, end.end(), "private-key")


def _putty(text: str) -> Iterator[Span]:
    stop = 0
    for match in _PUTTY.finditer(text):
        if match.start() < stop:
            continue
        if match[2]:
            yield Span(match.start(2), match.end(2), "private-key", match[2])
            continue
        at = _line_end(text, match.end())
        stop = at
        for _ in range(int(match[1])):
            row_end = _line_end(text, stop + 1)
            if not _BODY_LINE.match(text[stop + 1 : row_end]):
                break
            stop = row_end
        if stop > at:
            yield from by_line(text, at + 1, stop, "private-key")


def by_line(text: str, start: int, stop: int, rule: str) -> Iterator[Span]:
    """One span for each line between `start` and `stop`, without what leads the line; blank lines have none."""
    secret = "".join(_SOLID.findall(text[start:stop]))[:4000]
    at, more = start, False
    while at < stop:
        end = min(_line_end(text, at), stop)
        first = LEAD.match(text, at, end).end() if at > start else at  # type: ignore[union-attr]
        if text[first:end].startswith(("END ", "BEGIN ")):
            first = at + len(text[at:end]) - len(text[at:end].lstrip(" \t"))
        last = first + len(text[first:end].rstrip())
        if last > first:
            yield Span(first, last, rule, secret, more=more)
            more = True
        at = end + 1
