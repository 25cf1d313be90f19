"""The text of passages as it is stored in the index file."""

from __future__ import annotations

import zlib


def packed(text: str) -> bytes:
    data = text.encode("utf-8", "replace")
    return b"z" + zlib.compress(data, 1) if len(data) > 300 else b"p" + data


def unpacked(data: bytes) -> str:
    return (zlib.decompress(data[1:]) if data[:1] == b"z" else data[1:]).decode()
