"""`git story disable`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from gitstory.cli.output import say
from gitstory.cli.shared_options import open_repo

if TYPE_CHECKING:
    from gitstory.git.repo import Repo


@click.command()
@click.option("--global", "everywhere", is_flag=True, help="Undo `git story enable --global`.")
def command(everywhere: bool) -> None:
    """Stop recording in this repository.

    Takes our hooks away, puts back the ones that were there before, stops `git log` from showing stories, and ends the
    watcher (`git story watch`). Hooks of all your repositories (`git story enable --global`) stay, and record nothing
    here any more; nor does any command, until `git story enable`.
    What was recorded stays: `git story show` still shows it.
    """
    from gitstory.cli.setup_report import undone
    from gitstory.hooks import setup

    if everywhere:
        done = setup.disable_global()
    else:
        with open_repo() as repo:
            _record_what_waits(repo)
            done = setup.disable(repo)
            _end_watcher(repo)
    for line in undone(done):
        say(line)


def _record_what_waits(repo: Repo) -> None:
    from gitstory.cli.output import warn
    from gitstory.worker.ensure_drained import ensure_drained

    problem = ensure_drained(repo)
    if problem is not None:
        warn(f"what was committed before could not all be recorded: {problem}")


def _end_watcher(repo: Repo) -> None:
    from gitstory.watching.watcher_lock import stop

    ended = stop(repo.home)
    if ended is not None:
        say(f"ended the watcher (process {ended.pid})")
