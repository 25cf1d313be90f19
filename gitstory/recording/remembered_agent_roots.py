"""Stores that only an agent's own environment names: where hooks said they are, remembered for later commits.

An agent that runs with CLAUDE_CONFIG_DIR or CODEX_HOME has its commits linked by what its hook saw. The person's next
commit, and every reader, has no such variable: the roots are kept in a file of this repository. Losing it costs nothing
but that; a root that is gone, or not the user's own, is left out.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

from gitstory.agents.base import Agent
from gitstory.config.load import Config
from gitstory.environment import Surroundings
from gitstory.git import safe_own_files
from gitstory.git.repo import Repo

NAME = "roots.json"
MOST = 32
"""Roots that are remembered in a repository, those named last."""
_LARGEST = 1 << 18

Roots = dict[str, list[str]]
"""Agent -> roots, the one named last first."""


def load(home: Path) -> Roots:
    """What hooks named in the repository whose directory `home` is, as far as it can be used now."""
    try:
        existing = msgspec.json.decode(safe_own_files.content(home / NAME, _LARGEST), type=Roots)
    except (OSError, msgspec.MsgspecError, UnicodeError, RecursionError):
        return {}
    usable = {agent: [root for root in roots if is_usable(Path(root))] for agent, roots in existing.items()}
    return {agent: roots[:MOST] for agent, roots in usable.items() if roots}


def stores(repo: Repo, config: Config) -> dict[str, tuple[Path, ...]]:
    """Agent -> roots besides those it has by itself: what the configuration names, then what hooks named."""
    roots_by_agent = {agent: tuple(Path(root).expanduser() for root in roots) for agent, roots in config.roots.items()}
    for agent, roots in load(repo.home).items():
        roots_by_agent[agent] = tuple(dict.fromkeys((*roots_by_agent.get(agent, ()), *map(Path, roots))))
    return roots_by_agent


def remember(home: Path, readers: Sequence[Agent], where: Surroundings, named: Iterable[Mapping[str, str]]) -> None:
    """Keep the roots that the store variables `named` (one mapping a hook) lead to, and that no run finds without."""
    existing = load(home)
    before = {agent: list(roots) for agent, roots in existing.items()}
    for variables in {tuple(sorted(one.items())) for one in named}:
        where_now = where.with_env(dict(variables))
        for reader in readers if variables else ():
            plain = {*reader.roots({}, where_now.home), *where.stores.get(reader.name, ())}
            for root in reader.roots(dict(variables), where_now.home):
                if root not in plain and is_usable(root):
                    others = [one for one in existing.get(reader.name, []) if one != str(root)]
                    existing[reader.name] = [str(root), *others]
    if existing != before:
        with suppress(OSError):
            safe_own_files.write(home / NAME, msgspec.json.encode(_cut(existing)))


def _cut(existing: Roots) -> Roots:
    """No more than `MOST`, the same number of each agent."""
    each = max(1, MOST // max(len(existing), 1))
    return {agent: roots[:each] for agent, roots in list(existing.items())[:MOST]}


def is_usable(root: Path) -> bool:
    """Whether a root is a place of this user's own: absolute, there, and owned by whoever runs this."""
    try:
        return root.is_absolute() and (not hasattr(os, "getuid") or root.stat().st_uid == os.getuid())
    except (OSError, ValueError):
        return False
