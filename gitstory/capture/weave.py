"""One file's life through the edits of all conversations: who wrote each line that is, or was, in it.

A `Weave` replays edits in time order over what is known of the file and keeps an owner for every line. Lines that came
from elsewhere (a person, another tool, a checkout) appear when an edit records the file's content, and have no owner.
Every run of lines an edit added or removed is kept as well, so that text which the replayed state has lost sight of
(partial commits, other branches, edits without positions) is still found by content.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from gitstory.capture.diff import changes
from gitstory.capture.lines import LineId, weight
from gitstory.capture.trace import Patch, TraceEdit

Owner = int
"""The number of an edit in the timeline; -1 for nobody known."""

NOBODY: Owner = -1

Pending = Callable[[Owner, LineId], bool]
"""Whether an edit's line has not landed yet in a commit before the one at hand."""
_LOOKED_AT = 48
"""How many places of one line are compared, newest first: `}` stands in thousands."""


class Runs:
    """Runs of lines with the edit they belong to, found again by content."""

    def __init__(self, counts: Counter[tuple[Owner, LineId]] | None = None) -> None:
        self._runs: list[tuple[Owner, list[LineId]]] = []
        self._index: dict[LineId, list[tuple[int, int]]] = {}
        self._loose: dict[LineId, list[tuple[int, int]]] = {}
        self._loose_upto = 0
        self.counts: Counter[tuple[Owner, LineId]] = Counter() if counts is None else counts
        """How often each edit added (or removed) each line; shared by all files, since a line may move between them."""
        self.loose_counts: Counter[tuple[Owner, LineId]] = Counter()

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

    def find(self, lines: Sequence[LineId], least: int, pending: Pending = lambda owner, line: True) -> list[Owner]:
        """An owner for each of `lines`: greedily the heaviest run of consecutive lines, the newest among equals.

        Runs that weigh less than `least`, counting only lines that are still `pending`, find nobody.
        """
        return self._find(lines, self._index, lambda run: run, least, pending)

    def find_loosely(
        self, lines: Sequence[LineId], loose: dict[LineId, LineId], least: int, pending: Pending
    ) -> list[Owner]:
        """As `find`, over lines as a formatter leaves them (`Lines.loose`)."""
        for number in range(self._loose_upto, len(self._runs)):
            owner, run = self._runs[number]
            for offset, line in enumerate(run):
                self._loose.setdefault(loose.get(line, line), []).append((number, offset))
                self.loose_counts[owner, loose.get(line, line)] += 1
        self._loose_upto = len(self._runs)
        plain = [loose.get(line, line) for line in lines]
        return self._find(plain, self._loose, lambda run: [loose.get(line, line) for line in run], least, pending)

    def _find(
        self,
        lines: Sequence[LineId],
        index: dict[LineId, list[tuple[int, int]]],
        view: Callable[[list[LineId]], list[LineId]],
        least: int,
        pending: Pending,
    ) -> list[Owner]:
        found: list[Owner] = [NOBODY] * len(lines)
        at = 0
        while at < len(lines):
            best_weight, best_length, best_owner = 0, 0, NOBODY
            for number, offset in reversed(index.get(lines[at], ())[-_LOOKED_AT:]):
                owner, run = self._runs[number]
                length = _shared(lines, at, view(run), offset)
                heavy = sum(weight(line) for line in run[offset : offset + length] if pending(owner, line))
                if heavy > best_weight or (heavy == best_weight and length > best_length):
                    best_weight, best_length, best_owner = heavy, length, owner
            if best_length and best_weight >= least:
                found[at : at + best_length] = [best_owner] * best_length
                at += best_length
            else:
                at += 1
        return found


def _shared(a: Sequence[LineId], i: int, b: Sequence[LineId], j: int) -> int:
    """How many lines from a[i] and b[j] on are the same."""
    length = 0
    longest = min(len(a) - i, len(b) - j)
    while length < longest and a[i + length] == b[j + length]:
        length += 1
    return length


class Weave:
    """The replayed state of one file in one work tree. `lines` is None until its content was once recorded."""

    def __init__(
        self,
        added: Counter[tuple[Owner, LineId]] | None = None,
        removed: Counter[tuple[Owner, LineId]] | None = None,
    ) -> None:
        self.lines: list[LineId] | None = None
        self.owners: list[Owner] = []
        self.added = Runs(added)
        self.removed = Runs(removed)
        self.deleted_by: Owner = NOBODY
        self.touched: list[tuple[Owner, float]] = []
        """Edits known by name only, with their times."""

    def moved(self, origin: Weave) -> None:
        """Take over the state of the file this one was renamed from."""
        self.lines = None if origin.lines is None else list(origin.lines)
        self.owners = list(origin.owners)

    def apply(self, number: Owner, edit: TraceEdit) -> None:
        """Replay one edit; edits come in time order."""
        if edit.before is not None:
            self.observe(edit.before)
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
        """The file holds `content` now: lines that came without an edit of ours are recalled by text or nobody's."""
        if self.lines is None:
            self.lines, self.owners = list(content), self.added.find(content, 4)
            return
        lines, owners, at = list(content), [], 0
        for a0, a1, b0, b1 in changes(self.lines, content):
            owners += self.owners[at:a0]
            owners += self.added.find(content[b0:b1], 4)
            at = a1
        owners += self.owners[at:]
        self.lines, self.owners = lines, owners

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
        start, told = patch
        self._remember(told, number)
        if self.lines is None:
            return
        old = [line for sign, line in told if sign <= 0]
        at = _locate(self.lines, old, start - 1) if old else min(max(start, 0), len(self.lines))
        if at is None or (not old and start <= 0 and self.lines):
            return
        owners: list[Owner] = []
        lines: list[LineId] = []
        cursor = at
        for sign, line in told:
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

    def _remember(self, told: Sequence[tuple[int, LineId]], number: Owner) -> None:
        for sign, runs in ((1, self.added), (-1, self.removed)):
            run: list[LineId] = []
            for side, line in told:
                if side == sign:
                    run.append(line)
                elif side == 0 and run:
                    runs.add(number, run)
                    run = []
            runs.add(number, run)


def could_apply(content: Sequence[LineId], patches: Sequence[Patch]) -> bool:
    """Whether the old side of every hunk stands in `content`, and the new side of none: that one has it already."""
    for _, told in patches:
        old, new = ([line for sign, line in told if sign in (0, side)] for side in (-1, 1))
        if not old or _locate(content, old, 0) is None or (new and _locate(content, new, 0) is not None):
            return False
    return True


def _locate(lines: Sequence[LineId], old: Sequence[LineId], near: int) -> int | None:
    """Where `old` stands in `lines`, nearest to index `near`."""
    first, size = old[0], len(old)
    spots = [
        at
        for at in range(len(lines) - size + 1)
        if lines[at] == first and all(lines[at + k] == old[k] for k in range(1, size))
    ]
    return min(spots, key=lambda at: abs(at - near)) if spots else None
