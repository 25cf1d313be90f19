"""The text of passages as it is stored in the index file."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from itertools import islice

_AT_ONCE = 10_000
"""Lines that are joined at a time."""


def packed(text: str) -> bytes:
    data = text.encode("utf-8", "replace")
    return b"z" + zlib.compress(data, 1) if len(data) > 300 else b"p" + data


def packed_lines(lines: Iterable[str]) -> bytes:
    """As `packed`, of many lines that are not held in memory."""
    waiting, deflate = iter(lines), zlib.compressobj(1)
    parts, between = [b"z"], b""
    while some := list(islice(waiting, _AT_ONCE)):
        parts.append(deflate.compress(between + "\n".join(some).encode("utf-8", "replace")))
        between = b"\n"
    return b"".join([*parts, deflate.flush()])


def unpacked(data: bytes) -> str:
    return (zlib.decompress(data[1:]) if data[:1] == b"z" else data[1:]).decode()
