"""What of the process's environment matters to reading the agents' stores. The one place besides cli that looks."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct


class Surroundings(Struct, frozen=True):
    """The variables, the home directory, and further store locations the person configured."""

    env: Mapping[str, str]
    home: Path
    stores: Mapping[str, tuple[Path, ...]] = {}

    @property
    def has_home(self) -> bool:
        """Whether HOME is a directory; a service has none, or a made-up one."""
        home = Path(self.env.get("HOME") or ".")
        return home.is_absolute() and home.is_dir()

    def with_env(self, extra: Mapping[str, str]) -> Surroundings:
        """The same with variables of another process (the hook's) laid over."""
        home = Path(extra["HOME"]) if extra.get("HOME") else self.home
        return Surroundings({**self.env, **extra}, home, self.stores)


def surroundings(stores: Mapping[str, tuple[Path, ...]] | None = None) -> Surroundings:
    return Surroundings(dict(os.environ), Path.home(), stores or {})
