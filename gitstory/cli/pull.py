"""`git story pull`."""

from __future__ import annotations

import os
from contextlib import suppress

import click

from gitstory.cli.options import open_repo
from gitstory.cli.reading import record


@click.command()
@click.argument("remote", required=False)
@click.option("--background", is_flag=True, hidden=True, help="As the hooks start it.")
def command(remote: str | None, background: bool) -> None:
    """Take over the stories of a remote.

    REMOTE is a name or a URL; without it, `story.remote` or the branch's own remote. What is here and what is there
    are united: nothing of yours is replaced, and what you made gitstory forget stays forgotten. Nothing leaves this
    machine.
    """
    from gitstory.cli.sharing import places, pull_from

    if background:
        _in_background()
        return
    with record() as (repo, _store):
        for place in places(repo, remote, push=False):
            pull_from(repo, place)


def _in_background() -> None:
    """Nobody listens. Only if the person asked for it."""
    from gitstory.cli.auto_pull import auto_pull
    from gitstory.cli.crash import write_crash
    from gitstory.errors import GitStoryError

    if hasattr(os, "setsid"):
        with suppress(OSError):
            os.setsid()
        with suppress(OSError):
            os.nice(10)
    try:
        with open_repo() as repo:
            auto_pull(repo)
    except GitStoryError:
        return  # no remote, or settings that `status` complains of
    except Exception as error:  # noqa: BLE001 - see above
        write_crash(error)
