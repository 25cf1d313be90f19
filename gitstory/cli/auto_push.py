"""What the pre-push hook has done behind the person's back, where they asked for it: `enable --auto-push`."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING

from gitstory.errors import GitStoryError

if TYPE_CHECKING:
    from gitstory.git.repo import Repo
    from gitstory.store.sync.pull_push import StoreRemote

SECONDS = 120.0
"""Seconds for one call of git in the background."""


def auto_push(repo: Repo, remote: str | None) -> None:
    """Push stories where `git push` went (or to `story.remote`), if the person agreed to that remote before.

    What goes wrong is remembered, for `git story status`.
    """
    from gitstory.config.load import load
    from gitstory.git.file_lock import single_flight
    from gitstory.worker.ensure_drained import ensure_drained

    if not load(repo).auto_push:
        return
    with single_flight(repo.home / "push.lock") as alone:
        if alone:  # else another one is at it
            ensure_drained(repo)
            _push(repo, remote)


def _push(repo: Repo, remote: str | None) -> None:
    from gitstory.cli.remote_consent import places
    from gitstory.config.load import load
    from gitstory.store.sync.known_remotes import load as load_shared

    shared = load_shared(repo.home)
    for place in places(repo, load(repo).remote or remote, push=True):
        if shared.of(place.remote.url).agreed:
            _push_one(repo, place)


def _push_one(repo: Repo, place: StoreRemote) -> None:
    from gitstory.git.fetch_push import Caller
    from gitstory.git.remote_addresses import known_public
    from gitstory.store.sync.known_remotes import load, remember
    from gitstory.store.sync.pull_push import look, push
    from gitstory.summary.note_text import note_text

    remembered = load(repo.home).of(place.remote.url)
    who = Caller(unattended=True, timeout=SECONDS)
    error = ""
    try:
        if not remembered.public and known_public(place.remote.url):
            error = "it can be read by anybody now; `git story push --yes` agrees to that"
        elif remembered.data and look(repo, place, who).data is None:
            error = "the stories were removed there; `git story push` asks whether to push them again"
        else:
            push(repo, place, note_text, who)
    except GitStoryError as failure:
        error = failure.message
    with suppress(OSError):
        remember(repo.home, place.remote.url, tried=time.time(), error=error)
