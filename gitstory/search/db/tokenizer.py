"""What counts as a word, for the index, for queries and for what is marked in a hit. Pure.

SQLite's `unicode61` cuts at everything that is no letter or digit, so `snake_case` and `src/app.py` are runs of words,
and are asked for as phrases. Two things are done before it sees a text: characters of scripts that write no spaces
become words of their own (a query of several becomes a phrase; `trigram` would need three of them, and most Chinese
words have two), and the parts of `camelCase` names go into a second, lighter column.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

_SPACELESS = "\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
_ASCII_WORD = re.compile("[A-Za-z0-9]+")
_CAMEL = re.compile(r"[a-z0-9][A-Z]|[A-Z]{2}[a-z]")
_CASES = bytes(
    ord("a") if 97 <= code <= 122 else ord("0") if 48 <= code <= 57 else ord("A") if 65 <= code <= 90 else 32
    for code in range(256)
)
"""The kind of each ASCII character as `_CAMEL` tells them apart."""
_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_PIECE = re.compile(r'"([^"]*)(?:"|$)|(\S+)')
_MOST_PIECES = 32
_SHORTEST_BEGINNING = 3
"""Letters of a word that is being typed from which on words that begin so are looked for."""
_FEW = 12
"""Words of a query up to which looking for each is quicker than looking at all words of a text."""


@lru_cache(maxsize=1)
def _ideograph() -> re.Pattern[str]:
    return re.compile(f"[{_SPACELESS}]")


@lru_cache(maxsize=1)
def _any_word() -> re.Pattern[str]:
    """Takes 6 ms to compile, which searching in ASCII does without."""
    return re.compile(f"[{_SPACELESS}]|[^\\W_{_SPACELESS}]+")


def _word(text: str) -> re.Pattern[str]:
    return _ASCII_WORD if text.isascii() else _any_word()


class Term(NamedTuple):
    """Words that must follow one another; `prefix`: the last one is the beginning of a word.

    `parts` is the same said as a camelCase name's parts, empty where that is no different; `others` are words
    that contain the one word there is, each of which does as well.
    """

    words: tuple[str, ...]
    prefix: bool = False
    parts: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


def storable(text: str) -> str | bytes:
    """Text as SQLite takes it and `text_of` gives it back: paths may have bytes that are no UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return os.fsencode(text)
    return text


def text_of(value: object) -> str:
    return os.fsdecode(value) if isinstance(value, bytes) else str(value)


def plain(text: str) -> str:
    """Text as SQLite takes it: composed, without NUL and halves of surrogate pairs."""
    if text.isascii():
        return text.replace("\0", " ")
    text = unicodedata.normalize("NFC", text)
    return text.encode("utf-8", "replace").decode().replace("\0", " ")


def analysed(text: str) -> tuple[str, str]:
    """(text with its words apart, the parts of its camelCase names) for the two columns of the index."""
    if not text.isascii():
        text = _ideograph().sub(r" \g<0> ", text)
    if not _has_camel(text):
        return text, ""
    names = [word for word in dict.fromkeys(_word(text).findall(text)) if len(word) < 80 and _CAMEL.search(word)]
    return text, " . ".join(" ".join(camel_parts(name)) for name in names)


def _has_camel(text: str) -> bool:
    """Whether `_CAMEL` is in a text: a twentieth of the time that the expression takes."""
    cases = text.encode("ascii", "replace").translate(_CASES)
    return b"aA" in cases or b"0A" in cases or b"AAa" in cases


def camel_parts(name: str) -> list[str]:
    """`parseHTTPHeader` -> parse, HTTP, Header."""
    return _PART.findall(name)


def terms(query: str) -> list[Term]:
    """What a query asks for: quoted phrases, words, and words that end in `*` as prefixes. Takes anything."""
    found_terms: list[Term] = []
    for match in list(_PIECE.finditer(plain(query)))[:_MOST_PIECES]:
        quoted, bare = match.group(1), match.group(2)
        text = quoted if quoted is not None else bare
        words = tuple(_word(text).findall(text))
        if not words:
            continue
        prefix = quoted is None and bare.rstrip("\"'").endswith("*")
        camel = quoted is None and not prefix and len(words) == 1 and _CAMEL.search(words[0])
        found_terms.append(Term(words, prefix, tuple(camel_parts(words[0])) if camel else ()))
    return found_terms


_EMPTY = frozenset(
    """
    a about after all an and any are as at be because been before but by can could did do does for from get had has
    have how i if in into is it its just let like make me my no not of on or our should so some that the their them then
    there they this to up us use was we were what when where which who why will with would you your
    """.split()  # noqa: SIM905 - a list would take a line a word
)
"""Common words of English, which do not count in a search."""


def distinctive_terms(terms_: list[Term]) -> list[Term]:
    """The terms without those that are in every turn; all, where there are no others."""
    return [term for term in terms_ if len(term.words) > 1 or folded(term.words[0]) not in _EMPTY] or terms_


def unfinished(query: str) -> str:
    """A query that is still being typed: its last word is the beginning of one; a lone letter is not one yet, and two
    are a word: too many words begin with them."""
    if not query[-1:].isalnum() or query.count('"') % 2:
        return query
    last = query.rsplit(maxsplit=1)[-1]
    if last.isascii() and len(last) < _SHORTEST_BEGINNING:
        return query[:-1] if len(last) == 1 else query
    return f"{query}*"


def expression(terms_: list[Term]) -> str:
    """The FTS5 expression; words are letters and digits only, and stand in quotes, so that none is an operator."""
    parts = []
    for term in terms_:
        phrases = [f'"{" ".join(term.words)}"' + (" *" if term.prefix else "")]
        phrases += [f'"{" ".join(term.parts)}"'] if term.parts else []
        phrases += [f'"{word}"' for word in term.others]
        parts.append(f"({' OR '.join(phrases)})")
    return " AND ".join(parts)


@lru_cache(maxsize=4096)
def folded(word: str) -> str:
    """As the index compares words: without case, and Latin letters without accents."""
    if word.isascii():
        return word.lower()
    composed = unicodedata.normalize("NFC", word.lower())
    return "".join(map(_bare, composed))


def _bare(letter: str) -> str:
    apart = unicodedata.normalize("NFD", letter)
    return apart[0] if len(apart) > 1 and apart[0].isascii() else letter


def marks(text: str, terms_: list[Term]) -> list[tuple[int, int]]:
    """Where (start, end) words of the query stand in a text, in order."""
    typed = {folded(word) for term in terms_ for word in (*term.words, *term.parts)}
    whole = typed | {folded(word) for term in terms_ for word in term.others}
    heads = tuple(folded(term.words[-1]) for term in terms_ if term.prefix)
    if not whole:
        return []
    spans = []
    for match in _candidates(text, typed):  # others contain what was typed
        word = match.group()
        names = [folded(word)]
        if _CAMEL.search(word):
            names += [folded(part) for part in camel_parts(word)]
        if any(name in whole or (heads and name.startswith(heads)) for name in names):
            spans.append(match.span())
    return spans


def _candidates(text: str, typed: set[str]) -> Iterator[re.Match[str]]:
    """The words of a text among which those of the query are: all, or those that contain them where that is quick."""
    if not text.isascii() or len(typed) > _FEW:
        yield from _word(text).finditer(text)
        return
    lower, end = text.lower(), 0
    for at in sorted({at for word in typed for at in _places(lower, word)}):
        if at < end:
            continue
        while at and text[at - 1].isalnum():
            at -= 1
        match = _ASCII_WORD.match(text, at)
        if match is not None:
            end = match.end()
            yield match


def _places(text: str, word: str) -> Iterator[int]:
    at = text.find(word)
    while at >= 0:
        yield at
        at = text.find(word, at + len(word))


def window(text: str, spans: list[tuple[int, int]], width: int) -> tuple[int, int]:
    """The stretch of about `width` characters that holds most marks (the first of such), cut at white space."""
    if len(text) <= width:
        return 0, len(text)
    best, start = 0, 0
    last = 0
    for number, (begin, _) in enumerate(spans):
        last = max(last, number)
        while last < len(spans) and spans[last][1] <= begin + width * 3 // 4:
            last += 1
        if last - number > best:
            best, start = last - number, begin
    start = max(0, start - width // 4)
    if start:
        start = next((at + 1 for at in range(start, min(start + 20, len(text))) if text[at].isspace()), start)
    end = min(len(text), start + width)
    if end < len(text):
        end = next((at for at in range(end, max(start, end - 20), -1) if text[at].isspace()), end)
    return start, end
