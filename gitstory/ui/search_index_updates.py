"""The search index of a repository, brought up to date beside the requests: none of them waits for that."""

from __future__ import annotations

import sqlite3
import time
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock, Thread
from typing import TYPE_CHECKING

from gitstory.cli.search_indexes import updated
from gitstory.errors import GitStoryError
from gitstory.search.db.schema import NAME
from gitstory.search.repositories import index_of

if TYPE_CHECKING:
    from gitstory.git.repo import Repo
    from gitstory.ui.workspace import Workspaces

_CURRENT_FOR = 10.0
"""Seconds an index is taken for current after it was brought up to date."""
_LAST = 1.0
"""Seconds that an update has to end when the server does."""
_SLICE = 5.0
"""Seconds of an update after which what it has found can be searched."""


class SearchIndex:
    """That of one repository, for as long as the server runs."""

    def __init__(self, workspaces: Workspaces) -> None:
        self._workspaces = workspaces
        self._lock = Lock()
        self._running: Thread | None = None
        self._finished = -_CURRENT_FOR
        self._closed = False
        self._temporary: TemporaryDirectory[str] | None = None
        self.problem = ""
        """Why the index could not be brought up to date, "" where it was."""

    def path(self, repo: Repo) -> Path:
        """The one that `git story search` uses; a temporary one where that keeps none."""
        own = index_of(repo)
        if own is not None:
            return own
        with self._lock:
            if self._temporary is None:
                self._temporary = TemporaryDirectory(prefix="gitstory-ui-")
            return Path(self._temporary.name) / NAME

    @property
    def is_current(self) -> bool:
        """Whether no update is running."""
        return self._running is None

    def bring_up(self, patience: float) -> None:
        """See to it that everything can be searched soon; an update of at most `patience` seconds is waited for."""
        with self._lock:
            if self._running is None and time.monotonic() - self._finished < _CURRENT_FOR:
                return
            if self._running is None and not self._closed:
                self._running = Thread(target=self._update, daemon=True)
                self._running.start()
            running = self._running
        if running is not None:
            running.join(patience)

    def _update(self) -> None:
        try:
            with self._workspaces.open() as space:
                path = self.path(space.repo)
                while not self._closed and updated(space.repo, path, _SLICE).left:
                    pass
            self.problem = ""
        except (GitStoryError, OSError, sqlite3.Error) as error:
            self.problem = str(error)
        finally:
            self._finished = time.monotonic()
            self._running = None

    def close(self) -> None:
        """End an update that runs, soon."""
        self._closed = True
        running = self._running
        if running is not None:
            running.join(_LAST)
        if self._temporary is not None:
            with suppress(OSError):
                self._temporary.cleanup()
