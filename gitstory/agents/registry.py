"""Which agents there are: the built-in readers by name, and plug-ins of the entry-point group `gitstory.agents`.

Readers are imported when first asked for. Entry points are only looked up when a caller wants plug-ins, because
reading the metadata of everything installed costs more than a hook may take. A plug-in that does not import, or is
no agent, is left out and reported: it must not take the others with it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from functools import lru_cache
from importlib import import_module
from typing import Any, NamedTuple, cast

from gitstory.agents.base import Agent
from gitstory.agents.catalog import AGENTS
from gitstory.agents.guarded_reader import bounded
from gitstory.agents.lazy_reader import Deferred
from gitstory.errors import GitStoryError
from gitstory.installed_plugins import entry_names

GROUP = "gitstory.agents"

_MEMBERS = ("name", "label", "markers", "roots", "sources", "places", "folder_of", "read")


class Problem(NamedTuple):
    """A reader that could not be used, and why, in one line."""

    name: str
    reason: str


class Discovered(NamedTuple):
    """Usable readers, built-in ones first, and those that are not."""

    agents: list[Agent]
    problems: list[Problem]


def discover(*, plugins: bool = True) -> Discovered:
    """All readers. A plug-in cannot take the name of a built-in one."""
    discovered = Discovered([], [])
    for name in AGENTS:
        _take(discovered, name, lambda name=name: reader(name))
    if plugins:
        for point in _entry_points():
            if point.name not in AGENTS:
                _take(discovered, point.name, point.load)
    return discovered


def agents(*, plugins: bool = False) -> list[Agent]:
    """The usable readers; `discover` returns the problems of the others."""
    return discover(plugins=plugins).agents


def deferred() -> list[Agent]:
    """The usable readers with plug-ins; built-in ones are imported when there is something for them to read."""
    discovered = Discovered([], [])
    for info in AGENTS.values():
        discovered.agents.append(bounded(cast("Agent", Deferred(info, reader)), checked=True))
    for point in _entry_points():
        if point.name not in AGENTS:
            _take(discovered, point.name, point.load)
    return discovered.agents


def agent(name: str) -> Agent:
    """The reader called `name`. Plug-ins are looked for when no built-in one has it; raises GitStoryError if none."""
    discovered = Discovered([], [])
    if name in AGENTS:
        _take(discovered, name, lambda: reader(name))
    else:
        for point in _entry_points():
            if point.name == name:
                _take(discovered, name, point.load)
    if discovered.agents:
        return discovered.agents[0]
    if discovered.problems:
        raise GitStoryError(f"the reader for agent '{name}' cannot be used: {discovered.problems[0].reason}")
    raise unknown(name, AGENTS)


def unknown(name: str, names: Iterable[str]) -> GitStoryError:
    """The message for an unknown agent; `names` are those that exist."""
    return GitStoryError(f"unknown agent '{name}'", hint=f"known agents: {', '.join(sorted(names))}")


def reader(name: str) -> Agent:
    """Import the built-in reader called `name`."""
    return cast("Agent", import_module(f"gitstory.agents.{AGENTS[name].module}").AGENT)


def markers() -> dict[str, tuple[str, str]]:
    """Environment variable -> (agent, what it holds) of the built-in agents, without importing any reader."""
    return {variable: (name, kind) for name, info in AGENTS.items() for variable, kind in info.markers.items()}


def _entry_points() -> Any:
    return _installed(tuple((folder, _changed(folder)) for folder in sys.path))


@lru_cache(maxsize=1)
def _installed(folders: tuple[tuple[str, float], ...]) -> Any:
    """The entry points in `folders`, as they are since the last change: each distribution's files are read for it.
    Nothing where the readers' own are all there are."""
    names = entry_names(GROUP)
    if names is not None and names <= AGENTS.keys():
        return []
    from importlib.metadata import entry_points

    return sorted(entry_points(group=GROUP), key=lambda point: point.name)


def _changed(folder: str) -> float:
    """When something was installed into a folder, or removed; 0 where there is none."""
    try:
        return os.path.getmtime(folder or ".")  # noqa: PTH204 - for each command, a few times
    except OSError:
        return 0


def _take(discovered: Discovered, name: str, load: Any) -> None:
    """Put the reader that `load` returns where it belongs; a plug-in may raise anything."""
    try:
        value = load()
    except Exception as error:  # noqa: BLE001 - foreign code
        discovered.problems.append(Problem(name, f"{type(error).__name__}: {error}".split("\n")[0]))
        return
    missing = [member for member in _MEMBERS if not hasattr(value, member)]
    if missing:
        discovered.problems.append(Problem(name, f"lacks {', '.join(missing)}"))
    elif value.name != name:
        discovered.problems.append(Problem(name, f"calls itself '{value.name}'"))
    elif any(known.name == name for known in discovered.agents):
        discovered.problems.append(Problem(name, "there is another reader of this name"))
    else:
        discovered.agents.append(bounded(value, checked=name in AGENTS))
