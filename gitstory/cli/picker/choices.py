"""What can be picked, as values, and how text from conversations becomes safe to show. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from gitstory.text.console import neutralise, neutralise_line

T = TypeVar("T")

Piece = tuple[str, str]
"""(how, text); how is one of "", bold, dim, id, mark, added, removed."""

_LINE, _PREVIEW, _LINES = 500, 40_000, 2_000


@dataclass(frozen=True)
class Choice(Generic[T]):
    """One row. `key` identifies it, so that it stays marked when the list changes."""

    key: str
    line: tuple[Piece, ...]
    value: T


Source = Callable[[str], Sequence[Choice[T]]]
"""What there is to pick for the words typed so far, best first."""


def matching(choices: Sequence[Choice[T]]) -> Source[T]:
    """A source of fixed choices: those whose row holds all words typed, in capitals or not."""
    texts = [" ".join(text for _, text in one.line).casefold() for one in choices]

    def source(query: str) -> list[Choice[T]]:
        words = query.casefold().split()
        return [one for one, text in zip(choices, texts, strict=True) if all(word in text for word in words)]

    return source


def row(line: Iterable[Piece]) -> list[Piece]:
    """A row's pieces with nothing in them that a terminal obeys, on one line, bounded."""
    pieces: list[Piece] = []
    left = _LINE
    for how, text in line:
        pieces.append((how, neutralise_line(text[:left])))
        left -= len(pieces[-1][1])
        if left <= 0:
            break
    return pieces


def lines(pieces: Iterable[Piece]) -> list[list[Piece]]:
    """A preview cut into lines, made harmless and bounded."""
    rows: list[list[Piece]] = [[]]
    for how, text in _bounded(pieces):
        first, *rest = neutralise(text).replace("\t", "    ").split("\n")
        rows[-1].append((how, first))
        rows += [[(how, line)] for line in rest]
        if len(rows) > _LINES:
            break
    return rows[:_LINES]


def _bounded(pieces: Iterable[Piece]) -> Iterator[Piece]:
    left = _PREVIEW
    for how, text in pieces:
        yield how, text[:left]
        left -= len(text)
        if left <= 0:
            return
