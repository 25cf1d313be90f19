# ruff: noqa: E501
"""Private keys in hexadecimal: DER in one run or in pairs, and what `xxd` and `hexdump` print of any file with a secret."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from gitstory.redact import multi_word_search
from gitstory.redact.spans import Span
from gitstory.redact.substring_search_view import View

_DER = re.compile(
    r"30(?:82[0-9a-f]{4}|81[0-9a-f]{2}|[2-7][0-9a-f])(?:02010[01](?=02|04|30)|30[0-9a-f]{2}06092a864886f70d0105)", re.I
)
"""Version and then a number, an octet string or an algorithm: PKCS#1, SEC 1, PKCS#8; and PKCS#8 with a password."""
_RUN = re.compile(r"[0-9a-fA-F]{80,20000}")
_PAIRED = re.compile(r"30:(?:82:[0-9a-f]{2}:[0-9a-f]{2}|81:[0-9a-f]{2}|[2-7][0-9a-f])(?::[0-9a-f]{2}){5,18}", re.I)
_PAIRS = re.compile(r"(?:[0-9a-fA-F]{2}:){7,400}(?:[0-9a-fA-F]{2})?")
_DUMPED = re.compile(
    r"(?P<offset>[0-9a-f]{7,8}):?[ ]{1,2}(?P<pairs>(?:[0-9a-f]{2}(?:[0-9a-f]{2})?[ ]{1,2}){1,17}|(?:[0-9a-f]{2}(?:[0-9a-f]{2})?[ ]{1,2}){0,16}[0-9a-f]{2,4})[ ]{0,40}(?:\|?(?P<shown>[^\n\x00]{1,16}))?",
    re.I,
)
_MOST, _FAR = 600, 120
_VERSION = b":02:01:0"
_FIRST_ROW = b"00000000"
multi_word_search.register((_VERSION, _FIRST_ROW))


def find(view: View, plain: Callable[[str], list[Span]]) -> Iterator[Span]:
    """`plain` finds secrets in what a dump shows."""
    text, done = view.text, 0
    for version in view.hits_low(_VERSION):
        at = next(
            (one for one in (version - 5, version - 8, version - 11) if one >= done and text.startswith("30:", one)), -1
        )
        if at >= 0 and (begin := _PAIRED.match(text, at)) is not None and _DER.match(begin[0].replace(":", "")):
            for span in _rows_of_pairs(text, at):
                yield span
                done = span.end
    for at in view.hits_low(_FIRST_ROW):
        if text[at + 8 : at + 10] in (": ", "  "):
            yield from _dump(text, at, plain)


def in_run(text: str, start: int) -> Iterator[Span]:
    """The key whose hexadecimal form begins at `start`, if one does."""
    if text.startswith("30", start) and _DER.match(text, start) is not None:
        run = _RUN.match(text, start)
        if run is not None:
            yield Span(start, run.end(), "private-key", run[0])


def _rows_of_pairs(text: str, at: int) -> Iterator[Span]:
    end = at
    for row in _PAIRS.finditer(text, at, at + 16_000):
        if row.start() - end > _FAR:
            return
        yield Span(row.start(), row.end(), "private-key", text[at : at + 40], more=end > at)
        end = row.end()


def _dump(text: str, at: int, plain: Callable[[str], list[Span]]) -> Iterator[Span]:
    rows: list[re.Match[str]] = []
    data: list[bytes] = []
    row = _DUMPED.match(text, at)
    while row is not None and len(rows) < _MOST:
        piece = _bytes(row)
        if not piece:
            break
        rows.append(row)
        data.append(piece)
        following = text.find(f"{sum(map(len, data)):08x}", row.end(), row.end() + _FAR)
        row = _DUMPED.match(text, following) if following >= 0 else None
    if len(rows) > 1:
        yield from _secret_rows(rows, data, plain)


def _bytes(row: re.Match[str]) -> bytes:
    digits = "".join(row["pairs"].split())
    return bytes.fromhex(digits if len(digits) % 2 == 0 else digits[:-1])[:16]


def _secret_rows(rows: list[re.Match[str]], data: list[bytes], plain: Callable[[str], list[Span]]) -> Iterator[Span]:
    whole = b"".join(data)
    if _DER.match(whole[:40].hex()) or b"PRIVATE KEY" in whole or whole.startswith(b"openssh-key-v1"):
        hidden = dict.fromkeys(range(len(rows)), "private-key")
    else:
        shown = "".join(chr(byte) if 32 <= byte < 127 or byte == 10 else "\x00" for byte in whole)
        hidden = {
            number: span.rule
            for span in plain(shown)
            if span.literal is None
            for number in range(span.start // 16, (span.end - 1) // 16 + 1)
        }
    more = False
    for number in sorted(hidden):
        if number >= len(rows):
            return
        row = rows[number]
        for name in ("pairs", "shown"):
            if row[name] and row[name].strip():
                yield Span(*_bounds(row, name), hidden[number], whole[:40].hex(), rank=2, more=more)
                more = True


def _bounds(row: re.Match[str], name: str) -> tuple[int, int]:
    value = row[name]
    return row.start(name), row.start(name) + len(value.rstrip())
