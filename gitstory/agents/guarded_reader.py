"""A reader that opens only what is within its store, and no file longer than its budget of time allows.

Every reader is used through one of these, ours and plug-ins': `sources`, `places` and `read` run within the bounds of
the roots that were asked for. A store within a work tree (`local`) may be anybody's work: its bound is the work tree.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

from gitstory import safe_open
from gitstory.agents.base import Agent, Reading, Source
from gitstory.safe_open import Aside, Bound, Overtime


class Bounded:
    """Stands for `reader`; what else a reader offers (`local`, `entries`, `hides`) is its own."""

    def __init__(self, reader: Agent, *, checked: bool = False) -> None:
        """`checked`: the reader lists nothing but what `opening` lets it open."""
        self._reader = reader
        self._checked = checked
        self._bounds: dict[str, Bound] = {}

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self._reader, name)

    def roots(self, env: Mapping[str, str], home: Path) -> list[Path]:
        return self._reader.roots(env, home)

    def sources(self, root: Path) -> Iterator[Source]:
        """Those of regular files within the bounds; nothing of a store that takes too long to list."""
        return iter(self._listed(root))

    def _listed(self, root: Path) -> list[Source]:
        bound = self._bounds[str(root)] = _bound(root, getattr(self._reader, "local", ()))
        try:
            with safe_open.within(self._reader.name, [bound], safe_open.LISTING_SECONDS, str(root)):
                if not safe_open.is_listed(root):
                    return []
                sources = list(self._reader.sources(root))
                return sources if self._checked else [one for one in sources if safe_open.is_listed(one.path)]
        except Overtime as error:
            safe_open.set_aside(Aside(self._reader.name, str(root), error.strerror or ""))
            return []

    def places(self, source: Source) -> tuple[str, ...]:
        try:
            with safe_open.within(self._reader.name, self._bounds.values()), safe_open.budgeted(source.path):
                return self._reader.places(source)
        except Overtime:
            return ()

    def folder_of(self, directory: Path) -> str | None:
        return self._reader.folder_of(directory)

    def read(self, source: Source) -> Reading:
        """Raises `Overtime` where the source was set aside, or is now."""
        with safe_open.within(self._reader.name, self._bounds.values()), safe_open.budgeted(source.path):
            return self._reader.read(source)


def bounded(reader: Agent, *, checked: bool = False) -> Agent:
    return cast("Agent", Bounded(reader, checked=checked))


def _bound(root: Path, local: tuple[str, ...]) -> Bound:
    for name in local:
        parts = Path(name).parts
        if root.parts[-len(parts) :] == parts and os.path.lexists(root.parents[len(parts) - 1] / ".git"):
            return safe_open.bound(root.parents[len(parts) - 1])
    return safe_open.bound(root)
