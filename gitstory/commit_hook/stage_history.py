"""Adds the history files of the conversations behind a commit that is being made to that commit."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from gitstory.commit_hook.staged_commit import Making, story_of
from gitstory.config.load import load
from gitstory.git.process import git
from gitstory.git.repo import Repo
from gitstory.history_files.sync import folder, write_histories
from gitstory.store.store import StoryStore

_OF_A_PART = "next-index-"
"""What git calls the index of `git commit FILE`, while `index.lock` holds what the usual one is going to be."""


def write(repo: Repo, making: Making) -> list[Path]:
    """Write the files of the conversations with evidence, also of turns that go on: the commit is what they say.

    Raises `RedactionFailed`, and `NoWorkTree` or `Elsewhere` as `folder` does.
    """
    config = load(repo)
    if not config.history_commit:
        return []
    folder(repo, config)
    with story_of(repo, making) as story_and_live:
        if story_and_live is None:
            return []
        story, live = story_and_live
        keys = [
            (link.agent, link.conversation)
            for link in story.links
            if any(turn.evidence != "context" for turn in link.turns)
        ]
        done = list(write_histories(repo, StoryStore(repo), live, config, keys, running=True)) if keys else []
    return [one.path for one in done if not _left_out(repo, one.path)]


def _left_out(repo: Repo, path: Path) -> bool:
    """Whether a .gitignore of the person's has git leave the file alone; our own line in info/exclude is older."""
    process = repo.run("check-ignore", "--verbose", "-z", "--stdin", input=os.fsencode(path) + b"\0", check=False)
    return process.returncode == 0 and not process.stdout.split(b"\0")[0].endswith(b"info/exclude")


def stage(repo: Repo, making: Making, files: Sequence[Path]) -> None:
    """Put `files` as they are into the index the commit is made of, and into the one that stays."""
    if repo.worktree is None or not files:
        return
    lines = b"".join(_entry(repo, repo.worktree, path) for path in files)
    for index in _indexes(repo, making):
        env = None if index is None else {"GIT_INDEX_FILE": str(index)}
        where = (f"--git-dir={repo.git_dir}", f"--work-tree={repo.worktree}")
        git(*where, "update-index", "-z", "--add", "--index-info", input=lines, env=env, cwd=repo.worktree, check=False)


def _entry(repo: Repo, top: Path, path: Path) -> bytes:
    name = os.fsencode(path.relative_to(top).as_posix())
    blob = repo.git("hash-object", "-w", "--", name).strip()
    return b"100644 " + blob + b"\t" + name + b"\0"


def _indexes(repo: Repo, making: Making) -> list[Path | None]:
    if making.index is None or not making.index.name.startswith(_OF_A_PART):
        return [making.index]
    rest = repo.git_dir / "index.lock"
    return [making.index, rest] if rest.is_file() else []
