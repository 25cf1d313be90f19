"""What `make fuzz` searches: each parser of stored data, and each reader as one target with all pieces of its store."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from gitstory.agents.catalog import AGENTS
from tests.fuzz.parsers import PARSERS, Parser


def targets() -> dict[str, Parser]:
    """Parsers and readers by name; the pieces of a reader's store are searched together."""
    found: dict[str, list[Parser]] = {}
    for parser in PARSERS:
        reader = parser.name.split(" ")[0]
        found.setdefault(reader if reader in AGENTS else parser.name, []).append(parser)
    return {name: parsers[0] if len(parsers) == 1 else _together(name, parsers) for name, parsers in found.items()}


def _together(name: str, parsers: Sequence[Parser]) -> Parser:
    seeds = (bytes([number]) + seed for number, parser in enumerate(parsers) for seed in parser.seeds)
    return Parser(name, _by_first_byte([parser.run for parser in parsers]), tuple(seeds))


def _by_first_byte(runs: Sequence[Callable[[bytes], object]]) -> Callable[[bytes], object]:
    return lambda data: runs[data[0] % len(runs)](data[1:]) if data else None
