"""A run of the program in a forked process is what a run of a started one is."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

import pytest

from tests import program
from tests.gitrepo import GitRepo

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="elsewhere Python is always started")

RUNS = {
    "version": ["--version"],
    "usage": ["show", "--no-such-option"],
    "error": ["show", "no-such-commit"],
    "help": ["--help"],
    "output": ["status", "--json"],
    "unicode": ["config", "set", "story.link.mode", "ü"],
    "silent": ["drain"],
}


def both(
    args: list[str], cwd: Path, monkeypatch: pytest.MonkeyPatch, **env: str
) -> tuple[subprocess.CompletedProcess[bytes], subprocess.CompletedProcess[bytes]]:
    forked = program.run(args, cwd, {**os.environ, **env})
    with monkeypatch.context() as patched:
        patched.setattr(program, "_STARTS", True)
        started = program.run(args, cwd, {**os.environ, **env})
    return forked, started


@pytest.mark.parametrize("args", RUNS.values(), ids=RUNS)
def test_a_forked_run_is_as_a_started_one(args: list[str], repo: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.commit("base", {"base.txt": "base\n"})
    forked, started = both(args, repo.path, monkeypatch)
    assert (forked.returncode, forked.stdout, forked.stderr) == (started.returncode, started.stdout, started.stderr)


def test_a_signal_ends_both(repo: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.commit("base", {"base.txt": "base\n"})
    program.run(["enable", "--no-hooks"], repo.path)
    repo.commit("more", {"base.txt": "more\n"})
    done = program.run(["drain"], repo.path, {**os.environ, "GITSTORY_FAULT": "drain.locked"}, session=True)
    assert done.returncode == -signal.SIGKILL


def test_the_directory_and_environment_are_those_asked_for(
    repo: GitRepo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for home in ("one", "two"):
        (tmp_path / home).mkdir()
        (tmp_path / home / ".gitconfig").write_text(f"[story]\n\tmarker = {home}\n")
        said = [one.stdout for one in both(["config", "list"], repo.path, monkeypatch, HOME=str(tmp_path / home))]
        assert said[0] == said[1]
    outside = both(["show"], tmp_path, monkeypatch)
    assert outside[0].returncode == 1 and outside[0].stderr == outside[1].stderr


def test_a_run_that_takes_too_long_is_ended(repo: GitRepo) -> None:
    with pytest.raises(subprocess.TimeoutExpired):
        program.run(["status"], repo.path, timeout=0.0001)
    assert program.run(["status"], repo.path).returncode == 0


@pytest.mark.parametrize("args", RUNS.values(), ids=RUNS)
def test_a_script_runs_it_as_well(args: list[str], repo: GitRepo, tmp_path: Path) -> None:
    repo.commit("base", {"base.txt": "base\n"})
    path = program.install(tmp_path)
    direct = program.run(args, repo.path)
    done = subprocess.run([path, *args], cwd=repo.path, capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (direct.returncode, direct.stdout, direct.stderr)


def test_a_script_ends_as_the_program_does(repo: GitRepo, tmp_path: Path) -> None:
    repo.commit("base", {"base.txt": "base\n"})
    path = program.install(tmp_path)
    env = {**os.environ, "GITSTORY_FAULT": "drain.locked=ALONE"}
    assert subprocess.run([path, "drain"], cwd=repo.path, env=env, check=False).returncode in (0, 1)
    env["GITSTORY_FAULT"] = "drain.locked"
    assert subprocess.run([path, "drain"], cwd=repo.path, env=env, check=False).returncode == -signal.SIGKILL


@pytest.mark.parametrize("name", ["PYTHONUTF8", "PYTHONPATH", "LC_ALL", "LD_PRELOAD"])
def test_python_is_started_where_its_start_depends_on_the_environment(name: str) -> None:
    assert program.is_same_python(os.environ)
    assert not program.is_same_python({**os.environ, name: "x"})


def test_without_a_compiler_the_script_is_python(
    repo: GitRepo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a server of its own: the compiled client of this process is there for good."""
    monkeypatch.setattr(program, "_servers", {})
    monkeypatch.setattr(program, "_shared", [])
    monkeypatch.setenv("PATH", str(tmp_path))
    path = program.install(tmp_path / "bin")
    assert "forked_client.py" in path.read_text()
    done = subprocess.run([path, "--version"], cwd=repo.path, capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (0, program.run(["--version"], repo.path).stdout)
