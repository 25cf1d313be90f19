"""What every reading command does first: open the repository, let the worker finish, open the store."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from gitstory.cli.options import open_repo

if TYPE_CHECKING:
    from gitstory.git.repo import Repo
    from gitstory.sources.carried_over import CarriedStore
    from gitstory.sources.interop import ForeignStore
    from gitstory.sources.trailers import TrailedStore


@contextmanager
def heard() -> Iterator[tuple[Repo, ForeignStore]]:
    """`told`, with what other tools say of commits that nothing else is known of: their word, to be shown as theirs."""
    from gitstory.sources.interop import ForeignStore

    with record() as (repo, _):
        store = ForeignStore(repo, joins=True)
        yield repo, store
        if store.unreadable:
            from gitstory.cli.output import warn
            from gitstory.text.words import count, listed, recorder_label

            tools = [f"{number:,} of {recorder_label(tool)}" for tool, number in sorted(store.unreadable.items())]
            total = count(sum(store.unreadable.values()), "record")
            warn(f"{total} of other tools could not be read: {listed(tools)}")


@contextmanager
def told() -> Iterator[tuple[Repo, TrailedStore]]:
    """`record`, with what only the messages of commits tell: to be shown, never to be kept."""
    from gitstory.sources.trailers import TrailedStore

    with record() as (repo, _):
        yield repo, TrailedStore(repo)


@contextmanager
def record() -> Iterator[tuple[Repo, CarriedStore]]:
    """The repository of the current directory and its stories, complete to this moment."""
    from gitstory.sources.carried_over import CarriedStore

    with drained() as repo:
        yield repo, CarriedStore(repo)


@contextmanager
def drained() -> Iterator[Repo]:
    """The repository of the current directory, its newest commits recorded."""
    from gitstory.worker.readiness import ensure_drained

    with open_repo() as repo:
        problem = ensure_drained(repo)
        if problem is not None:
            from gitstory.cli.output import warn

            warn(f"the newest commits may miss their stories: {problem}")
        yield repo
