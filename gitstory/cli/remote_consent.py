"""What `push`, `pull` and `sync` share: which remote, who may be asked, and the person's consent to the first push."""

from __future__ import annotations

import os
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import click

from gitstory.cli.output import console, say, warn
from gitstory.errors import GitStoryError

if TYPE_CHECKING:
    from gitstory.git.fetch_push import Caller
    from gitstory.git.repo import Repo
    from gitstory.queries.push_preview import PushPreview
    from gitstory.store.sync.apply_merge import Absorbed
    from gitstory.store.sync.known_remotes import RemoteState
    from gitstory.store.sync.pull_push import StoreRemote

OFFERED = 10
"""Conversations named when the person is asked; `--preview` names all."""


class NotAgreed(GitStoryError):
    def __init__(self, place: StoreRemote, why: str) -> None:
        super().__init__(
            f"nothing was pushed: {why}",
            hint=f"`git story push --preview {place.remote.name}` shows all that would leave this machine; "
            "`--yes` agrees to it",
        )


def attended() -> bool:
    """Whether a person is there who sees what we write and can answer."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def caller(repo: Repo) -> Caller:
    """git may ask at the terminal if there is one, unless the person has forbidden it to git."""
    from gitstory.config.load import load
    from gitstory.git.fetch_push import Caller

    seen = sys.stderr.isatty()
    asks = seen and os.environ.get("GIT_TERMINAL_PROMPT", "1") != "0"
    patience = load(repo).timeout or None
    return Caller(terminal=asks, patience=patience, on_progress=_progress if seen else None)


def _progress(line: bytes) -> None:
    """git's own line about how far it has come, as git would show it."""
    from gitstory.text.console import neutralise_line

    text = neutralise_line(line.rstrip(b"\r\n").decode("utf-8", "replace"))
    sys.stderr.write(f"\r\x1b[K{text}" + ("\n" if line.endswith(b"\n") else ""))
    sys.stderr.flush()


def places(repo: Repo, wanted: str | None, *, push: bool) -> list[StoreRemote]:
    """Where stories go to or come from: the remote asked for, else `story.remote`, else git's own choice.

    Raises `NoRemote` or `ConfigError`.
    """
    from gitstory.config.load import load
    from gitstory.git.fetch_push import default_remote, resolve
    from gitstory.store.sync.pull_push import StoreRemote

    config = load(repo)
    name = wanted or config.remote or default_remote(repo, push=push)
    return [StoreRemote(remote, config.remote_ref) for remote in resolve(repo, name, push=push)]


def pull_from(repo: Repo, place: StoreRemote, *, erase: bool = False, everything: bool = False) -> None:
    """Pull, and see what becomes of what the remote would erase here; `erase` is the person's yes to that.

    With `everything` a first pull leaves nothing for later.
    """
    from gitstory.cli.first_pull import begins
    from gitstory.cli.remote_erasures import accepts
    from gitstory.store.sync.pull_push import pull
    from gitstory.summary.note_text import note_text

    if not everything and begins(repo, place, attended=attended()):
        return
    absorbed = pull(repo, place, note_text, caller(repo))
    if absorbed is None:
        say(f"{place.remote.name} has no stories")
        return
    report(repo, place, absorbed)
    if absorbed.waiting and accepts(repo, place, absorbed.waiting, yes=erase, ask=attended()):
        rest = pull(repo, place, note_text, caller(repo), erase=True)
        if rest is not None:
            report(repo, place, rest)


def report(repo: Repo, place: StoreRemote, absorbed: Absorbed) -> None:
    from gitstory.render.sync import pulled
    from gitstory.text.wording import count

    left = absorbed.buried and not _is_purged(repo)
    for line in pulled(place.remote.name, absorbed):
        say(line)
    if left:
        warn("the old objects are still in the repository", "`git story drain` removes them")
    if absorbed.refused:
        warn(
            f"{count(absorbed.refused, 'record')} of {place.remote.name} not taken: damaged, forged or too big",
            "gitstory does not write such records; another program did",
        )


def _is_purged(repo: Repo) -> bool:
    """Remove what erased things have left, which is the worker's task; whether all of it is gone."""
    from gitstory.store.record_paths import TAKING_BACK
    from gitstory.worker.ensure_drained import ensure_drained

    ensure_drained(repo)
    return not (repo.home / TAKING_BACK).exists()


def push_to(repo: Repo, place: StoreRemote, *, yes: bool) -> None:
    """Push where the person has agreed to it; ask where they have not yet. Raises `NotAgreed`."""
    from gitstory.cli.remote_erasures import tell_waiting
    from gitstory.queries.push_preview import leaves_anything
    from gitstory.store.sync.apply_merge import local_tree
    from gitstory.store.sync.known_remotes import load, remember
    from gitstory.store.sync.pull_push import look, push
    from gitstory.summary.note_text import note_text

    who = caller(repo)
    seen = look(repo, place, who)
    remembered = load(repo.home).of(place.remote.url)
    # Somebody who has removed the stories from the remote gets them back only by being asked again.
    again = bool(remembered.data) and seen.data is None
    if not remembered.agreed or not remembered.public or again:
        nothing = not leaves_anything(repo, local_tree(repo), seen.tree)
        if nothing and seen.tree is not None:
            say(f"{place.remote.name} already has all stories")
            return
        if nothing and seen.data is None:
            say("there are no stories to push")
            return
        # Reading all that leaves takes long: only where somebody is to see it.
        is_shown = not yes and (again or not remembered.agreed)
        leaves = what_leaves(repo, seen.tree) if is_shown else None
        agree(repo, place, leaves, remembered, again=again, yes=yes)
    done = push(repo, place, note_text, who, seen)
    if remembered.error:
        with suppress(OSError):
            remember(repo.home, place.remote.url, error="")
    if not done.absorbed.nothing or done.absorbed.refused:
        report(repo, place, done.absorbed)
    if load(repo.home).of(place.remote.url).undecided:
        tell_waiting(place.remote.name, done.absorbed.waiting)
    say(f"{place.remote.name} {'now' if done.sent else 'already'} has all stories")
    if done.sent and not done.notes:
        warn(
            f"{place.remote.name} takes no refs/notes/story",
            "`git story pull` renders the notes again; everything else was pushed",
        )


def what_leaves(repo: Repo, theirs: str | None) -> PushPreview:
    from gitstory.queries.push_preview import push_preview
    from gitstory.store.sync.apply_merge import local_tree

    return push_preview(repo, local_tree(repo), theirs)


def preview(repo: Repo, place: StoreRemote) -> None:
    """Show all that would leave the machine, and what is known of who can read it there."""
    from gitstory.git.remote_addresses import known_public
    from gitstory.render.sync import offered
    from gitstory.store.sync.pull_push import look

    leaves = what_leaves(repo, look(repo, place, caller(repo)).tree)
    public = known_public(place.remote.url)
    with console() as out:
        for line in offered(place.remote.shown, leaves, public=public):
            out.line(line)


def agree(
    repo: Repo, place: StoreRemote, leaves: PushPreview | None, remembered: RemoteState, *, again: bool, yes: bool
) -> None:
    """See that the person wants this remote to have the stories, and remember it. Raises `NotAgreed`.

    `leaves` is shown where the person is asked.
    """
    from gitstory.git.remote_addresses import known_public
    from gitstory.render.sync import offered
    from gitstory.store.sync.known_remotes import remember

    public = known_public(place.remote.url)
    if public and not yes and not remembered.public:
        raise NotAgreed(place, f"{place.remote.shown} can be read without logging in, by anybody who can reach it")
    if not yes and (again or not remembered.agreed):
        if not attended():
            why = "its stories were removed there" if again else "this would be the first push of stories there"
            raise NotAgreed(place, f"{place.remote.name} was not agreed to ({why})")
        for line in offered(place.remote.shown, leaves, public=False, most=OFFERED) if leaves is not None else ():
            say(line)
        if not click.confirm("Push this?", default=False):
            raise NotAgreed(place, "you said no")
    try:
        remember(
            repo.home, place.remote.url, agreed=remembered.agreed or time.time(), public=public or remembered.public
        )
    except OSError as error:
        warn(f"cannot remember your consent: {error.strerror or error}", "you will be asked again")
