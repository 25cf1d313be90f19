"""What every reading command does first: open the repository, process its newest commits, open its stories."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from gitstory.cli.shared_options import open_repo

if TYPE_CHECKING:
    from gitstory.git.repo import Repo
    from gitstory.sources.chain import SourceChain


@contextmanager
def open_processed_repo() -> Iterator[Repo]:
    """The repository of the current directory, with its newest commits processed."""
    from gitstory.worker.readiness import ensure_drained

    with open_repo() as repo:
        problem = ensure_drained(repo)
        if problem is not None:
            from gitstory.cli.output import warn

            warn(f"the newest commits may have no stories yet: {problem}")
        yield repo


@contextmanager
def open_store() -> Iterator[tuple[Repo, SourceChain]]:
    """The repository of the current directory and its stories: recorded, or carried over a rewrite."""
    from gitstory.sources.chain import with_carried

    with open_processed_repo() as repo:
        yield repo, with_carried(repo)


@contextmanager
def open_store_with_trailers() -> Iterator[tuple[Repo, SourceChain]]:
    """`open_store` with the stories that only commit messages name: for display, never to be stored."""
    from gitstory.sources.chain import with_trailers

    with open_processed_repo() as repo:
        yield repo, with_trailers(repo)


@contextmanager
def open_store_with_interop() -> Iterator[tuple[Repo, SourceChain]]:
    """`open_store_with_trailers` with the stories of other tools' records: for display, marked as theirs."""
    from gitstory.sources.chain import with_interop

    with open_processed_repo() as repo:
        sources, others = with_interop(repo, transcripts=True)
        yield repo, sources
        if others.unreadable:
            from gitstory.cli.output import warn
            from gitstory.text.words import count, listed, recorder_label

            tools = [f"{number:,} of {recorder_label(tool)}" for tool, number in sorted(others.unreadable.items())]
            total = count(sum(others.unreadable.values()), "record")
            warn(f"{total} of other tools could not be read: {listed(tools)}")
