"""Finds the places of many words in one pass: a search for each costs half a nanosecond a character, which adds up.

The pass is arithmetic on long integers, which takes eight groups of words at a time. Every byte of the text is
translated into the set of groups that have a word with this character at its first place, and again for each further
place, a bit for each group. The sets as one number each, shifted over each other and combined by AND, leave a bit
where the words of a group may begin. Only there the text is looked at.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

_WIDTH, _PLANES, _GROUPS = 4, 3, 8
"""Characters by which a word is recognised, passes over the text, and groups of words in each, one a bit of a byte."""
_FREQUENT = b" etsiraonlcdphumf\n-/.gybvw\":k,`()12x*0_'3|=[465{};]j>#9\\87+qz<@&?"
"""What text has most of, from transcripts of agents."""
_SHARES = [0.14 * math.exp(-(_FREQUENT.index(code) if code in _FREQUENT else 60) / 8) for code in range(256)]
"""About how often each character comes."""
_MARK = re.compile(b"\x01")
_MARKED = b"\x00" + b"\x01" * 255
_MOST_HEADS = 1 << 14

IN_ANY_CASE: set[bytes] = set()
"""The words, in lower case, whose places `places` knows."""
AS_WRITTEN: dict[bytes, bytes] = {}
"""Words whose places in this case alone follow from those of the same in lower case: no two of these overlap."""


class _Heads(dict[bytes, "tuple[tuple[bytes, int], ...]"]):
    """Four characters of a text -> the words that are recognised by them, each with their place in the word."""

    def __init__(self, words_by_anchor: dict[bytes, list[tuple[bytes, int]]]) -> None:
        self._words_by_anchor = words_by_anchor

    def __missing__(self, head: bytes) -> tuple[tuple[bytes, int], ...]:
        if len(self) >= _MOST_HEADS:
            self.clear()
        words = [word for size in range(1, len(head) + 1) for word in self._words_by_anchor.get(head[:size], ())]
        self[head] = tuple(words)
        return self[head]


class _Plan(NamedTuple):
    """For each pass the translation of each of the `_WIDTH` places, and the words by what they are recognised by."""

    passes: tuple[tuple[bytes, ...], ...]
    heads: _Heads


def register(words: Iterable[bytes]) -> None:
    """Have these words looked for, but capitals that can overlap themselves: nothing says where those begin."""
    for word in words:
        low = word.lower()
        overlapping = _overlaps_itself(low)
        if not overlapping:
            AS_WRITTEN[word] = low
        if not overlapping or word == low:
            IN_ANY_CASE.add(low)
    _plan.cache_clear()


def places(low: bytes) -> dict[bytes, list[int]]:
    """Word in lower case -> its places in a text in lower case, not overlapping."""
    passes, heads = _plan()
    hits: dict[bytes, list[int]] = {}
    marked = [mark.start() for mark in _MARK.finditer(_marks(low, passes))]
    for at, words in [(at, words) for at in marked if (words := heads[low[at : at + _WIDTH]])]:
        for word, offset in words:
            start = at - offset
            if start >= 0 and low.startswith(word, start):
                offsets = hits.setdefault(word, [])
                if not offsets or offsets[-1] + len(word) <= start:
                    offsets.append(start)
    return hits


def _marks(low: bytes, passes: tuple[tuple[bytes, ...], ...]) -> bytes:
    """A byte for each of the text, 1 where what a word is recognised by may begin, else 0."""
    padded = low + bytes(_WIDTH)  # a short word at the end: its further places may be anything
    marks = 0
    for tables in passes:
        groups = int.from_bytes(padded.translate(tables[0]), "little")
        for place in range(1, _WIDTH):
            groups &= int.from_bytes(padded.translate(tables[place]), "little") >> 8 * place
        marks |= groups
    return marks.to_bytes(len(padded), "little").translate(_MARKED)


@cache
def _plan() -> _Plan:
    words_by_anchor: dict[bytes, list[tuple[bytes, int]]] = {}
    for word in sorted(IN_ANY_CASE):
        offset = min(range(max(1, len(word) - _WIDTH + 1)), key=lambda at: _share(word[at : at + _WIDTH]))
        words_by_anchor.setdefault(word[offset : offset + _WIDTH], []).append((word, offset))
    groups = _grouped(words_by_anchor)
    tables = [
        tuple(_table(groups[first : first + _GROUPS], place) for place in range(_WIDTH))
        for first in range(0, len(groups), _GROUPS)
    ]
    return _Plan(tuple(tables), _Heads(words_by_anchor))


def _grouped(anchors: Iterable[bytes]) -> list[list[set[int]]]:
    """The groups, each as the characters at every place of its words, so that few other texts fit them.

    The most frequent come first; each joins the group that then fits the fewest more.
    """
    groups: list[list[set[int]]] = [[set() for _ in range(_WIDTH)] for _ in range(_PLANES * _GROUPS)]
    shares = [[0.0] * _WIDTH for _ in groups]
    for anchor in sorted(anchors, key=lambda word: (-_share(word), word)):
        codes = [{anchor[place]} if place < len(anchor) else set(range(256)) for place in range(_WIDTH)]
        best, cost, widened = 0, math.inf, shares[0]
        for number, group in enumerate(groups):
            wider = [
                1.0 if len(code) > 1 else share + (0.0 if code <= present else sum(map(_SHARES.__getitem__, code)))
                for share, present, code in zip(shares[number], group, codes, strict=True)
            ]
            if (more := math.prod(wider) - math.prod(shares[number])) < cost:
                best, cost, widened = number, more, wider
        shares[best] = widened
        for present, code in zip(groups[best], codes, strict=True):
            present |= code
    return groups


def _table(groups: list[list[set[int]]], place: int) -> bytes:
    """For each character the groups that have it at this place, one a bit."""
    return bytes(sum(1 << bit for bit, group in enumerate(groups) if code in group[place]) for code in range(256))


def _share(anchor: bytes) -> float:
    return math.prod(_SHARES[code] for code in anchor)


def _overlaps_itself(word: bytes) -> bool:
    return any(word.startswith(word[at:]) for at in range(1, len(word)))
