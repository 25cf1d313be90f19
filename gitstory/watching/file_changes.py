"""Changes of files in some directories, as the system reports them, or by polling if it does not."""

from __future__ import annotations

import errno
from collections.abc import Callable, Collection
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from watchdog.events import (
    DirCreatedEvent,
    DirDeletedEvent,
    DirMovedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer
from watchdog.observers.polling import PollingObserver

if TYPE_CHECKING:
    from watchdog.observers.api import BaseObserver, ObservedWatch

POLLED = 2.0
"""Seconds between two polls if the system reports no changes."""
# Openings and closings are left out: our own reading would wake us.
_KINDS: list[type[FileSystemEvent]] = [
    FileCreatedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileDeletedEvent,
    DirCreatedEvent,
    DirDeletedEvent,
    DirMovedEvent,
]
_NO_ROOM = (errno.ENOSPC, errno.EMFILE, errno.ENFILE, errno.ENOMEM)


class Change(Struct, frozen=True):
    """Something about `path`; `structural`: a directory came, went or moved. (Files are often replaced by a move.)"""

    path: Path
    structural: bool


class _Handler(FileSystemEventHandler):
    def __init__(self, tell: Callable[[Change], None]) -> None:
        self._tell = tell

    def on_any_event(self, event: FileSystemEvent) -> None:
        for name in (event.src_path, event.dest_path):
            if name:
                text = name.decode("utf-8", "surrogateescape") if isinstance(name, bytes) else name
                self._tell(Change(Path(text), event.is_directory))


class Watches:
    """The watched directories, none of them recursively."""

    def __init__(self, tell: Callable[[Change], None], *, polling: bool = False) -> None:
        self._handler = _Handler(tell)
        self._held: dict[Path, tuple[ObservedWatch, tuple[int, int]]] = {}
        self.polling = ""
        """Why files are polled, "" if the system reports changes."""
        self._observer: BaseObserver
        if polling:
            self._poll("asked for")
        else:
            self._observer = Observer()
            self._begin()

    def _begin(self) -> None:
        try:
            self._observer.start()
        except OSError as error:
            if error.errno not in _NO_ROOM:
                raise
            self._poll(_reason(error))

    def _poll(self, reason: str) -> None:
        self.polling = reason
        self._observer = PollingObserver(timeout=POLLED)
        self._observer.start()

    def set(self, wanted: Collection[Path], renewed: Collection[Path] = ()) -> None:
        """Watch these and no others. Those in `renewed`, and those that are other directories now, are watched
        again."""
        wanted = list(wanted)
        for path in list(self._held):
            if path not in wanted or path in renewed or _identity(path) != self._held[path][1]:
                self._drop(path)
        for path in wanted:
            if path in self._held or self._add(path):
                continue
            self.set(wanted)  # by polling now
            return

    def _add(self, path: Path) -> bool:
        """False where the system has no room for one more, after changing over to polling."""
        identity = _identity(path)
        if identity is None:
            return True
        try:
            # A link to a directory would be watched itself, not what it leads to.
            watch = self._observer.schedule(self._handler, str(path.resolve()), event_filter=_KINDS)
        except OSError as error:
            if self.polling or error.errno not in _NO_ROOM:
                return True  # gone meanwhile, or not ours to look at: the next plan tries again
            self.close()
            self._held.clear()
            self._poll(_reason(error))
            return False
        self._held[path] = (watch, identity)
        return True

    def _drop(self, path: Path) -> None:
        watch, _ = self._held.pop(path)
        with suppress(KeyError, OSError):
            self._observer.unschedule(watch)

    def __len__(self) -> int:
        return len(self._held)

    def close(self) -> None:
        with suppress(RuntimeError, OSError):
            self._observer.stop()
            self._observer.join(5)


def _reason(error: OSError) -> str:
    if error.errno == errno.ENOSPC:
        return "the system allows no more watched directories (fs.inotify.max_user_watches)"
    if error.errno == errno.EMFILE:
        return "the system allows no more watching programs (fs.inotify.max_user_instances) or open files"
    return error.strerror or str(error)


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        stat = path.stat()
    except OSError:
        return None
    return (stat.st_dev, stat.st_ino)
