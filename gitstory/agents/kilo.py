"""Kilo Code: an extension of VS Code made of Roo Code until early 2026, whose tasks are stored as Cline's are. Since
then one database for extension and command line program, with OpenCode's tables (`~/.local/share/kilo/kilo.db`).

The database was seen with the program's version 7.7.7, the extension's tasks only in public descriptions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from msgspec.structs import replace

from gitstory.agents.base import FolderReader, Reading, Source
from gitstory.agents.cline import tasks
from gitstory.agents.opencode import database
from gitstory.agents.stores import editors, row_sources

_DATABASE = "kilo.db"
_ELSEWHERE = "kilo-code.customStoragePath"
"""The setting that moves the extension's tasks to another folder."""


class Kilo(FolderReader):
    name = "kilo-code"

    def roots(self, env: Mapping[str, str], home: Path) -> list[Path]:
        paths = [*editors.storage("kilocode.kilo-code", env, home), *editors.stored_elsewhere((_ELSEWHERE,), env, home)]
        return [*super().roots(env, home), *(one / "tasks" for one in paths)]

    def sources(self, root: Path) -> Iterator[Source]:
        yield from row_sources.sources(self.name, root / _DATABASE, database.find)
        yield from tasks.sources(self.name, root)

    def places(self, source: Source) -> tuple[str, ...]:
        return tasks.places(source) if source.path.name == tasks.MESSAGES else super().places(source)

    def read(self, source: Source) -> Reading:
        if source.path.name == tasks.MESSAGES:
            return Reading((tasks.conversation(source),))
        reading = row_sources.read(source, database.conversation)
        return Reading(tuple(replace(one, agent=self.name) for one in reading.conversations))


AGENT = Kilo()
