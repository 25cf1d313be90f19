"""Which program the hooks start, and which `git-story` a person gets."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from gitstory.git.find_program import absolute_only

NAMES = ("git-story.exe", "git-story") if sys.platform == "win32" else ("git-story",)
_OF_A_HOOK = ("GIT_INDEX_FILE", "GIT_PREFIX")


def own_program() -> str:
    """The absolute path of the git-story that is running, "" if it has none (run as a module from a source tree)."""
    # Beside the interpreter first: the same whichever link or PATH entry it was started through.
    beside = [Path(sys.executable).parent / name for name in NAMES]
    started = Path(sys.argv[0])
    if started.stem in ("git-story", "gitstory") and started.name != sys.argv[0]:  # a bare name is no place
        beside.append(Path(os.path.abspath(started)))  # noqa: PTH100 - links are kept: a package manager moves targets
    for program in beside:
        if program.is_file():
            return program.as_posix()
    return ""


def programs_on_path(env: Mapping[str, str]) -> list[Path]:
    """Every `git-story` on PATH; the first is the one that `git story` runs."""
    programs = []
    for folder in env.get("PATH", "").split(os.pathsep):
        for name in NAMES:
            path = Path(folder) / name
            if path.is_absolute() and path.is_file() and os.access(path, os.X_OK) and path not in programs:
                programs.append(path)
    return programs


def is_own(path: Path) -> bool:
    """Whether a program belongs to a gitstory, by its text: a foreign program of that name is not run."""
    try:
        with path.open("rb") as file:
            text = file.read(4_000_000)
            return b"gitstory.start" in text or b"gitstory.cli.main" in text  # the entry of now, and of before
    except OSError:
        return False


def isolated_python() -> list[str]:
    """`python -m gitstory` with which no file of the current directory is imported, as plain `-m` would.

    Not `-I` of itself: gitstory may be installed below the home directory (`pip install --user`) or be named by
    PYTHONPATH, whose relative entries `start` takes out.
    """
    flags = sys.flags
    how = "-I" if flags.isolated else "-P" + "E" * flags.ignore_environment + "s" * flags.no_user_site
    return [sys.executable, how, "-m", "gitstory"]


def start_worker(cwd: Path, env: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Start `git story drain --background`; see `start`."""
    return start(["drain", "--background"], cwd, env)


def start(args: Sequence[str], cwd: Path, env: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Start `git story ARGS` in a session of its own, with none of our files. Raises OSError."""
    settings = absolute_only({name: value for name, value in env.items() if name not in _OF_A_HOOK})
    flags = 0
    if sys.platform == "win32":
        flags = subprocess.DETACHED_PROCESS | subprocess.CREATE_NEW_PROCESS_GROUP
    return subprocess.Popen(
        [*isolated_python(), *args],
        cwd=cwd,
        env=settings,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        creationflags=flags,
    )
