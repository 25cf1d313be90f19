"""Which commits of a range have a story."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from gitstory.git.commit_details import commit_infos
from gitstory.git.log_selection import Selection, select_commits
from gitstory.git.repo import Repo
from gitstory.queries.show import story_views
from gitstory.sources.story_source import StorySource
from gitstory.summary.commit_story import CommitView

_CHUNK = 100
_LARGEST_WINDOW = 1600
"""Commits whose stories are looked for at once, at most. Each time that commits without a story are looked at, those
before them are replayed, so a long log asks for more and more at once."""


def log_views(
    repo: Repo,
    source: StorySource,
    selection: Selection,
    *,
    include_empty: bool = False,
    limit: int | None = None,
) -> Iterator[CommitView]:
    """Views newest first, without file sizes; `limit` counts what is returned.

    Raises `UnknownRevision`, `NoCommits` or `GitFailed` before the first view.
    """
    few = None if limit is None or include_empty or "--reverse" in selection.options else max(_CHUNK, 4 * limit)
    for window in _selected(repo, selection, few):
        if not include_empty:
            there = source.stories(window)
            window = [oid for oid in window if oid in there and there[oid].links]
        while window and limit != 0:
            most = _CHUNK if limit is None else min(limit, _CHUNK)
            part, window = window[:most], window[most:]
            for view in story_views(repo, source, list(commit_infos(repo, part))):
                # What its commit does not bear out is no story.
                if include_empty or view.conversations:
                    limit = limit - 1 if limit is not None else None
                    yield view
        if limit == 0:
            return


def _selected(repo: Repo, selection: Selection, few: int | None) -> Iterator[list[str]]:
    """The ids of the selected commits, each list twice as long as the one before. With `few`, git is asked for so many
    first, then for more."""
    seen, size = 0, _CHUNK
    while True:
        options = (*selection.options, *([] if few is None else [f"--max-count={few}"]))
        oids = select_commits(repo, replace(selection, options=options))
        while seen < len(oids):
            yield oids[seen : seen + size]
            seen, size = seen + size, min(2 * size, _LARGEST_WINDOW)
        if few is None or len(oids) < few:
            return
        seen, few = len(oids), few * 8
