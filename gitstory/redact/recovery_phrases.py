"""Recovery phrases of wallets: twelve and more words of their list in a row, whatever stands beside them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from gitstory.redact.spans import Span
from gitstory.redact.substring_search_view import View, stretches

_KINDS = bytes(ord("w") if 97 <= code <= 122 or code == 32 else ord(".") for code in range(256))
"""`w` for small letters and blanks."""
_LEAST, _MOST = 12, 24
_SHORTEST = _LEAST * 4 - 1
_WORD = re.compile(r"[a-z]+")


def find(view: View) -> Iterator[Span]:
    """Each phrase as one span."""
    text = view.text
    for start, end in stretches(view.raw.translate(_KINDS), _SHORTEST):
        words = text[start:end].split()
        if len(words) >= _LEAST and _longest(words) >= _LEAST:
            yield from _phrases(text, start, end)


def _longest(words: list[str]) -> int:
    """How many words in a row are of the list, at most."""
    listed, run, most = _listed_words(), 0, 0
    for word in words:
        run = run + 1 if word in listed else 0
        most = max(most, run)
    return most


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
