"""Whether an agent was ever used here, looked up before its reader is imported: all readers take 70 ms and more.

A test holds the readers' roots against the catalog's signs.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from gitstory.agents.catalog import AGENTS, expanded, expanded_names


def places(agent: str, env: Mapping[str, str], home: Path) -> Iterator[Path]:
    """Where `agent` leaves something, there or not."""
    info = AGENTS.get(agent)
    yield from expanded(info.signs, env, home) if info is not None else ()


def seen(agent: str, env: Mapping[str, str], home: Path) -> bool:
    """Whether `agent` could have a store here."""
    info = AGENTS.get(agent)
    return info is None or not info.signs or any(map(os.path.exists, expanded_names(info.signs, env, home)))
