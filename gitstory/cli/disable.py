"""`git story disable`."""

from __future__ import annotations

import click

from gitstory.cli.options import open_repo
from gitstory.cli.output import say


@click.command()
@click.option("--global", "everywhere", is_flag=True, help="Undo `git story enable --global`.")
def command(everywhere: bool) -> None:
    """Stop recording in this repository.

    Takes our hooks away, puts back the ones that were there before, and stops `git log` from showing stories.
    What was recorded stays: `git story show` still tells it.
    """
    from gitstory.cli.setup_report import undone
    from gitstory.hooks import setup

    done = setup.disable_global() if everywhere else setup.disable(open_repo())
    for line in undone(done):
        say(line)
