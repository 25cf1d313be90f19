"""The person's decision about what a remote would erase here: asked for once per remote, and remembered."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Literal

import click

from gitstory.cli.output import say, warn

if TYPE_CHECKING:
    from gitstory.git.repo import Repo
    from gitstory.store.sync.pull_push import StoreRemote
    from gitstory.store.sync.remote_erasures_to_confirm import Waiting

Answer = Literal["accepted", "refused"]

HINT = "`git story pull --yes {0}` erases this here too, `git story pull --keep {0}` keeps it"


def hint(remote: str) -> str:
    """The commands that accept and refuse, for a remote named so."""
    return HINT.format(shlex.quote(remote))


def accepts(repo: Repo, place: StoreRemote, waiting: Waiting, *, yes: bool, ask: bool) -> bool:
    """Whether the remote may erase what is `waiting`, as the person says now or has said before.

    `yes`: on the command line. `ask`: somebody is at the terminal and has not been asked about this remote.
    """
    name = place.remote.name
    if not yes and refused(repo, place):
        say(f"kept, although {name} erased it: {_sum(waiting)} (`git story pull --yes {shlex.quote(name)}` erases it)")
        return False
    if not yes and not ask:
        tell_waiting(name, waiting)
        return False
    if not yes:
        _show(repo, name, waiting)
        yes = click.confirm(f"Erase this here too, and from now on whatever {name} erases?", default=False)
    decide(repo, place, "accepted" if yes else "refused")
    return yes


def refused(repo: Repo, place: StoreRemote) -> bool:
    """Whether the person has refused that this remote erases anything here."""
    from gitstory.store.sync.known_remotes import load

    return load(repo.home).of(place.remote.url).erasures == "refused"


def tell_waiting(name: str, waiting: Waiting) -> None:
    """Say what a remote would erase, and that it is kept."""
    warn(f"{name} would erase {_sum(waiting)} here; kept until you decide", hint(name))


def decide(repo: Repo, place: StoreRemote, answer: Answer) -> None:
    from gitstory.store.sync.known_remotes import remember

    try:
        remember(repo.home, place.remote.url, erasures=answer, name=place.remote.name)
    except OSError as error:
        warn(f"cannot remember your answer: {error.strerror or error}", "you will be asked again")


def _sum(waiting: Waiting) -> str:
    from gitstory.render.sync import erased

    return erased(waiting)


def _show(repo: Repo, name: str, waiting: Waiting) -> None:
    from gitstory.git.log import log_of
    from gitstory.render.sync import erasures
    from gitstory.store.snapshot import Contents
    from gitstory.store.sync.apply_merge import local_tree
    from gitstory.store.sync.tombstone_losses import losses

    lost = losses(Contents(repo, local_tree(repo)), waiting.names)
    rows = log_of(repo, lost.stories, ("%an", "%s"))
    commits = {
        row.oid: (row.fields[0].decode("utf-8", "replace"), row.fields[1].decode("utf-8", "replace")) for row in rows
    }
    for line in erasures(name, waiting, lost, commits):
        say(line)
