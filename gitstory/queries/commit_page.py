"""A commit with its diff, each changed line with the turn that wrote or removed it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from msgspec import Struct

from gitstory.git.commit_details import CommitInfo, commit_info
from gitstory.git.diff import DiffLine, FileDiff, commit_diff
from gitstory.git.repo import Repo
from gitstory.model import Range, Story
from gitstory.queries.show import story_views
from gitstory.sources.story_source import StorySource, TurnRef
from gitstory.summary.commit_story import CommitView, FileView

MOST_FILES = 200
MOST_LINES = 3_000
"""Changed lines of each file beyond which its diff is left to git."""


class CommitPage(Struct, frozen=True):
    """`diffs` are those of the first files that are small enough; `left_out` the files of the others."""

    view: CommitView
    diffs: tuple[FileDiff, ...]
    left_out: tuple[FileView, ...] = ()
    owners: LineOwners | None = None


class LineOwners:
    """The turns of the lines that a commit added and removed, as its (verified) story has them."""

    def __init__(self, story: Story | None) -> None:
        files = () if story is None else story.files
        self._added = {file.path: _Ranges(file.ranges) for file in files}
        self._removed = {file.path: _Ranges(file.removed) for file in files}

    def of(self, path: str, line: DiffLine) -> TurnRef | None:
        """The turn that wrote an added line, or removed a removed each; None where that is unknown or a person."""
        where = self._added if line.kind == "+" else self._removed if line.kind == "-" else {}
        ranges = where.get(path)
        return ranges.owner(line.new or line.old) if ranges is not None else None


class _Ranges:
    def __init__(self, ranges: Sequence[Range]) -> None:
        self._ranges = sorted(ranges, key=lambda each: each.start)
        self._starts = [each.start for each in self._ranges]

    def owner(self, line: int) -> TurnRef | None:
        at = bisect_right(self._starts, line) - 1
        if at < 0 or self._ranges[at].end < line:
            return None
        hit = self._ranges[at]
        return TurnRef(hit.agent, hit.conversation, hit.turn)


def commit_page(repo: Repo, source: StorySource, revision: str) -> CommitPage:
    """The commit that `revision` names. Raises `UnknownRevision` or `NoCommits`."""
    return page_of(repo, source, commit_info(repo, revision))


def page_of(repo: Repo, source: StorySource, commit: CommitInfo) -> CommitPage:
    """The page of a commit that was read already."""
    [view] = story_views(repo, source, [commit], files=True)
    small = [file for file in view.files if (file.added or 0) + (file.deleted or 0) <= MOST_LINES][:MOST_FILES]
    paths = [path for file in small for path in (file.path, file.moved_from) if path is not None]
    diffs = commit_diff(repo, commit.oid, commit.parents[0] if commit.parents else None, paths)
    kept = {id(file) for file in small}
    left_out = tuple(file for file in view.files if id(file) not in kept)
    return CommitPage(view, tuple(diffs), left_out, LineOwners(view.story))
