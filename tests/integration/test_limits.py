"""Limits and settings that a process inherits: one line where they are too small, nothing lost where they are odd."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.claude_session import ClaudeSession
from tests.gitrepo import GitRepo
from tests.integration.story_of import git_story, links

NOON = 1_780_000_000


def limited(which: int, value: int) -> Callable[[], None]:
    return lambda: resource.setrlimit(which, (value, resource.getrlimit(which)[1]))


def started(repo: GitRepo, setting: Callable[[], object], *args: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    code = "import sys; from gitstory.start import main; sys.exit(main())"
    return subprocess.run(
        [sys.executable, "-P", "-c", code, *args],
        cwd=repo.path,
        env=env,
        capture_output=True,
        text=True,
        preexec_fn=setting,
        check=False,
    )


@pytest.fixture
def commit(repo: GitRepo, home: Path) -> str:
    repo.commit("base", {"base.txt": "base\n"}, at=NOON)
    git_story(repo.path, "enable", "--no-hooks")
    session = ClaudeSession(home, repo.path, NOON + 600)
    session.prompt("Write a greeting")
    session.write("hello.py", "print('hello, this is new')\n")
    return repo.commit("greet", at=session.time + 5)


def test_a_parent_that_ignores_the_ends_of_children(repo: GitRepo, commit: str) -> None:
    """Without a way to wait for them, git would seem to succeed whatever it does, and the worker would have no end."""
    done = started(repo, lambda: signal.signal(signal.SIGCHLD, signal.SIG_IGN), "drain")
    assert (done.returncode, done.stderr) == (0, "")
    assert list(links(repo.path, commit).values()) == ["lines"]
    unknown = started(repo, lambda: signal.signal(signal.SIGCHLD, signal.SIG_IGN), "show", "no-such-revision")
    assert (unknown.returncode, "no-such-revision" in unknown.stderr) == (1, True)


@pytest.mark.parametrize(
    ("which", "value"),
    [
        (resource.RLIMIT_NOFILE, 8),
        (resource.RLIMIT_NOFILE, 16),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_FSIZE, 4096),
    ],
)
@pytest.mark.parametrize("command", [("drain",), ("show",), ("search", "greeting")])
def test_small_limits(repo: GitRepo, commit: str, which: int, value: int, command: tuple[str, ...]) -> None:
    done = started(repo, limited(which, value), *command)
    assert done.returncode in (0, 1), done.stderr
    assert "Traceback" not in done.stderr
    assert done.stderr.count("\n") <= 4
    git_story(repo.path, "drain")
    assert list(links(repo.path, commit).values()) == ["lines"]


def test_a_repository_of_another_account(repo: GitRepo, commit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As git's own tests ask for it."""
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    for command in ("show", "status", "drain", "search greeting"):
        done = git_story(repo.path, *command.split(), check=False)
        assert (done.returncode, done.stderr.count("\n")) == (1, 2)
        assert "is of another account" in done.stderr and "safe.directory" in done.stderr
