"""Texts that are hard for one regular expression, made from its own parsed form.

For every repeat of the pattern: what leads to it, what it repeats, and an end at which it fails. Where a repeat can
take the same characters as its neighbour, or can begin at many places, its work grows with a power of the length.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, product
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser as sre  # type: ignore[attr-defined]
from typing import Any

REPEATS = {op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT}
LONG = 8
"""Repeats of at most fewer than these cannot make a long text slow by themselves."""
_POOL = [*map(chr, range(128)), "é", "\u3042", "\u2028", "→", "│", "\ud800"]


@dataclass(frozen=True)
class Loop:
    """`before` leads to a repeat, each of `pumps` is taken by its body, `after` is what the pattern wants then."""

    before: str
    pumps: tuple[str, ...]
    after: str


def units(pattern: re.Pattern[Any], more: int = 120) -> Iterator[tuple[str, str, str]]:
    """(head, unit, tail): the text is `head`, `unit` many times, `tail`."""
    plain = pattern.pattern.decode("latin-1") if isinstance(pattern.pattern, bytes) else pattern.pattern
    tree = sre.parse(plain, pattern.flags & ~re.UNICODE if isinstance(pattern.pattern, bytes) else pattern.flags)
    writer = _Writer(tree)
    seen: set[tuple[str, str, str]] = set()
    for one in islice(_all(writer, tree, random.Random(len(plain)), more), 4000):
        if one[1] and one not in seen:
            seen.add(one)
            yield one


def _all(writer: _Writer, tree: Any, rng: random.Random, more: int) -> Iterator[tuple[str, str, str]]:
    ends = ("", "\x00", "\n!", "zQ")
    loops = list(dict.fromkeys(loop for full in (False, True) for loop in writer.loops(list(tree), "", "", full)))
    yield from (("", char, end) for char in writer.letters for end in ends)
    for loop in loops:
        for pump in loop.pumps:
            for end in (*ends, loop.after[:-1] + "\x01", loop.after):
                yield loop.before, pump, end
            yield "", loop.before + pump, ""
            yield "", loop.before + pump + loop.after, ""
            yield "", loop.before + pump * 3 + loop.after[:-1] + "\x01", ""
        if loop.before:
            yield "", loop.before, ""
            yield "", "\n" + loop.before, ""
    for _ in range(more):
        word = "".join(rng.choices(writer.letters, k=rng.randint(2, 5)))
        yield rng.choice(loops).before if loops and rng.random() < 0.5 else "", word, rng.choice(ends)


class _Writer:
    """Writes texts for parts of one pattern, with one character for each set that its classes tell apart."""

    def __init__(self, tree: Any) -> None:
        self._classes: list[frozenset[str]] = []
        self._literals: set[str] = set()
        self._groups: dict[int, str] = {}
        self._gather(tree)
        kinds: dict[tuple[bool, ...], str] = {}
        for char in sorted(_POOL, key=lambda one: (not one.isalnum(), not one.isprintable(), one)):
            kinds.setdefault(tuple(char in one for one in self._classes), char)
        self.letters = sorted({*kinds.values(), *sorted(self._literals)[:40], "a", " ", "\n"})

    def _gather(self, items: Any) -> None:
        for kind, value in items:
            if kind is op.LITERAL:
                self._literals.add(chr(value))
            elif kind in (op.IN, op.NOT_LITERAL, op.ANY):
                self._classes.append(accepted(kind, value))
            for inner in _children(kind, value):
                self._gather(inner)

    def text(self, items: Any, full: bool = False) -> str:
        """A short text that the items match, as far as that can be seen from them one by one; `full` has all parts."""
        texts = list(islice(self.texts(items, fewest=not full), 40)) or [""]
        return max(texts, key=len) if full else texts[0]

    def texts(self, items: Any, fewest: bool = False) -> Iterator[str]:
        """Some of the texts that the items match, a short one first."""
        parts = [list(islice(self._item(kind, value, fewest), 1 if fewest else 12)) or [""] for kind, value in items]
        for choice in islice(product(*parts), 40):
            yield "".join(choice)

    def _item(self, kind: Any, value: Any, fewest: bool) -> Iterator[str]:
        if kind is op.LITERAL:
            yield chr(value)
        elif kind in (op.IN, op.NOT_LITERAL, op.ANY):
            taken = accepted(kind, value)
            yield from [one for one in self.letters if one in taken] or sorted(taken)[:1]
        elif kind in REPEATS:
            least, most, body = value
            for text in self.texts(body, fewest):
                yield text * least
            if not fewest and most > least:
                yield from (text * (least + 1) for text in self.texts(body))
        elif kind is op.SUBPATTERN:
            for text in self.texts(value[3], fewest):
                self._groups[value[0]] = text
                yield text
        elif kind is op.ATOMIC_GROUP:
            yield from self.texts(value, fewest)
        elif kind is op.BRANCH:
            for branch in value[1]:
                yield from islice(self.texts(branch, fewest), 3)
        elif kind is op.GROUPREF:
            yield self._groups.get(value, "")
        elif kind is op.GROUPREF_EXISTS:
            yield from self.texts(value[1], fewest)
        else:
            yield ""

    def loops(self, items: list[Any], before: str, after: str, full: bool) -> Iterator[Loop]:
        """Each repeat with what leads to it; `full`: parts that may be left out are there."""
        for place, (kind, value) in enumerate(items):
            lead = before + self.text(items[:place], full)
            rest = self.text(items[place + 1 :]) + after
            if kind in REPEATS and value[1] >= LONG:
                yield Loop(lead, tuple(dict.fromkeys(filter(None, islice(self.texts(value[2]), 24)))), rest)
            for inner in _children(kind, value):
                yield from self.loops(list(inner), lead, rest, full)


def _children(kind: Any, value: Any) -> list[Any]:
    if kind in REPEATS:
        return [value[2]]
    if kind is op.SUBPATTERN:
        return [value[3]]
    if kind is op.BRANCH:
        return list(value[1])
    if kind in (op.ASSERT, op.ASSERT_NOT):
        return [value[1]]
    if kind is op.ATOMIC_GROUP:
        return [value]
    if kind is op.GROUPREF_EXISTS:
        return [one for one in value[1:] if one is not None]
    return []


def accepted(kind: Any, value: Any) -> frozenset[str]:
    """The characters of the pool that a class takes."""
    if kind is op.ANY:
        return frozenset(_POOL)
    if kind is op.NOT_LITERAL:
        return frozenset(_POOL) - {chr(value)}
    found: set[str] = set()
    for what, one in value:
        if what is op.LITERAL:
            found.add(chr(one))
        elif what is op.RANGE:
            found.update(char for char in _POOL if one[0] <= ord(char) <= one[1])
            found.add(chr(one[0]))
        elif what is op.CATEGORY:
            found.update(filter(re.compile(_CATEGORIES[one]).match, _POOL))
    return frozenset(_POOL) - found if value[0][0] is op.NEGATE else frozenset(found)


_CATEGORIES = {
    op.CATEGORY_DIGIT: r"\d",
    op.CATEGORY_NOT_DIGIT: r"\D",
    op.CATEGORY_SPACE: r"\s",
    op.CATEGORY_NOT_SPACE: r"\S",
    op.CATEGORY_WORD: r"\w",
    op.CATEGORY_NOT_WORD: r"\W",
}
