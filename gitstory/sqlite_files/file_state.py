"""The state of a database file and of the files that SQLite keeps beside it."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import NamedTuple

from gitstory import safe_open

MAGIC = b"SQLite format 3\0"
TICKS = 1.0
"""Seconds in which equal stamps do not prove that a file stayed the same."""


class Unreadable(OSError):
    """A file that cannot be read as a database now; the message is one line and names no path."""


class Moved(Unreadable):
    """Somebody wrote to the file while it was read without a lock: what was read may be torn."""

    def __init__(self) -> None:
        super().__init__("another program was writing to the database")


class FileState(NamedTuple):
    """What changes with a file: its stamp, change counter and the files beside it."""

    stamp: tuple[int, ...]
    counter: bytes
    wal: bool
    shm: bool
    journal: bool


def stamp(path: Path) -> tuple[int, ...]:
    """Size and mtime (ns) of a database and of its `-wal`, zeros for what is not there; for `Source.stamp`."""
    real = real_path(path)
    return (*safe_open.stamp(real), *safe_open.stamp(beside(real, "-wal")))


def look(real: Path) -> FileState:
    """The state of a file. Raises OSError where it cannot be read, Unreadable where it is no database."""
    with safe_open.opened(real, most=None) as file:
        head = file.read(100)
    if head and not head.startswith(MAGIC):
        raise Unreadable("not a SQLite database, or an encrypted one")
    paths = [beside(real, suffix) for suffix in ("-wal", "-shm", "-journal")]
    wal, shm, journal = (os.path.lexists(path) for path in paths)
    for path in paths:
        if path.is_symlink() or not safe_open.is_listed(path):  # one that is gone by now is no matter
            raise Unreadable(f"its {path.name.rpartition('-')[2]} is no file")
    return FileState(stamp(real), head[24:28], wal, shm, journal and _is_hot(paths[2]))


def is_fresh(seen: FileState) -> bool:
    """Whether a file changed so lately that two writes may bear one time: file systems count in ticks of some ms."""
    return time.time() - max(seen.stamp[1], seen.stamp[3]) / 1e9 < TICKS


def _is_hot(journal: Path) -> bool:
    """Whether a rollback journal is in use: one that was committed is empty or begins with zeros."""
    try:
        with safe_open.opened(journal, most=None) as file:
            return any(file.read(8))
    except OSError:
        return False


def in_wal_mode(real: Path) -> bool:
    with safe_open.opened(real, most=None) as file:
        return 2 in file.read(20)[18:]


def real_path(path: Path) -> Path:
    """SQLite keeps the files beside a database next to what a symbolic link points to."""
    return Path(os.path.realpath(path))


def beside(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)
