"""Imports that a formatter sorted, joined or split: the same names in other statements."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence

from msgspec import Struct

from gitstory.attribution.code_tokens import CLOSERS, OPEN, is_word
from gitstory.attribution.line_ids import LineId, Lines

_BEGIN = ("import", "from", "use", "using", "include")
"""The first word of a statement that imports, in the languages whose formatters sort them."""
_MOST = 300
"""Statements of one text that are compared; a file has some dozens."""
_LONGEST = 60
"""Lines of one statement."""


class Statement(Struct, frozen=True):
    """Lines (indexes) of a statement that imports, and the words in it."""

    lines: tuple[int, ...]
    words: frozenset[int]


def statements(text: Sequence[LineId], among: Sequence[int], lines: Lines) -> list[Statement]:
    """The imports that stand wholly in the lines `among` of a text."""
    begin = {lines.word(one) for one in _BEGIN}
    openers = {OPEN, lines.word("{"), lines.word("[")}
    free = set(among)
    statements_: list[Statement] = []
    for start in among:
        if len(statements_) == _MOST:
            break
        if start not in free or next(_words(text[start], lines), None) not in begin:
            continue
        depth, end, words = 0, start, set[int]()
        while end < len(text) and end in free and end - start < _LONGEST:
            tokens = array("H", lines.tokens(text[end]))
            depth += sum(one in openers for one in tokens) - sum(one in CLOSERS for one in tokens)
            words.update(_words(text[end], lines))
            end += 1
            if depth <= 0:
                statements_.append(Statement(tuple(range(start, end)), frozenset(words)))
                break
    return statements_


def rearranged(old: Sequence[Statement], new: Sequence[Statement]) -> Iterator[tuple[Statement, list[Statement]]]:
    """(a statement of `new`, those of `old` it was made of): one that was split, or several that were joined, whole."""
    for statement in new:
        parts = [each for each in old if each.words <= statement.words]
        if parts and frozenset().union(*(each.words for each in parts)) == statement.words:
            yield statement, parts
    for whole in old:
        pieces = [each for each in new if each.words < whole.words]
        if pieces and frozenset().union(*(each.words for each in pieces)) == whole.words:
            yield from ((one, [whole]) for one in pieces)


def _words(line: LineId, lines: Lines) -> Iterator[int]:
    return (one for one in array("H", lines.tokens(line)) if is_word(one))
