"""Replay the edits of all conversations to one file: which turn wrote each line that is, or was, in it.

A `FileReplay` replays edits in order of time over the known content of the file and keeps an owner for every line.
Lines that came from elsewhere (a person, another tool, a checkout) appear when an edit records the file's content, and
have no owner. Every run of lines an edit added or removed is kept as well, so that text which the replayed state has
lost (partial commits, other branches, edits without positions) is still found by its content.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence

from gitstory.attribution.conversation_trace import Patch, TraceEdit
from gitstory.attribution.line_diff import changes, matches
from gitstory.attribution.line_ids import LineId, Lines, weight
from gitstory.attribution.reflow import Flow, locate
from gitstory.attribution.reformatted_lines import NOBODY, Owner, accepted, formed

Pending = Callable[[Owner, LineId], bool]
"""Whether an edit's line has not landed yet in a commit before the one at hand."""
_LOOKED_AT = 48
"""How many places of one line are compared, newest first: `}` stands in thousands."""
LEAST_RUN = 4
"""What a run of lines found by content alone must weigh; a line of some 20 letters weighs that."""


class EditCounts:
    """What all files of a timeline share: how often each edit added and removed each line (a line may move between
    files), and which lines are a formatter's version of an edit's."""

    def __init__(self, lines: Lines) -> None:
        self.lines = lines
        self.added: Counter[tuple[Owner, LineId]] = Counter()
        self.removed: Counter[tuple[Owner, LineId]] = Counter()
        self.formatted: dict[tuple[Owner, LineId], tuple[LineId, ...]] = {}

    def formats(self, owner: Owner, line: LineId, origins: Iterable[LineId]) -> None:
        """`line` was made of `origins`, lines of the edit `owner`, by a formatter."""
        if (owner, line) in self.added and (owner, line) not in self.formatted:
            return  # the edit wrote such a line itself
        if not self.lines.tokens(line):
            origins = ()  # a blank line takes nothing along
        whole = dict.fromkeys(each for one in origins for each in self.formatted.get((owner, one), (one,)))
        distinctive = tuple(one for one in whole if weight(one)) or tuple(whole)
        self.formatted[owner, line] = distinctive


class Runs:
    """Runs of lines with the edit they belong to, found again by content."""

    def __init__(self, counts: Counter[tuple[Owner, LineId]], lines: Lines) -> None:
        self._runs: list[tuple[Owner, list[LineId]]] = []
        self._index: dict[LineId, list[tuple[int, int]]] = {}
        self._flow = Flow(lines)
        self._flowed = 0
        self._flow_owners: list[Owner] = []
        self.counts = counts
        """How often each edit added (or removed) each line; shared by all files, since a line may move between them."""

    def add(self, owner: Owner, lines: Sequence[LineId]) -> None:
        if not lines:
            return
        number = len(self._runs)
        self._runs.append((owner, list(lines)))
        for offset, line in enumerate(lines):
            self._index.setdefault(line, []).append((number, offset))
            self.counts[owner, line] += 1

    def __bool__(self) -> bool:
        return bool(self._runs)

    def __len__(self) -> int:
        return len(self._runs)

    def __contains__(self, line: LineId) -> bool:
        return line in self._index

    def since(self, number: int) -> Iterator[LineId]:
        """The lines of the runs from `number` on."""
        return (line for _, run in self._runs[number:] for line in run)

    def flow(self) -> tuple[Flow, list[Owner]]:
        """All runs as tokens, and the edit that each line of them belongs to."""
        for owner, run in self._runs[self._flowed :]:
            self._flow.add(run)
            self._flow.separate()
            self._flow_owners += [*[owner] * len(run), NOBODY]
        self._flowed = len(self._runs)
        return self._flow, self._flow_owners

    def find(self, lines: Sequence[LineId], least: int, pending: Pending = lambda owner, line: True) -> list[Owner]:
        """An owner for each of `lines`: greedily the heaviest run of consecutive lines, the newest among equals.

        Runs that weigh less than `least`, counting only lines that are still `pending`, have no owner.
        """
        owners: list[Owner] = [NOBODY] * len(lines)
        light: dict[tuple[int, int], int] = {}
        at = 0
        while at < len(lines):
            best_weight, best_length, best_owner = 0, 0, NOBODY
            for number, offset in reversed(self._index.get(lines[at], ())[-_LOOKED_AT:]):
                if light.get((number, offset - at), 0) > at:
                    continue  # a part of a run that was too light as a whole
                owner, run = self._runs[number]
                length = _shared(lines, at, run, offset)
                heavy = sum(weight(line) for line in run[offset : offset + length] if pending(owner, line))
                if heavy < least:
                    light[number, offset - at] = at + length
                if heavy > best_weight or (heavy == best_weight and length > best_length):
                    best_weight, best_length, best_owner = heavy, length, owner
            if best_length and best_weight >= least:
                owners[at : at + best_length] = [best_owner] * best_length
                at += best_length
            else:
                at += 1
        return owners


def _shared(a: Sequence[LineId], i: int, b: Sequence[LineId], j: int) -> int:
    """How many lines from a[i] and b[j] on are the same."""
    length = 0
    longest = min(len(a) - i, len(b) - j)
    while length < longest and a[i + length] == b[j + length]:
        length += 1
    return length


class FileReplay:
    """The replayed state of one file in one work tree. `lines` is None until its content was once recorded."""

    def __init__(self, book: EditCounts) -> None:
        self.lines: list[LineId] | None = None
        self.owners: list[Owner] = []
        self._before: tuple[list[LineId], list[Owner]] = ([], [])
        """The lines and their owners before the last edit: a formatter may put back what it only wrote otherwise."""
        self._book = book
        self.added = Runs(book.added, book.lines)
        self.removed = Runs(book.removed, book.lines)
        self.deleted_by: Owner = NOBODY
        self.touched: list[tuple[Owner, float]] = []
        """Edits known by name only, with their times."""

    def moved(self, origin: FileReplay) -> None:
        """Take over the state of the file this one was renamed from."""
        self.lines = None if origin.lines is None else list(origin.lines)
        self.owners = list(origin.owners)

    def apply(self, number: Owner, edit: TraceEdit) -> None:
        """Replay one edit; edits come in time order."""
        if edit.before is not None:
            self.observe(edit.before)
        self._before = (list(self.lines or ()), list(self.owners)) if edit.patch else (self.lines or [], self.owners)
        if edit.op == "delete":
            self.removed.add(number, self.lines or ())
            self.deleted_by = number
            self.lines, self.owners = [], []
        elif edit.after is not None:
            self._become(edit.after, number)
        elif edit.patch:
            for patch in edit.patch:
                self._splice(patch, number)
        else:
            self.touched.append((number, edit.time))

    def observe(self, content: Sequence[LineId]) -> None:
        """The file holds `content` now: lines that came without an edit of ours are recalled by text, are what a
        formatter made of lines that were there, or are unattributed."""
        if self.lines is None:
            self.lines, self.owners = list(content), self.added.find(content, LEAST_RUN)
            return
        lines, owners, at = list(content), [], 0
        open_lines: list[int] = []
        replaced = False
        for a0, a1, b0, b1 in changes(self.lines, content):
            owners += self.owners[at:a0]
            owners += self.added.find(content[b0:b1], LEAST_RUN)
            open_lines += [j for j in range(b0, b1) if owners[j] == NOBODY]
            replaced = replaced or a1 > a0
            at = a1
        owners += self.owners[at:]
        if replaced and open_lines:
            self._formatted(content, owners, open_lines)
        self.lines, self.owners = lines, owners

    def _formatted(self, content: Sequence[LineId], owners: list[Owner], lines: Sequence[int]) -> None:
        """Give the owners of the lines before to those of `lines` (indexes of `content`) a formatter made of them."""
        before = self.lines or []
        was, whose = self._before
        open_lines = set(lines)
        for i, j in matches(was, content):
            if j in open_lines and whose[i] != NOBODY:
                owners[j] = whose[i]
        lines = [j for j in lines if owners[j] == NOBODY]
        left = set(lines)
        origins = formed(before, self.owners, content, left, self._book.lines)
        for group in accepted(lines, origins, content, left, self._book.lines):
            owner = origins[group[0]][0]
            if owner == NOBODY:
                continue
            for j in group:
                owners[j] = owner
                own = (i for i in origins[j][1] if self.owners[i] == owner)
                self._book.formats(owner, content[j], [before[i] for i in own])
            self.added.add(owner, [content[j] for j in group])

    def _become(self, content: Sequence[LineId], number: Owner) -> None:
        old = self.lines or []
        owners: list[Owner] = []
        at = 0
        for a0, a1, b0, b1 in changes(old, content):
            owners += self.owners[at:a0]
            owners += [number] * (b1 - b0)
            self.removed.add(number, old[a0:a1])
            self.added.add(number, content[b0:b1])
            at = a1
        owners += self.owners[at:]
        self.lines, self.owners = list(content), owners

    def _splice(self, patch: Patch, number: Owner) -> None:
        """Apply a hunk where its old side stands; where it stands nowhere, only remember what it added and removed."""
        start, marked = patch
        self._remember(marked, number)
        if self.lines is None:
            return
        old = [line for sign, line in marked if sign <= 0]
        at = self._place(old, start - 1) if old else min(max(start, 0), len(self.lines))
        if at is None or (not old and start <= 0 and self.lines):
            return
        owners: list[Owner] = []
        lines: list[LineId] = []
        cursor = at
        for sign, line in marked:
            if sign <= 0:
                if sign == 0:
                    lines.append(line)
                    owners.append(self.owners[cursor])
                cursor += 1
            else:
                lines.append(line)
                owners.append(number)
        self.lines[at:cursor] = lines
        self.owners[at:cursor] = owners

    def _place(self, old: Sequence[LineId], near: int) -> int | None:
        """Where the lines of a hunk's old side stand, if need be after putting them in the place of their own text as
        it was before a formatter's work."""
        lines = self.lines or []
        at = _locate(lines, old, near)
        if at is not None:
            return at
        spot = locate(lines, old, near, self._book.lines)
        if spot is None:
            return None
        self.observe([*lines[: spot.start], *old, *lines[spot.stop :]])
        return spot.start

    def _remember(self, marked: Sequence[tuple[int, LineId]], number: Owner) -> None:
        for sign, runs in ((1, self.added), (-1, self.removed)):
            run: list[LineId] = []
            for side, line in marked:
                if side == sign:
                    run.append(line)
                elif side == 0 and run:
                    runs.add(number, run)
                    run = []
            runs.add(number, run)


def could_apply(content: Sequence[LineId], patches: Sequence[Patch]) -> bool:
    """Whether the old side of every hunk stands in `content`, and the new side of none: that one has it already."""
    for _, marked in patches:
        old, new = ([line for sign, line in marked if sign in (0, side)] for side in (-1, 1))
        if not old or _locate(content, old, 0) is None or (new and _locate(content, new, 0) is not None):
            return False
    return True


def _locate(lines: Sequence[LineId], old: Sequence[LineId], near: int) -> int | None:
    """Where `old` stands in `lines`, nearest to index `near`."""
    wanted, size = list(old), len(old)
    if near >= 0 and list(lines[near : near + size]) == wanted:
        return near
    spots: list[int] = []
    at = -1
    last = len(lines) - size
    try:
        while at < last:
            at = lines.index(wanted[0], at + 1)
            if list(lines[at : at + size]) == wanted:
                spots.append(at)
    except ValueError:
        pass
    return min(spots, key=lambda at: abs(at - near)) if spots else None
