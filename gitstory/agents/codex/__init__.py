"""Codex: its CLI, IDE extension and desktop app, which share one store (read from 0.2x of 2025 up to 0.169)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from gitstory.agents.base import Reading, Source
from gitstory.agents.codex import store
from gitstory.agents.codex.finish import conversation
from gitstory.agents.codex.records import Intake
from gitstory.agents.codex.state import State, encode, restore
from gitstory.agents.jsonl import START, Lines, decode
from gitstory.agents.patches import absolute


class Codex:
    name = "codex"
    label = "Codex"
    markers: Mapping[str, str] = {
        "CODEX_CI": "present",
        "CODEX_THREAD_ID": "conversation",
        "CODEX_SESSION_ID": "conversation",
        "CODEX_TOOL_CALL_ID": "call",
    }

    def roots(self, env: Mapping[str, str], home: Path) -> list[Path]:
        return store.roots(env, home)

    def sources(self, root: Path) -> Iterator[Source]:
        return store.sources(root)

    def places(self, source: Source) -> tuple[str, ...]:
        return tuple(absolute(place, None) for place in store.first_places(source.path))

    def folder_of(self, directory: Path) -> str | None:
        return None

    def read(self, source: Source, state: bytes | None = None) -> Reading:
        if source.path.name.endswith(store.PACKED):
            return _read_packed(source)
        kept = restore(state) or State()
        lines = Lines(source.path, kept.position)
        if lines.restarted:
            kept = State()
        intake = Intake(kept)
        _take_all(intake, lines)
        kept.position = lines.position
        data = encode(kept) if kept.position != START else None
        # What follows the last newline is looked at, but left out of the state: it will be read again.
        if lines.rest and (record := decode(lines.rest)) is not None:
            intake.take(record)
        kept.skipped += lines.skipped
        return Reading((conversation(kept, str(source.path), source.id or source.path.stem),), data)


def _read_packed(source: Source) -> Reading:
    kept = State()
    try:
        _take_all(Intake(kept), store.unpacked(source.path))
    except Exception:  # noqa: BLE001 - each decoder has its own error for a broken file
        kept.skipped += 1
    return Reading((conversation(kept, str(source.path), source.id or source.path.stem),))


def _take_all(intake: Intake, lines: Iterable[bytes]) -> None:
    for line in lines:
        record = decode(line)
        if record is not None:
            intake.take(record)
        elif line.strip():
            intake.state.skipped += 1


AGENT = Codex()
