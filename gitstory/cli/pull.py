"""`git story pull`."""

from __future__ import annotations

import click

from gitstory.cli.reading import record


@click.command()
@click.argument("remote", required=False)
def command(remote: str | None) -> None:
    """Take over the stories of a remote.

    REMOTE is a name or a URL; without it, `story.remote` or the branch's own remote. What is here and what is there
    are united: nothing of yours is replaced, and what you made gitstory forget stays forgotten. Nothing leaves this
    machine.
    """
    from gitstory.cli.sharing import places, pull_from

    with record() as (repo, _store):
        for place in places(repo, remote, push=False):
            pull_from(repo, place)
