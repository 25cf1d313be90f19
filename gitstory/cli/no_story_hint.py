"""What to type where a commit has no story: record, get what a remote has, or look for older conversations."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gitstory.git.repo import Repo

ENABLE = "`git story enable` starts recording"
BACKFILL = "`git story backfill` looks for the stories of older commits"


def missing_stories(repo: Repo) -> str:
    """One line of commands, the likeliest first. Uses no network."""
    if repo.disabled:
        return f"{ENABLE} again"
    ways = [remote_stories(repo)]
    ways.append(BACKFILL if repo.home.is_dir() else f"{ENABLE}, and {BACKFILL}")
    return "; ".join(way for way in ways if way)


def remote_stories(repo: Repo) -> str:
    """That a remote's stories were not pulled yet, "" where there is no remote or they were.

    Only a remote on this machine is asked; another one may have stories or not.
    """
    name = _remote(repo)
    if not name or repo.git("for-each-ref", "--count=1", "refs/story-remotes/"):
        return ""
    if not _is_near(repo, name):
        return f"`git story pull` gets those that {name} may have"
    listed = repo.run("ls-remote", "--quiet", "--", name, "refs/story/data", check=False)
    return f"{name} has stories: `git story pull` gets them" if listed.stdout.strip() else ""


def _remote(repo: Repo) -> str:
    from gitstory.config.load import load
    from gitstory.errors import GitStoryError
    from gitstory.git.fetch_push import default_remote

    try:
        return load(repo).remote or default_remote(repo, push=False)
    except GitStoryError:
        return ""


def _is_near(repo: Repo, name: str) -> bool:
    """Whether a remote is a folder of this machine."""
    url = (repo.config(f"remote.{name}.url") or name).removeprefix("file://")
    return (Path(repo.worktree or repo.git_dir) / url).is_dir()
