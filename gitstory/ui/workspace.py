"""Open repositories for requests that run beside each other: each has its own, and sees what is stored now."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock

from msgspec import Struct

from gitstory.errors import GitStoryError
from gitstory.git.repo import Repo
from gitstory.sources.chain import SourceChain, with_interop
from gitstory.ui.blame_cache import Blames
from gitstory.ui.search_index_updates import SearchIndex
from gitstory.ui.story_cache import KeptStories

_MOST_IDLE = 4
_DRAIN_EVERY = 2.0
"""Seconds between two looks for commits that wait in the queue."""


class RepositoryGone(GitStoryError):
    def __init__(self, where: Path) -> None:
        super().__init__(
            f"the repository is gone: {where}",
            hint="put it back, or end `git story ui` and start it in another repository",
        )


class Workspace(Struct):
    """An open repository with its stories as they were when `state` was what its refs said."""

    repo: Repo
    sources: SourceChain
    state: bytes


class Workspaces:
    """Those of one repository, found from the directory `start`."""

    def __init__(self, start: Path) -> None:
        self._start = start
        self._idle: list[Workspace] = []
        self._lock = Lock()
        self._draining = Lock()
        self._drained = 0.0
        self.blames = Blames()
        self.index = SearchIndex(self)
        self.problem = ""
        """Why the newest commits may have no stories yet, "" where they have."""
        with Repo.open(start) as repo:
            self.common_dir = repo.common_dir
            self.name = name_of(repo)

    @contextmanager
    def open(self, *, process: bool = True) -> Iterator[Workspace]:
        """A workspace for one request; `process` has the newest commits processed before. Raises `RepositoryGone`."""
        workspace = self._taken()
        whole = False
        try:
            if process:
                self._process(workspace.repo)
            state = _state(workspace.repo)
            if state != workspace.state:
                workspace.sources = _sources(workspace.repo)
                workspace.state = state
            yield workspace
            whole = True
        except (GitStoryError, GeneratorExit):
            whole = self._start.exists()
            raise
        finally:
            self._given_back(workspace, whole)

    def _taken(self) -> Workspace:
        if not self.common_dir.is_dir() or not self._start.exists():
            self.close()
            raise RepositoryGone(self._start)
        with self._lock:
            if self._idle:
                return self._idle.pop()
        repo = Repo.open(self._start)
        return Workspace(repo, _sources(repo), b"")

    def _given_back(self, workspace: Workspace, whole: bool) -> None:
        with self._lock:
            if whole and len(self._idle) < _MOST_IDLE:
                self._idle.append(workspace)
                return
        with suppress(OSError):
            workspace.repo.close()

    def _process(self, repo: Repo) -> None:
        """Process the queue, unless another request just did."""
        from gitstory.worker.ensure_drained import ensure_drained

        with self._draining:
            if time.monotonic() - self._drained < _DRAIN_EVERY:
                return
            self.problem = ensure_drained(repo) or ""
            self._drained = time.monotonic()

    def forget_processed(self) -> None:
        """Look for waiting commits at the next request, however soon it comes."""
        self._drained = 0.0

    def close(self) -> None:
        with self._lock:
            idle, self._idle = self._idle, []
        for workspace in idle:
            with suppress(OSError):
                workspace.repo.close()


def _sources(repo: Repo) -> SourceChain:
    return KeptStories(with_interop(repo, transcripts=True)[0])


def _state(repo: Repo) -> bytes:
    """What all refs are at, and HEAD, and whether git's settings are the same."""
    try:
        settings = (repo.common_dir / "config").stat().st_mtime_ns
    except OSError:
        settings = 0
    return repo.run("show-ref", "--head", check=False).stdout + b"%d" % settings


def name_of(repo: Repo) -> str:
    """What people call the repository: the name of its folder."""
    where = repo.worktree or (repo.common_dir.parent if repo.common_dir.name == ".git" else repo.common_dir)
    return where.name.removesuffix(".git") or "repository"
