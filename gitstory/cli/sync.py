"""`git story sync`."""

from __future__ import annotations

import click

from gitstory.cli.open_store import open_processed_repo


@click.command()
@click.argument("remote", required=False)
@click.option("--yes", "-y", is_flag=True, help="Agree to the first push, and to what the remote erases here.")
def command(remote: str | None, yes: bool) -> None:
    """Pull stories from a remote, then push to it.

    REMOTE is a name or a URL; without it, `story.remote` or the branch's own remote. See `git story push` about the
    first push to a remote, and `git story pull` about what a remote erases; a refusal of that outlasts --yes.
    """
    from gitstory.cli.remote_consent import places, pull_from, push_to
    from gitstory.cli.remote_erasures import refused

    with open_processed_repo(lists=False) as repo:
        for place in places(repo, remote, push=False):
            pull_from(repo, place, erase=yes and not refused(repo, place), everything=True)
        for place in places(repo, remote, push=True):
            push_to(repo, place, yes=yes)
