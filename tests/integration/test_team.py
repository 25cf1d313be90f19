"""A colleague's clone: what it names where stories are missing, and stories that come with `git pull`."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from gitstory.hooks.shims import AUTO_PULL
from tests.claude_session import ClaudeSession
from tests.gitrepo import GitRepo
from tests.integration.story_of import git_story
from tests.integration.test_commits import BASE, NOON
from tests.integration.test_enable import Worker
from tests.integration.test_enable import worker as worker  # noqa: PLC0414 - a fixture

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="runs the shims as programs")
PULL = "origin has stories: `git story pull` gets them"


@pytest.fixture
def origin(repo: GitRepo, home: Path, tmp_path: Path) -> GitRepo:
    """A repository with a story, pushed to a bare one with its stories."""
    git_story(repo.path, "enable", "--no-hooks")
    repo.commit("base", {"base.txt": BASE}, at=NOON - 1000)
    repo.git("clone", "-q", "--bare", ".", str(tmp_path / "origin.git"))
    repo.git("remote", "add", "origin", str(tmp_path / "origin.git"))
    repo.git("fetch", "-q", "origin")
    repo.git("branch", "-q", "-u", "origin/main")
    more(repo, home, 1)
    return repo


def more(repo: GitRepo, home: Path, number: int) -> None:
    session = ClaudeSession(home, repo.path, NOON + 1000 * number)
    session.prompt(f"Write greeting {number}")
    session.write(f"hello{number}.py", f"def greet{number}(name):\n    return f'hello {{name}}'\n")
    repo.commit(f"greet {number}", at=session.time + 5)
    repo.git("push", "-q", "origin", "main")
    git_story(repo.path, "push", "--yes", "origin")


@pytest.fixture
def clone(origin: GitRepo, tmp_path: Path, home: Path) -> GitRepo:
    """On a machine without transcripts."""
    made = GitRepo(tmp_path / "clone")
    origin.git("clone", "-q", str(tmp_path / "origin.git"), str(made.path))
    (home / ".claude").rename(tmp_path / "elsewhere")
    return made


def status(repo: GitRepo) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(git_story(repo.path, "status", "--json").stdout)
    return told


def test_a_clone_names_pull(clone: GitRepo) -> None:
    for words in (["show"], ["log"]):
        done = git_story(clone.path, *words)
        assert f"{PULL}; `git story enable` starts recording" in done.stdout + done.stderr, words
    assert PULL in git_story(clone.path, "enable").stdout
    git_story(clone.path, "pull")
    assert "Write greeting 1" in git_story(clone.path, "log").stdout
    assert "git story pull" not in git_story(clone.path, "show", "HEAD~1").stdout


def test_a_remote_without_stories_is_not_named(repo: GitRepo, tmp_path: Path) -> None:
    repo.commit("base", {"base.txt": BASE}, at=NOON)
    said = git_story(repo.path, "show").stdout
    assert "`git story enable` starts recording" in said and "pull" not in said
    repo.git("clone", "-q", "--bare", ".", str(tmp_path / "empty.git"))
    repo.git("remote", "add", "origin", str(tmp_path / "empty.git"))
    git_story(repo.path, "enable", "--no-hooks")
    said = git_story(repo.path, "show").stdout
    assert "`git story backfill` looks for" in said and "pull" not in said and "enable" not in said
    repo.git("remote", "set-url", "origin", "https://example.com/x.git")  # not asked: that would use the network
    assert "`git story pull` gets those that origin may have" in git_story(repo.path, "log").stderr
    git_story(repo.path, "disable")
    assert "next: `git story enable` starts recording again" in git_story(repo.path, "show").stdout


def test_a_merge_names_the_review_of_what_came_in(origin: GitRepo) -> None:
    origin.git("switch", "-q", "-c", "side", "HEAD~1")
    origin.commit("aside", {"aside.txt": "aside\n"})
    origin.git("merge", "-q", "--no-ff", "-m", "both", "main")
    said = git_story(origin.path, "show").stdout
    assert "next: git story review HEAD^1..HEAD shows the stories of what was merged" in said
    assert "Write greeting 1" in git_story(origin.path, "review", "HEAD^1..HEAD").stdout
    assert (
        f"review {origin.git('rev-parse', 'HEAD')[:10]}^1.." in git_story(origin.path, "show", "HEAD^{commit}").stdout
    )


def test_enable_says_what_it_found(repo: GitRepo, home: Path) -> None:
    assert "found    no agent's store" in git_story(repo.path, "enable").stdout
    ClaudeSession(home, home, NOON).prompt("Somewhere else")
    assert (
        "found    Claude Code, without a conversation of this repository yet" in git_story(repo.path, "enable").stdout
    )
    for _ in range(2):
        ClaudeSession(home, repo.path, NOON).prompt("Here")
    assert "found    Claude Code (2 conversations of this repository)" in git_story(repo.path, "enable").stdout


@pytest.mark.parametrize("how", [["pull", "-q"], ["pull", "-q", "--rebase"]], ids=" ".join)
def test_stories_come_with_a_pull(
    origin: GitRepo, clone: GitRepo, home: Path, tmp_path: Path, worker: Worker, monkeypatch: pytest.MonkeyPatch,
    how: list[str],
) -> None:  # fmt: skip
    monkeypatch.setattr("gitstory.hooks.git_story_executable.own_program", lambda: worker.program.as_posix())
    from tests.cli import story

    said = story(clone.path, "enable", "--auto-pull").out
    assert "stories of the remote come after each `git pull`" in said
    assert (clone.path / f".git/gitstory/{AUTO_PULL}.on").exists()
    (tmp_path / "elsewhere").rename(home / ".claude")
    more(origin, home, 2)
    (home / ".claude").rename(tmp_path / "elsewhere")
    if "--rebase" in how:
        clone.commit("mine", {"mine.txt": "mine\n"}, at=NOON + 9000)
        worker.wait()
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).resolve().parents[2]))
    clone.git(*how)
    worker.wait(2)  # the worker and the pull
    said = git_story(clone.path, "log").stdout
    assert "Write greeting 1" in said and "Write greeting 2" in said
    assert "come from a remote only by" in story(clone.path, "enable", "--no-auto-pull").out
    assert not (clone.path / f".git/gitstory/{AUTO_PULL}.on").exists()


def test_a_pull_that_fails_is_in_status(clone: GitRepo, tmp_path: Path) -> None:
    git_story(clone.path, "enable", "--auto-pull")
    clone.git("config", "remote.origin.url", str(tmp_path / "gone.git"))
    done = git_story(clone.path, "pull", "--background")
    assert (done.stdout, done.stderr) == ("", "")
    assert "no stories came from" in json.dumps(status(clone)["findings"])
    clone.git("config", "remote.origin.url", str(tmp_path / "origin.git"))
    git_story(clone.path, "pull", "--background")
    assert "Write greeting 1" in git_story(clone.path, "log").stdout
    clone.git("remote", "remove", "origin")
    assert git_story(clone.path, "pull", "--background").stderr == ""


def test_nothing_is_pulled_unasked(clone: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    git_story(clone.path, "enable", "--no-hooks")
    git_story(clone.path, "pull", "--background")
    assert clone.git("for-each-ref", "refs/story", "refs/story-remotes") == ""
    assert not os.path.exists(clone.path / f".git/gitstory/{AUTO_PULL}.on")  # noqa: PTH110
