"""Codex: its CLI, IDE extension and desktop app, which share one store (read from 0.2x of 2025 up to 0.169)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gitstory.agents.base import Reader, Reading, Source
from gitstory.agents.codex import store
from gitstory.agents.codex.assemble import conversation
from gitstory.agents.codex.parse import Intake
from gitstory.agents.codex.rollout_state import RolloutState
from gitstory.agents.json_values import seconds
from gitstory.agents.stores import multi_file
from gitstory.agents.stores.jsonl import counted
from gitstory.effects.patches import absolute


class Codex(Reader):
    name = "codex"

    def sources(self, root: Path) -> Iterator[Source]:
        return multi_file.grouped(store.sources(root))

    def places(self, source: Source) -> tuple[str, ...]:
        return tuple(absolute(place, None) for place in store.first_places(source.path))

    def read(self, source: Source) -> Reading:
        """A thread, in several rollouts where it was rewound: each names where the one before is cut."""
        kept = RolloutState()
        intake = Intake(kept)
        paths = sorted((source.path, *source.also), key=lambda path: path.name)
        for record in multi_file.records([_lines(path, kept) for path in paths], _time, kept):
            intake.take(record)
        return Reading((conversation(kept, str(source.path), source.id or source.path.stem),))


def _lines(path: Path, kept: RolloutState) -> Iterator[bytes]:
    if not path.name.endswith(store.PACKED):
        yield from counted(path, kept)
        return
    try:
        yield from store.unpacked(path)
    except Exception:  # noqa: BLE001 - each decoder has its own error for a broken file
        kept.skipped += 1


def _time(record: dict[str, Any]) -> float | None:
    return seconds(record.get("timestamp"))


AGENT = Codex()
