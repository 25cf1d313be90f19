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

from gitstory import safe_open
from gitstory.agents.base import FolderReader, Reading, Source
from gitstory.agents.kiro import v1_session_store, v2_session_store, v3_session_store
from gitstory.agents.stores import files, row_sources

_PROGRAMS = ("kiro-cli", "amazon-q")


class Kiro(FolderReader):
    name = "kiro"

    def sources(self, root: Path) -> Iterator[Source]:
        path = root if safe_open.is_file(root) else root / v1_session_store.NAME
        if safe_open.is_file(path):
            yield from row_sources.sources(self.name, path, v1_session_store.find)
        yield from v2_session_store.sources(self.name, root)
        yield from v3_session_store.sources(self.name, root)

    def places(self, source: Source) -> tuple[str, ...]:
        if v3_session_store.is_one(source.path):
            return files.places(*v3_session_store.places(source.path))
        if source.path.suffix == v2_session_store.SUFFIX:
            return files.places(v2_session_store.place(source.path))
        return super().places(source)

    def read(self, source: Source) -> Reading:
        if v3_session_store.is_one(source.path):
            return v3_session_store.read(source)
        if source.path.suffix == v2_session_store.SUFFIX:
            return v2_session_store.read(source)
        return row_sources.read(source, v1_session_store.conversation)


AGENT = Kiro()
