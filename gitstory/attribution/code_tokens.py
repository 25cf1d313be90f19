"""A line as the tokens that a formatter keeps: words and signs, without white space.

Formatters split and join lines, change quotes, and add or remove parentheses, trailing commas and semicolons. Tokens
are 16-bit numbers, words only 12 bits of a keyed hash: enough to compare code at one place, and too little to find a
secret by trying words. They are kept in the parse cache, where no text may be.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Sequence
from hashlib import blake2b

TOKEN_BYTES = 2

OPEN, CLOSE, COMMA, END = 0, 1, 2, 3
"""Round brackets and commas, which formatters add and remove, and the end of a line."""
_LAST_NOISE = END
_QUOTE = 4
_CLOSERS = {"]": 5, "}": 6}
CLOSERS = frozenset((CLOSE, *_CLOSERS.values()))
SEPARATOR = 7
"""Stands between texts that do not belong together."""
_SIGN = 0x1000
_WORD = 0x8000
_WORD_BITS = 12

_LONGEST = 4000
"""Characters beyond which a line is generated or minified: it is one token."""

_TOKEN = re.compile(r"\w+|-{3,}|[^\w\s]")
_JSX_SPACE = re.compile(r"\{(?:\" \"|' ')\}")
_FIXED = {"(": OPEN, ")": CLOSE, ",": COMMA, **dict.fromkeys("'\"`", _QUOTE), **_CLOSERS}


class Tokenizer:
    """Turns text into tokens; `key` makes the hashes of words worthless elsewhere."""

    def __init__(self, key: bytes = b"") -> None:
        self._key = key
        self._ids: dict[str, int] = dict(_FIXED)

    def of(self, text: str) -> bytes:
        """The tokens of a line, two bytes each, with those that formatters add and remove."""
        if len(text) > _LONGEST:
            digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8, key=self._key).digest()
            return array("H", [_WORD | part >> 4 for part in array("H", digest)]).tobytes()
        tokens = _TOKEN.findall(_bare(text))
        ids = self._ids
        try:
            return array("H", [ids[one] for one in tokens]).tobytes()
        except KeyError:
            return array("H", [ids[one] if one in ids else self._add(one) for one in tokens]).tobytes()

    def _add(self, token: str) -> int:
        first = token[0]
        if first.isalnum() or first == "_":
            # Formatters write numbers in lower case.
            text = token.lower() if first.isdigit() else token
            number = _WORD | self._hash(text, _WORD_BITS)
        else:
            # The rule below the head of a Markdown table is as wide as its column.
            number = _SIGN | self._hash(token[:3], _WORD_BITS)
        self._ids[token] = number
        return number

    def _hash(self, text: str, bits: int) -> int:
        digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=2, key=self._key).digest()
        return int.from_bytes(digest, "big") >> (16 - bits)


def _bare(text: str) -> str:
    """A line without semicolons, a continuation at its end, escapes of quotes, and JSX's written-out spaces."""
    if "\\" in text:
        text = text.rstrip().removesuffix("\\").replace("\\'", "'").replace('\\"', '"')
    if ";" in text:
        text = text.replace(";", " ")
    if '{" "}' in text or "{' '}" in text:
        text = _JSX_SPACE.sub(" ", text)
    return text


def kept(tokens: bytes) -> bytes:
    """`tokens` without those that formatters add and remove."""
    values = array("H", tokens)
    return array("H", [one for one in values if one > _LAST_NOISE]).tobytes()


def is_word(token: int) -> bool:
    return token >= _WORD


class Added:
    """What a formatter added to, or removed from, one text to make the other, as their common tokens are walked."""

    def __init__(self) -> None:
        self.ok = True
        self._open = 0
        self._grew: bool | None = None

    @property
    def balanced(self) -> bool:
        """Whether every round bracket that was added, or removed, has its partner."""
        return self.ok and self._open == 0

    def walk(self, old: Sequence[bytes], new: Sequence[bytes]) -> None:
        """Compare the next lines of both; without their noise they must be equal."""
        if old == new:
            return
        for (before, upcoming), (after, _) in zip(_gaps(old), _gaps(new), strict=False):
            if before != after and not (self._brackets(before, after) and _commas(before, after, upcoming)):
                self.ok = False
                return

    def _brackets(self, before: list[int], after: list[int]) -> bool:
        old, new = ([one for one in gap if one in (OPEN, CLOSE)] for gap in (before, after))
        if old == new:
            return True
        grew = len(new) > len(old)
        less, more = (old, new) if grew else (new, old)
        if self._grew not in (None, grew) or not _within(less, more):
            return False
        self._grew = grew
        opened, closed = more.count(OPEN) - less.count(OPEN), more.count(CLOSE) - less.count(CLOSE)
        # `()` opens before it closes, `)(` belongs to two pairs.
        if self._open < closed and more[-1] == OPEN and more[0] == CLOSE:
            return False
        self._open += opened - closed
        return self._open >= 0


def _gaps(lines: Sequence[bytes]) -> list[tuple[list[int], int | None]]:
    """(noise, the token after it or None) for every place between two tokens that are kept."""
    gaps: list[tuple[list[int], int | None]] = []
    noise: list[int] = []
    for line in lines:
        for token in array("H", line):
            if token <= _LAST_NOISE:
                noise.append(token)
            else:
                gaps.append((noise, token))
                noise = []
        noise.append(END)
    gaps.append((noise, None))
    return gaps


def leading_brackets(lines: Sequence[bytes]) -> list[int]:
    """The round brackets before the first token that is kept."""
    noise, _ = _gaps(lines)[0]
    return [one for one in noise if one in (OPEN, CLOSE)]


def leading_bracket(tokens: bytes) -> int | None:
    """The first token that is a round bracket."""
    return next((one for one in array("H", tokens) if one in (OPEN, CLOSE)), None)


def _within(less: list[int], more: list[int]) -> bool:
    """Whether `less` is what remains of `more` when some are left out."""
    rest = iter(more)
    return all(one in rest for one in less)


def _commas(before: list[int], after: list[int], upcoming: int | None) -> bool:
    """Whether only commas at the end of a list or a line were added or removed."""
    old, new = before.count(COMMA), after.count(COMMA)
    if old == new:
        return True
    if abs(old - new) > 1:
        return False
    gap = before if old > new else after
    rest = gap[len(gap) - gap[::-1].index(COMMA) :]
    return upcoming is None or upcoming in CLOSERS or CLOSE in rest or END in rest
