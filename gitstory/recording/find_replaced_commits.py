"""Which commits a commit replaced, over several rewrites in a row."""

from __future__ import annotations

from collections.abc import Collection, Mapping


def replaced(was: Mapping[str, Collection[str]], commit: str) -> list[str]:
    """All commits that `commit` replaced, over all recorded rewrites (several amends)."""
    names: set[str] = set()
    waiting = [commit]
    while waiting:
        new = set(was.get(waiting.pop(), ())) - names - {commit}
        names |= new
        waiting += new
    return sorted(names)
