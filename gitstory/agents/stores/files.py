"""Stores of plain files: one source a file, and the directories that a store names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from gitstory import safe_open
from gitstory.agents.base import Source
from gitstory.agents.conversation_builder import is_name
from gitstory.effects.patches import absolute


def sources(
    agent: str,
    paths: Iterable[Path],
    ident: Callable[[Path], str | None] = lambda path: path.stem,
    *,
    beside: Callable[[Path], tuple[int, ...]] = lambda path: (),
    folder: Callable[[Path], str | None] = lambda path: None,
) -> Iterator[Source]:
    """One source for each of `paths` that is a regular file, but for those whose `ident` is no name.

    `ident` returns the native id in a path (None if it has none), `beside` what of the stamp comes from other
    files, `folder` the agent's own key of the project.
    """
    for path in paths:
        name = ident(path)
        facts = safe_open.facts(path) if name is None or is_name(name) else None
        if facts is not None:
            stamp = (facts.st_size, facts.st_mtime_ns, *beside(path))
            yield Source(agent, path, stamp, facts.st_size, facts.st_mtime, name, folder(path))


def places(*named: str) -> tuple[str, ...]:
    """The normal forms of the directories that are named, each once."""
    return tuple(dict.fromkeys(absolute(one, None) for one in named if one))
