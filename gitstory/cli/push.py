"""`git story push`."""

from __future__ import annotations

import click

from gitstory.cli.background import detach
from gitstory.cli.open_store import open_processed_repo
from gitstory.cli.shared_options import open_repo


@click.command()
@click.argument("remote", required=False)
@click.option("--preview", "only_shown", is_flag=True, help="Show all that would leave this machine, and stop.")
@click.option("--yes", "-y", is_flag=True, help="Agree to the first push to a remote, also to a public one.")
@click.option("--background", is_flag=True, hidden=True, help="As the pre-push hook starts it.")
def command(remote: str | None, only_shown: bool, yes: bool, background: bool) -> int:
    """Push stories to a remote.

    REMOTE is a name or a URL; without it, `story.remote` or the branch's own remote. Stories that are new there are
    merged first, so none is lost. Only refs/story/data and refs/notes/story are pushed.

    The first push to a remote shows what would leave this machine and asks. Without a terminal, or if the remote
    is known to be readable by anybody, it needs --yes.
    """
    from gitstory.cli.remote_consent import places, preview, push_to

    if background:
        return _in_background(remote)
    with open_processed_repo(lists=False) as repo:
        for place in places(repo, remote, push=True):
            preview(repo, place) if only_shown else push_to(repo, place, yes=yes)
    return 0


def _in_background(remote: str | None) -> int:
    """Push without output, if the person enabled it, to remotes that they agreed to."""
    from gitstory.cli.crash_report import write_crash

    detach()
    try:
        with open_repo() as repo:
            from gitstory.cli.auto_push import auto_push

            auto_push(repo, remote)
    except Exception as error:  # noqa: BLE001 - see above
        write_crash(error)
    return 0
