"""Values that a generator made, whole, with whatever a vendor put before, between and behind their parts.

`random_tokens` knows prefixes that end in a dot, a dash or an underscore. Here a value is everything between two places
where values end; what counts is how many bits of it a generator alone explains (`randomness_score.odds`), and that the
rest is short. Paths, addresses, names of files, ids and what is one row of a block stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from gitstory.redact import file_extensions, id_context, plausible_secret, random_tokens, randomness_score
from gitstory.redact.spans import Span
from gitstory.redact.substring_search_view import LONG, View, stretches
from gitstory.redact.token_body_kind import HEX, PART
from gitstory.redact.value_boundaries import Edges, is_comment

_VALUE = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.~+/@%!$^*-"
_FAR, _LONGEST = 200, 400
"""Characters before a run at which its value may begin, and of a value."""
_BEFORE = Edges(["", *" \t\n\r\"'`=:(<>,\x00[|;{*^"])
_AFTER = Edges(["", *"\x1b \t\n\r\"'`;:,)<>&|\\\x00]}?#=*^$~"])
_ESCAPE = re.compile(r"[nrt](?![a-z_-])|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|(?<=\[)\d{1,3}m")
_LEAST, _LEAST_PART, _LONGEST_NAME = 15, 10, 14
_BITS, _BITS_PART = 22, 10
"""Bits of all drawn parts of a value, and of each."""
_LEAST_TOGETHER, _BITS_TOGETHER = 20, 30
"""Characters and bits of short parts that are judged together."""
_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.I)
_SEALED = re.compile(r".{0,200}?E[A-Za-z0-9+/]{2,3}CkYI")
"""The signature of a model's thoughts, which its provider alone can read."""
_GROUPS = re.compile(r"(?:[A-Z0-9]{4,12}-){3,8}[A-Z0-9]{4,12}|(?:[a-z0-9]{4,10}-){2,8}[a-z0-9]{4,10}")
_HEADED_HEX = re.compile(
    r"(?:[A-Za-z][A-Za-z0-9]{1,7}[~+]|[A-Z]{2,5}-|[A-Z]{2,4}[a-z]{0,6}|[a-z]{2,6}[A-Z][a-z]{1,6}?)"
    r"(?P<body>[0-9a-f]{32,64}|[0-9A-F]{32,64}|(?<=[~+])[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
)
_UUID_AND_HEX = re.compile(rf"{_UUID.pattern}[._~][0-9A-Fa-f]{{32,128}}", re.I)
_ENDED_HEX = re.compile(r"[a-z]{2}[a-z0-9]{0,4}[0-9a-f]{24,64}[A-Z]{3,5}")
_TWO = re.compile(r"[A-Za-z0-9_.+~-]{12,64}@[A-Za-z0-9_-]{16,64}")
_ADDRESS = re.compile(r"[./~@%$]|[A-Za-z]:|.*(?://|/\.|\.\./)|\+\+|--")
"""What paths, addresses, packages, options and lines of a diff begin with."""


_MEASURE = re.compile(r"\d{1,9}[a-z]{0,3}\Z")
"""A number with its unit, of which layouts have many in a row."""
_PIECE = re.compile(r"[^=%]{20,}")
_LEAST_DIVIDED = 22


_BITS_GROUPS = 12


class DrawnPart(NamedTuple):
    """Where in its value a token is, and whether something leads it that reads like a prefix."""

    start: int
    end: int
    headed: bool


def find(text: str, start: int, end: int) -> Span | None:
    """The token that the run `text[start:end]` is in, whose form no other rule knows."""
    first, last = _bounds(text, start, end)
    if last - first > _LONGEST or start - first >= _FAR:
        return None
    value = text[first:last]
    token = _token(value)
    if token is None:
        return None
    before = text[first - 1 : first]
    if not (before in _BEFORE or before in ("\\", "m") or is_comment(text, first)) or not _ends(text, last):
        return None
    if id_context.is_id(text, first, headed=token.headed) or random_tokens.in_block(text, first, last):
        return None
    if text.startswith("base64,", first - 7):
        return None
    if ("/" in value or "." in value) and text[last : last + 1] == "=" and not token.headed:
        return None
    begin = id_context.with_id(text, first + token.start)
    return Span(begin, first + token.end, "token", text[begin : first + token.end], rank=4)


def _ends(text: str, last: int) -> bool:
    """Whether a value can end at `last`, also as a sentence's last word."""
    after = text[last : last + 1]
    return after in _AFTER or (after in _STOPS and text[last + 1 : last + 2] in _AFTER)


_STOPS = frozenset(".!")


@lru_cache(maxsize=1 << 14)
def may_hold(run: str) -> bool:
    """Whether a run of `View.runs` can be a part of such a value, by its parts alone."""
    parts = list(PART.finditer(run[:_LONGEST]))
    if any(
        len(part[0]) >= _LEAST_PART and not _is_word(part[0]) and randomness_score.odds(part[0]) >= _BITS_PART
        for part in parts
    ):
        return True
    if _GROUPS.search(run) or _HEADED_HEX.search(run):
        return True
    return len(parts) > 1 and any(map(str.isdigit, run)) and _is_drawn_together(parts)


def _is_word(part: str) -> bool:
    """Whether it is in one case and without digits, and so short that it is hardly drawn."""
    return len(part) < _LONGEST_WORD and part.isalpha() and (part.islower() or part.isupper())


_LONGEST_WORD = 20


def divided(view: View) -> Iterator[Span]:
    """Such values whose slashes and plus signs stand so close that no run of `View.runs` is in them."""
    text, kinds = view.text, view.kinds
    for start, end in stretches(view.solid, _LEAST_DIVIDED):
        if end - start > _LONGEST or b"w" * LONG in kinds[start:end]:
            continue
        for piece in _PIECE.finditer(text, start, end):
            if _has_sign(piece[0]) and (span := find(text, *piece.span())) is not None:
                yield span


@lru_cache(maxsize=1 << 14)
def _has_sign(piece: str) -> bool:
    """Whether there is a sign of base64 in it and no word."""
    return ("/" in piece or "+" in piece) and not _reads(piece.split("/"))


def _bounds(text: str, start: int, end: int) -> tuple[int, int]:
    head = text[max(0, start - _FAR) : start]
    first = start - len(head) + len(head.rstrip(_VALUE))
    if text[first - 1 : first] in ("\\", "[", ";") and (lead := _ESCAPE.match(text, first)) is not None:
        first = lead.end()
    elif text[first - 1 : first] == "^" and text[first : first + 1] in ("I", "M"):
        first += 1
    elif text.startswith(("**", "//"), first) or text.startswith("*", first):
        first += 2 if text[first : first + 2] in ("**", "//") else 1
    tail = text[end : end + _LONGEST + 1]
    last = end + len(tail) - len(tail.lstrip(_VALUE))
    last -= len(text[first:last]) - len(text[first:last].rstrip("._-!*/$~^"))
    if text.startswith("=", last) and last - first > 20:
        last += 2 if text.startswith("==", last) else 1
    return first, last


@lru_cache(maxsize=1 << 14)
def _token(value: str) -> DrawnPart | None:
    """The token in a value, wherever that stands."""
    if _ADDRESS.match(value) or value.startswith(random_tokens.PUBLIC) or plausible_secret.is_blank(value):
        return None
    plain = value.rstrip("=")
    if file_extensions.is_file(plain) or random_tokens.is_named(value):
        return None
    if _SEALED.match(value) is not None:
        return None
    if _UUID_AND_HEX.fullmatch(plain) or _ENDED_HEX.fullmatch(plain):
        return DrawnPart(0, len(value), True)
    if (headed := _HEADED_HEX.fullmatch(plain)) is not None and HEX.match(plain) is None:
        return DrawnPart(0, len(value), True) if len(set(headed["body"])) > 8 else None
    begin = uuid.end() if (uuid := _UUID.match(plain)) is not None else 0
    parts = list(PART.finditer(plain, begin))
    if "@" in plain:
        return DrawnPart(0, len(value), False) if _TWO.fullmatch(plain) and _are_drawn(plain.split("@")) else None
    if "/" in plain and not _is_divided(plain):
        return None
    if (grouped := _grouped(plain, parts)) is not None:
        return grouped
    bits = size = rest = 0
    at = -1
    for part in parts:
        odds = randomness_score.odds(part[0])
        if odds >= _BITS_PART and len(part[0]) >= _LEAST_PART:
            bits, size, at = bits + int(odds), size + len(part[0]), part.start() if at < 0 else at
        elif len(part[0]) > _LONGEST_NAME and not HEX.match(part[0]):
            return None
        else:
            rest += len(part[0])
    drawn_by_parts = bits >= _BITS and size >= _LEAST and rest <= size + _LONGEST_NAME
    if not (drawn_by_parts or _is_drawn_together(parts)) or plausible_secret.is_placeholder(plain):
        return None
    return DrawnPart(begin + 1 if begin else 0, len(value), at > 0)


def _is_drawn_together(parts: list[re.Match[str]]) -> bool:
    """Whether short parts, behind at most three names, are too unlikely as words when they are taken together."""
    words = [part[0] for part in parts]
    for names in range(min(4, len(words))):
        rest = words[names:]
        size = sum(map(len, rest))
        bits = sum(map(randomness_score.odds, rest))
        if all(map(_MEASURE.match, rest)):
            return False
        if size >= _LEAST_TOGETHER and len(rest) <= 2 + size // 6 and bits >= max(_BITS_TOGETHER, size * 6 // 5):
            return any(map(str.isdigit, "".join(rest)))
        if randomness_score.odds(words[names]) >= _BITS_PART:
            return False
    return False


def _are_drawn(parts: list[str]) -> bool:
    """Whether the first part is drawn, and the others are, or are hexadecimal."""
    return _is_drawn(parts[0]) and all(HEX.match(one) or _is_drawn(one) for one in parts[1:])


def _is_divided(value: str) -> bool:
    """Whether slashes divide few short names and drawn parts, as in a token and no path, or stand in base64."""
    parts = value.split("/")
    if all(len(part) <= _LONGEST_NAME // 3 or _is_drawn(part) for part in parts):
        return True
    whole = "".join(PART.findall(value))
    return len(parts) <= 2 + len(value) // 16 and randomness_score.odds(whole) >= 2 * _BITS and not _reads(parts)


def _is_drawn(part: str) -> bool:
    return max((randomness_score.odds(one) for one in PART.findall(part)), default=0.0) >= _BITS_PART


def _reads(parts: list[str]) -> bool:
    """Whether one of the parts is a word."""
    return any(len(word) >= 4 and randomness_score.odds(word) < 0 for part in parts for word in PART.findall(part))


def _grouped(value: str, parts: list[re.Match[str]]) -> DrawnPart | None:
    """Groups of one width and case, behind one to three names."""
    for part in parts[:4]:
        groups = _GROUPS.fullmatch(value, part.start())
        if groups is not None:
            split = groups[0].split("-")
            mixed = sum(not group.isalpha() and not group.isdigit() for group in split)
            plain = "".join(split)
            alike = len(set(map(len, split))) == 1 and mixed * 2 >= len(split) and len(plain) >= _LEAST
            bits = randomness_score.odds(groups[0]) + randomness_score.odds(plain)
            if alike and not HEX.match(plain) and bits >= (_BITS_GROUPS if plain.isupper() else _BITS):
                return DrawnPart(0, len(value), True)
    return None
