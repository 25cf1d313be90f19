"""A text prepared for quick search: nearly every detector begins with a plain substring search over these bytes.

`bytes.find` over one byte a character costs under 1 ns a character, a regular expression ten to fifty times that; so
expressions run only where a substring says they might match. Every position is the same in all forms.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property

from gitstory.redact import multi_word_search

WORDS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-"
_KINDS = bytes(
    ord("w") if code in WORDS else ord("x") if code in b"+/=%" else code if code in b"\n\\" else ord(" ")
    for code in range(256)
)
LONG = 20
"""No token of known shape has a shorter run of `WORDS`."""


class View:
    """`text` itself, `raw` and (in lower case) `low` as bytes, `kinds` with one letter for each kind of character.

    Kinds: `w` for `WORDS`, `x` for what else tokens hold, line ends and backslashes as they are, blanks for the rest.
    Characters outside ASCII are "?" in `raw` and `low`.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.raw = text.encode("ascii", "replace")
        self.low = self.raw.lower()
        self.kinds = self.raw.translate(_KINDS)

    @cached_property
    def _places(self) -> dict[bytes, list[int]]:
        return multi_word_search.places(self.low)

    @cached_property
    def solid(self) -> bytes:
        """`kinds` with `w` for the characters of base64 as well."""
        return self.kinds.replace(b"x", b"w")

    def has(self, word: bytes) -> bool:
        """Whether `word`, as it is written, is somewhere in the text."""
        return next(iter(self.hits(word)), None) is not None

    def hits(self, word: bytes) -> Iterable[int]:
        """Every place of `word`, as it is written, not overlapping."""
        low = multi_word_search.AS_WRITTEN.get(word)
        if low is None:
            return places(self.raw, word)
        offsets = self._places.get(low)
        return [at for at in offsets if self.raw.startswith(word, at)] if offsets else ()

    def hits_low(self, word: bytes) -> Iterable[int]:
        """Every place of `word`, which is in lower case, in whatever case it is written, not overlapping."""
        offsets = self._places.get(word)
        if offsets is None:
            return () if word in multi_word_search.IN_ANY_CASE else places(self.low, word)
        return offsets

    def present(self, words: Iterable[bytes]) -> list[bytes]:
        """Those of `words` that `hits_low` has places of: hundreds are looked for, and few texts have one."""
        offsets = self._places
        return [word for word in words if word in offsets or word not in multi_word_search.IN_ANY_CASE]

    def runs(self) -> Iterator[tuple[int, int]]:
        """Start and end of every run of at least `LONG` characters of `WORDS`."""
        return stretches(self.kinds, LONG)


def stretches(kinds: bytes, least: int, letter: bytes = b"w") -> Iterator[tuple[int, int]]:
    """Start and end of every run of at least `least` times `letter`."""
    needle = letter * least
    at = kinds.find(needle)
    while at >= 0:
        end = at + least
        rest = kinds[end : end + 64].lstrip(letter)
        while not rest and end < len(kinds):
            end += 64
            rest = kinds[end : end + 64].lstrip(letter)
        end = min(end + 64, len(kinds)) - len(rest)
        yield at, end
        at = kinds.find(needle, end)


def places(data: bytes, word: bytes) -> Iterator[int]:
    """Every place of `word`, not overlapping."""
    at, step = data.find(word), len(word)
    while at >= 0:
        yield at
        at = data.find(word, at + step)
