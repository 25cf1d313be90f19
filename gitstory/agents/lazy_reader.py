"""A built-in reader that is imported when there is something for it to read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from gitstory.agents.base import Agent, Reading, Source
from gitstory.agents.catalog import AgentInfo
from gitstory.agents.used_on_this_machine import seen


class Deferred:
    """Stands for a built-in reader until a place of its store, or one that was named, exists; `load` imports it."""

    def __init__(self, info: AgentInfo, load: Callable[[str], Agent]) -> None:
        self.name = info.name
        self.label = info.label
        self.markers = info.markers
        self.local = info.local
        self.secondhand = info.secondhand
        self._load = load
        self._loaded: Agent | None = None

    @property
    def reader(self) -> Agent:
        """The reader itself."""
        if self._loaded is None:
            self._loaded = self._load(self.name)
        return self._loaded

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

    def read(self, source: Source) -> Reading:
        return self.reader.read(source)
