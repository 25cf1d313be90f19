"""`git story hook`: what our hooks do, as one line to put into a hook of one's own."""

from __future__ import annotations

import os
from pathlib import Path

import click

from gitstory.cli.shared_options import open_repo

_EVENTS = ["post-commit", "post-merge", "post-rewrite", "pre-push", "pre-commit", "prepare-commit-msg", "commit-msg"]


@click.command(hidden=True, context_settings={"ignore_unknown_options": True})
@click.argument("event", type=click.Choice(_EVENTS))
@click.argument("rest", nargs=-1, type=click.UNPROCESSED)
def command(event: str, rest: tuple[str, ...]) -> int:
    """Note that a commit was made, from a hook of your own; always succeeds.

    For a hook that is committed in the repository or written by a hook manager: `git-story hook post-commit "$@" || :`
    """
    if event in ("pre-commit", "prepare-commit-msg", "commit-msg"):
        from gitstory.cli.commit_hooks import on_commit

        return on_commit(event, rest)
    if event == "pre-push":
        return _pre_push(rest)
    from gitstory.hooks.entry import main

    return main([event, *rest])


def _pre_push(rest: tuple[str, ...]) -> int:
    """Stories follow the push behind its back, if the person asked for that and agreed to a remote before."""
    from gitstory.errors import GitStoryError
    from gitstory.hooks.git_story_executable import start

    try:
        with open_repo() as repo:
            if (repo.home / "shared.json").is_file() and not repo.disabled:
                start(["push", "--background", "--", *rest[:1]], Path.cwd(), os.environ)
    except (OSError, GitStoryError):
        return 0  # a push must not notice
    return 0
