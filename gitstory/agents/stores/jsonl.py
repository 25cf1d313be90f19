"""Append-only files of one JSON object a line.

A line is only taken once its newline is there; what follows the last newline is offered as `JsonLines.rest`: it is
still being written, or the writer leaves the last newline out.

A crash may leave a block of zero bytes within a line, where the file system had made room for what was never written:
what stands before and behind it are lines of their own.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any, Protocol

import msgspec

from gitstory import safe_open

LONGEST = 256 << 20
"""Bytes of a line; a longer one is passed over and counted."""
_BREATH = 256
"""Lines after which the budget of time is looked at."""

_decode = msgspec.json.Decoder().decode


class JsonLines:
    """The whole lines of `path`, without their newlines; to be iterated once.

    `rest` and `skipped` (a file that cannot be opened counts 1, as does each block of zero bytes and a line that is too
    long) are set when the iteration has ended.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.rest = b""
        self.skipped = 0

    def __iter__(self) -> Iterator[bytes]:
        try:
            with safe_open.opened(self.path, buffering=1 << 18) as file:
                yield from self._whole(file)
        except OSError:
            self.skipped += 1

    def to_end(self) -> Iterator[bytes]:
        """The same, and last what follows the last newline where it is an object already."""
        yield from self
        if self.rest and decode(self.rest) is not None:
            yield self.rest

    def _whole(self, file: IO[bytes]) -> Iterator[bytes]:
        count = 0
        while line := file.readline(LONGEST):
            count += 1
            if not count % _BREATH:
                safe_open.spend()
            if not line.endswith(b"\n"):
                if len(line) < LONGEST:
                    self.rest = line.rpartition(b"\0")[2]
                    break
                _pass_over(file)
                self.skipped += 1
            elif b"\0" in line:
                yield from self._parts(line[:-1])
            else:
                yield line[:-1]

    def _parts(self, line: bytes) -> Iterator[bytes]:
        self.skipped += 1
        yield from (part for part in line.split(b"\0") if part.strip())


class Losses(Protocol):
    """Whoever counts the records that could not be read."""

    skipped: int


def counted(path: Path, losses: Losses) -> Iterator[bytes]:
    """The lines of a file to its end; what is lost of it is counted in `losses`."""
    lines = JsonLines(path)
    yield from lines.to_end()
    losses.skipped += lines.skipped


def records(path: Path, losses: Losses) -> Iterator[dict[str, Any]]:
    """The objects of a file, read to its end; what is none of them is counted in `losses`."""
    return objects(counted(path, losses), losses)


def objects(lines: Iterable[bytes], losses: Losses) -> Iterator[dict[str, Any]]:
    """The objects in `lines`; those that hold none are counted."""
    for line in lines:
        record = decode(line)
        if record is not None:
            yield record
        else:
            losses.skipped += bool(line.strip())


def head(path: Path) -> dict[str, Any]:
    """The object of the first line; empty where there is none."""
    return decode(next(iter(JsonLines(path)), b"")) or {}


def stored(path: Path, most: int = safe_open.WHOLE) -> dict[str, Any] | None:
    """The object that a file holds; None where there is none, or the file cannot be read."""
    try:
        return decode(safe_open.content(path, most))
    except OSError:
        return None


def embedded(value: Any) -> dict[str, Any]:
    """The object that a text holds as JSON; empty where it holds none."""
    return (decode(value.encode("utf-8", "replace")) if isinstance(value, str) else None) or {}


def _pass_over(file: IO[bytes]) -> None:
    """Read to the end of a line, without keeping it."""
    while (part := file.readline(LONGEST >> 4)) and not part.endswith(b"\n"):
        safe_open.spend()


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
