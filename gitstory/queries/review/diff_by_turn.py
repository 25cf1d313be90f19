"""The diff of a range in the order of the turns that wrote it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from gitstory.git.commit_details import CommitInfo
from gitstory.git.diff import FileDiff
from gitstory.git.repo import Repo
from gitstory.queries.commit_page import CommitPage, LineOwners, page_of
from gitstory.sources.story_source import StorySource, TurnRef

MOST_COMMITS = 60


class TurnDiff(Struct, frozen=True):
    """The hunks that one turn (None: no turn) wrote most of, each file with its commit."""

    owner: TurnRef | None
    files: tuple[tuple[CommitPage, FileDiff], ...]


def in_turns(repo: Repo, source: StorySource, commits: Sequence[CommitInfo]) -> list[TurnDiff]:
    """The diffs of the last `MOST_COMMITS` of `commits` (the oldest first) by turn;
    what no turn wrote comes last."""
    groups: dict[TurnRef | None, list[tuple[CommitPage, FileDiff]]] = {}
    for commit in commits[-MOST_COMMITS:]:
        page = page_of(repo, source, commit)
        owners = page.owners or LineOwners(None)
        for diff in page.diffs:
            for owner, part in _parts(diff, owners):
                groups.setdefault(owner, []).append((page, part))
    unattributed = groups.pop(None, [])
    turns = [TurnDiff(owner, tuple(files)) for owner, files in groups.items()]
    return [*turns, *([TurnDiff(None, tuple(unattributed))] if unattributed else [])]


def _parts(diff: FileDiff, owners: LineOwners) -> Iterable[tuple[TurnRef | None, FileDiff]]:
    """The hunks of a file by the turn that wrote or removed most of their lines."""
    hunks: dict[TurnRef | None, list[int]] = {}
    for at, hunk in enumerate(diff.hunks):
        counts = Counter(owners.of(diff.path, line) for line in hunk.lines if line.kind != " ")
        turns = [(number, ref) for ref, number in counts.items() if ref is not None]
        lead = max(turns, key=lambda pair: pair[0])[1] if turns else None
        hunks.setdefault(lead, []).append(at)
    for owner, places in hunks.items():
        yield owner, replace(diff, hunks=tuple(diff.hunks[at] for at in places))
