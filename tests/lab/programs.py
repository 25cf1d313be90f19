"""The agents' real programs: installed from npm by name, run without a terminal in a sealed home."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

TURN_SECONDS = 180


@dataclass(frozen=True)
class Package:
    """One npm package: versions are tried in order, so that the lab stands when the newest is withdrawn."""

    name: str
    program: str
    versions: tuple[str, ...]


CLAUDE_CODE = Package("@anthropic-ai/claude-code", "claude", ("2.1.329", "2.1.197"))
CODEX = Package("@openai/codex", "codex", ("0.169.0",))


def cache_directory(env: Mapping[str, str]) -> Path:
    """`GITSTORY_LAB_DIR`, else a directory under the system's temporary one."""
    named = env.get("GITSTORY_LAB_DIR")
    return Path(named) if named else Path(tempfile.gettempdir()) / "gitstory-lab"


def install(package: Package, env: Mapping[str, str]) -> Path:
    """The path of the program, installed on the first call; raises RuntimeError with npm's words if none can be had.

    `env` is the caller's own environment, not the sealed one: npm needs its settings. `GITSTORY_LAB_CLAUDE`,
    `GITSTORY_LAB_CODEX` and so on (the program in capitals) ask for another version ("latest" included).
    """
    wanted = env.get(f"GITSTORY_LAB_{package.program.upper()}")
    said = ""
    for version in (wanted,) if wanted else package.versions:
        folder = cache_directory(env) / "npm" / f"{package.program}-{version}"
        program = folder / "node_modules" / ".bin" / package.program
        if program.exists():
            return program
        said = _npm_install(f"{package.name}@{version}", folder, env)
        if program.exists():
            return program
    raise RuntimeError(f"cannot install {package.name}: {said}")


def _npm_install(what: str, folder: Path, env: Mapping[str, str]) -> str:
    """Install into a folder of this process and move it into place whole; what npm complained of."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    own = Path(tempfile.mkdtemp(prefix=f"{folder.name}.", dir=folder.parent))
    command = ["npm", "install", "--no-audit", "--no-fund", "--prefix", str(own), what]
    done = subprocess.run(command, capture_output=True, text=True, env=dict(env), check=False)
    if done.returncode == 0:
        with suppress(OSError):  # another process was faster
            own.rename(folder)
    shutil.rmtree(own, ignore_errors=True)
    return done.stderr


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str


def environment(home: Path, extra: Mapping[str, str]) -> dict[str, str]:
    """What an agent is started with: the sealed test environment, its programs and gitstory's own on the path."""
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    return {**os.environ, "PATH": path, "HOME": str(home), "SHELL": "/bin/bash", "TERM": "dumb", **extra}


def run(command: list[str], cwd: Path, env: dict[str, str]) -> Ran:
    done = subprocess.run(
        command,
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=TURN_SECONDS,
        check=False,
    )
    return Ran(done.returncode, done.stdout, done.stderr)
