"""Blames of whole files that were shown last: the reasons of their lines need no second one."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

from gitstory.git.blame import Blame
from gitstory.git.repo import Repo
from gitstory.queries.file_page import git_blame

_MOST = 6
_MOST_LINES = 60_000

Place = tuple[str, str, int, int]
"""(path, commit, time and size of the file in the work tree)."""


class Blames:
    """Those of one repository; a file that changes, and another HEAD, have new ones."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Place, Blame] = OrderedDict()
        self._lock = Lock()

    def of(self, repo: Repo, path: str, rev: str | None) -> Blame:
        """The blame of a file, as `git_blame`."""
        place = _place(repo, path, rev)
        with self._lock:
            if place in self._kept:
                self._kept.move_to_end(place)
                return self._kept[place]
        result = git_blame(repo, path, rev)
        if len(result.lines) <= _MOST_LINES:
            with self._lock:
                self._kept[place] = result
                while len(self._kept) > _MOST:
                    self._kept.popitem(last=False)
        return result


def _place(repo: Repo, path: str, rev: str | None) -> Place:
    commit = repo.resolve(rev or "HEAD")
    if rev is not None or repo.worktree is None:
        return path, commit, 0, 0
    try:
        status = (repo.worktree / path).stat()
    except OSError:
        return path, commit, 0, 0
    return path, commit, status.st_mtime_ns, status.st_size
