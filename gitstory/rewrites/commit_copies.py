"""Copies of commits of which a person decided something: cherry-picked or rebased where no hook said so."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from gitstory.git.changed_files import Commit, read_commits
from gitstory.git.repo import Repo

_Author = tuple[str, int]
"""(address, author's date), which copies keep."""


def twins(repo: Repo, decided: Iterable[str], commits: Sequence[Commit]) -> dict[str, list[str]]:
    """commit -> those of `decided` that it is a copy of, as far as they are still here.

    A copy has the author and the author's date of the other, and its subject or the paths of its files.
    """
    others = sorted(set(decided) - {commit.oid for commit in commits})
    if not others or not commits:
        return {}
    by_author: dict[_Author, list[Commit]] = defaultdict(list)
    for other in read_commits(repo, others, walk=False):
        by_author[_author(other)].append(other)
    by_commit = {
        commit.oid: [other.oid for other in by_author.get(_author(commit), ()) if _alike(commit, other)]
        for commit in commits
    }
    return {oid: copies for oid, copies in by_commit.items() if copies}


def _author(commit: Commit) -> _Author:
    return (commit.author_email, commit.author_time)


def _alike(commit: Commit, other: Commit) -> bool:
    paths = {change.path for change in commit.files}
    return commit.subject == other.subject or (bool(paths) and paths == {change.path for change in other.files})
