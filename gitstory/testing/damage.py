"""Stores as a crash, a full disk or a bad sector leaves them: every damage is undone before the next one."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

ODD = {
    "empty": b"",
    "zeros": b"\0" * 4096,
    "no UTF-8": b"\xff\xfe\xc3\x28" * 200 + b"\n",
    "a lone brace": b"{",
    "a JSON list": b"[]\n",
    "null": b"null\n",
    "deep nesting": b"[" * 5000,
    "a huge number": b'{"timestamp": 1e999999, "time": 99999999999999999999999999}\n',
    "a lone surrogate": b'{"text": "\\ud800"}\n',
    "an SQLite header": b"SQLite format 3\0" + b"\xff" * 84,
    "CRLF": b'{"type":"user"}\r\n{"type":"assistant"}\r\n',
}


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def truncations(path: Path, most: int) -> Iterator[int]:
    """The file cut off at `most` lengths (every one if there are no more), the longest first; yields the length."""
    whole = path.read_bytes()
    facts = path.stat()
    for size in _sizes(len(whole), most):
        os.truncate(path, size)
        yield size
    path.write_bytes(whole)
    os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns))


def _sizes(length: int, most: int) -> list[int]:
    if length <= most:
        return list(range(length - 1, -1, -1))
    chosen = {0, length - 1, length - 2, *random.Random(length).sample(range(length), max(most - 3, 1))}
    return sorted(chosen, reverse=True)


def flips(path: Path, rounds: int, seed: int) -> Iterator[str]:
    """The file with a few bits turned over, `rounds` times; yields which."""
    whole = path.read_bytes()
    if not whole:
        return
    facts = path.stat()
    chance = random.Random(seed)
    for _ in range(rounds):
        bad = bytearray(whole)
        places = [(chance.randrange(len(bad)), chance.randrange(8)) for _ in range(chance.choice((1, 1, 2, 8)))]
        for at, bit in places:
            bad[at] ^= 1 << bit
        path.write_bytes(bad)
        yield ", ".join(f"bit {bit} of byte {at}" for at, bit in places)
    path.write_bytes(whole)
    os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns))


def gaps(path: Path, rounds: int, seed: int) -> Iterator[str]:
    """The file with one byte gone, one byte too many, or a block of zeros within, `rounds` times; yields what."""
    whole = path.read_bytes()
    if not whole:
        return
    facts = path.stat()
    chance = random.Random(seed + 1)
    for number in range(rounds):
        at = chance.randrange(len(whole))
        if number % 3 == 0:
            what, bad = f"byte {at} gone", whole[:at] + whole[at + 1 :]
        elif number % 3 == 1:
            extra = chance.choice((b"}", b"]", b'"', b",", b"\n", b"\\", b"x"))
            what, bad = f"{extra!r} put in before byte {at}", whole[:at] + extra + whole[at:]
        else:
            what, bad = f"zeros from byte {at} on", whole[:at] + bytes(512) + whole[at + chance.choice((0, 512)) :]
        path.write_bytes(bad)
        yield what
    path.write_bytes(whole)
    os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns))


def _fifo(path: Path, whole: bytes, outside: Path) -> None:
    os.mkfifo(path)


def _loop(path: Path, whole: bytes, outside: Path) -> None:
    path.symlink_to(path.name)


def _outside(path: Path, whole: bytes, outside: Path) -> None:
    outside.write_bytes(whole)
    path.symlink_to(outside)


PLANTED = {"a FIFO": _fifo, "a link that leads in a circle": _loop, "a link that leads out of the store": _outside}
"""What may stand in a file's place in a store that a stranger made. (No device: one that is read never ends.)"""


@contextmanager
def planted(path: Path, what: str, outside: Path) -> Iterator[None]:
    whole, facts = path.read_bytes(), path.stat()
    path.unlink()
    try:
        PLANTED[what](path, whole, outside)
        yield
    finally:
        path.unlink()
        path.write_bytes(whole)
        os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns))


@contextmanager
def instead(path: Path, data: bytes | None) -> Iterator[None]:
    """The file with other content, or (None) a directory of its name."""
    whole, facts = path.read_bytes(), path.stat()
    try:
        if data is None:
            path.unlink()
            path.mkdir()
        else:
            path.write_bytes(data)
        yield
    finally:
        if data is None:
            path.rmdir()
        path.write_bytes(whole)
        os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns))


@contextmanager
def unreadable(path: Path) -> Iterator[None]:
    """A file or folder whose permissions let nobody in (but root)."""
    mode = path.stat().st_mode
    path.chmod(0)
    try:
        yield
    finally:
        with suppress(OSError):
            path.chmod(mode)
