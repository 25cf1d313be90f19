# ruff: noqa: E501
"""Rows of base64 that neither BEGIN nor END nor their first bytes explain: what a key's middle looks like.

Certificates, public keys, signatures, pictures and archives are rows of base64 too. They say what they are, by the
line before or behind them or by how they begin, and are left alone.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from typing import NamedTuple

from gitstory.redact import prefixed_base64_rows
from gitstory.redact.spans import Span
from gitstory.redact.substring_search_view import View

_ROW = re.compile(r"[A-Za-z0-9+/]+={0,2}")
_GAP = re.compile(
    r"""[ \t]{0,8}+["',│|]{0,3}+(?:\r?\n|\\{1,8}+(?:r\\{1,8}+)?n)["' \t>+|│*#-]{0,16}+(?:\d{1,6}+(?:→|[ \t]?[|:│]|\t|[ ]{2,8}+))?+[ \t]{0,8}+""",
    re.X,
)
"""Between two rows: the line end, also written out, and what leads the next line."""
_LAST = re.compile(r"[A-Za-z0-9+/]{2,75}={0,2}(?![A-Za-z0-9+/=_.-])")
_NARROW, _WIDE, _FEWEST, _MOST = 48, 76, 4, 120
_MAIL = 40
"""Rows of the full width of a mail from which they are rather an attachment."""
_MAGIC = (
    "iVBOR", "/9j/", "R0lGOD", "H4sI", "UEsDB", "JVBERi0", "AAAA", "PD94", "PHN2", "eyJ", "f0VMR", "Qk0", "UklGR",
    "T2dn", "SUQz", "AGFzbQ", "d09G", "0M8R4", "MIIBIj", "MIIBoj", "MIICIj", "mQ", "iQ", "QlpoO", "/Td6", "KLUv", "AAEAAA", "T1RUTw",
)  # fmt: skip
"""How the base64 of pictures, archives, fonts, programs, public keys and signatures begins."""
_CERTIFICATE = re.compile(r"MI[IJ][A-Za-z0-9+/]{3,5}CC[AB]")
_SAYS = re.compile(
    r"-----(?:BEGIN|END) (?![A-Z0-9 ]*PRIV)|base64|attachment|image|font|wasm|sourcemap|signature|certificate", re.I
)
_FARTHEST = 240
_VARIETY = 50
"""Different characters of 64 that four rows of random base64 have at least."""


class _Run(NamedTuple):
    start: int
    end: int


def find(view: View) -> Iterator[Span]:
    """Each row of such a block; all share the first one as the secret."""
    text = view.text
    block: list[_Run] = []
    for run in _runs(view):
        if block and not _goes_on(text, block, run):
            yield from _judged(text, block)
            block = []
        block.append(run)
    yield from _judged(text, block)


def _runs(view: View) -> Iterator[_Run]:
    """Runs of characters of base64 that are as wide as a row."""
    kinds = view.solid
    needle, at = b"w" * _NARROW, 0
    while (at := kinds.find(needle, at)) >= 0:
        end = at + _NARROW
        end += len(kinds[end : end + 64]) - len(kinds[end : end + 64].lstrip(b"w"))
        start = at + _lead(view.text, at, end)
        if _NARROW <= end - start <= _WIDE:
            yield _Run(start, end)
        at = end


def _lead(text: str, at: int, end: int) -> int:
    """1 where the first character belongs to a line end that is written out, or is the sign of a diff."""
    if text[at] in "nr" and text[at - 1 : at] == "\\":
        return 1
    if (sign := text.find("=", at, end - _NARROW)) >= 0:
        return sign + 1 - at
    return int(text[at] == "+" and (end - at) % 4 == 1)


def _goes_on(text: str, block: list[_Run], run: _Run) -> bool:
    last = block[-1]
    if run.end - run.start != last.end - last.start or run.start - last.end > _FARTHEST:
        return False
    if run.start - last.end < 40 and _GAP.fullmatch(text, last.end, run.start) is not None:
        return True
    gap = text[last.end : run.start]
    return prefixed_base64_rows.alike(gap, text[block[-2].end : last.start] if len(block) > 1 else gap)


def _judged(text: str, block: list[_Run]) -> Iterator[Span]:
    if len(block) + 1 < _FEWEST or len(block) > _MOST:
        return
    width = block[0].end - block[0].start
    lines = list(block)
    last = _last(text, *lines[-1])
    if last is not None and last.end - last.start < width:
        lines.append(last)
    if len(lines) < _FEWEST or (width == _WIDE and len(lines) > _MAIL) or not _is_secret(text, lines):
        return
    first = text[slice(*lines[0])]
    for number, row in enumerate(lines):
        yield Span(row.start, row.end, "private-key", first, rank=4, more=number > 0)


def _last(text: str, start: int, end: int) -> _Run | None:
    """The shorter row below the last one of the full width."""
    gap = _GAP.match(text, end)
    row = _LAST.match(text, gap.end()) if gap is not None else None
    place = row.span() if row is not None else prefixed_base64_rows.following(text, start, end)
    return _Run(*place) if place is not None else None


def _is_secret(text: str, lines: list[_Run]) -> bool:
    body = "".join(text[slice(*row)] for row in lines)
    if _ROW.fullmatch(body) is None or body.startswith(_MAGIC) or _CERTIFICATE.match(body) or len(set(body)) < _VARIETY:
        return False
    if _SAYS.search(text, max(0, lines[0].start - 120), lines[0].start) or _SAYS.search(
        text, lines[-1].end, lines[-1].end + 40
    ):
        return False
    return _is_random(body)


def _is_random(body: str) -> bool:
    """Whether the bytes are as varied as those of a key: no text, no table, no zeros."""
    try:
        data = base64.b64decode(body[: len(body.rstrip("=")) // 4 * 4])
    except binascii.Error:
        return False
    printable = sum(32 <= byte < 127 for byte in data)
    most = max(map(data.count, set(data[:400])), default=0)
    return printable * 2 < len(data) and most * 20 < len(data)
