"""`git story pull`."""

from __future__ import annotations

import click

from gitstory.cli.background import detach
from gitstory.cli.open_store import open_processed_repo
from gitstory.cli.shared_options import open_repo


@click.command()
@click.argument("remote", required=False)
@click.option("--yes", "-y", is_flag=True, help="Accept that the remote erases what is here too, now and later.")
@click.option("--keep", is_flag=True, help="Refuse that the remote erases anything here, now and later.")
@click.option("--all", "everything", is_flag=True, help="Wait until everything is here, whatever `story.pull` says.")
@click.option("--background", is_flag=True, hidden=True, help="As the hooks start it.")
@click.option("--rest", is_flag=True, hidden=True, help="With --background: what a first pull has left.")
def command(remote: str | None, yes: bool, keep: bool, everything: bool, background: bool, rest: bool) -> None:
    """Fetch and merge the stories of a remote.

    REMOTE is a name or a URL; without it, `story.remote` or the branch's own remote. What is here and what is there
    are united: nothing of yours is replaced, and what you made gitstory forget stays forgotten. Nothing leaves this
    machine.

    What was forgotten or redacted at the remote is erased here only if you agree: the first pull that would do so
    shows what it is and asks, once per remote. Until then it is kept, and all else is taken over.

    The first pull of many stories brings what `show` and `why` need first, and the texts in the background
    (`story.pull`). `--all` waits for them.
    """
    from gitstory.cli.remote_consent import places, pull_from
    from gitstory.cli.remote_erasures import decide

    if yes and keep:
        raise click.UsageError("--yes and --keep exclude each other")

    if background:
        _in_background(remote if rest else None)
        return
    with open_processed_repo(lists=False) as repo:
        for place in places(repo, remote, push=False):
            if keep:
                decide(repo, place, "refused")
            pull_from(repo, place, erase=yes, everything=everything)


def _in_background(begun: str | None) -> None:
    """Pull without output, if the person enabled it, or from the remote `begun`, whose first pull they began."""
    from gitstory.cli.auto_pull import auto_pull
    from gitstory.cli.crash_report import write_crash
    from gitstory.cli.first_pull import fetch_rest
    from gitstory.errors import GitStoryError

    detach()
    try:
        with open_repo() as repo:
            if begun is not None:
                fetch_rest(repo, begun)
            else:
                auto_pull(repo)
    except GitStoryError:
        return  # no remote, or settings that `status` complains of
    except Exception as error:  # noqa: BLE001 - see above
        write_crash(error)
