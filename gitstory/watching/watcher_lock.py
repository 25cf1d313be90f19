"""Which watcher runs in a repository: a lock that ends with its process, and beside it what it says of itself."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec

from gitstory.errors import GitStoryError
from gitstory.git import safe_own_files
from gitstory.git.file_lock import single_flight

LOCK = "watch.lock"
NAME = "watch.json"


class Running(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a watcher records about itself. Times are epoch seconds; `polling` and `problem` are for a person to
    read."""

    pid: int
    started: float
    background: bool = False
    worktree: str = ""
    saved: int = 0
    last: float = 0.0
    polling: str = ""
    problem: str = ""


class AlreadyRunning(GitStoryError):
    def __init__(self, other: Running | None) -> None:
        named = f" (process {other.pid})" if other is not None and other.pid else ""
        super().__init__(f"a watcher runs in this repository already{named}", hint="`git story watch --stop` ends it")


@contextmanager
def alone(home: Path) -> Iterator[None]:
    """Be the one watcher of a repository. Raises `AlreadyRunning`."""
    with single_flight(home / LOCK, timeout=0.5) as got:
        if not got:
            raise AlreadyRunning(_described(home))
        try:
            yield
        finally:
            with suppress(OSError):
                (home / NAME).unlink(missing_ok=True)


def tell(home: Path, running: Running) -> None:
    """A disk that is full costs what others can see of us, not the watching."""
    with suppress(OSError):
        safe_own_files.write(home / NAME, msgspec.json.encode(running))


def is_recorded(home: Path) -> bool:
    """Whether the record of the running watcher can be read."""
    return (home / NAME).exists()


def running(home: Path) -> Running | None:
    """The watcher of a repository; None if none runs (the record of a killed one is ignored)."""
    if not (home / LOCK).is_file() or _free(home):
        return None
    return _described(home) or Running(0, 0.0)


def _free(home: Path) -> bool:
    try:
        with single_flight(home / LOCK) as got:
            return got
    except OSError:
        return True


def _described(home: Path) -> Running | None:
    try:
        return msgspec.json.decode(safe_own_files.content(home / NAME), type=Running)
    except (OSError, msgspec.MsgspecError, UnicodeError, RecursionError):
        return None


def stop(home: Path, wait: float = 10.0) -> Running | None:
    """End the watcher; returns the one that ran, None where none did. Raises GitStoryError where it does not end."""
    watcher = running(home)
    if watcher is None:
        return None
    if not watcher.pid:
        time.sleep(0.3)  # it has only just begun
        watcher = running(home) or watcher
    if watcher.pid <= 0:
        raise GitStoryError(
            "the watcher does not say which process it is",
            hint="is the disk full? make room and try again in half a minute, or end it where it was started",
        )
    try:
        os.kill(watcher.pid, signal.SIGTERM)
    except ProcessLookupError:
        return watcher
    except OSError as error:
        raise GitStoryError(
            f"process {watcher.pid} cannot be ended: {error.strerror}", hint="it may be another person's"
        ) from None
    until = time.monotonic() + wait
    while time.monotonic() < until:
        if _free(home):
            return watcher
        time.sleep(0.02)
    raise GitStoryError(f"process {watcher.pid} does not end", hint="it is still saving; try again in a moment")
