"""No command but those about a remote opens a socket that could reach anybody: traced, children included."""

from __future__ import annotations

import json
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

ROOT = Path(__file__).resolve().parents[2]

EACH = """
import json, os, socket, sys
sys.path.insert(0, sys.argv[1])
from tests.forked import load
load()
from gitstory.cli.main import run

for line in json.loads(sys.argv[2]):
    with socket.socket(socket.AF_UNIX) as mark:
        mark.connect_ex("\\0begins " + line[0])
    child = os.fork()
    if not child:
        os._exit(run(line))
    if (code := os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])) not in (0, 1):
        print(line, "ended with", code, file=sys.stderr)
        sys.exit(2)
"""
"""Runs command lines, each in a process forked from one that has the program loaded, and says in the trace which one
begins."""


def traced(cwd: Path, log: Path, *command: str) -> str:
    """Run a command; the sockets that it and all of its children opened or connected."""
    line = ["strace", "-f", "-qq", "--seccomp-bpf", "-e", "trace=socket,connect", "-o", str(log), *command]
    done = subprocess.run(line, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), (command, done.stderr)
    return log.read_text()


def reaching(trace: str) -> list[str]:
    """The sockets that are not for this machine's own files."""
    return [line for line in trace.splitlines() if "AF_INET" in line or "AF_PACKET" in line]


def test_the_tracer_sees_a_socket(tmp_path: Path) -> None:
    code = "import socket; socket.socket(socket.AF_INET).close()"
    assert reaching(traced(tmp_path, tmp_path / "trace", "sh", "-c", f'{sys.executable} -c "{code}"'))


def test_nobody_is_called(world: GitRepo, tmp_path: Path) -> None:
    lines = [[name, *runs[0]] for name, runs in RUNS.items() if name not in REMOTE]
    trace = traced(world.path, tmp_path / "trace", sys.executable, "-c", EACH, str(ROOT), json.dumps(lines))
    loading, *parts = trace.split('"begins ')
    called = {part.partition('"')[0]: reaching(part) for part in parts}
    assert list(called) == [name for name, *_ in lines]
    assert reaching(loading) == [] and {name: found for name, found in called.items() if found} == {}


def test_nobody_is_called_by_the_hooks(world: GitRepo, tmp_path: Path) -> None:
    """The worker that the hook starts is followed as well, since it is a child of git's."""
    subprocess.run([sys.executable, "-m", "gitstory", "enable"], cwd=world.path, check=True, capture_output=True)
    world.write("more.txt", "more\n")
    world.git("add", "more.txt")
    assert reaching(traced(world.path, tmp_path / "trace", "git", "commit", "-q", "-m", "more")) == []
    assert (world.path / ".git/gitstory").is_dir()
