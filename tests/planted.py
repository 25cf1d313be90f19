"""A work tree in which every importable name and every program's name is planted: whatever runs one of them says so."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from importlib.metadata import packages_distributions
from pathlib import Path

from tests.gitrepo import GitRepo
from tests.watcher import until

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
GIT = shutil.which("git") or "git"
PROGRAMS = (
    *("git", "git-story", "git-receive-pack", "git-upload-pack", "git-remote-https", "ssh", "gh"),
    *("sh", "bash", "env", "ps", "less", "cat", "mkdir", "rm", "setsid", "vi", "claude", "code"),
    *("python", "python3", "pip", "pre-commit"),
)
PACKAGES = ("gitstory", "encodings", "venv", "json", "importlib", "pre_commit", "click")
"""Planted as folders, which Python prefers to files; the rest are files."""


def names() -> set[str]:
    """Every name that Python or anything installed beside gitstory may import."""
    installed = {name for name in packages_distributions() if name.isidentifier()}
    return set(sys.stdlib_module_names) | installed | {"gitstory", "sitecustomize", "usercustomize"}


class Planted:
    """`repo` with everything planted; `ran()` is what of it was run."""

    def __init__(self, repo: GitRepo, mark: Path) -> None:
        self.repo, self.mark = repo, mark
        for name in sorted(names()):
            self._module(name)
        self._module("planted_agent")
        repo.write("planted_agent-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: planted-agent\nVersion: 1.0\n")
        repo.write("planted_agent-1.0.dist-info/entry_points.txt", "[gitstory.agents]\nplanted = planted_agent:AGENT\n")
        repo.write("planted.pth", f"import sys; open({str(mark)!r}, 'a').write('planted.pth\\n')\n")
        repo.write("pyvenv.cfg", f"home = {repo.path}\n")
        for name in PROGRAMS:
            for folder in ("", "bin", ".venv/bin"):
                path = repo.write(f"{folder}/{name}".lstrip("/"), f'#!/bin/sh\necho "{folder}/{name} $*" >>"{mark}"\n')
                path.chmod(0o755)

    def _module(self, name: str) -> None:
        text = f"open({str(self.mark)!r}, 'a').write({name!r} + '\\n')\n"
        if name in PACKAGES:
            self.repo.write(f"{name}/__init__.py", text)
            self.repo.write(f"{name}/__main__.py", text)
        else:
            self.repo.write(f"{name}.py", text)

    def ran(self) -> list[str]:
        """What was run so far, once nothing runs here any more."""
        until(lambda: not self._running(), lambda: f"still running: {self._running()}")
        return sorted(set(self.mark.read_text().splitlines())) if self.mark.exists() else []

    def _running(self) -> list[str]:
        """The processes that work in this repository: workers are started behind what starts them."""
        found = []
        for process in Path("/proc").iterdir():
            try:
                if process.name.isdigit() and (process / "cwd").readlink().is_relative_to(self.repo.path):
                    found.append(f"{process.name} {(process / 'cmdline').read_bytes()!r}")
            except OSError:
                continue  # ended meanwhile, or not ours to look at
        return found


def careless(**more: str) -> dict[str, str]:
    """An environment whose search paths begin with the current directory, written in each way."""
    return {
        **os.environ,
        "PATH": os.pathsep.join([".", "", "bin", ".venv/bin", str(BIN), os.environ["PATH"], ""]),
        "PYTHONPATH": os.pathsep.join(["", ".", str(ROOT), "lib"]),
        "PYTHONUSERBASE": ".",
        **more,
    }


def run(
    words: Iterable[str | Path], where: Path, env: Mapping[str, str], input: str = ""
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(word) for word in words], cwd=where, env=env, input=input, capture_output=True, text=True, check=False
    )
