"""What stood in a line's place before: back through its file's history, change by change."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from gitstory.git.blame import Blame, BlamedCommit, BlameLine, blame
from gitstory.git.commit_details import LineChange, line_changes
from gitstory.git.repo import Repo
from gitstory.model import Turn
from gitstory.queries.blame import blame_view
from gitstory.sources.story_source import StorySource, TurnRef

_MOST_LINES = 60
_ALIKE = 0.5


class EarlierVersion(Struct, frozen=True):
    """Lines that were replaced by the lines asked for: the commit (and turn) that had written them."""

    commit: BlamedCommit
    lines: tuple[BlameLine, ...]
    owner: TurnRef | None = None
    turn: Turn | None = None


class BlamedLines(Struct, frozen=True):
    """Lines of one commit as a blame names them."""

    blame: Blame
    lines: tuple[BlameLine, ...]


def earlier_versions(repo: Repo, source: StorySource, now: BlamedLines, steps: int) -> tuple[EarlierVersion, ...]:
    """At most `steps` earlier lives, the latest first. Renames are followed as `git blame` follows them."""
    versions: list[EarlierVersion] = []
    while len(versions) < steps:
        before = _one_back(repo, now)
        if before is None:
            break
        view = blame_view(repo, source, before)
        at = _largest(before)
        now = BlamedLines(before, tuple(before.lines[i] for i in at))
        versions.append(
            EarlierVersion(before.commits[now.lines[0].commit], now.lines, view.owners[at[0]], view.turn_of(at[0]))
        )
    return tuple(versions)


def _largest(blamed: Blame) -> list[int]:
    """Positions of the lines of the commit that wrote most of them (the latest of several)."""
    groups: dict[str, list[int]] = {}
    for at, line in enumerate(blamed.lines):
        groups.setdefault(line.commit, []).append(at)
    best = max(groups, key=lambda oid: (len(groups[oid]), blamed.commits[oid].time))
    return groups[best]


def _one_back(repo: Repo, now: BlamedLines) -> Blame | None:
    """A blame of the lines that `now` replaced, None where it replaced nothing."""
    first = now.lines[0]
    previous = now.blame.previous.get((first.commit, first.path))
    if previous is None:
        return None
    commit, path = previous
    old = commit.encode() + b":" + path
    new = first.path if not first.commit.strip("0") else first.commit.encode() + b":" + first.path
    changes = line_changes(repo, old, new)
    if not changes:
        return None
    alike = _replaced(changes, [line.orig_line for line in now.lines])
    alike = _alike(repo, old, alike, now)
    if not alike:
        return None
    spans = [f"-L{start},{end}" for start, end in _spans(alike)]
    blamed = blame([*spans, commit, "--", path], repo)
    return blamed if blamed.lines else None


def _replaced(changes: Sequence[LineChange], lines: Sequence[int]) -> list[int]:
    """Numbers of the old lines of every change that wrote one of `lines`."""
    numbers: set[int] = set()
    for change in changes:
        if any(change.new_start <= line < change.new_start + change.new_count for line in lines):
            numbers.update(range(change.old_start, change.old_start + change.old_count))
    return sorted(numbers)[:_MOST_LINES]


def _alike(repo: Repo, old: bytes, requested: list[int], now: BlamedLines) -> list[int]:
    """Of the replaced lines those that read like the ones asked for; all of them where none does."""
    if len(requested) <= len(now.lines):
        return requested
    from difflib import SequenceMatcher

    blob = repo.objects.blob(old)
    if blob is None:
        return []
    texts = blob.split(b"\n")
    chosen: set[int] = set()
    for line in now.lines:
        wanted = line.text.strip()
        scored = [
            (SequenceMatcher(None, texts[n - 1].strip(), wanted).ratio(), n) for n in requested if n <= len(texts)
        ]
        best = max(scored, default=(0.0, 0))
        if wanted and best[0] >= _ALIKE:
            chosen.add(best[1])
    return sorted(chosen) or requested


def _spans(lines: Sequence[int]) -> list[tuple[int, int]]:
    """Runs of consecutive numbers as (first, last)."""
    spans: list[tuple[int, int]] = []
    for line in lines:
        if spans and spans[-1][1] == line - 1:
            spans[-1] = (spans[-1][0], line)
        else:
            spans.append((line, line))
    return spans
