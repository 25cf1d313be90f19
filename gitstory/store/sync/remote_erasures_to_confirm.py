"""Tombstones of a remote that wait for the person's decision, as values."""

from __future__ import annotations

from msgspec import Struct


class Waiting(Struct, frozen=True, omit_defaults=True):
    """Tombstones of a remote that were not taken ("kind/digest"), and how much they would erase here: stories,
    conversations, turns and titles of other conversations."""

    names: frozenset[str] = frozenset()
    stories: int = 0
    conversations: int = 0
    turns: int = 0
    titles: int = 0

    def __bool__(self) -> bool:
        return bool(self.names)


class Erasing(Struct, frozen=True):
    """Whether a remote may erase what we have, and what is known to wait if not."""

    accepted: bool = False
    waiting: Waiting = Waiting()
