"""`--debug`: what is done, timed, redacted, on stderr or in a private file; nothing of it without being asked."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.claude_session import ClaudeSession
from tests.gitrepo import GitRepo
from tests.integration.story_of import git_story
from tests.integration.test_commits import BASE, NOON

SECRET = "ghp_" + "A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8"[:36]


@pytest.fixture
def project(repo: GitRepo, home: Path) -> GitRepo:
    repo.commit("base", {"base.txt": BASE}, at=NOON - 1000)
    git_story(repo.path, "enable", "--no-hooks")
    session = ClaudeSession(home, repo.path, NOON)
    session.prompt("Say hello")
    session.write("hello.py", "print('hello, this is new')\n")
    repo.commit("hello", at=session.time + 5)
    return repo


def test_reading_linking_and_git_are_told_on_stderr(project: GitRepo, home: Path) -> None:
    done = git_story(project.path, "--debug", "drain")
    assert "processed" in done.stdout
    for said in (
        "git rev-parse",
        "exit 0",
        "claude-code",
        "1 edits",
        "lines, 1 line of the commit was",
        "at drain.done",
    ):
        assert said in done.stderr
    assert str(home) not in done.stderr


def test_nothing_is_told_unasked(project: GitRepo) -> None:
    assert git_story(project.path, "drain").stderr == ""
    assert git_story(project.path, "show", GITSTORY_DEBUG="0").stderr == ""


def test_a_file_is_private_appended_to_and_redacted(project: GitRepo, tmp_path: Path) -> None:
    log = tmp_path / "said.log"
    git_story(project.path, "show", SECRET, check=False, GITSTORY_DEBUG=str(log))
    first = log.read_text()
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    assert "git rev-parse" in first and SECRET not in first
    git_story(project.path, "log", GITSTORY_DEBUG=str(log))
    assert log.read_text().startswith(first)
    refused = git_story(project.path, "log", GITSTORY_DEBUG=str(tmp_path))
    assert refused.stderr == ""


def test_the_setting_counts_once_the_settings_are_read(project: GitRepo, tmp_path: Path) -> None:
    log = tmp_path / "said.log"
    project.git("config", "story.debug", str(log))
    git_story(project.path, "drain")
    assert "settings read" in log.read_text()
    assert "at drain.done" in log.read_text()


def test_the_worker_of_a_hook_writes_beside_the_spool(project: GitRepo) -> None:
    home = project.path / ".git" / "gitstory"
    root = str(Path(__file__).resolve().parents[2])
    subprocess.run(
        [sys.executable, "-m", "gitstory", "drain", "--background"],
        cwd=project.path,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": root, "GITSTORY_DEBUG": "1"},
        check=True,
    )
    log = home / "debug.log"
    assert "at drain.done" in log.read_text()
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
