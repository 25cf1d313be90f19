"""`git story pull`."""

from __future__ import annotations

import click

from gitstory.cli.background import detach
from gitstory.cli.open_store import open_store
from gitstory.cli.shared_options import open_repo


@click.command()
@click.argument("remote", required=False)
@click.option("--yes", "-y", is_flag=True, help="Accept that the remote erases what is here too, now and later.")
@click.option("--keep", is_flag=True, help="Refuse that the remote erases anything here, now and later.")
@click.option("--background", is_flag=True, hidden=True, help="As the hooks start it.")
def command(remote: str | None, yes: bool, keep: bool, background: bool) -> None:
    """Fetch and merge the stories of a remote.

    REMOTE is a name or a URL; without it, `story.remote` or the branch's own remote. What is here and what is there
    are united: nothing of yours is replaced, and what you made gitstory forget stays forgotten. Nothing leaves this
    machine.

    What was forgotten or redacted at the remote is erased here only if you agree: the first pull that would do so
    shows what it is and asks, once per remote. Until then it is kept, and all else is taken over.
    """
    from gitstory.cli.remote_consent import places, pull_from
    from gitstory.cli.remote_erasures import decide

    if yes and keep:
        raise click.UsageError("--yes and --keep exclude each other")

    if background:
        _in_background()
        return
    with open_store() as (repo, _sources):
        for place in places(repo, remote, push=False):
            if keep:
                decide(repo, place, "refused")
            pull_from(repo, place, erase=yes)


def _in_background() -> None:
    """Pull without output, if the person enabled it."""
    from gitstory.cli.auto_pull import auto_pull
    from gitstory.cli.crash_report import write_crash
    from gitstory.errors import GitStoryError

    detach()
    try:
        with open_repo() as repo:
            auto_pull(repo)
    except GitStoryError:
        return  # no remote, or settings that `status` complains of
    except Exception as error:  # noqa: BLE001 - see above
        write_crash(error)
