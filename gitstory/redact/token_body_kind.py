"""What a body of characters looks like by its characters alone: drawn by a generator, or made of words. Pure."""

from __future__ import annotations

import re
from functools import lru_cache

from gitstory.redact import plausible_secret, randomness_score

LEAST, MOST = 16, 400
"""Characters of a body."""
PART = re.compile(r"[A-Za-z0-9]+")
HEX = re.compile(r"[0-9a-f]+\Z|[0-9A-F]+\Z")
_SIGNS = re.compile(r"[._-]")
_GLUED = re.compile(r"[a-z]{2,8}?(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64})\Z|[A-Z]{2,8}?[0-9a-f]{32,64}\Z")


@lru_cache(maxsize=1 << 14)
def kind_of(body: str) -> str | None:
    """ "mixed", "one" (case), "hex" or "uuid" where the whole body looks drawn, else None."""
    if not LEAST <= len(body) <= MOST or body.startswith(("eyJhbGci", "eyJ0eXAi")):
        return None
    plain = _SIGNS.sub("", body)
    size = len(plain)
    if size == len(body) and size >= 34 and _GLUED.match(body) and not HEX.match(body):
        return "glued"
    if HEX.match(plain):
        return (
            "hex"
            if size >= 24
            and len(plain) == len(body)
            and len(set(plain)) > 8
            and not plain.isdigit()
            and not plain.isalpha()
            else None
        )
    if len(set(plain)) < 10:
        return None
    by_turns = _kind_by_turns(body, plain) if len(body) - size <= 1 + size // 10 else None
    return by_turns or _kind_by_chance(body, plain)


UNLIKELY, _LEAST_PART = 22, 10
"""Bits of `randomness_score.odds` from which a body is drawn; characters, and bits, of its longest part."""


def _kind_by_chance(body: str, plain: str) -> str | None:
    """The kind of a body whose characters follow each other as in no word; it may hold many signs."""
    odds = randomness_score.odds(body)
    if odds < UNLIKELY or odds * 10 < len(plain) * 9 or len(body) - len(plain) > 1 + len(plain) // 5:
        return None
    longest = max(PART.findall(body), key=len)
    if (
        len(longest) < _LEAST_PART
        or randomness_score.odds(longest) < _LEAST_PART
        or plausible_secret.is_placeholder(plain)
    ):
        return None
    digits = sum(map(str.isdigit, plain))
    if plain.islower() or plain.isupper():
        return "one" if digits and _is_solid(body) else None
    return "mixed" if digits else "letters" if len(body) == len(plain) else None


_CLASSES = bytes(
    ord("0") if chr(code).isdigit() else ord("a") if chr(code).islower() else ord("A") for code in range(128)
) + bytes(128)
_CHANGES = (b"0a", b"0A", b"a0", b"aA", b"A0", b"Aa")
"""Two neighbours of different classes; no such pair overlaps another of its kind."""


def _kind_by_turns(body: str, plain: str) -> str | None:
    size = len(plain)
    classes = plain.encode("ascii", "replace").translate(_CLASSES)
    small, capital, digits = map(classes.count, (b"a", b"A", b"0"))
    if digits * 10 > size * 7:
        return None
    changes = sum(map(classes.count, _CHANGES))
    if plausible_secret.unusual(plain) < (0.28 if small and capital else 0.4) or plausible_secret.is_placeholder(plain):
        return None
    if min(small, capital) * 7 >= size:
        if digits * 20 < size:
            return (
                "letters"
                if changes * 100 >= size * 34 and plausible_secret.unusual(plain) >= 0.45 and size == len(body)
                else None
            )
        return "mixed" if changes * 100 >= size * 40 else None
    if not digits:
        return None
    if not small or not capital:
        return "one" if changes * 100 >= size * 16 and _is_solid(body) else None
    return None


def _is_solid(body: str) -> bool:
    """Whether a body in one case is few long parts, with digits in each: no name of a cipher or a model."""
    parts = PART.findall(body)
    return len(parts) <= 3 and max(map(len, parts)) >= 14 and all(len(part) < 4 or not part.isalpha() for part in parts)
