"""Where a person's checkouts lay: the directories that make recorded paths into paths of the repository."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from corpus.gitcmd import git
from corpus.values import Talk

HOME = re.compile(r"^(/Users/[^/]+|/home/[^/]+|/root|/tmp|[a-z]:(/[^/]+){0,2}|/[^/]*|)$")
"""A home or a volume is no checkout, though it may hold a `.claude/settings.json` as the repository does."""


def known_paths(clone: Path) -> set[str]:
    """Every path any commit of the clone ever had."""
    listed = git(clone, "log", "--all", "--format=", "--name-only", "-z", "--no-renames", "-m", "--root")
    return {path for path in listed.replace("\n", "\0").split("\0") if path}


def slashed(path: str) -> str:
    """Forward slashes, a lower-case drive, no trailing slash."""
    if re.match(r"^[A-Za-z]:", path) or "\\" in path:
        path = path.replace("\\", "/")
        path = path[:1].lower() + path[1:]
    return path.rstrip("/")


class Roots:
    """The checkout roots of one person, most used first; worktrees that lie elsewhere count as roots of their own."""

    def __init__(self, talks: Iterable[Talk], paths: set[str]) -> None:
        votes: Counter[str] = Counter()
        places: Counter[str] = Counter()
        for talk in talks:
            places.update(slashed(place) for place in talk.places)
            for write in talk.writes:
                prefix = self._prefix(slashed(write.path), paths)
                if prefix:
                    votes[prefix] += 1
        sure = [r for r in votes if not HOME.match(r) and any(_inside(p, r) or _inside(r, p) for p in places)]
        near = {
            root: n
            for root, n in votes.items()
            if not HOME.match(root)
            and (
                root in sure or any(root.startswith(r) for r in sure)
            )  # a worktree beside its checkout: `<root>.worktrees/x`
            and not any(_inside(other, root) and other != root and more > 10 * n for other, more in votes.items())
        }
        self.all = [root for root, n in sorted(near.items(), key=lambda kv: -kv[1]) if n >= 2 or len(near) == 1]
        if not self.all and places:
            self.all = [places.most_common(1)[0][0]]
        self.by_length = sorted(self.all, key=len, reverse=True)

    @staticmethod
    def _prefix(path: str, paths: set[str]) -> str:
        """The part of an absolute path before its longest suffix that the repository knows."""
        at = path.find("/", 1)
        while at != -1:
            if path[at + 1 :] in paths:
                return path[:at]
            at = path.find("/", at + 1)
        return ""

    def relative(self, path: str) -> str | None:
        full = slashed(path)
        for root in self.by_length:
            if _inside(full, root) and full != root:
                return full[len(root) + 1 :]
        return None

    def outer(self) -> list[str]:
        """Roots that lie in no other root: those whose text is rewritten to the clone's path."""
        return [r for r in self.by_length if not any(r != o and _inside(r, o) for o in self.all)]


def _inside(path: str, root: str) -> bool:
    return path == root or path.startswith(root + "/")
