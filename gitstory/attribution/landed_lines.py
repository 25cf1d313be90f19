"""Which lines of which edits have landed in which commits.

An edit's line is pending until a commit contains it, and landed for every commit after that one: what brings it back
later (a revert of a revert, a move by hand) is not that edit's doing. Commits that are no ancestors of each other (the
branch and its squash, a commit and its amended form) each take the line for themselves.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from gitstory.attribution.line_ids import LineId
from gitstory.attribution.reformatted_lines import Owner
from gitstory.git.changed_files import Commit

Counts = Counter[tuple[Owner, LineId]]
Formatted = Mapping[tuple[Owner, LineId], Sequence[LineId]]
"""Lines as a formatter left them: (edit, line) -> the lines of the edit they were made of."""


class LandedLines:
    """Ancestry as bit sets over the commits that took anything; commits must come after their parents."""

    def __init__(self) -> None:
        self._before: dict[str, int] = {}
        self._own: dict[str, int] = {}
        self._takers: dict[tuple[Owner, LineId], list[tuple[int, int]]] = {}

    def before(self, commit: Commit) -> int:
        """The commits that took lines among the ancestors of `commit`, as a bit set."""
        bits = 0
        for parent in commit.parents:
            bits |= self._before.get(parent, 0) | self._own.get(parent, 0)
        self._before[commit.oid] = bits
        return bits

    def take(self, commit: Commit, counts: Mapping[tuple[Owner, LineId], int]) -> None:
        if not counts:
            return
        bit = 1 << len(self._own)
        self._own[commit.oid] = bit
        for key, count in counts.items():
            self._takers.setdefault(key, []).append((bit, count))

    def taken(self, owner: Owner, line: LineId, before: int) -> int:
        """How many of an edit's lines of this text are in commits before a commit."""
        return sum(count for bit, count in self._takers.get((owner, line), ()) if bit & before)


class PendingLines:
    """What is pending for one commit, used up line by line while it is being attributed.

    A line that a formatter made of others has landed when all of those have, and takes them along when it lands.
    """

    def __init__(self, landed: LandedLines, before: int, formatted: Formatted) -> None:
        self._landed = landed
        self._bits = before
        self.formatted = formatted
        self.used: Counts = Counter()

    def left(self, counts: Counts, owner: Owner, line: LineId) -> int:
        """How many of the `counts` lines an edit made are neither landed nor used."""
        key = (owner, line)
        left = counts[key] - self.used[key] - self._landed.taken(owner, line, self._bits)
        if left > 0 and key in self.formatted and self.formatted[key]:
            origins = self.formatted[key]
            pending = (counts[owner, one] > self._landed.taken(owner, one, self._bits) for one in origins)
            return left if any(pending) else 0
        return left

    def use(self, counts: Counts, owner: Owner, line: LineId) -> bool:
        """Take one if there is one."""
        if self.left(counts, owner, line) <= 0:
            return False
        self.used[owner, line] += 1
        for candidate in self.formatted.get((owner, line), ()):
            self.used[owner, candidate] = max(1, self.used[owner, candidate])
        return True
