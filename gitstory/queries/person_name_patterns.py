# ruff: noqa: E501
"""What a person is called in texts: patterns for names with and without accents, accounts and handles."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import combinations

from gitstory.redact.word_lists import COMMON

LEAST = 3
"""Characters of a name below which it would rather be a word."""
_LONGEST = 100
WORDS = COMMON | {"bot", "new", "not", "one", "our", "team", "the", "two", "you"}
"""Parts of names that stand for no person."""
_ALSO_WORDS = frozenset(
    """
    amber april art august baker bell bill bishop black bond bowl brown bush butler carol carter case chase chip christian
    church cole cook cooper cross dash dawn day dean drew early ernest fair faith farmer field fish fisher ford forest fox
    frank gene glass good gold grace grant gray green grey guy hall hand hill hope hunt hunter ivy jack jay joy june key
    king knight lake lane law lily little long lord love mark marsh mason max may miles mill miller moon moore moss norm
    north page park parker pat pierce pool pope porter post potter power price prince ray read reed rich rice ring rob
    rock root rose ross sandy sharp short singer sky small smart snow sparks stone storm street strong sue summer swift tab
    temple victor wade wall ward water waters weaver well wells west white wild will wise wolf wood woods wren young
    """.split()  # noqa: SIM905 - read as prose, not as a column
)
"""Names that prose and names in code are made up of too: `max_length`, `white space`."""
_MACHINES = "macbook|mbp|mba|mac|imac|pc|laptop|desktop|iphone|ipad|thinkpad|air|pro|air|xps|box|server|nas|pi"
_LONGEST_WORD = 200
"""Characters of the pattern of one word, two of which must go into a rule."""
_COMBINING = "[\u0300-\u036f]?"


def patterns(names: Iterable[str], emails: Iterable[str], accounts: Iterable[str]) -> list[str]:
    """All of them, the ones of whole names first."""
    everyone = list(dict.fromkeys(name.strip() for name in names))
    rules = [pattern for name in everyone for pattern in _named(name)]
    rules += [pattern for name in {*everyone, *emails} for pattern in handles(name)]
    rules += [pattern for account in accounts for pattern in account_patterns(account)]
    return list(dict.fromkeys(rules))


def _words(name: str) -> list[str]:
    return [word for word in re.split(r"[\s,.]+", name) if word.isalpha()]


def _named(name: str) -> Iterator[str]:
    """A whole name, each two words of it side by side, and its words alone."""
    words = _words(unicodedata.normalize("NFC", name))
    if LEAST <= len(name) <= _LONGEST and name.lower() not in WORDS:
        yield _pattern(name)
    for first, second in combinations([word for word in words if len(word) > 1], 2):
        for pair in ((first, second), (second, first)):
            yield rf"(?i)(?<![\w-]){spelled(pair[0])}(?:['\u2019]?s)?(?:[\s+]|%20|, |\\ ){spelled(pair[1])}(?:['\u2019]?s)?(?![\w])"
    for place, word in enumerate(words):
        if len(word) >= LEAST and word.lower() not in WORDS:
            yield rf"(?<![\w-]){spelled(word, coded=True)}(?![\w-])"
            if place and len(word) >= 4 and word.lower() not in _ALSO_WORDS:
                yield rf"(?i)(?<![^\W_]){spelled(word)}(?![^\W_])"


def _pattern(name: str) -> str:
    words = name.split()
    pattern = r"\s".join(spelled(word) if len(words) < 3 else re.escape(word) for word in words)
    loose = "(?i)" if " " in name else ""
    return rf"{loose}(?<![\w-]){pattern}(?![\w-])"


def spelled(word: str, *, coded: bool = False) -> str:
    """A word with or without its accents; with `coded` also as addresses, JSON and HTML write them."""
    plain = unicodedata.normalize("NFC", word)
    pattern = "".join(_letter(char, coded) for char in plain)
    return pattern if len(pattern) < _LONGEST_WORD else re.escape(plain)


@cache
def _letter(char: str, coded: bool) -> str:
    base = unicodedata.normalize("NFD", char)[0]
    alike = _ACCENTED.get(base.lower(), "")
    if not alike and char.isascii():
        return re.escape(char)
    if char.isascii():
        return f"[{char}{alike if char.islower() else alike + alike.upper()}]"
    if not coded:
        return f"[{base}{char}]{_COMBINING}"
    bytes_ = "".join(f"%{byte:02X}" for byte in char.encode())
    return f"(?:[{base}{char}]{_COMBINING}|{bytes_}|\\\\u{ord(char):04x}|&#{ord(char)};|&{base}[a-z]{{3,6}};)"


_ACCENTED = dict(
    row.split(":")
    for row in [
        "a:àáâãäåą",
        "c:çćč",
        "d:ďđ",
        "e:èéêëęě",
        "g:ğ",
        "i:ìíîïı",
        "l:ł",
        "n:ñńň",
        "o:òóôõöøő",
        "r:ř",
        "s:śšş",
        "t:ť",
        "u:ùúûüůű",
        "y:ýÿ",
        "z:źžż",
    ]
)
"""Letters as European names have them with an accent."""


def handles(name: str) -> list[str]:
    """Patterns of what a person is called elsewhere: `asmith`, `alice.smith`, and an address with its name in it."""
    local, sign, domain = name.strip().partition("@")
    if sign:
        whole = (
            rf"(?i)(?<![\w.+-]){re.escape(local)}(?:@|%40|\\u0040|[ ]?[\[(]at[\])][ ]?| at ){_domain(domain)}(?![\w-])"
        )
        is_known = local.lower() in WORDS or len(local) < 4 or not local.isascii()
        return [whole] if is_known else [whole, rf"(?i)(?<![\w.-]){re.escape(local)}(?![\w-])"]
    parts = [part.lower() for part in _words(name)]
    names: list[str] = []
    for last in parts[1:]:
        if len(parts[0]) + len(last) >= 5:
            names += _together(parts[0], last)
    return [*names, *_first(parts[0])] if names else []


def _domain(domain: str) -> str:
    return r"(?:\.|[ ]?[\[(]dot[\])][ ]?| dot )".join(map(re.escape, domain.split(".")))


def _together(first: str, last: str) -> list[str]:
    head, tail, initial = spelled(first), spelled(last), spelled(first[0])
    return [
        rf"(?<=[a-z]){spelled(first.capitalize())}{spelled(last.capitalize())}(?![a-z])",
        rf"(?i)(?<![a-z0-9]){head}[._-]?{tail}(?![a-z])",
        rf"(?i)(?<![a-z0-9]){tail}[._-]?{head}(?![a-z])",
        rf"(?i)(?<![a-z0-9]){initial}[._-]?{tail}(?![a-z])",
    ]


def _first(first: str) -> list[str]:
    name = spelled(first)
    always = [
        rf"(?i)(?<=[/\\@~:]){name}(?![\w-])",
        rf"(?i)(?<![a-z0-9]){name}(?:'|\u2019)?s?[ _-](?:{_MACHINES})(?![a-z])",
    ]
    if first in _ALSO_WORDS:
        return always
    return [*always, rf"(?i)(?<=[_-]){name}(?![a-z])", rf"(?i)(?<![a-z]){name}(?=[@_-])"]


def account_patterns(account: str) -> list[str]:
    """An account's name anywhere, or where it is a word too, where accounts stand."""
    low, name = account.lower(), re.escape(account)
    if len(account) < LEAST or low in WORDS or not re.fullmatch(r"[\w.@+-]+", account):
        return []
    if len(account) >= 4 and low not in _ALSO_WORDS:
        return [
            rf"(?i)(?<![^\W_]){name}\d{{0,2}}(?![^\W_])",
            rf"(?i)(?<![a-z0-9]){name}s?[ _-](?:{_MACHINES})(?![a-z])",
        ]
    return [
        rf"(?<=[~@(]){name}(?![\w-])",
        rf"(?<![\w.-]){name}(?=@)",
        rf"(?i)\b(?:user|username|login|logname|owner|author|account|by)(?:[\"']?(?:: ?|=|[ ])[\"']?)(?P<secret>{name})(?![\w-])",
        rf"[r-][w-][xsStT-][.+@]? +\d+ (?P<secret>{name})(?= )",
    ]
