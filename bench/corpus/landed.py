"""Which written lines are still to be had: a line that landed in one commit is no reason for a later one."""

from __future__ import annotations

import re
from collections import Counter, defaultdict

from corpus.commits import Commit
from corpus.rebuild import Person

LOOSE = re.compile(r"[\s\"'`;,()]+")


def loose(text: str) -> str:
    """A text without what formatters change: white space, quotes, commas, semicolons, parentheses."""
    return LOOSE.sub("", text)


class Landed:
    """Counts, for a talk and a line of a commit, how often the talk wrote it before and how often it landed before.

    Texts are compared loosened. `order` maps a commit to the bit of its ancestors' sets.
    """

    def __init__(self, person: Person, found: dict[str, Commit]) -> None:
        self.found = found
        self.wrote: dict[tuple[int, str, str], list[float]] = defaultdict(list)
        self.took: dict[tuple[int, str, str], list[float]] = defaultdict(list)
        for number, talk in enumerate(person.talks):
            for write in talk.writes:
                path = person.roots.relative(write.path) if person.roots else None
                if path is None:
                    continue
                for text in write.added:
                    self.wrote[number, path, loose(text)].append(write.time)
                for text in write.removed:
                    self.took[number, path, loose(text)].append(write.time)
        self.came = self._changes(added=True)
        self.went = self._changes(added=False)
        self.bit = {oid: 1 << place for place, oid in enumerate(found)}
        self.above: dict[str, int] = {}
        for oid in reversed(found):
            mask = 0
            for parent in found[oid].parents:
                if parent in found:
                    mask |= self.above.get(parent, 0) | self.bit[parent]
            self.above[oid] = mask

    def _changes(self, *, added: bool) -> dict[tuple[str, str], list[tuple[str, int]]]:
        table: dict[tuple[str, str], list[tuple[str, int]]] = defaultdict(list)
        for commit in self.found.values():
            for path, rows in (commit.added if added else commit.removed).items():
                for text, count in Counter(loose(text) for _, text in rows).items():
                    table[path, text].append((commit.oid, count))
        return table

    def left(self, commit: Commit, path: str, text: str, talk: int, *, removal: bool = False) -> int | None:
        """How many of the talk's writes (or removals) of this line no earlier commit took; None: it never wrote it."""
        key = loose(text)
        times = [
            t for t in (self.took if removal else self.wrote).get((talk, path, key), ()) if t <= commit.committed + 1
        ]
        if not times:
            return None
        first, before = min(times), self.above[commit.oid]
        used = sum(
            count
            for oid, count in (self.went if removal else self.came).get((path, key), ())
            if before & self.bit[oid] and self.found[oid].committed >= first
        )
        return max(0, len(times) - used)
