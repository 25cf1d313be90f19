from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.integration.faults.world import World, build

_built: dict[str, World] = {}


@pytest.fixture
def world(tmp_path_factory: pytest.TempPathFactory, sealed: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """The states of `world.build`, made once a test process; a test restores the one it wants."""
    folders = [folder for folder in os.environ["PATH"].split(os.pathsep) if not (Path(folder) / "git-story").exists()]
    monkeypatch.setenv("PATH", os.pathsep.join(folders))
    root = _built["world"].root if "world" in _built else tmp_path_factory.mktemp("world")
    home = root / "live" / "home"
    if "world" not in _built:
        home.mkdir(parents=True)
        shutil.copy(sealed / ".gitconfig", home)
    monkeypatch.setenv("HOME", str(home))
    for name, folder in (("CONFIG", ".config"), ("DATA", ".local/share"), ("CACHE", ".cache")):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(home / folder))
    if "world" not in _built:
        _built["world"] = build(root)
    return _built["world"]
