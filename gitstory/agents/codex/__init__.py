"""Codex: its CLI, IDE extension and desktop app, which share one store (read from 0.2x of 2025 up to 0.169)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from gitstory.agents.base import Reader, Reading, Source
from gitstory.agents.codex import store
from gitstory.agents.codex.finish import conversation
from gitstory.agents.codex.parse import Intake
from gitstory.agents.codex.state import State, encode, restore
from gitstory.agents.json_values import seconds
from gitstory.agents.patches import absolute
from gitstory.agents.stores import merged
from gitstory.agents.stores.jsonl import START, Lines, decode


class Codex(Reader):
    name = "codex"

    def sources(self, root: Path) -> Iterator[Source]:
        return merged.grouped(store.sources(root))

    def places(self, source: Source) -> tuple[str, ...]:
        return tuple(absolute(place, None) for place in store.first_places(source.path))

    def read(self, source: Source, state: bytes | None = None) -> Reading:
        if source.also:
            return _read_united(source)
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


def _read_united(source: Source) -> Reading:
    """A thread in several rollouts: after a rewind Codex goes on in a new one that names where the old one is cut."""
    kept = State()
    intake = Intake(kept)
    paths = sorted((source.path, *source.also), key=lambda path: path.name)
    for line, record in merged.records([_lines(path, kept) for path in paths], _time):
        if record is not None:
            intake.take(record)
        else:
            kept.skipped += bool(line.strip())
    return Reading((conversation(kept, str(source.path), source.id or source.path.stem),))


def _lines(path: Path, kept: State) -> Iterator[bytes]:
    if not path.name.endswith(store.PACKED):
        yield from Lines(path).to_end()
        return
    try:
        yield from store.unpacked(path)
    except Exception:  # noqa: BLE001 - each decoder has its own error for a broken file
        kept.skipped += 1


def _time(record: dict[str, Any]) -> float | None:
    return seconds(record.get("timestamp"))


def _take_all(intake: Intake, lines: Iterable[bytes]) -> None:
    for line in lines:
        record = decode(line)
        if record is not None:
            intake.take(record)
        elif line.strip():
            intake.state.skipped += 1


AGENT = Codex()
