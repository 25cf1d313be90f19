"""Words that only a generator makes: capitals, small letters and digits in turns, alone where a value is expected.

`random_tokens` judges longer runs; these are of 12 to 40 characters, as passwords are, and may hold a few signs. What
stands before says of some that they are ids.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

from gitstory.redact import id_context, plausible_secret, preceding_line, random_tokens, randomness_score
from gitstory.redact.spans import Span
from gitstory.redact.substring_search_view import View, places
from gitstory.redact.value_boundaries import Edges

_CLASSES = bytes(
    ord("0")
    if chr(code).isdigit() and code < 128
    else ord("A")
    if chr(code) in "ABCDEFGHIJKLMNOPQRSUVWXY"
    else ord("a")
    if chr(code) in "abcdefghijklmnopqrstuvwxyz"
    else ord(" ")
    for code in range(256)
)
"""Without T and Z, which stand beside digits in every time."""
_CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#%^*_~+.$&?-"
_SIGNS = "!#%^*_~+.$&?-"
_BEFORE = Edges(["", *" \t\n\r\"'`=(:<>,\x00[{|;/\\"])
_AFTER = Edges(["", *"\x1b \t\n\r\"'`;,)<>|\\\x00]:}@"])
_QUOTES = frozenset("\"'`=:")
_LEAST, _LEAST_BARE, _MOST, _MOST_SIGNS = 12, 14, 40, 4


_TURNS = (b"0A", b"A0", b"0aA", b"Aa0", b"aAaA", b"a0a")
"""Where a word changes as only a generator's do often."""


_FEWEST_JUDGED, _SHARE_JUDGED = 300, 0.002


def most_judged(text: str) -> float:
    """How many words are hidden because they look drawn until the rest is hidden with no judgement.

    Each costs some 50 us to judge. Of 500 conversations with 75 MB in all none had more than 104.
    """
    return max(_FEWEST_JUDGED, _SHARE_JUDGED * len(text))


def find(view: View) -> Iterator[Span]:
    """Such words. Each has a capital beside a digit, which names and prose seldom have."""
    text, done, hidden, most = view.text, 0, 0, most_judged(view.text)
    classes = view.raw.translate(_CLASSES)
    for at in sorted({at for turn in _TURNS for at in places(classes, turn)}):
        if at < done:
            continue
        first, last = _word(text, at)
        done = last
        if not _stands_alone(text, first, last):
            continue
        word = text[first:last]
        if hidden >= most and _is_long(text, first, last):
            yield Span(first, last, "token", word, rank=5)
            continue
        scrambled = _is_long(text, first, last) and is_scrambled(word)
        if not (scrambled or is_generated(word) or (_is_doubtful(word) and preceding_line.is_labelled(text, first))):
            continue
        if (
            _DIGEST.search(text, max(0, first - 8), first) or not id_context.is_id(text, first)
        ) and not random_tokens.in_block(text, first, last):
            hidden += 1
            yield Span(first, last, "token", text[first:last], rank=5)


def _word(text: str, at: int) -> tuple[int, int]:
    """Where the word around `at` begins and ends, as far as it can matter."""
    head, tail = text[max(0, at - _MOST) : at], text[at : at + _MOST]
    first = at - (len(head) - len(head.rstrip(_CHARACTERS)))
    if (flag := _FLAG.match(text, first)) is not None and text[first - 1 : first] in _BLANK:
        first = flag.end()
    last = at + len(tail) - len(tail.lstrip(_CHARACTERS))
    if text[first - 1 : first] == "\\" and text[first : first + 1] in ("n", "r", "t"):
        first += 1
    elif text[first - 1 : first] in ("[", ";") and (colour := _COLOUR.match(text, first, last)) is not None:
        first = colour.end()
    return first, last - (len(text[first:last]) - len(text[first:last].rstrip(".?!&")))


def _stands_alone(text: str, first: int, last: int) -> bool:
    before, after = text[first - 1 : first], text[last : last + 1]
    if before not in _BEFORE and _FLAG.search(text, max(0, first - 3), first):
        before = " "
    if (before not in _BEFORE and before != "m") or (after not in _AFTER and after not in (".", "?", "!", "&")):
        return False
    if before == "/" and text[last : last + 1] != "@":
        return False
    if text.startswith("![", last):
        return False  # a value with "!" in its middle, the rest of which is hidden
    return not (before == "\\" and _ESCAPED.match(text, first))


def _is_long(text: str, first: int, last: int) -> bool:
    return last - first >= (_LEAST if text[first - 1 : first] in _QUOTES else _LEAST_BARE)


_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


def _reads_well(plain: str) -> bool:
    """Whether it is made of words, with or without capitals, as names in code are."""
    words = _WORD.findall(plain)
    return sum(map(len, words)) * 10 > 26 * len(words)


_LETTERS = re.compile(r"[A-Za-z]{2}")
"""Which the path of a drawing (`4v6m4-6v6`) has nowhere."""
_MEMBER = re.compile(r"[._][A-Za-z]{2,12}\Z")
"""The end of a file's name, or of one that is a member of another."""
_PARTS = re.compile(r"[-_.]|%[0-9A-F]{2}")
_FLAG = re.compile(r"-(?:p|P|hp|w|N)(?=[^\s=-]|\Z)")
"""An option whose value stands right behind it."""
_BLANK = frozenset(" \t\"'")
_COLOUR = re.compile(r"\d{1,3}m")
"""The rest of an escape sequence that sets a colour."""
_DIGEST = re.compile(r"(?:md5|sha\d{0,3})[ ]\Z", re.I)
"""Before a key that messages are signed with; the digests themselves are hexadecimal."""
_ESCAPED = re.compile(r"u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}")
_NUMBERED = re.compile(r"[A-Za-z]+\d+\Z")
"""As people number the names they choose for themselves."""
_SURE, _SHORT = 10, 15
"""Bits of `randomness_score.odds` from which a word is a generator's, and for one of fewer than `_LEAST` characters."""


_LOW = 6
"""Bits from which a word is believed where its line tells what it is."""


def _is_doubtful(word: str) -> bool:
    return is_generated(word, _LOW)


@lru_cache(maxsize=1 << 13)
def is_generated(word: str, least: int = 0) -> bool:
    """Whether letters and digits follow each other as they do in no word and no name, whatever their case.

    `least` is how many bits must say so, where it is not the length that decides.
    """
    plain = "".join(char for char in word if char not in _SIGNS)
    if len(word) > _MOST - 1 or len(word) - len(plain) > _MOST_SIGNS or word[0] in "$.-/":
        return False
    shortest = 8 if least else 10
    if len(plain) < shortest or (len(plain) < _LEAST and _NUMBERED.match(plain) and not least):
        return False
    digits = sum(map(str.isdigit, plain))
    if not digits or not _LETTERS.search(plain) or _MEMBER.search(word):
        return False
    if max((randomness_score.odds(part) for part in _PARTS.split(word) if len(part) >= shortest), default=0) < (
        least or (_SURE if len(plain) >= _LEAST else _SHORT)
    ):
        return False
    return not (
        random_tokens.is_named(word) or plausible_secret.is_placeholder(word) or plausible_secret.is_plain(word)
    )


@lru_cache(maxsize=1 << 13)
def is_scrambled(word: str) -> bool:
    """Whether capitals, small letters and digits change as often as a generator makes them."""
    plain = "".join(char for char in word if char not in _SIGNS)
    if len(word) > _MOST - 1 or len(word) - len(plain) > _MOST_SIGNS or len(plain) < 8 or word[0] in "$.-/":
        return False
    kinds = [0 if char.isdigit() else 1 if char.islower() else 2 for char in plain]
    if (
        min(kinds.count(1), kinds.count(2)) < 2
        or 0 not in kinds
        or _reads_well(plain)
        or random_tokens.is_named(word)
        or plausible_secret.is_placeholder(word)
    ):
        return False
    changes = sum(first != second for first, second in pairwise(kinds))
    return (
        changes * 100 >= len(plain) * 40
        and plausible_secret.unusual(plain) >= 0.3
        and not plausible_secret.is_plain(word)
    )
