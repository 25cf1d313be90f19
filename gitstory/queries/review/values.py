"""The parts of a brief. Every text in them is quoted: from a person, an agent or a tool."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from gitstory.git.commit_details import CommitInfo
from gitstory.queries.review.commits_by_pull_request import CommitGroup
from gitstory.sources.story_source import TurnRef
from gitstory.summary.refused_or_replaced import Outcome

Speaker = Literal["person", "agent", "tool"]


class Quote(Struct, frozen=True):
    """Words of one turn, as they were said (white space aside). `index` is the turn's number; `outcome` says that what
    it proposed or made was refused or replaced later."""

    text: str
    ref: TurnRef
    index: int
    speaker: Speaker
    time: float | None = None
    outcome: Outcome = ""


class FileShape(Struct, frozen=True):
    """A turn's part in a file: `lines` of the file as it is at the end of the range."""

    quote: Quote
    lines: int


class FileBrief(Struct, frozen=True):
    """One file of the diff. Of `added` lines `explained` are some turn's; `open` are unattributed ranges.

    `added` is None for a binary file, `looked` False where there were too many files to look at each.
    """

    path: str
    added: int | None
    deleted: int | None
    explained: int = 0
    shapes: tuple[FileShape, ...] = ()
    open: tuple[tuple[int, int], ...] = ()
    looked: bool = True

    @property
    def unexplained(self) -> int:
        return sum(end - start + 1 for start, end in self.open)


class SuiteRun(Struct, frozen=True):
    """The last time a conversation ran a test command, how that ended, and whether it had failed before.

    `quote` is the line of its output that says so ("" where that is not recorded).
    """

    command: str
    result: Literal["passed", "failed", "unknown"]
    quote: Quote
    runs: int = 1
    failed_before: bool = False


class Dropped(Struct, frozen=True):
    """Work that was not kept: `why` is the reason, `files` are the files that it changed."""

    why: Literal["taken back", "reverted", "replaced", "not committed"]
    quote: Quote
    files: tuple[str, ...] = ()


class Brief(Struct, frozen=True):
    """Everything a review shows, in order of importance within each part; `commits` the oldest first.

    `with_story` counts commits with a story. `added` and `explained` count the lines that are still there at the end of
    the range, `left` what was taken out to keep the brief short. `groups` are the pull requests and merges of a range
    that has several.
    """

    range: str
    base: str
    tip: str
    commits: tuple[CommitInfo, ...]
    with_story: int
    conversations: int
    added: int
    explained: int
    requests: tuple[Quote, ...] = ()
    decided: tuple[Quote, ...] = ()
    rejected: tuple[Quote, ...] = ()
    corrected: tuple[Quote, ...] = ()
    files: tuple[FileBrief, ...] = ()
    tests: tuple[SuiteRun, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    left: int = 0
    groups: tuple[CommitGroup, ...] = ()

    @property
    def unexplained(self) -> int:
        return self.added - self.explained
