"""Whether enough of a range is explained, for a gate in CI or before a push."""

from __future__ import annotations

from collections.abc import Collection

from msgspec import Struct

from gitstory.git.commit_details import CommitInfo, MissingObjects
from gitstory.git.repo import Repo
from gitstory.queries.review.commit_range import Reach
from gitstory.queries.review.surviving_lines import made_by_tools, runs, survived
from gitstory.queries.verified_stories import checked
from gitstory.sources.story_source import StorySource


class CoverageGap(Struct, frozen=True):
    """Lines of one file, as it is at the end of the range, that no conversation explains."""

    path: str
    ranges: tuple[tuple[int, int], ...]

    @property
    def lines(self) -> int:
        return sum(end - start + 1 for start, end in self.ranges)


class Coverage(Struct, frozen=True):
    """`added` lines are there at the end of the range (lock files and the like left out), `explained` are some turn's.

    `untold` are the commits without a story that should have one: neither merges nor by people who are excused.
    """

    range: str
    added: int
    explained: int
    gaps: tuple[CoverageGap, ...]
    without_story: tuple[CommitInfo, ...]
    unseen: int = 0
    """Files that were too many or too large to look at line by line; none of their lines counts."""

    @property
    def percent(self) -> float:
        """100 where nothing was added."""
        return 100 * self.explained / self.added if self.added else 100.0


def coverage(
    repo: Repo,
    source: StorySource,
    reach: Reach,
    excused: Collection[str] = (),
    lacking: list[MissingObjects] | None = None,
) -> Coverage:
    """`excused` are authors' addresses, whole, or what they end in (`[bot]@users.noreply.github.com`).

    `lacking` as for `survived`.
    """
    commits = {commit.oid: commit for commit in reach.commits}
    files = [
        each
        for each in survived(repo, source, reach.base, reach.tip, commits.keys(), lacking=lacking)
        if not made_by_tools(each.change.path)
    ]
    explained = sum(one.owners.total() for one in files)
    gaps = tuple(CoverageGap(one.change.path, runs(one.open)) for one in files if one.open)
    verified = checked(repo, reach.commits, source.stories(list(commits)))
    without_story = tuple(
        commit
        for commit in reach.commits
        if len(commit.parents) < 2
        and not (commit.oid in verified and verified[commit.oid].story.links)
        and not any(commit.email.endswith(one) for one in excused)
    )
    open_ = sum(gap.lines for gap in gaps)
    return Coverage(reach.name, explained + open_, explained, gaps, without_story, sum(not one.looked for one in files))
