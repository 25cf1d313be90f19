"""What counts as a word, for the index, for queries and for what is marked in a hit. Pure.

SQLite's `unicode61` cuts at everything that is no letter or digit, so `snake_case` and `src/app.py` are runs of words,
and are asked for as phrases. Two things are done before it sees a text: characters of scripts that write no spaces
become words of their own (a query of several becomes a phrase; `trigram` would need three of them, and most Chinese
words have two), and the parts of `camelCase` names go into a second, lighter column.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

_SPACELESS = "\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
_IDEOGRAPH = re.compile(f"[{_SPACELESS}]")
_WORD = re.compile(f"[{_SPACELESS}]|[^\\W_{_SPACELESS}]+")
_CAMEL = re.compile(r"[a-z0-9][A-Z]|[A-Z]{2}[a-z]")
_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_PIECE = re.compile(r'"([^"]*)(?:"|$)|(\S+)')
_MOST_PIECES = 32


class Term(NamedTuple):
    """Words that must follow one another; `prefix`: the last one is the beginning of a word.

    `parts` is the same said as a camelCase name's parts, empty where that is no different.
    """

    words: tuple[str, ...]
    prefix: bool = False
    parts: tuple[str, ...] = ()


def plain(text: str) -> str:
    """Text as SQLite takes it: composed, without NUL and halves of surrogate pairs."""
    if text.isascii():
        return text.replace("\0", " ")
    text = unicodedata.normalize("NFC", text)
    return text.encode("utf-8", "replace").decode().replace("\0", " ")


def analysed(text: str) -> tuple[str, str]:
    """(text with its words apart, the parts of its camelCase names) for the two columns of the index."""
    if not text.isascii():
        text = _IDEOGRAPH.sub(r" \g<0> ", text)
    if _CAMEL.search(text) is None:
        return text, ""
    names = dict.fromkeys(word for word in _WORD.findall(text) if len(word) < 80 and _CAMEL.search(word))
    return text, " . ".join(" ".join(camel_parts(name)) for name in names)


def camel_parts(name: str) -> list[str]:
    """`parseHTTPHeader` -> parse, HTTP, Header."""
    return _PART.findall(name)


def terms(query: str) -> list[Term]:
    """What a query asks for: quoted phrases, words, and words that end in `*` as prefixes. Takes anything."""
    found: list[Term] = []
    for match in list(_PIECE.finditer(plain(query)))[:_MOST_PIECES]:
        quoted, bare = match.group(1), match.group(2)
        text = quoted if quoted is not None else bare
        words = tuple(_WORD.findall(text))
        if not words:
            continue
        prefix = quoted is None and bare.rstrip("\"'").endswith("*")
        camel = quoted is None and not prefix and len(words) == 1 and _CAMEL.search(words[0])
        found.append(Term(words, prefix, tuple(camel_parts(words[0])) if camel else ()))
    return found


def unfinished(query: str) -> str:
    """A query that is still being typed: its last word is the beginning of one."""
    return f"{query}*" if query[-1:].isalnum() and query.count('"') % 2 == 0 else query


def expression(asked: list[Term]) -> str:
    """The FTS5 expression; words are letters and digits only, and stand in quotes, so that none is an operator."""
    made = []
    for term in asked:
        text = f'"{" ".join(term.words)}"' + (" *" if term.prefix else "")
        made.append(f'({text} OR "{" ".join(term.parts)}")' if term.parts else text)
    return " AND ".join(made)


@lru_cache(maxsize=4096)
def folded(word: str) -> str:
    """As the index compares words: without case and accents."""
    if word.isascii():
        return word.lower()
    apart = unicodedata.normalize("NFKD", word.casefold())
    return "".join(char for char in apart if not unicodedata.combining(char))


def marks(text: str, asked: list[Term]) -> list[tuple[int, int]]:
    """Where (start, end) words of the query stand in a text, in order."""
    whole = {folded(word) for term in asked for word in (*term.words, *term.parts)}
    heads = tuple(folded(term.words[-1]) for term in asked if term.prefix)
    found = []
    for match in _WORD.finditer(text):
        word = match.group()
        names = [folded(word)]
        if _CAMEL.search(word):
            names += [folded(part) for part in camel_parts(word)]
        if any(name in whole or (heads and name.startswith(heads)) for name in names):
            found.append(match.span())
    return found


def window(text: str, found: list[tuple[int, int]], width: int) -> tuple[int, int]:
    """The stretch of about `width` characters that holds most marks (the first of such), cut at white space."""
    if len(text) <= width:
        return 0, len(text)
    best, start = 0, 0
    last = 0
    for number, (begin, _) in enumerate(found):
        last = max(last, number)
        while last < len(found) and found[last][1] <= begin + width * 3 // 4:
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
