"""How much likelier it is that a generator made a word than that a person did, in bits.

A generator draws every character alike; in words and names each letter says something of the next one. Both chances
are counted: `letter_pairs.txt` has how rare each pair of characters is in the words of English and of code
(`python -m tests.letter_pairs` writes it). Words of code have 12 bits and more in a few cases of 100,000, random ones
of 12 letters and digits in 49 of 50.
"""

from __future__ import annotations

import math
import re
from functools import cache, lru_cache
from operator import add
from pathlib import Path

PLACE = Path(__file__).with_name("letter_pairs.txt")
_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
EDGE, SYMBOLS = 53, 54
"""The symbol for either end of a word, and how many there are: letters, one for all digits, the end."""
_CODES = bytes(
    _LETTERS.index(chr(code)) if chr(code) in _LETTERS else 52 if chr(code) in "0123456789" else EDGE
    for code in range(256)
)
_DIGIT = math.log2(10)
_WORDS = re.compile(r"[A-Za-z0-9]+")
_HEX = re.compile(r"[0-9a-f]+\Z|[0-9A-F]+\Z")


_ROWS = ("abcdefgh", "ABCDEFGH", "01234567", "qwertyui", "23456789")
"""What alphabets are written with."""


def symbols(word: str) -> bytes:
    """The symbols of a word of letters and digits, each as a byte."""
    return word.encode("ascii", "replace").translate(_CODES)


@cache
def _rarity() -> dict[str, float]:
    """Bits by which each symbol follows each other one, by both as characters."""
    rows = PLACE.read_text("ascii").splitlines()[1:]
    return {
        chr(first) + chr(second): (ord(char) - ord("!")) / 4
        for first, row in enumerate(rows)
        for second, char in enumerate(row)
    }


@lru_cache(maxsize=1 << 14)
def odds(value: str) -> float:
    """Bits by which it is rather a generator's than a person's; less than 0 for words, 0 for hexadecimal digits."""
    return sum(_odds(word) for word in _WORDS.findall(value[:200]))


def _odds(word: str) -> float:
    if _HEX.match(word) or any(row in word for row in _ROWS):
        return 0.0
    if word.isupper():
        word = word.lower()  # constants are made of the same words
    codes = symbols(word)
    symbols_ = list(map(chr, codes))
    named = sum(map(_rarity().__getitem__, map(add, [chr(EDGE), *symbols_], symbols_)))
    present = set(codes)
    alphabet = 26 * (not present.isdisjoint(range(26))) + 26 * (not present.isdisjoint(range(26, 52)))
    digits = codes.count(52)
    return named + digits * _DIGIT - len(codes) * math.log2(alphabet + 10 * (digits > 0))
