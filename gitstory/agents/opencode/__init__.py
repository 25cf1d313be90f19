"""OpenCode: JSON files (0.x to early 2026), SQLite since (read from 1.0 to 1.18), and `opencode export`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

from gitstory import safe_open
from gitstory.agents.base import FolderReader, Reading, Source
from gitstory.agents.opencode import database, files
from gitstory.agents.stores import row_sources
from gitstory.effects.patches import absolute

_NOT_OURS = frozenset({"auth.json", "mcp-auth.json", "account.json"})
"""Files with credentials beside the store: never opened."""


class OpenCode(FolderReader):
    name = "opencode"

    def roots(self, env: Mapping[str, str], home: Path) -> list[Path]:
        """`$XDG_DATA_HOME/opencode` on every platform; a database elsewhere where OPENCODE_DB names one."""
        paths, named = super().roots(env, home), env.get("OPENCODE_DB")
        return [paths[0] / named, *paths] if named and named != ":memory:" else paths

    def sources(self, root: Path) -> Iterator[Source]:
        """Sessions of the databases, then those that are only in files: newer versions took most of them over."""
        if safe_open.is_file(root):
            yield from row_sources.sources(self.name, root, database.find)
            return
        databases = safe_open.globbed(root, "opencode*.db")
        existing: set[str] = set()
        for path in databases:
            for source in row_sources.sources(self.name, path, database.find):
                if source.id is None or source.id not in existing:
                    existing.add(source.id or "")
                    yield source
        for source in files.sessions(root / "storage"):
            if source.id not in existing:
                yield source
        if not databases and not (root / "storage").is_dir():
            yield from files.exports(root, _NOT_OURS)

    def places(self, source: Source) -> tuple[str, ...]:
        place = source.folder or files.place(source)
        return (absolute(place, None),) if place else ()

    def read(self, source: Source) -> Reading:
        if source.path.suffix == ".json":
            return files.read(source)
        snapshots = source.path.parent / "snapshot"
        return row_sources.read(source, partial(database.conversation, snapshots=snapshots))


AGENT = OpenCode()
