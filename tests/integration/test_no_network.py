"""No command but those about a remote opens a socket that could reach anybody: traced, children included."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.gitrepo import GitRepo
from tests.integration.test_no_leak import RUNS, secrets, world

__all__ = ["secrets", "world"]  # fixtures

REMOTE = {"push", "pull", "sync"}
"""The only commands that may; what these say to whom is tested where they are (`test_sync_*`)."""

pytestmark = pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not here")


def sockets(cwd: Path, log: Path, *command: str) -> list[str]:
    """The sockets a command and all of its children opened, but for those of this machine's own files."""
    traced = ["strace", "-f", "-qq", "--seccomp-bpf", "-e", "trace=socket,connect", "-o", str(log), *command]
    done = subprocess.run(traced, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), (command, done.stderr)
    return [line for line in log.read_text().splitlines() if "AF_INET" in line or "AF_PACKET" in line]


def test_the_tracer_sees_a_socket(tmp_path: Path) -> None:
    code = "import socket; socket.socket(socket.AF_INET).close()"
    assert sockets(tmp_path, tmp_path / "trace", "sh", "-c", f'{sys.executable} -c "{code}"')


def test_nobody_is_called(world: GitRepo, tmp_path: Path) -> None:
    program = [sys.executable, "-m", "gitstory"]
    called = {}
    for name, runs in RUNS.items():
        if name not in REMOTE:
            found = sockets(world.path, tmp_path / "trace", *program, name, *runs[0])
            called |= {name: found} if found else {}
    assert called == {}


def test_nobody_is_called_by_the_hooks(world: GitRepo, tmp_path: Path) -> None:
    """The worker that the hook starts is followed as well, since it is a child of git's."""
    subprocess.run([sys.executable, "-m", "gitstory", "enable"], cwd=world.path, check=True, capture_output=True)
    world.write("more.txt", "more\n")
    world.git("add", "more.txt")
    assert sockets(world.path, tmp_path / "trace", "git", "commit", "-q", "-m", "more") == []
    assert (world.path / ".git/gitstory").is_dir()
