"""Reading a whole store, and telling whether anything in it was touched."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path

from gitstory.agents.base import Agent, Reading, Source
from gitstory.model import Conversation

Name = tuple[str, str | None]
"""What identifies a source within its store: path and id."""


def all_sources(agent: Agent, roots: Sequence[Path]) -> dict[Name, Source]:
    """Every source below the roots by its name; raises AssertionError where two bear one name."""
    sources: dict[Name, Source] = {}
    for root in roots:
        for source in agent.sources(root):
            name = (str(source.path), source.id)
            assert name not in sources or sources[name] == source, f"two sources are named {name}"
            sources[name] = source
    return sources


def read_all(agent: Agent, roots: Sequence[Path]) -> dict[Name, Reading]:
    """Every source below the roots, read from the start."""
    return read_each(agent, all_sources(agent, roots))


def read_each(agent: Agent, sources: dict[Name, Source]) -> dict[Name, Reading]:
    """Each source read from the start, with its places asked for as `gather` does before."""
    readings: dict[Name, Reading] = {}
    for name, source in sources.items():
        agent.places(source)
        readings[name] = agent.read(source)
    return readings


def conversations(readings: dict[Name, Reading]) -> list[Conversation]:
    return [one for reading in readings.values() for one in reading.conversations]


def print_of(folder: Path) -> dict[str, tuple[int, int, str]]:
    """Every file and folder below `folder`: mode, mtime in nanoseconds, and a digest of the content."""
    rows: dict[str, tuple[int, int, str]] = {}
    for path in sorted([folder, *folder.rglob("*")]):
        facts = path.lstat()
        content = blake2b(path.read_bytes()).hexdigest() if path.is_file() else ""
        rows[path.relative_to(folder).as_posix()] = (facts.st_mode, facts.st_mtime_ns, content)
    return rows
