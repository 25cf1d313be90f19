"""How much of what was committed conversations explain, added up: pure."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal, TypeVar

from msgspec import Struct, field

from gitstory.git.numstat import CommitSizes
from gitstory.model import Story

Unit = Literal["day", "week", "month", "year"]

_FORMS = {"day": "%Y-%m-%d", "week": "%G-W%V", "month": "%Y-%m", "year": "%Y"}
_DAY = 86_400

Key = TypeVar("Key", str, int)


class Share(Struct, frozen=True):
    """Added lines, and those of them a conversation wrote; `commits` are those that count towards it."""

    name: str
    added: int = 0
    explained: int = 0
    commits: int = 0

    @property
    def ratio(self) -> float:
        """0 to 1; 0 where nothing was added."""
        return self.explained / self.added if self.added else 0.0


class Stats(Struct, frozen=True):
    """`told` counts commits with a story, `conversations` those linked to any of them.

    In `agents`, `added` is the total of all lines, so that the shares add up to that of `total`. `files` and
    `authors` come with the most added lines first, `times` in order.
    """

    total: Share
    with_story: int = 0
    conversations: int = 0
    agents: tuple[Share, ...] = ()
    authors: tuple[Share, ...] = ()
    files: tuple[Share, ...] = ()
    times: tuple[Share, ...] = ()
    unit: Unit = "month"


class Counted(Struct, frozen=True):
    """One commit with what its story explains: lines by file, and lines by agent."""

    sizes: CommitSizes
    files: dict[str, int]
    agents: dict[str, int]
    conversations: frozenset[tuple[str, str]] = frozenset()


def counted(sizes: CommitSizes, story: Story | None) -> Counted:
    """Pure. A line two ranges claim counts once; no file explains more lines than git says were added."""
    if story is None or not story.links:
        return Counted(sizes, {}, {})
    added = {file.path: file.added or 0 for file in sizes.files}
    files: dict[str, int] = {}
    agents: Counter[str] = Counter()
    for file in story.files:
        room = added.get(file.path, 0)
        left, done = room, 0
        for each in sorted(file.ranges, key=lambda piece: piece.start):
            lines = max(0, min(each.end - max(each.start - 1, done), left))
            agents[each.agent] += lines
            left, done = left - lines, max(done, each.end)
        if left < room:
            files[file.path] = room - left
    linked = frozenset((link.agent, link.conversation) for link in story.links)
    return Counted(sizes, files, {agent: lines for agent, lines in agents.items() if lines}, linked)


class Sums(Struct):
    """Sums over commits: (added, explained, commits) by author, file and day, lines and commits by agent.

    `conversations` are the ids of those linked, by agent, with the number of commits that each is linked to.
    """

    with_story: int = 0
    agents: dict[str, int] = field(default_factory=dict)
    linked: dict[str, int] = field(default_factory=dict)
    conversations: dict[str, dict[str, int]] = field(default_factory=dict)
    authors: dict[str, list[int]] = field(default_factory=dict)
    files: dict[str, list[int]] = field(default_factory=dict)
    days: dict[int, list[int]] = field(default_factory=dict)
    first: int | None = None
    last: int | None = None

    def add(self, commit: Counted, sign: int = 1) -> None:
        """Add what was counted of a commit, or take it away (-1) where that was added before."""
        moment = commit.sizes.time
        self.first = moment if self.first is None else min(self.first, moment)
        self.last = moment if self.last is None else max(self.last, moment)
        self.with_story += sign * bool(commit.conversations)
        for agent, lines in commit.agents.items():
            self.agents[agent] = self.agents.get(agent, 0) + sign * lines
        for agent in {agent for agent, _ in commit.conversations}:
            self.linked[agent] = self.linked.get(agent, 0) + sign
        for agent, name in commit.conversations:
            counts = self.conversations.setdefault(agent, {})
            counts[name] = counts.get(name, 0) + sign
            if not counts[name]:
                del counts[name]
        added = 0
        for change in commit.sizes.files:
            added += change.added or 0
            _add(self.files, change.path, sign * (change.added or 0), sign * commit.files.get(change.path, 0), sign)
        explained = sum(commit.files.values())
        _add(self.authors, commit.sizes.author, sign * added, sign * explained, sign)
        _add(self.days, moment // _DAY, sign * added, sign * explained, sign)

    def stats(self, unit: Unit | None = None) -> Stats:
        """Without `unit`, times are in the unit that gives at most some thirty rows."""
        unit = unit or unit_of([moment for moment in (self.first, self.last) if moment is not None])
        times: dict[str, list[int]] = {}
        for day, sums in self.days.items():
            _add(times, period(day * _DAY, unit), *sums)
        total = Share("all", *map(sum, zip(*self.days.values(), strict=True))) if self.days else Share("all")
        agents = [
            Share(name, total.added, self.agents.get(name, 0), commits)
            for name, commits in self.linked.items()
            if commits
        ]
        return Stats(
            total,
            self.with_story,
            sum(map(len, self.conversations.values())),
            tuple(sorted(agents, key=lambda share: (-share.explained, share.name))),
            _largest(_shares(self.authors)),
            _largest(_shares(self.files)),
            tuple(sorted(_shares(times), key=lambda share: share.name)),
            unit,
        )


def _add(table: dict[Key, list[int]], key: Key, added: int, explained: int, commits: int) -> None:
    sums = table.get(key)
    if sums is None:
        table[key] = [added, explained, commits]
    else:
        sums[0] += added
        sums[1] += explained
        sums[2] += commits


def _shares(table: Mapping[str, Sequence[int]]) -> Iterator[Share]:
    return (Share(name, *sums) for name, sums in table.items() if sums[2])


def tally(commits: Iterable[Counted], unit: Unit | None = None) -> Stats:
    """Pure: add up. Without `unit`, times are in the unit that gives at most some thirty rows."""
    sums = Sums()
    for commit in commits:
        sums.add(commit)
    return sums.stats(unit)


def _largest(shares: Iterable[Share]) -> tuple[Share, ...]:
    return tuple(sorted(shares, key=lambda share: (-share.added, share.name)))


def unit_of(times: Sequence[int]) -> Unit:
    """The unit that gives at most some thirty rows between the first and the last time."""
    days = (max(times) - min(times)) / 86_400 if times else 0
    return "day" if days <= 14 else "week" if days <= 120 else "month" if days <= 1100 else "year"


def period(seconds: int, unit: Unit) -> str:
    """`2026-07` and the like: the span of time that holds a moment."""
    try:
        return time.strftime(_FORMS[unit], time.gmtime(seconds))
    except (OverflowError, ValueError, OSError):
        return "unknown"
