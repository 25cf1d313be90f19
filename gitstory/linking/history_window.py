"""The history that linking looks back on: what landed there is not claimed again."""

from __future__ import annotations

from collections.abc import Sequence

from gitstory.git.changed_files import Commit, read_commits
from gitstory.git.repo import Repo
from gitstory.linking.collect_traces import Gathered

LOOKED_BACK = 400
"""Commits before the one at hand that are asked whether they took its lines already."""


def earlier(repo: Repo, commits: Sequence[Commit], gathered: Gathered) -> list[Commit]:
    """The commits before these since the first edit that could still be pending."""
    first = min((edit.time for trace in gathered.traces for edit in trace.edits if edit.time), default=None)
    parents = sorted({parent for commit in commits for parent in commit.parents})
    if first is None or not parents:
        return []
    return read_commits(repo, [f"--since=@{int(first)}", f"--max-count={LOOKED_BACK}", *parents])
