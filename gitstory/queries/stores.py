"""Which agents' stores are on this machine, and how many of their conversations took place in this repository."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from msgspec import Struct

from gitstory.agents.base import Agent, Source
from gitstory.capture.places import inside, normal
from gitstory.capture.select import here
from gitstory.git.repo import Repo
from gitstory.surroundings import Surroundings


class StoreView(Struct, frozen=True):
    """One agent: `roots` that exist, `searched` ones that do not, and how many transcripts are there and of here.

    `problem` is why the store could not be read.
    """

    agent: str
    label: str
    roots: tuple[str, ...] = ()
    searched: tuple[str, ...] = ()
    conversations: int = 0
    here: int = 0
    newest: float | None = None
    problem: str | None = None

    @property
    def found(self) -> bool:
        return bool(self.roots)


def store_views(agents: Iterable[Agent], where: Surroundings, repo: Repo | None) -> list[StoreView]:
    """One view an agent. Subagents' transcripts count as well where an agent keeps them apart."""
    roots = here(repo).roots if repo is not None else ()
    return [_view(agent, where, roots) for agent in agents]


def _view(agent: Agent, where: Surroundings, ours: tuple[str, ...]) -> StoreView:
    places = list(where.stores.get(agent.name) or agent.roots(where.env, where.home))
    there = [root for root in places if root.exists()]
    folders = {name for root in ours if (name := agent.folder_of(Path(root)))}
    count = of_here = 0
    newest: float | None = None
    try:
        for root in there:
            for source in agent.sources(root):
                count += 1
                newest = max(newest or 0.0, source.modified)
                of_here += bool(ours) and _is_here(agent, source, folders, ours)
    except OSError as error:
        return StoreView(agent.name, agent.label, _names(there), problem=f"{error.strerror or error}")
    absent = [root for root in places if root not in there]
    return StoreView(agent.name, agent.label, _names(there), _names(absent), count, of_here, newest)


def _is_here(agent: Agent, source: Source, folders: set[str], ours: tuple[str, ...]) -> bool:
    if source.folder is not None and source.folder in folders:
        return True
    return any(inside(normal(place), ours) for place in agent.places(source))


def _names(paths: Iterable[Path]) -> tuple[str, ...]:
    return tuple(path.as_posix() for path in paths)
