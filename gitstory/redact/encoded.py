"""Base64 and hex whose plain form holds a secret of known shape."""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from collections.abc import Callable, Iterator

from gitstory.redact.spans import Span
from gitstory.redact.substring_search_view import View

_SET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_RUN = re.compile(r"[A-Za-z0-9+/]{20,20000}={0,2}")
_DIGIT = re.compile(r"\d")
_HEX = re.compile(r"[0-9a-fA-F]{40,8000}")


def find(view: View, runs: list[tuple[int, int]], plain: Callable[[str], list[Span]]) -> Iterator[Span]:
    """`runs` are those of `view.runs()`; `plain` finds secrets in decoded text."""
    text, done = view.text, 0
    for start, end in runs:
        run = text[start:end]
        if start < done or not run.isalnum():
            continue
        if _HEX.fullmatch(run):
            decoded = _printable(bytes.fromhex(run if len(run) % 2 == 0 else run[:-1]))
            if decoded is not None:
                yield from _named(plain(decoded), start, end)
        elif not run.islower() and not run.isupper() and _DIGIT.search(run):
            head = text[max(done, start - 8000) : start] if text[start - 1 : start] in ("+", "/") else ""
            whole = _RUN.match(text, start - len(head) + len(head.rstrip(_SET)))
            if whole is not None:
                done = whole.end()
                yield from _whole(whole, plain)


def _whole(whole: re.Match[str], plain: Callable[[str], list[Span]]) -> Iterator[Span]:
    for shift in (0, 1):
        decoded = _decode(whole[0][shift:])
        if decoded is not None:
            yield from _named(plain(decoded), whole.start(), whole.end())
            return


def _decode(run: str) -> str | None:
    body = run.rstrip("=")
    body = body[: len(body) - (len(body) % 4 == 1)]
    try:
        data = base64.b64decode(body + "=" * (-len(body) % 4))
        return _printable(zlib.decompressobj(31).decompress(data, _MOST_PACKED) if run.startswith("H4sI") else data)
    except (binascii.Error, zlib.error):
        return None


_MOST_PACKED = 1 << 16
"""Characters of a packed text that are read."""


def _printable(data: bytes) -> str | None:
    if not data.isascii():
        return None
    decoded = data.decode("ascii")
    odd = sum(not (char.isprintable() or char in "\r\n\t") for char in decoded[:400])
    return decoded if odd == 0 else None


def _named(inner: list[Span], start: int, end: int) -> Iterator[Span]:
    spans = [span for span in inner if span.literal is None and span.rule not in ("email", "host")]
    if spans:
        best = min(spans, key=lambda span: span.rank)
        yield Span(start, end, best.rule, best.secret, rank=best.rank)
