"""Kiro's editor and its command line program, and Amazon Q's before it: two kinds of files a session, or a database.

The third engine, which the editor has since 1.0, keeps `~/.kiro/sessions/<workspace>/sess_<id>/`, the second one
`~/.kiro/sessions/cli/<id>.{json,jsonl}`, the first one `data.sqlite3` in the data directory of its program (`kiro-cli`
or `amazon-q`).
Written after public descriptions and readers of them; no real session was at hand, and the small stores are made by
hand. What the editor stored before 1.0 is read by `gitstory.agents.kiro_ide`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from gitstory import opening
from gitstory.agents.base import FolderReader, Reading, Source
from gitstory.agents.kiro import first_engine, second_engine, third_engine
from gitstory.agents.stores import files, row_sources

_PROGRAMS = ("kiro-cli", "amazon-q")


class Kiro(FolderReader):
    name = "kiro"

    def sources(self, root: Path) -> Iterator[Source]:
        path = root if opening.is_file(root) else root / first_engine.NAME
        if opening.is_file(path):
            yield from row_sources.sources(self.name, path, first_engine.find)
        yield from second_engine.sources(self.name, root)
        yield from third_engine.sources(self.name, root)

    def places(self, source: Source) -> tuple[str, ...]:
        if third_engine.is_one(source.path):
            return files.places(*third_engine.places(source.path))
        if source.path.suffix == second_engine.SUFFIX:
            return files.places(second_engine.place(source.path))
        return super().places(source)

    def read(self, source: Source) -> Reading:
        if third_engine.is_one(source.path):
            return third_engine.read(source)
        if source.path.suffix == second_engine.SUFFIX:
            return second_engine.read(source)
        return row_sources.read(source, first_engine.conversation)


AGENT = Kiro()
