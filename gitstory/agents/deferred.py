"""A built-in reader that is imported when there is something for it to read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import cast

from gitstory.agents.base import Agent, Reading, Source
from gitstory.agents.signs import seen


class Deferred:
    """Stands for the reader in `module` until a place of its store, or one that was named, is there.

    `local` and `secondhand` are the reader's own, told beforehand.
    """

    def __init__(
        self, name: str, module: str, markers: Mapping[str, str], local: tuple[str, ...], secondhand: bool
    ) -> None:
        self.name = name
        self.markers = markers
        self.local = local
        self.secondhand = secondhand
        self._module = module
        self._loaded: Agent | None = None

    @property
    def reader(self) -> Agent:
        """The reader itself."""
        if self._loaded is None:
            self._loaded = cast("Agent", import_module(self._module).AGENT)
        return self._loaded

    @property
    def label(self) -> str:
        return self.reader.label

    def roots(self, env: Mapping[str, str], home: Path) -> list[Path]:
        return self.reader.roots(env, home) if seen(self.name, env, home) else []

    def sources(self, root: Path) -> Iterator[Source]:
        if self._loaded is None and not root.exists():
            return iter(())
        return self.reader.sources(root)

    def places(self, source: Source) -> tuple[str, ...]:
        return self.reader.places(source)

    def folder_of(self, directory: Path) -> str | None:
        """None while nothing of the agent's was read: then no source has a folder to compare with."""
        return None if self._loaded is None else self._loaded.folder_of(directory)

    def read(self, source: Source, state: bytes | None = None) -> Reading:
        return self.reader.read(source, state)
