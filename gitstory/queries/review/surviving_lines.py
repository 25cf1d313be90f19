"""Which turn wrote each line that a range adds, as the file is at its end."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence

from msgspec import Struct

from gitstory.errors import GitStoryError
from gitstory.git.blame import Blame, finish, start
from gitstory.git.commit_details import FileChange, MissingObjects, changes_between
from gitstory.git.repo import Repo
from gitstory.queries.blame import find_owners
from gitstory.queries.show import without_histories
from gitstory.sources.story_source import StorySource, TurnRef

MOST_FILES = 200
"""Files of a range that are looked at line by line, those with the most added lines."""
_AT_ONCE = 4
_LONGEST = 20_000
"""Added lines of one file beyond which it is data."""

_LOCKS = re.compile(
    r"(?:^|/)(?:go\.sum|package-lock\.json|npm-shrinkwrap\.json|pnpm-lock\.yaml|bun\.lockb?|[\w.-]+\.lock|[\w.-]+\.min\.\w+|"
    r"[\w.-]+\.snap|[\w.-]+\.map|[\w.-]+[._]pb2?\.\w+|[\w.-]+\.pb\.go)$"
)


class Survived(Struct, frozen=True):
    """One file: lines of the range by turn, and the numbers of those that are unattributed."""

    change: FileChange
    owners: Counter[TurnRef] = Counter()
    open: tuple[int, ...] = ()
    looked: bool = True


def survived(
    repo: Repo,
    source: StorySource,
    base: str,
    tip: str,
    commits: Collection[str],
    *,
    lacking: list[MissingObjects] | None = None,
    whole: bool = True,
) -> list[Survived]:
    """The files of `base..tip`, those with the most added lines first; lines of other commits than `commits` are left
    out. `whole` says that these are all commits of the range, so that each added line is one of theirs. `lacking` is
    filled with files that are omitted because this clone lacks their content; without it, that is raised."""
    try:
        between = changes_between(repo, base, tip)
    except MissingObjects as error:
        if lacking is None:
            raise
        between = error.counted
        lacking.append(error)
    changes = sorted(without_histories(between), key=lambda change: (-(change.added or 0), change.path))
    shown = [one for one in changes if one.added and one.added <= _LONGEST][:MOST_FILES]
    blamed = dict(zip((one.path for one in shown), _blames(repo, base, tip, shown), strict=True))
    surviving = []
    for change in changes:
        blame = blamed.get(change.path)
        if blame is None:
            if whole or not change.added:
                surviving.append(Survived(change, looked=not change.added))
            continue
        surviving.append(_joined(repo, source, change, blame, commits))
    return [one for one in surviving if whole or one.owners or one.open]


def _blames(repo: Repo, base: str, tip: str, changes: Sequence[FileChange]) -> Iterator[Blame | None]:
    """One blame a file, a few at a time; None where git refuses (a submodule, a file it takes for no text)."""
    span = f"{base}..{tip}" if base else tip
    for at in range(0, len(changes), _AT_ONCE):
        running = [start([span, "--", one.path], repo, fetching=False) for one in changes[at : at + _AT_ONCE]]
        for process in running:
            try:
                yield finish(process)
            except GitStoryError:
                yield None


def _joined(repo: Repo, source: StorySource, change: FileChange, blame: Blame, commits: Collection[str]) -> Survived:
    owners: Counter[TurnRef] = Counter()
    open_: list[int] = []
    for line, owner in zip(blame.lines, find_owners(repo, source, blame), strict=True):
        if line.commit not in commits:
            continue
        if owner is not None:
            owners[owner] += 1
        elif line.text.strip():
            open_.append(line.line)
    return Survived(change, owners, tuple(open_))


def made_by_tools(path: str) -> bool:
    """Lock files and similar generated files, which are not read in a review."""
    return _LOCKS.search(path) is not None


def runs(numbers: Sequence[int]) -> tuple[tuple[int, int], ...]:
    """Line numbers in order as ranges."""
    pairs: list[tuple[int, int]] = []
    for number in numbers:
        if pairs and pairs[-1][1] == number - 1:
            pairs[-1] = (pairs[-1][0], number)
        else:
            pairs.append((number, number))
    return tuple(pairs)
