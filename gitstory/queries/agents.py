"""Which agents' stores are on this machine, and how many of their conversations took place in this repository."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from gitstory import safe_open
from gitstory.agents.base import Agent, Source
from gitstory.attribution.repository_of_path import normal
from gitstory.environment import Surroundings
from gitstory.git.repo import Repo
from gitstory.linking.repo_match import Here, here
from gitstory.linking.repo_mentions import is_never_read
from gitstory.linking.trace_cache import TraceSummary


class StoreView(Struct, frozen=True):
    """One agent: `roots` that exist, `searched` ones that do not, and how many transcripts are there and of here.

    `problem` is why the store could not be read, `aside` what of it is not read, and why.
    """

    agent: str
    label: str
    roots: tuple[str, ...] = ()
    searched: tuple[str, ...] = ()
    conversations: int = 0
    here: int = 0
    newest: float | None = None
    problem: str | None = None
    aside: tuple[tuple[str, str], ...] = ()

    @property
    def is_found(self) -> bool:
        return bool(self.roots)


class VersionView(Struct, frozen=True):
    """Conversations of this repository in one version of an agent's format, with the number of unreadable records."""

    version: str
    conversations: int
    unreadable: int


class AgentView(Struct, frozen=True):
    """A store, with what reading the conversations of this repository told; `versions` is empty outside of one.

    `plugin`: the reader is not one of ours. `ignored`: the configuration leaves this agent out. `remembered` are
    roots that only a hook named.
    """

    store: StoreView
    versions: tuple[VersionView, ...] = ()
    plugin: bool = False
    ignored: bool = False
    remembered: tuple[str, ...] = ()

    @property
    def unreadable(self) -> int:
        return sum(one.unreadable for one in self.versions)


def store_views(agents: Iterable[Agent], where: Surroundings, repo: Repo | None) -> list[StoreView]:
    """One view an agent. Subagents' transcripts count as well where an agent keeps them apart."""
    at = here(repo) if repo is not None else None
    return [_view(agent, where, at) for agent in agents]


def agent_views(
    agents: Sequence[Agent],
    where: Surroundings,
    repo: Repo | None,
    summaries: Iterable[TraceSummary],
    builtin: Iterable[str],
    used: Iterable[str],
) -> list[AgentView]:
    """Stores with what is `known` of the conversations of this repository. `used` are agents not left out."""
    versions = _versions(summaries)
    ours, used_names = set(builtin), set(used)
    return [
        AgentView(
            store,
            versions.get(store.agent, ()),
            store.agent not in ours,
            repo is not None and store.agent not in used_names,
        )
        for store in store_views(agents, where, repo)
    ]


def _versions(summaries: Iterable[TraceSummary]) -> Mapping[str, tuple[VersionView, ...]]:
    counts: dict[str, dict[str, list[int]]] = {}
    for summary in summaries:
        count = counts.setdefault(summary.agent, {}).setdefault(summary.version, [0, 0])
        count[0] += 1
        count[1] += summary.skipped
    return {
        agent: tuple(VersionView(version, *count) for version, count in sorted(counts_by_version.items(), reverse=True))
        for agent, counts_by_version in counts.items()
    }


def _view(agent: Agent, where: Surroundings, at: Here | None) -> StoreView:
    places = list(dict.fromkeys((*where.stores.get(agent.name, ()), *agent.roots(where.env, where.home))))
    count = of_here = 0
    newest: float | None = None
    there: list[Path] = []
    large: dict[str, str] = {}
    try:
        there = [root for root in places if root.exists()]
        folders = {name for root in (at.roots if at is not None else ()) if (name := agent.folder_of(Path(root)))}
        seen: set[tuple[Path, str | None]] = set()
        for root in there:
            for source in agent.sources(root):
                if (source.path, source.id) in seen:
                    continue
                seen.add((source.path, source.id))
                count += 1
                newest = max(newest or 0.0, source.modified)
                if is_never_read(source.path, source.size):
                    large[str(source.path)] = f"larger than {safe_open.LARGEST >> 20} MB"
                of_here += at is not None and _is_here(agent, source, folders, at)
    except OSError as error:
        return StoreView(agent.name, agent.label, _names(there), problem=f"{error.strerror or error}")
    absent = [root for root in places if root not in there]
    aside = large | {one.path: one.reason for one in safe_open.all_aside() if one.agent == agent.name}
    return StoreView(
        agent.name, agent.label, _names(there), _names(absent), count, of_here, newest, aside=tuple(aside.items())
    )


def _is_here(agent: Agent, source: Source, folders: set[str], at: Here) -> bool:
    if source.folder is not None and source.folder in folders:
        return True
    return any(at.holds(normal(place)) for place in agent.places(source))


def _names(paths: Iterable[Path]) -> tuple[str, ...]:
    return tuple(path.as_posix() for path in paths)
