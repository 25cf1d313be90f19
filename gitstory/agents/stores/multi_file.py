"""Conversations that are spread over several files: which files belong together, and their records in one order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from heapq import merge
from typing import Any

from msgspec.structs import replace

from gitstory.agents.base import Source
from gitstory.agents.stores.jsonl import Losses, decode, objects


def grouped(sources: Iterable[Source]) -> Iterator[Source]:
    """The same sources; those of one conversation name the files of each other, and change with each other."""
    listed = list(sources)
    named: dict[str, list[Source]] = {}
    for source in listed:
        if source.id is not None:
            named.setdefault(source.id, []).append(source)
    for source in listed:
        parts = named[source.id] if source.id is not None else [source]
        yield _with_others(source, parts) if len(parts) > 1 else source


def _with_others(source: Source, parts: Sequence[Source]) -> Source:
    others = sorted((part for part in parts if part.path != source.path), key=lambda part: part.path)
    return replace(
        source,
        stamp=(*source.stamp, *(number for part in others for number in part.stamp)),
        modified=max(part.modified for part in parts),
        also=tuple(part.path for part in others),
    )


def records(
    files: Sequence[Iterable[bytes]], time_of: Callable[[dict[str, Any]], float | None], losses: Losses
) -> Iterator[dict[str, Any]]:
    """The objects in the lines of all `files` in order of time; within a file its own order stands.

    What one file repeats of another (a copy) comes once. `time_of` gives a record's time, None where it has none.
    Lines that hold no object are counted in `losses`.
    """
    if len(files) == 1:
        yield from objects(files[0], losses)
        return
    fed: Counter[int] = Counter()
    streams = [_timed(number, lines, time_of) for number, lines in enumerate(files)]
    seen: list[Counter[int]] = [Counter() for _ in files]
    for _, number, _, line, record in merge(*streams, key=lambda each: each[:3]):
        name = hash(line)
        seen[number][name] += 1
        if seen[number][name] > fed[name]:
            fed[name] += 1
            if record is not None:
                yield record
            else:
                losses.skipped += bool(line.strip())


def _timed(
    number: int, lines: Iterable[bytes], time_of: Callable[[dict[str, Any]], float | None]
) -> Iterator[tuple[float, int, int, bytes, dict[str, Any] | None]]:
    clock = 0.0
    for count, line in enumerate(lines):
        record = decode(line)
        time = time_of(record) if record is not None else None
        clock = max(clock, time or 0.0)
        yield clock, number, count, line, record
