"""Ids of conversations as short as they are clear: those of a list, and one alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

Key = tuple[str, str]
"""(agent, native conversation id)."""

_LEAST = 8
"""Characters an id is cut to, at least."""
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-([0-9a-f])[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
_BY_TIME = 13
"""Characters of a UUID of version 7 that hold its time in milliseconds: the first 8 are alike for a minute."""
_LONGEST = 16
"""Characters of an id of another shape. OpenCode's `ses_` and twelve digits of time have as many."""


def short_ids(keys: Iterable[Key]) -> Mapping[Key, str]:
    """The beginning of each id that no other one shares."""
    names = sorted(keys, key=lambda key: key[1])
    short: dict[Key, str] = {}
    for at, key in enumerate(names):
        beside = [names[n][1] for n in (at - 1, at + 1) if 0 <= n < len(names)]
        shared = max((_shared(key[1], other) for other in beside), default=0)
        short[key] = key[1][: max(_LEAST, shared + 1)]
    return short


def short_id(id: str) -> str:
    """The beginning of an id that in practice no other conversation shares, without a look at the others.

    As long as the random or dated part of its shape asks: `4de91640` of a random UUID, `01a22a82-8b2b` of a dated one.
    """
    match = _UUID.match(id)
    if match is None:
        return id[:_LONGEST]
    return id[: _BY_TIME if match[1] == "7" else _LEAST]


def turn_name(id: str, turn: int | None) -> str:
    """`4de91640#3`, as every command takes it; without the number where the turn is unknown."""
    return short_id(id) if turn is None else f"{short_id(id)}#{turn}"


def _shared(first: str, two: str) -> int:
    count = 0
    for a, b in zip(first, two, strict=False):
        if a != b:
            break
        count += 1
    return count
