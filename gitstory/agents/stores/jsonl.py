"""Append-only files of one JSON object a line, read whole or from where the last reading stopped.

A reader iterates `Lines`, decodes each with `decode`, and keeps `Lines.position` in its state. A line is only
taken once its newline is there; what follows the last newline is offered as `Lines.rest`, to look at but not to
count: it is still being written, or the writer leaves the last newline out. A reader without a state iterates
`Lines.to_end()`.

A crash may leave a block of zero bytes within a line, where the file system had made room for what was never written:
what stands before and behind it are lines of their own.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path
from typing import IO, Any, Protocol

import msgspec

from gitstory import opening

HEAD = 4096
"""Bytes at the start, and before the offset, whose digests tell whether the file is still the same."""
LONGEST = 256 << 20
"""Bytes of a line; a longer one is passed over and counted."""
_BREATH = 256
"""Lines after which the budget of time is looked at."""

_decode = msgspec.json.Decoder().decode


class Position(msgspec.Struct, frozen=True, array_like=True):
    """How far a file was read: `offset` in bytes, always just after a newline, and digests of what was there."""

    offset: int = 0
    head: bytes = b""
    tail: bytes = b""


START = Position()


class Lines:
    """The whole lines of `path` after `since`, without their newlines; to be iterated once.

    `restarted` is known at once: the file is shorter than `since` or other bytes stand there, so reading begins at
    the start and what was kept from before is void. `position`, `rest` and `skipped` (a file that cannot be
    opened counts 1, as does each block of zero bytes and a line that is too long) are set when the iteration has ended.
    """

    def __init__(self, path: Path, since: Position = START) -> None:
        self.path = path
        self.position = since
        self.restarted = False
        self.rest = b""
        self.skipped = 0

        if since.offset and not _fits(path, since):
            self.position, self.restarted = START, True

    def __iter__(self) -> Iterator[bytes]:
        try:
            with opening.opened(self.path, buffering=1 << 18) as file:
                yield from self._whole(file)
        except OSError:
            self.skipped += 1

    def to_end(self) -> Iterator[bytes]:
        """The same, and last what follows the last newline where it is an object already.

        For readers that begin anew each time: who goes on from `position` would take that line twice.
        """
        yield from self
        if self.rest and decode(self.rest) is not None:
            yield self.rest

    def _whole(self, file: IO[bytes]) -> Iterator[bytes]:
        begin = end = self.position.offset
        file.seek(begin)
        count = 0
        while line := file.readline(LONGEST):
            count += 1
            if not count % _BREATH:
                opening.spend()
            if not line.endswith(b"\n"):
                if len(line) < LONGEST:
                    self.rest = line.rpartition(b"\0")[2]
                    break
                end += len(line) + _pass_over(file)
                self.skipped += 1
                continue
            end += len(line)
            if b"\0" in line:
                yield from self._parts(line[:-1])
            else:
                yield line[:-1]
        if end > begin:
            self.position = _position(file, end)

    def _parts(self, line: bytes) -> Iterator[bytes]:
        self.skipped += 1
        yield from (part for part in line.split(b"\0") if part.strip())


class Losses(Protocol):
    """Whoever counts the records that could not be read."""

    skipped: int


def records(path: Path, losses: Losses) -> Iterator[dict[str, Any]]:
    """The objects of a file, read to its end; what is none of them is counted in `losses`."""
    lines = Lines(path)
    for line in lines.to_end():
        record = decode(line)
        if record is not None:
            yield record
        else:
            losses.skipped += bool(line.strip())
    losses.skipped += lines.skipped


def head(path: Path) -> dict[str, Any]:
    """The object of the first line; empty where there is none."""
    return decode(next(iter(Lines(path)), b"")) or {}


def embedded(value: Any) -> dict[str, Any]:
    """The object that a text holds as JSON; empty where it holds none."""
    return (decode(value.encode("utf-8", "replace")) if isinstance(value, str) else None) or {}


def _pass_over(file: IO[bytes]) -> int:
    """Read to the end of a line, without keeping it; its bytes."""
    count = 0
    while part := file.readline(LONGEST >> 4):
        opening.spend()
        count += len(part)
        if part.endswith(b"\n"):
            break
    return count


def _fits(path: Path, position: Position) -> bool:
    try:
        with opening.opened(path) as file:
            return _position(file, position.offset) == position
    except OSError:
        return False


def _position(file: IO[bytes], offset: int) -> Position:
    file.seek(0)
    head = file.read(min(offset, HEAD))
    file.seek(max(0, offset - HEAD))
    tail = file.read(min(offset, HEAD))
    size = file.seek(0, 2)
    return Position(min(offset, size), blake2b(head, digest_size=16).digest(), blake2b(tail, digest_size=16).digest())


def decode(line: bytes) -> dict[str, Any] | None:
    """The JSON object of a line; None for anything else. Broken UTF-8 and lone surrogates become replacement marks."""
    try:
        value = _decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        value = _decode_loosely(line)
    return value if isinstance(value, dict) else None


def _decode_loosely(line: bytes) -> Any:
    try:
        return scrubbed(json.loads(line.decode("utf-8", "replace"), parse_constant=lambda _: None))
    except (ValueError, RecursionError):
        return None


def scrubbed(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    if isinstance(value, list):
        return [scrubbed(item) for item in value]
    if isinstance(value, dict):
        return {scrubbed(key): scrubbed(item) for key, item in value.items()}
    return value
