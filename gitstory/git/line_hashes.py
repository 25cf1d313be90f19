"""Lines of a file as bytes, and a short hash over some of them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence


def split_lines(blob: bytes) -> list[bytes]:
    r"""The lines of a file as git counts them: parted at "\n" alone, without it; a last line may lack one.

    A "\r" before the line end belongs to the line, and an empty file has no lines.
    """
    lines = blob.split(b"\n")
    if not lines[-1]:
        lines.pop()
    return lines


def lines_hash(lines: Sequence[bytes]) -> str:
    r"""16 hex digits (64 bits) of SHA-256 over `lines` joined with "\n".

    One "\r" at the end of a line is left out first, so that a range is still found after its commit was rewritten
    with other line endings. All other white space counts.
    """
    joined = b"\n".join(line.removesuffix(b"\r") for line in lines)
    return hashlib.sha256(joined).hexdigest()[:16]
