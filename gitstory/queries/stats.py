"""How much of what was committed a conversation explains: by agent, author, file and time."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Literal

from msgspec import MsgspecError, Struct, msgpack
from msgspec.structs import replace

from gitstory.git.commit_details import FileChange, MissingObjects, commit_infos, is_partial, shallow_edge
from gitstory.git.numstat import CommitSizes, commit_sizes, listed, sizes_of
from gitstory.git.repo import Repo
from gitstory.model import Story
from gitstory.queries.show import without_histories
from gitstory.queries.verified_stories import checked
from gitstory.sources.chain import SourceChain
from gitstory.sources.story_source import StorySource

_CHUNK = 500
Unit = Literal["day", "week", "month", "year"]

_FORMS = {"day": "%Y-%m-%d", "week": "%G-W%V", "month": "%Y-%m", "year": "%Y"}


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


def stats(
    repo: Repo,
    source: StorySource,
    revisions: Sequence[str] = (),
    *,
    everything: bool = False,
    options: Sequence[str] = (),
    paths: Sequence[str] = (),
    unit: Unit | None = None,
    lacking: list[MissingObjects] | None = None,
) -> Stats:
    """Count a range (default: HEAD's history); `lacking` as for `commit_sizes`.

    Raises `UnknownRevision` or `NoCommits`.
    """
    if not paths and isinstance(source, SourceChain) and not is_partial(repo):
        chosen = listed(repo, revisions, everything=everything, options=options)
        if chosen is not None:
            return tally(_counted_once(repo, source, chosen), unit)
    sizes = commit_sizes(repo, revisions, everything=everything, options=options, paths=paths, lacking=lacking)
    return tally(_counted(repo, source, sizes), unit)


class _Kept(Struct, frozen=True, array_like=True):
    """What is kept of a counted commit: (path, added, explained) of its files, and by agent."""

    files: tuple[tuple[str, int | None, int], ...]
    agents: dict[str, int]
    conversations: tuple[tuple[str, str], ...]


def _counted_once(repo: Repo, source: SourceChain, commits: Sequence[CommitSizes]) -> Iterator[Counted]:
    """The same for commits whose files are not known yet; what was counted before is taken from the record's index.

    Kept is what was counted for a recorded story, but not at the edge of a shallow clone, where git takes all files
    for added.
    """
    from gitstory.store.record_index import line_counts as kept_counts

    index, edge = source.store.index, shallow_edge(repo)
    for chunk in _chunks(commits):
        loaded = kept_counts.load(index, [commit.oid for commit in chunk])
        kept = {oid: unpacked for oid, data in loaded.items() if (unpacked := _unpacked(data)) is not None}
        rest = [commit.oid for commit in chunk if commit.oid not in kept]
        computed = _counted(repo, source, sizes_of(repo, rest)) if rest else ()
        fresh = {commit.sizes.oid: commit for commit in computed}
        blobs = index.blobs(oid for oid in fresh if oid not in edge)
        if blobs:
            kept_counts.save(index, blobs, {oid: _packed(fresh[oid]) for oid in blobs})
        for commit in chunk:
            if commit.oid in kept:
                yield _again(commit, kept[commit.oid])
            else:
                yield fresh.get(commit.oid) or Counted(commit, {}, {})


def _packed(commit: Counted) -> bytes:
    files = tuple((change.path, change.added, commit.files.get(change.path, 0)) for change in commit.sizes.files)
    try:
        return msgpack.encode(_Kept(files, commit.agents, tuple(sorted(commit.conversations))))
    except UnicodeEncodeError:  # a path that is not UTF-8: it is counted each time
        return b""


def _unpacked(data: bytes) -> _Kept | None:
    try:
        return msgpack.decode(data, type=_Kept)
    except MsgspecError:
        return None


def _again(sizes: CommitSizes, kept: _Kept) -> Counted:
    files = tuple(FileChange(path, added, None) for path, added, _ in kept.files)
    explained = {path: lines for path, _, lines in kept.files if lines}
    return Counted(replace(sizes, files=files), explained, kept.agents, frozenset(kept.conversations))


def _counted(repo: Repo, source: StorySource, commits: Iterable[CommitSizes]) -> Iterator[Counted]:
    for chunk in _chunks(commits):
        stories = source.stories([one.oid for one in chunk])
        verified = checked(repo, commit_infos(repo, list(stories)), stories)
        for sizes in chunk:
            story = verified[sizes.oid].story if sizes.oid in verified else None
            yield counted(replace(sizes, files=without_histories(sizes.files)), story)


def _chunks(commits: Iterable[CommitSizes]) -> Iterator[list[CommitSizes]]:
    chunk: list[CommitSizes] = []
    for commit in commits:
        chunk.append(commit)
        if len(chunk) == _CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


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


def tally(commits: Iterable[Counted], unit: Unit | None = None) -> Stats:
    """Pure: add up. Without `unit`, times are in the unit that gives at most some thirty rows."""
    agents: Counter[str] = Counter()
    linked: Counter[str] = Counter()
    conversations: set[tuple[str, str]] = set()
    files: dict[str, list[int]] = {}
    rows: list[_Row] = []
    with_story = 0
    for commit in commits:
        agents.update(commit.agents)
        linked.update({agent for agent, _ in commit.conversations})
        conversations |= commit.conversations
        with_story += bool(commit.conversations)
        for change in commit.sizes.files:
            sums = files.setdefault(change.path, [0, 0, 0])
            sums[0] += change.added or 0
            sums[1] += commit.files.get(change.path, 0)
            sums[2] += 1
        added = sum(change.added or 0 for change in commit.sizes.files)
        rows.append((commit.sizes.author, commit.sizes.time, added, sum(commit.files.values())))
    unit = unit or unit_of([row[1] for row in rows])
    total = _share("all", rows)
    shares = [Share(name, total.added, agents[name], linked[name]) for name in linked]
    return Stats(
        total,
        with_story,
        len(conversations),
        tuple(sorted(shares, key=lambda share: (-share.explained, share.name))),
        _largest(_grouped(rows, lambda row: row[0])),
        _largest(Share(path, *sums) for path, sums in files.items()),
        tuple(sorted(_grouped(rows, lambda row: period(row[1], unit)), key=lambda share: share.name)),
        unit,
    )


_Row = tuple[str, int, int, int]
"""Author, time, added and explained lines of a commit: all that is held of each."""


def _share(name: str, rows: Sequence[_Row]) -> Share:
    return Share(name, sum(row[2] for row in rows), sum(row[3] for row in rows), len(rows))


def _grouped(rows: Sequence[_Row], key: Callable[[_Row], str]) -> Iterator[Share]:
    groups: dict[str, list[_Row]] = {}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    return (_share(name, group) for name, group in groups.items())


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
