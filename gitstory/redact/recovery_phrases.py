"""Recovery phrases of wallets: twelve and more words of their list in a row, whatever stands beside them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from gitstory.redact.spans import Span
from gitstory.redact.substring_search_view import View

_KINDS = bytes(ord("w") if 97 <= code <= 122 or code == 32 else ord(".") for code in range(256))
"""`w` for small letters and blanks, a point for all else."""
_LEAST, _MOST = 12, 24
_SHORTEST = _LEAST * 4 - 1
_WORD = re.compile(r"[a-z]+")


def find(view: View) -> Iterator[Span]:
    """Each phrase as one span."""
    text = view.text
    for start, end in _lower_case(view.raw.translate(_KINDS)):
        if _may_hold_phrase(text[start:end].split()):
            yield from _phrases(text, start, end)


def _lower_case(kinds: bytes) -> Iterator[tuple[int, int]]:
    """Start and end of every run of small letters and blanks that is long enough for a phrase."""
    needle = b"w" * _SHORTEST
    at = kinds.find(needle)
    while at >= 0:
        end = kinds.find(b".", at + _SHORTEST)
        end = len(kinds) if end < 0 else end
        yield at, end
        at = kinds.find(needle, end)


def _may_hold_phrase(words: list[str]) -> bool:
    """Whether as many words in a row as a phrase has could be of the list: one in `_LEAST` is looked up, since each
    phrase has one of them, and only around those of the list the others."""
    listed = _listed_words()
    if listed.isdisjoint(words[_LEAST - 1 :: _LEAST]):
        return False
    return any(words[at] in listed and _run_around(words, at, listed) for at in range(_LEAST - 1, len(words), _LEAST))


def _run_around(words: list[str], at: int, listed: frozenset[str]) -> bool:
    """Whether the word at `at` is one of `_LEAST` or more in a row that are of the list."""
    first, last = at, at + 1
    while at - first < _LEAST and first > 0 and words[first - 1] in listed:
        first -= 1
    while last - first < _LEAST and last < len(words) and words[last] in listed:
        last += 1
    return last - first >= _LEAST


def _phrases(text: str, start: int, end: int) -> Iterator[Span]:
    listed, run = _listed_words(), list[re.Match[str]]()
    for word in _WORD.finditer(text, start, end):
        if word[0] in listed:
            run.append(word)
            continue
        yield from _phrase(text, run)
        run = []
    yield from _phrase(text, run)


def _phrase(text: str, run: list[re.Match[str]]) -> Iterator[Span]:
    if _LEAST <= len(run) <= _MOST + 1:
        first, last = run[0].start(), run[-1].end()
        yield Span(first, last, "private-key", text[first:last])


@cache
def _listed_words() -> frozenset[str]:
    lines = Path(__file__).with_name("phrase_words.txt").read_text(encoding="ascii").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())
