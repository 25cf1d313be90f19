"""Roo Code, an extension of VS Code made of Cline: its tasks are stored as Cline's are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from gitstory.agents import editors
from gitstory.agents.base import Reading, Source
from gitstory.agents.cline import tasks


class Roo:
    name = "roo"
    label = "Roo Code"
    markers: Mapping[str, str] = {}

    def roots(self, env: Mapping[str, str], home: Path) -> list[Path]:
        return [one / "tasks" for one in editors.storage("rooveterinaryinc.roo-cline", env, home)]

    def sources(self, root: Path) -> Iterator[Source]:
        yield from tasks.sources(self.name, root)

    def places(self, source: Source) -> tuple[str, ...]:
        return tasks.places(source)

    def folder_of(self, directory: Path) -> str | None:
        return None

    def read(self, source: Source, state: bytes | None = None) -> Reading:
        return Reading((tasks.conversation(source),))


AGENT = Roo()
