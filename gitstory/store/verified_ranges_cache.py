"""A cache of line ranges that matched their commits' content, so that each is checked once.

Commits never change, so what fitted once fits for ever. The file holds 8 bytes a range and may be deleted at any time;
one that cannot be read or written only costs time.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection
from contextlib import suppress
from functools import cached_property
from pathlib import Path

from gitstory.git import safe_own_files

NAME = "verified"
_SIZE = 8
_MOST = 1 << 22
"""Bytes after which the file is emptied."""


def mark(commit: str, path: bytes, start: int, end: int, content: str) -> bytes:
    """What stands for one range: a hash over all that is claimed of it."""
    claim = b"%s\0%s\0%d\0%d\0%s" % (commit.encode(), path, start, end, content.encode("utf-8", "replace"))
    return hashlib.sha256(claim).digest()[:_SIZE]


def load(home: Path) -> frozenset[bytes]:
    """The marks kept in gitstory's directory of a repository."""
    try:
        data = safe_own_files.content(home / NAME)
    except OSError:
        return frozenset()
    return frozenset(data[at : at + _SIZE] for at in range(0, len(data) - _SIZE + 1, _SIZE))


def add(home: Path, marks: Collection[bytes]) -> None:
    """Keep more marks, in one write; does nothing where gitstory has no directory yet or may not write."""
    if not marks or not home.is_dir():
        return
    path = home / NAME
    with suppress(OSError):
        whole = path.is_file() and path.stat().st_size % _SIZE == 0 and path.stat().st_size < _MOST
        flags = os.O_WRONLY | os.O_CREAT | (os.O_APPEND if whole else os.O_TRUNC)
        handle = safe_own_files.handle_for(path, flags)
        try:
            os.write(handle, b"".join(sorted(marks)))
        finally:
            os.close(handle)


class VerifiedRanges:
    """The marks kept in gitstory's directory of a repository, read once, with those that were added since."""

    def __init__(self, home: Path) -> None:
        self._home = home

    @cached_property
    def _marks(self) -> set[bytes]:
        return set(load(self._home))

    def __contains__(self, mark: bytes) -> bool:
        return mark in self._marks

    def add(self, marks: Collection[bytes]) -> None:
        """As the function does."""
        add(self._home, marks)
        self._marks.update(marks)
