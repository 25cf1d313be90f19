"""`git story doctor` on real set-ups; a foreign program of the name is a real program."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from gitstory.cli.doctor import judge
from gitstory.cli.doctor_trial import HookTrial
from gitstory.hooks.git_story_executable import own_program
from tests.claude_session import ClaudeSession
from tests.gitrepo import GitRepo
from tests.integration.story_of import git_story

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="runs the shims as programs")


@pytest.fixture
def on_path(monkeypatch: pytest.MonkeyPatch) -> None:
    if not own_program():
        pytest.skip("git-story is not installed as a program here")
    folder = str(Path(own_program()).parent)
    monkeypatch.setenv("PATH", os.pathsep.join([folder, os.environ["PATH"]]))


@pytest.mark.usefixtures("on_path")
def test_all_is_well(repo: GitRepo, home: Path) -> None:
    repo.commit(files={"a": "1\n"})
    git_story(repo.path, "enable")
    session = ClaudeSession(home, repo.path, 1_780_000_000)
    session.prompt("hello")
    before = repo.git("for-each-ref"), repo.git("status", "--porcelain"), repo.git("config", "--list")
    done = git_story(repo.path, "doctor", check=False)
    assert done.returncode == 0, done.stdout
    assert "a trial commit in a scratch clone got its story" in done.stdout
    assert "Claude Code: 1 of 1 conversation from this repository" in done.stdout
    assert "problem" not in done.stdout
    assert before == (repo.git("for-each-ref"), repo.git("status", "--porcelain"), repo.git("config", "--list"))


@pytest.mark.usefixtures("on_path")
def test_outside_of_a_repository_the_trial_is_made_too(tmp_path: Path) -> None:
    done = git_story(tmp_path, "doctor", check=False)
    assert (done.returncode, "got its story" in done.stdout) == (0, True)
    assert "this is not a git repository" in done.stdout


def test_a_foreign_program_is_named_and_not_run(repo: GitRepo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "git-story").write_text(f"#!/bin/sh\ntouch '{tmp_path}/was-run'\n")
    (tools / "git-story").chmod(0o755)
    monkeypatch.setenv("PATH", os.pathsep.join([str(tools), os.environ["PATH"]]))
    done = git_story(repo.path, "doctor", "--no-trial", check=False)
    assert done.returncode == 1
    assert f"`git story` runs another program: {tools / 'git-story'}" in done.stdout
    assert not (tmp_path / "was-run").exists()


def test_a_commit_that_fails_is_told(repo: GitRepo, home: Path) -> None:
    template = home / "template/hooks"
    template.mkdir(parents=True)
    (template / "prepare-commit-msg").write_text("#!/bin/sh\necho 'no commits today' >&2\nexit 1\n")
    (template / "prepare-commit-msg").chmod(0o755)
    repo.commit()
    repo.git("config", "--global", "init.templateDir", str(home / "template"))
    done = git_story(repo.path, "doctor", check=False)
    assert done.returncode == 1
    assert "the trial commit could not be made: git commit failed: no commits today" in done.stdout


@pytest.mark.parametrize(
    ("trial", "well", "said"),
    [
        (HookTrial(0.01, 0.3, True, True), True, "commit 10 ms, story 300 ms later"),
        (HookTrial(0.01, 0.3, True, False), False, "without its conversation"),
        (HookTrial(0.01, None, True, False), False, "no story came"),
        (HookTrial(0.01, None, False, False), False, "hook did not run"),
        (HookTrial(error="why"), False, "why"),
    ],
)
def test_every_outcome_has_its_words(trial: HookTrial, well: bool, said: str) -> None:
    ok, seen, hint = judge(trial)
    assert ok is well and said in seen and bool(hint) is not well
