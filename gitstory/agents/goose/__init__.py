"""Goose: `sessions.db` since 1.10, one JSONL file a session before (first line the session's head)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from gitstory import safe_open
from gitstory.agents.base import FolderReader, Reading, Source
from gitstory.agents.goose import parse
from gitstory.agents.json_values import text
from gitstory.agents.stores import files, row_sources
from gitstory.agents.stores.jsonl import head


class Goose(FolderReader):
    name = "goose"

    def sources(self, root: Path) -> Iterator[Source]:
        """Sessions of the database, then files: Goose leaves those it took over where they were."""
        existing: set[str | None] = set()
        path = root if safe_open.is_file(root) else root / parse.DATABASE
        if safe_open.is_file(path):
            for source in row_sources.sources(self.name, path, parse.find):
                existing.add(source.id)
                yield source
        older = safe_open.globbed(root, "*.jsonl")[::-1] if root.is_dir() else []
        yield from files.sources(self.name, (path for path in older if path.stem not in existing))

    def places(self, source: Source) -> tuple[str, ...]:
        if source.path.suffix == ".jsonl":
            return files.places(text(head(source.path).get("working_dir")))
        return super().places(source)

    def read(self, source: Source) -> Reading:
        if source.path.suffix == ".jsonl":
            return Reading((parse.conversation_of_file(source),))
        return row_sources.read(source, parse.conversation)


AGENT = Goose()
