"""What the hooks have done after `git pull`, where the person asked for it: `enable --auto-pull`."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from gitstory.cli.auto_push import SECONDS
from gitstory.errors import GitStoryError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gitstory.git.repo import Repo
    from gitstory.store.sync.pull_push import StoreRemote


def auto_pull(repo: Repo) -> None:
    """Pull the stories of `story.remote`, or of the remote that git itself would take. Failures are in `status`."""
    from gitstory.cli.remote_consent import places
    from gitstory.config.load import load

    if not repo.disabled and load(repo).auto_pull:
        pull_unattended(repo, lambda: places(repo, None, push=False), SECONDS)


def pull_unattended(repo: Repo, places: Callable[[], Sequence[StoreRemote]], seconds: float | None) -> None:
    """Pull from each of the places, unless another process does; at most `seconds` for each call of git."""
    from gitstory.git.fetch_push import Caller
    from gitstory.git.file_lock import single_flight
    from gitstory.store.sync.known_remotes import load as load_shared
    from gitstory.store.sync.known_remotes import remember
    from gitstory.store.sync.pull_push import pull
    from gitstory.summary.note_text import note_text

    with single_flight(repo.home / "pull.lock") as alone:
        if not alone:
            return  # another one is at it
        for place in places():
            problem = ""
            try:
                pull(repo, place, note_text, Caller(unattended=True, timeout=seconds))
            except GitStoryError as failure:
                problem = failure.message
            if problem != load_shared(repo.home).of(place.remote.url).pull_error:
                with suppress(OSError):
                    remember(repo.home, place.remote.url, pull_error=problem)
