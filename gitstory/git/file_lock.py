"""One at a time: a lock that the system takes back when its holder dies."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gitstory.git.safe_own_files import handle_for, make_folder

if sys.platform == "win32":
    import msvcrt

    def _try(fd: int) -> bool:
        try:
            msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _try(fd: int) -> bool:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


@contextmanager
def single_flight(path: Path, *, timeout: float = 0.0) -> Iterator[bool]:
    """Hold the lock file `path` (made 0600, its folder 0700); yields whether we got it within `timeout` seconds.

    The file stays, since removing it would let two in; only the lock on it counts, and that ends with the process,
    however it dies. It is held per opening, so two blocks in one process exclude each other too. Raises OSError
    where the file cannot be made or the file system knows no locks.
    """
    make_folder(path.parent)
    fd = handle_for(path, os.O_RDWR | os.O_CREAT)
    try:
        yield _acquire(fd, time.monotonic() + timeout)
    finally:
        os.close(fd)


def _acquire(fd: int, deadline: float) -> bool:
    pause = 0.001
    while not _try(fd):
        left = deadline - time.monotonic()
        if left <= 0:
            return False
        time.sleep(min(pause, left))
        pause = min(pause * 2, 0.008)
    return True
