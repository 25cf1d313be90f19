"""`git story disable` in one repository: what stays, and that nothing is recorded any more."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from gitstory.hooks import shims
from gitstory.hooks.hooks_path import global_directory
from gitstory.hooks.setup import enable_global
from tests.gitrepo import GitRepo
from tests.integration.story_of import git_story, lines
from tests.integration.test_commits import BASE, NOON
from tests.integration.test_enable import Worker, notes, work
from tests.integration.test_enable import worker as worker  # noqa: PLC0414 - a fixture

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="runs the shims as programs")


def status(repo: GitRepo) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(git_story(repo.path, "status", "--json").stdout)
    return told


def stored(repo: GitRepo) -> str:
    return repo.git("for-each-ref", "--format=%(objectname)", "refs/story", "refs/notes/story")


def test_one_repository_of_all(repo: GitRepo, home: Path, tmp_path: Path, worker: Worker) -> None:
    enable_global(str(worker.program))
    other = GitRepo.init(tmp_path / "other")
    repo.commit("base", {"base.txt": BASE}, at=NOON - 1000)
    worker.wait()
    before = {path.name: path.read_bytes() for path in global_directory().iterdir()}
    said = git_story(repo.path, "disable").stdout
    assert "those of all your repositories stay, and record nothing here any more" in said
    assert "removed" not in said and "git story enable" in said and "no longer shows" not in said
    assert {path.name: path.read_bytes() for path in global_directory().iterdir()} == before
    work(repo, home)
    sha = repo.commit("greet", at=NOON + 100)
    spool = repo.path / ".git/gitstory/spool"
    assert not spool.exists() or not spool.read_bytes().strip()
    for words in (
        ["show"],
        ["log"],
        ["blame", "hello.py"],
        ["drain"],
        ["drain", "--background"],
        ["status"],
        ["search", "x"],
    ):
        git_story(repo.path, *words, check=False)
    for event in ("post-commit", "pre-push"):
        git_story(repo.path, "hook", event)
    assert notes(repo) == [] and stored(repo) == ""
    done = git_story(repo.path, "backfill", check=False)
    assert done.returncode == 1 and "disabled here" in done.stderr and stored(repo) == ""
    found = status(repo)
    assert (found["enabled"], found["disabled"], found["findings"]) == (False, True, [])
    assert "`git story disable` was run here" in git_story(repo.path, "status").stdout
    other.commit("elsewhere", {"a.txt": "a\n"}, at=NOON + 200)
    worker.wait()
    assert (other.path / ".git/gitstory/state.json").exists()
    # And back: what comes now is recorded, what was committed meanwhile only if it is asked for.
    git_story(repo.path, "enable")
    turn = work(repo, home, "bye.py")
    last = repo.commit("bye", at=NOON + 300)
    worker.wait()
    git_story(repo.path, "show")
    assert notes(repo) == [last] and set(lines(repo.path, "bye.py").values()) == {turn}
    git_story(repo.path, "backfill")
    assert set(notes(repo)) == {sha, last}


def test_hooks_that_join_the_persons_own_stay(repo: GitRepo, home: Path, worker: Worker) -> None:
    mine = home / "githooks"
    mine.mkdir()
    subprocess.run(["git", "config", "--global", "core.hooksPath", "~/githooks"], check=True)
    enable_global(str(worker.program))
    before = {path.name: path.read_bytes() for path in mine.iterdir()}
    assert "stay, and record nothing here" in git_story(repo.path, "disable").stdout
    assert {path.name: path.read_bytes() for path in mine.iterdir()} == before and set(before) == set(shims.EVENTS)
    work(repo, home)
    repo.commit("greet", at=NOON + 100)
    git_story(repo.path, "show", check=False)
    assert notes(repo) == []


def test_readers_record_nothing_after_disable(repo: GitRepo, home: Path) -> None:
    """They record what no hook told of, while it is enabled."""
    git_story(repo.path, "enable", "--no-hooks")
    repo.commit("base", {"base.txt": BASE}, at=NOON - 1000)
    work(repo, home)
    first = repo.commit("greet", at=NOON + 100)
    git_story(repo.path, "disable")
    assert notes(repo) == [first]  # what was committed before is recorded
    work(repo, home, "bye.py")
    repo.commit("bye", at=NOON + 200)
    git_story(repo.path, "show", check=False)
    assert notes(repo) == [first]
    assert "greet" in git_story(repo.path, "show", "HEAD~1").stdout
    for words in (["watch"], ["backfill", "--all"]):
        done = git_story(repo.path, *words, check=False)
        assert done.returncode == 1 and "git story enable" in done.stderr, words


def test_trailers_and_settings_leave_it_disabled(repo: GitRepo, home: Path) -> None:
    git_story(repo.path, "enable", "--global")
    git_story(repo.path, "enable")
    git_story(repo.path, "disable")
    git_story(repo.path, "config", "set", "link.mode", "both")
    assert status(repo)["disabled"] is True
    work(repo, home)
    repo.git("config", "story.link.wait", "600000")
    repo.commit("greet", at=NOON + 100)
    assert "Story:" not in repo.git("log", "-1", "--format=%B")


def test_a_repository_that_never_was_enabled_gets_no_directory(repo: GitRepo) -> None:
    assert "none of ours" in git_story(repo.path, "disable").stdout
    assert not (repo.path / ".git/gitstory").exists()
