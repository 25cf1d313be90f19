"""Ids of conversations as short as they are clear."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from gitstory.queries.source import Key

_LEAST = 8
"""Characters an id is cut to, at least."""


def short_ids(keys: Iterable[Key]) -> Mapping[Key, str]:
    """The beginning of each id that no other one shares."""
    names = sorted(keys, key=lambda key: key[1])
    short: dict[Key, str] = {}
    for at, key in enumerate(names):
        beside = [names[n][1] for n in (at - 1, at + 1) if 0 <= n < len(names)]
        shared = max((_shared(key[1], other) for other in beside), default=0)
        short[key] = key[1][: max(_LEAST, shared + 1)]
    return short


def _shared(one: str, two: str) -> int:
    count = 0
    for a, b in zip(one, two, strict=False):
        if a != b:
            break
        count += 1
    return count
