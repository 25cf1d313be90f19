"""Paths with their symbolic links resolved, each directory asked of the disk once.

Agents record the directory a person typed (`~/work/app`), git names the one it resolves to (`/data/work/app`). A path
that is gone resolves by the longest part of it that still exists.
"""

from __future__ import annotations

import os
import stat as modes
from collections.abc import Iterable, Sequence
from pathlib import Path

from gitstory.attribution.repository_of_path import normal, relative

Identity = tuple[int, int]
"""(device, inode) of a directory: the same under each of its names."""


class RealPaths:
    """Resolved paths, cached for one run of the worker or command."""

    def __init__(self) -> None:
        self._directories: dict[str, str] = {}
        self._paths: dict[str, str] = {}
        self._identities: dict[str, Identity | None] = {}

    def __call__(self, path: str) -> str:
        """`path` (absolute, in `normal` form) without symbolic links; any other path as it is."""
        if path not in self._paths:
            self._paths[path] = self._real(path) if _is_absolute(path) else path
        return self._paths[path]

    def _real(self, path: str) -> str:
        folder, _, last = path.rpartition("/")
        whole = f"{self._directory(folder or '/')}/{last}".replace("//", "/")
        return self._resolved(whole) if _is_link(whole) else whole

    def below(self, path: str, roots: Sequence[str]) -> tuple[str, str] | None:
        """(root, path below it) of the innermost of `roots` that holds `path` by its real name, None for no root.

        Directories are also the same where the system says so: under another case, or mounted at two places.
        """
        real = self(path)
        return relative(real, roots) or self._by_identity(real, roots)

    def is_inside(self, directory: str, roots: Sequence[str]) -> bool:
        """Whether `directory` is one of `roots` or below one, by its real name."""
        return self.below(f"{directory}/.", roots) is not None

    def _by_identity(self, path: str, roots: Iterable[str]) -> tuple[str, str] | None:
        if not _is_absolute(path):
            return None
        by_identity = {identity: root for root in roots if (identity := self._identity(root)) is not None}
        at = path.rfind("/")
        while by_identity and at > 0:
            identity = self._identity(path[:at])
            if identity is not None and identity in by_identity:
                return by_identity[identity], path[at + 1 :]
            at = path.rfind("/", 0, at)
        return None

    def _directory(self, path: str) -> str:
        if path not in self._directories:
            self._directories[path] = self._resolved(path)
        return self._directories[path]

    def _resolved(self, path: str) -> str:
        try:
            return normal(os.path.realpath(path))
        except (OSError, ValueError):  # a NUL byte, or characters that no file name has
            return path

    def _identity(self, path: str) -> Identity | None:
        if path not in self._identities:
            self._identities[path] = _identity(path)
        return self._identities[path]


def _is_absolute(path: str) -> bool:
    return path.startswith("/") or Path(path).is_absolute()


def _is_link(path: str) -> bool:
    """Whether a path is a symbolic link. Without `Path`: there may be tens of thousands of paths."""
    try:
        return modes.S_ISLNK(os.lstat(path).st_mode)
    except (OSError, ValueError):
        return False


def _identity(path: str) -> Identity | None:
    try:
        facts = Path(path).stat()
    except (OSError, ValueError):
        return None
    return (facts.st_dev, facts.st_ino) if facts.st_ino else None
