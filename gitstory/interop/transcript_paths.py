"""Paths of the transcripts of named conversations on this machine, without reading any or loading the linker."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from pathlib import Path

from gitstory.agents.base import Agent, Source
from gitstory.agents.registry import deferred
from gitstory.config.load import load
from gitstory.environment import surroundings
from gitstory.git.repo import Repo
from gitstory.recording.archive_reader import archived
from gitstory.recording.remembered_agent_roots import stores

Key = tuple[str, str]
"""(agent, native conversation id)."""

Transcripts = dict[Key, list[tuple[Agent, Source]]]

BY_NAME = ("claude-code", "codex")
"""Agents with a file for each conversation that is named by its id: only names are looked at."""
_DEPTH = 6


def transcripts(repo: Repo, keys: Collection[Key]) -> Transcripts:
    """The sources of those of `keys` that an agent's own store has; none where gitstory is switched off.

    Raises `ConfigError`.
    """
    by_conversation: Transcripts = {}
    config = load(repo)
    agents = {agent for agent, _ in keys} - set(config.ignore_agents)
    if not agents or not config.enabled:
        return by_conversation
    where = surroundings(stores(repo, config))
    for reader in (*deferred(), *archived(repo, config.ignore_agents)):
        if reader.name in agents:
            wanted = {name for agent, name in keys if agent == reader.name}
            for root in (*reader.roots(where.env, where.home), *where.stores.get(reader.name, ())):
                for source in named_sources(reader, root, wanted):
                    by_conversation.setdefault((reader.name, source.id or ""), []).append((reader, source))
    return by_conversation


def named_sources(reader: Agent, root: Path, wanted: Collection[str]) -> Iterator[Source]:
    """What `root` holds of the conversations with these ids."""
    by_name = reader.name in BY_NAME and root.is_dir()
    seen: set[Path] = set()
    for folder in sorted(_folders(root, wanted, _DEPTH)) if by_name else [root]:
        for source in reader.sources(folder):
            if source.id in wanted and source.path not in seen:
                seen.add(source.path)
                yield source


def _folders(root: Path, wanted: Collection[str], depth: int) -> Iterator[Path]:
    """The folders that hold a file with one of these ids in its name."""
    try:
        with os.scandir(root) as listing:
            entries = list(listing)
    except OSError:
        return
    if any(ident in entry.name and not entry.is_dir() for entry in entries for ident in wanted):
        yield root
    for entry in entries if depth else ():
        if entry.is_dir(follow_symlinks=False):
            yield from _folders(Path(entry.path), wanted, depth - 1)
