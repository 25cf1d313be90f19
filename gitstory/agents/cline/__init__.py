"""Cline: the sessions of its command line program (3.x, 2026), two files each in a folder of their own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from gitstory.agents.base import Reading, Source
from gitstory.agents.cline import sessions


class Cline:
    name = "cline"
    label = "Cline"
    markers: Mapping[str, str] = {"CLINE_CONNECTOR_CLI_LAUNCH": "present"}

    def roots(self, env: Mapping[str, str], home: Path) -> list[Path]:
        bases = [home / ".cline" / "data"]
        if env.get("CLINE_DIR"):
            bases.insert(0, Path(env["CLINE_DIR"]) / "data")
        if env.get("CLINE_DATA_DIR"):
            bases.insert(0, Path(env["CLINE_DATA_DIR"]))
        return list(dict.fromkeys(base / "sessions" for base in bases))

    def sources(self, root: Path) -> Iterator[Source]:
        yield from sessions.sources(self.name, root)

    def places(self, source: Source) -> tuple[str, ...]:
        return sessions.places(source)

    def folder_of(self, directory: Path) -> str | None:
        return None

    def read(self, source: Source, state: bytes | None = None) -> Reading:
        return Reading((sessions.conversation(source),))


AGENT = Cline()
