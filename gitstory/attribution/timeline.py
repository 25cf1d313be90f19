"""All edits and all commits of a repository in one order, replayed together.

An edit stays pending in its file's weave until a commit contains its lines: nothing is consumed by a clock. A commit
that was rewritten later (its author's date is before its committer's) is compared with the files at both times.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import PurePosixPath

from msgspec import Struct

from gitstory.attribution.attribute import Owned, Pools, Sides, attribute
from gitstory.attribution.conversation_trace import TraceEdit
from gitstory.attribution.file_replay import EditCounts, FileReplay, could_apply
from gitstory.attribution.landed_lines import LandedLines, PendingLines
from gitstory.attribution.line_ids import LineId, Lines, weight
from gitstory.attribution.reformatted_lines import NOBODY, Owner
from gitstory.attribution.renamed_files import Whereabouts
from gitstory.git.changed_files import ChangedFile, Commit

SLACK = 1.0
"""Most seconds that an edit may be later than its commit: git stores whole seconds."""

_MOST_MOVED = 100
"""New files a commit may have to be searched for moved ones; beyond, something was imported."""

Content = Callable[[str | None], Sequence[LineId] | None]
"""Line ids of a blob by its id; None for no blob, and for one that is not text."""


class Placed(Struct, frozen=True):
    """An edit at its place in the repository: `trace` indexes the list the timeline was made from."""

    trace: int
    number: int
    root: str
    path: str
    edit: TraceEdit
    moved_from: str | None = None


class FileFound(Struct, frozen=True):
    """What the replay says of one file of a commit. `touched` are edits known by name only and pending until now."""

    path: str
    owned: Owned
    new: Sequence[LineId]
    old: Sequence[LineId]
    touched: tuple[Owner, ...] = ()


class _Look(Struct, frozen=True):
    """A commit compared with the files at one time; the look that explains more counts."""

    files: list[FileFound]
    pools: Pools
    weight: int


class Timeline:
    """Replays `edits` (in any order) and answers for commits as their time comes."""

    def __init__(self, edits: Iterable[Placed], content: Content, lines: Lines) -> None:
        self.edits = sorted(edits, key=lambda placed: (placed.edit.time, placed.trace, placed.number))
        self._content = content
        self._lines = lines
        self._book = EditCounts(lines)
        self._weaves: dict[str, dict[str, FileReplay]] = {}
        self._landed = LandedLines(), LandedLines()
        self._next = 0
        self._whereabouts = Whereabouts()
        self._bases: dict[str, list[tuple[float, str | None]]] = {}
        self.paths = {placed.path for placed in self.edits} | {p.moved_from for p in self.edits if p.moved_from}

    def run(
        self,
        commits: Iterable[Commit],
        reported: Mapping[str, float] | None = None,
        begin: Callable[[Commit], None] = lambda commit: None,
    ) -> Iterator[tuple[Commit, list[FileFound]]]:
        """Each commit once, in order of committer time, with the files for which anything is known.

        Ancestors of a commit that should be used, because they may have taken lines already, must be among them.
        `reported` is when a conversation began the call that made a commit: finer than git's whole seconds. `begin` is
        called before one is compared that changed any file of the edits.
        """
        reported = reported or {}
        moments: list[tuple[float, int, bool, Commit]] = []
        for order, (time, commit) in enumerate(in_order(commits)):
            self._note_bases(commit)
            moments.append((time, order, True, commit))
            if time - commit.author_time > SLACK:
                moments.append((commit.author_time, order, False, commit))
        heapq.heapify(moments)
        early: dict[str, _Look] = {}
        while moments:
            time, _, final, commit = heapq.heappop(moments)
            if any(name(change.path) in self.paths for change in commit.files):
                begin(commit)
            self._advance(min(time + SLACK, max(time, reported.get(commit.oid, time + SLACK))))
            if not final:
                early[commit.oid] = self._look(commit, final=False)
                continue
            look = self._look(commit, final=True)
            before = early.pop(commit.oid, None)
            chosen = look if before is None or before.weight < look.weight else before
            self._landed[0].take(commit, chosen.pools.added.used)
            self._landed[1].take(commit, chosen.pools.removed.used)
            yield commit, chosen.files

    def _look(self, commit: Commit, *, final: bool) -> _Look:
        """A commit compared with the files as they are now. Only the last look counts touched files as committed."""
        formatted = self._book.formatted
        added, removed = (PendingLines(landed, landed.before(commit), formatted) for landed in self._landed)
        pools = Pools(added, removed)
        files = list(self._files(commit, pools, final))
        return _Look(files, pools, sum(_explained(found) for found in files))

    def _note_bases(self, commit: Commit) -> None:
        for change in commit.files:
            path = name(change.path)
            if path in self.paths:
                bases = self._bases.setdefault(path, [])
                if not bases and change.old:
                    bases.append((float("-inf"), change.old[0]))
                bases.append((commit.committer_time, change.new))

    def _advance(self, time: float) -> None:
        while self._next < len(self.edits) and self.edits[self._next].edit.time <= time:
            self._replay(self._next)
            self._next += 1

    def _replay(self, owner: Owner) -> None:
        placed = self.edits[owner]
        weave = self._weave(placed.path, placed.root)
        if placed.moved_from is not None:
            weave.moved(self._weave(placed.moved_from, placed.root))
        edit = placed.edit
        if weave.lines is None:
            self._begin(weave, placed)
        weave.apply(owner, edit)
        self._whereabouts.note(placed.path, placed.root, weave)

    def _begin(self, weave: FileReplay, placed: Placed) -> None:
        """A file's content when the first edit of this name is made: it may have been renamed."""
        edit = placed.edit
        content: Sequence[LineId] | None = edit.before
        if content is None and edit.op != "create":
            content = self._base(placed.path, edit)
        former = self._whereabouts.of(content, placed.path) if content else None
        if former is not None and former.lines is not None:
            weave.moved(former)
            weave.observe(content or ())
        elif edit.before is None and content is not None:
            weave.lines, weave.owners = list(content), [NOBODY] * len(content)

    def _weave(self, path: str, root: str) -> FileReplay:
        return self._weaves.setdefault(path, {}).setdefault(root, FileReplay(self._book))

    def _base(self, path: str, edit: TraceEdit) -> Sequence[LineId] | None:
        """What the newest commit before `edit` left in a file whose content no edit has recorded yet.

        The very commit that holds the edit may bear the time of the second in which the edit was made: of that
        second's commits one is taken only where the edit can still be made.
        """
        blob = None
        for committed, new in self._bases.get(path, ()):
            if committed > edit.time:
                break
            if committed <= edit.time - SLACK or (edit.patch and could_apply(self._content(new) or (), edit.patch)):
                blob = new
        return self._content(blob) if blob else None

    def _files(self, commit: Commit, pools: Pools, final: bool) -> Iterator[FileFound]:
        new: list[tuple[ChangedFile, list[FileReplay]]] = []
        for change in commit.files:
            weaves = self._weaves_of(change)
            if change.new and not any(change.old):
                new.append((change, weaves))
            elif weaves:
                yield from self._compared(change, weaves, pools, final)
        # Files edited under their own names come first: a copy takes nothing from its original.
        for change, weaves in sorted(new, key=lambda pair: not pair[1]):
            former = self._former(change, weaves) if len(new) <= _MOST_MOVED else None
            if weaves or former is not None:
                yield from self._compared(change, [*weaves, *([former] if former else [])], pools, final)

    def _compared(
        self, change: ChangedFile, weaves: Sequence[FileReplay], pools: Pools, final: bool
    ) -> Iterator[FileFound]:
        sides = self._sides(change)
        if sides is None:
            return
        owned = attribute(sides, weaves, self._lines, pools)
        touched = tuple(owner for weave in weaves for owner, _ in weave.touched)
        for weave in weaves if final else ():
            weave.touched.clear()
        if owned.added or owned.removed or touched:
            old = (sides.parents[0] if sides.parents else None) or ()
            yield FileFound(name(change.path), owned, sides.new or (), old, touched)

    def _former(self, change: ChangedFile, weaves: Sequence[FileReplay]) -> FileReplay | None:
        """The replay of the file that a new one was, under another name (`git mv` before it was committed, or a squash
        of a branch with the move in it)."""
        path = name(change.path)
        if not self._whereabouts.any_like(path):
            return None
        lines = self._content(change.new)
        rest = [line for line in lines or () if all(line not in weave.added for weave in weaves)]
        former = self._whereabouts.of(rest, path)
        return former if former is not None or weaves else self._whereabouts.twin(lines or (), path)

    def _weaves_of(self, change: ChangedFile) -> list[FileReplay]:
        """Replays of the file, its former name, and directories above it that were removed as a whole."""
        path, old_path = name(change.path), name(change.old_path)
        weaves = list(self._weaves.get(path, {}).values())
        if old_path != path:
            weaves += self._weaves.get(old_path, {}).values()
        if change.new is None:
            for parent in PurePosixPath(path).parents:
                weaves += (w for w in self._weaves.get(str(parent), {}).values() if w.deleted_by != NOBODY)
        return weaves

    def _sides(self, change: ChangedFile) -> Sides | None:
        """None where a side is not text."""
        parents = tuple(self._content(oid) if oid else None for oid in change.old)
        new = self._content(change.new) if change.new else None
        unreadable = (change.new and new is None) or any(
            oid and side is None for oid, side in zip(change.old, parents, strict=True)
        )
        return None if unreadable else Sides(parents, new)


def _explained(attribution: FileFound) -> int:
    added = sum(1 + weight(attribution.new[line]) for line in attribution.owned.added)
    return added + sum(1 + weight(attribution.old[line]) for line in attribution.owned.removed)


def in_order(commits: Iterable[Commit]) -> list[tuple[float, Commit]]:
    """Commits by committer time, but none before its parents: clocks differ, and rebases keep times."""
    by_oid = {commit.oid: commit for commit in commits}
    times: dict[str, float] = {}
    for commit in by_oid.values():
        waiting = [commit]
        while waiting:
            each = waiting[-1]
            if each.oid in times:
                waiting.pop()
                continue
            open_parents = [by_oid[p] for p in each.parents if p in by_oid and p not in times]
            if open_parents:
                waiting += open_parents
                continue
            times[each.oid] = max([float(each.committer_time), *(times[p] for p in each.parents if p in times)])
            waiting.pop()
    # Parents were given their time before their children, and the sort keeps that order among equals.
    return sorted(((time, by_oid[oid]) for oid, time in times.items()), key=lambda pair: pair[0])


def name(path: bytes) -> str:
    """A path of git's as text; bytes that are not UTF-8 survive a round trip."""
    return path.decode("utf-8", "surrogateescape")
