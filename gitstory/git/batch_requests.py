"""What is asked of `git cat-file --batch`, and answers that wait to be taken."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence


class AnswersAhead:
    """The answers to a request for many objects; those that were not taken are kept when something else is asked."""

    def __init__(self, answers: Iterator[bytes | None]) -> None:
        self._answers = answers
        self._kept: deque[bytes | None] = deque()

    def catch_up(self) -> None:
        self._kept.extend(self._answers)

    def __iter__(self) -> Iterator[bytes | None]:
        return self

    def __next__(self) -> bytes | None:
        return self._kept.popleft() if self._kept else next(self._answers)


def is_askable(spec: bytes) -> bool:
    """Whether `spec` is one line, and none that git ends at: `REV:../path` is relative to a directory of a work tree.

    git would take what follows a NUL for no part of it.
    """
    return b"\n" not in spec and b"\0" not in spec and not spec.partition(b":")[2].startswith((b"./", b"../"))


_PIPE = 4096
"""Bytes that can wait in any system's pipe, so that asking never blocks while git waits for us to read."""


def chunks(specs: Sequence[bytes]) -> Iterator[list[bytes]]:
    """`specs` in parts that can be asked for at once."""
    chunk: list[bytes] = []
    size = 0
    for spec in specs:
        if chunk and size + len(spec) + 1 > _PIPE:
            yield chunk
            chunk, size = [], 0
        chunk.append(spec)
        size += len(spec) + 1
    if chunk:
        yield chunk
