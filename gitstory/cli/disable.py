"""`git story disable`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from gitstory.cli.options import open_repo
from gitstory.cli.output import say

if TYPE_CHECKING:
    from gitstory.git.repo import Repo


@click.command()
@click.option("--global", "everywhere", is_flag=True, help="Undo `git story enable --global`.")
def command(everywhere: bool) -> None:
    """Stop recording in this repository.

    Takes our hooks away, puts back the ones that were there before, stops `git log` from showing stories, and ends the
    watcher (`git story watch`).
    What was recorded stays: `git story show` still tells it.
    """
    from gitstory.cli.setup_report import undone
    from gitstory.hooks import setup

    if everywhere:
        done = setup.disable_global()
    else:
        with open_repo() as repo:
            done = setup.disable(repo)
            _end_watcher(repo)
    for line in undone(done):
        say(line)


def _end_watcher(repo: Repo) -> None:
    from gitstory.watching.running import stop

    ended = stop(repo.home)
    if ended is not None:
        say(f"ended the watcher (process {ended.pid})")
