"""What every reading command does first: open the repository, process its newest commits, open its stories."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from gitstory.cli.shared_options import open_repo
from gitstory.git.safe_own_files import is_folder
from gitstory.store.record_paths import PARTIAL_COPIES

if TYPE_CHECKING:
    from gitstory.git.repo import Repo
    from gitstory.sources.chain import SourceChain


@contextmanager
def open_processed_repo(*, lists: bool = True) -> Iterator[Repo]:
    """The repository of the current directory, with its newest commits processed.

    `lists`: the command searches or counts all that is recorded here.
    """
    from gitstory.worker.ensure_drained import ensure_drained

    with open_repo(with_tips=True) as repo:
        problem = ensure_drained(repo)
        if problem is not None:
            from gitstory.cli.output import warn

            warn(f"the newest commits may have no stories yet: {problem}")
        if lists and is_folder(repo.home / PARTIAL_COPIES):
            from gitstory.cli.first_pull import tell_unfinished

            tell_unfinished(repo)
        yield repo


@contextmanager
def open_store() -> Iterator[tuple[Repo, SourceChain]]:
    """The repository of the current directory and its stories: recorded, or carried over a rewrite.

    No remote is asked for what a first pull has not brought: what these commands read may be stored.
    """
    from gitstory.sources.chain import with_carried

    with open_processed_repo() as repo:
        yield repo, with_carried(repo)


@contextmanager
def open_store_with_trailers() -> Iterator[tuple[Repo, SourceChain]]:
    """`open_store` with the stories that only commit messages name: for display, never to be stored."""
    from gitstory.sources.chain import with_trailers

    with open_processed_repo(lists=False) as repo:
        sources = with_trailers(repo, remotes=True)
        yield repo, sources
        _tell_incomplete(sources)


@contextmanager
def open_store_with_interop() -> Iterator[tuple[Repo, SourceChain]]:
    """`open_store_with_trailers` with the stories of other tools' records: for display, marked as theirs."""
    from gitstory.sources.chain import with_interop

    with open_processed_repo(lists=False) as repo:
        sources, others = with_interop(repo, transcripts=True, remotes=True)
        yield repo, sources
        _tell_incomplete(sources)
        if others.unreadable:
            from gitstory.cli.output import warn
            from gitstory.text.wording import count, listed, recorder_label

            tools = [f"{number:,} of {recorder_label(tool)}" for tool, number in sorted(others.unreadable.items())]
            total = count(sum(others.unreadable.values()), "record")
            warn(f"{total} of other tools could not be read: {listed(tools)}")


def _tell_incomplete(sources: SourceChain) -> None:
    if sources.first_pulls:
        from gitstory.cli.first_pull import tell_incomplete

        tell_incomplete(sources.first_pulls)
        for source in sources.first_pulls:
            source.close()
