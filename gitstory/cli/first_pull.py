"""The first pull from a remote with many stories: what readers need first, the rest in the background."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

from gitstory.cli.output import say, warn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gitstory.git.repo import Repo
    from gitstory.sources.unpulled_stories import FirstPullSource
    from gitstory.store.sync.pull_push import StoreRemote

SMALL = 2 << 20
"""Bytes of a copy from which the whole pull is quick anyway: of some 2,000 conversations."""


def begins(repo: Repo, place: StoreRemote, *, attended: bool) -> bool:
    """Bring the stories and the names of conversations of a remote that nothing was pulled from, and see to the rest.

    False where the caller is to pull everything now: the remote has few stories or cannot send parts, nobody is
    there to whom the time matters (`attended`), or the person wants it so (`story.pull`). Raises `RemoteUnreachable`.
    """
    from gitstory.cli.remote_consent import caller
    from gitstory.config.load import load
    from gitstory.store.sync import partial_clones

    how = load(repo).pull
    if how == "wait" or (how == "background" and not attended):
        return False
    if not partial_clones.is_first(repo, place.remote, place.refs[place.ref]):
        return False
    existing = partial_clones.copy_of(repo, place.remote)
    if existing is not None and how == "background":
        if not _is_free(repo):
            say(f"the rest of the stories of {place.remote.name} is still being fetched")
            return True
        return False  # it ended before it had everything
    copy = partial_clones.bring(repo, place.remote, place.ref, caller(repo))
    if copy is None:
        return False
    if how == "background" and copy.bytes < SMALL:
        partial_clones.remove(repo, place.remote)
        return False
    say(f"the stories of {place.remote.name} can be read now")
    if how == "background":
        _start(repo, place)
        say("texts of conversations come in the background; until then, those that you look at are fetched")
    else:
        say("texts of conversations are fetched when you look at them (story.pull)")
    return True


def _is_free(repo: Repo) -> bool:
    from gitstory.git.file_lock import single_flight

    with suppress(OSError), single_flight(repo.home / "pull.lock") as alone:
        return alone
    return True


def _start(repo: Repo, place: StoreRemote) -> None:
    from gitstory.hooks.git_story_executable import start

    try:
        start(["pull", "--background", "--rest", place.remote.name], repo.worktree or repo.git_dir, os.environ)
    except OSError as error:
        warn(f"the rest cannot be fetched in the background: {error.strerror or error}", "`git story pull` fetches it")


def fetch_rest(repo: Repo, name: str) -> None:
    """Pull everything from a remote, without a person; what fails is in `status`."""
    from gitstory.cli.auto_pull import pull_unattended
    from gitstory.cli.remote_consent import places

    pull_unattended(repo, lambda: places(repo, name, push=False), None)


def tell_unfinished(repo: Repo) -> None:
    """Say that what is searched or counted is not all there is."""
    from gitstory.store.sync.partial_clones import copies

    for copy in copies(repo):
        warn(
            f"the first pull from {copy.name} is not finished: its conversations are not among these yet",
            "`git story pull --all` waits for all of them",
        )


def tell_incomplete(sources: Sequence[FirstPullSource]) -> None:
    """Say that an answer may lack something because a remote did not send it."""
    for source in sources:
        if source.failure is not None:
            warn(
                f"some texts are still at {source.copy.name} only: {source.failure}",
                "`git story pull --all` fetches everything when it can be reached",
            )
