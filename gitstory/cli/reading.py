"""What every reading command does first: open the repository, let the worker finish, open the store."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from gitstory.cli.options import open_repo

if TYPE_CHECKING:
    from gitstory.git.repo import Repo
    from gitstory.worker.carried import CarriedStore
    from gitstory.worker.trailed import TrailedStore


@contextmanager
def told() -> Iterator[tuple[Repo, TrailedStore]]:
    """`record`, with what only the messages of commits tell: to be shown, never to be kept."""
    from gitstory.worker.trailed import TrailedStore

    with record() as (repo, _):
        yield repo, TrailedStore(repo)


@contextmanager
def record() -> Iterator[tuple[Repo, CarriedStore]]:
    """The repository of the current directory and its stories, complete to this moment."""
    from gitstory.worker.carried import CarriedStore
    from gitstory.worker.due import ensure_drained

    with open_repo() as repo:
        problem = ensure_drained(repo)
        if problem is not None:
            from gitstory.cli.output import warn

            warn(f"the newest commits may miss their stories: {problem}")
        yield repo, CarriedStore(repo)
