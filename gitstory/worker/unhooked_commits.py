"""Commits whose hook never ran: agents that switch hooks off, `--no-verify` tools, graphical clients, pulls."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from gitstory.git.changed_files import Commit, read_commits
from gitstory.git.commit_details import shallow_edge
from gitstory.git.process import GitFailed
from gitstory.git.repo import DamagedObject, Repo

if TYPE_CHECKING:
    from gitstory.attribution.private_turns import Private

_MOST = 1000
"""Commits looked at in one run: someone else's branch may bring a whole history, which is `backfill`'s work."""


def tips(repo: Repo) -> dict[str, str]:
    """Every local branch and this work tree's HEAD with the commits they are at."""
    # One process for both; it ends with 1 where there is neither.
    listed = repo.run("show-ref", "--head", "--heads", check=False).stdout.decode("utf-8", "replace")
    return {ref: oid for oid, _, ref in (line.partition(" ") for line in listed.split("\n") if line)}


def kept_back(repo: Repo, private: Private, commit: str, reported: float | None, ran: float = 0.0) -> bool:
    """Whether a commit was made while recording was off: by its own time, or by that of its hook (`told`).

    `ran` is when the worker last looked: with recording off since before then, all that is new was made since.
    """
    if not private.periods:
        return False
    since = private.off_since
    if since is not None and reported is None and ran >= since:
        return True
    from gitstory.git.commit_times import committer_time, read_commit  # for no reader

    committed = float(committer_time(read_commit(repo, commit) or b""))
    return private.covers(committed) or (reported is not None and private.covers(reported))


def missed(
    repo: Repo,
    before: Mapping[str, str] | None,
    now: Mapping[str, str],
    failed: Callable[[str, GitFailed], None] = lambda tip, error: None,
) -> list[Commit]:
    """Commits reachable now and not before; none the first time, when all of history would be.

    `failed` is called with a tip whose history git cannot walk; that of the others is listed all the same.
    """
    if before is None or dict(before) == dict(now):
        return []
    tips_before = [oid for oid in set(before.values()) if _is_here(repo, oid)]
    new = sorted(set(now.values()) - set(tips_before))
    if not new:
        return []
    edge, limits = shallow_edge(repo), _without(tips_before)
    try:
        commits = read_commits(repo, [*limits, *new])
    except GitFailed:
        limits = _without([oid for oid in tips_before if _is_whole(repo, oid)])
        commits = [commit for tip in new for commit in _below(repo, limits, tip, failed)]
    return [commit for commit in dict.fromkeys(commits) if commit.oid not in edge]


def _without(oids: Sequence[str]) -> list[str]:
    return [f"--max-count={_MOST}", *(f"^{oid}" for oid in oids)]


def _below(repo: Repo, limits: Sequence[str], tip: str, failed: Callable[[str, GitFailed], None]) -> list[Commit]:
    try:
        return read_commits(repo, [*limits, tip])
    except GitFailed as error:
        failed(tip, error)
        return []


def _is_whole(repo: Repo, oid: str) -> bool:
    """Whether a commit has a tree; git walks no history of which one without is left out."""
    try:
        git_object = repo.objects.read(f"{oid}^{{tree}}")
    except DamagedObject:
        return False
    return git_object is not None and git_object[1] == "tree"


def _is_here(repo: Repo, oid: str) -> bool:
    try:
        return repo.objects.read(oid) is not None
    except DamagedObject:
        return False
