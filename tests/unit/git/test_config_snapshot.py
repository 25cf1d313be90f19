"""git's configuration as it is kept: what git says, no older than the files, and asked for once."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gitstory.git.config_snapshot import ConfigSnapshot, read
from gitstory.git.repo import Repo
from tests.gitrepo import GitRepo

WRITTEN = """
[story]
	outputLimit = 5
	debug
[Story "Capture"]
	Thinking = TRUE
[remote "a.B"]
	url = one
	url = caf\u00e9
[user]
	name = "two\\nlines\\n"
	email =
"""


@pytest.fixture
def opened(repo: GitRepo) -> Iterator[Repo]:
    with Repo.open(repo.path) as opened:
        yield opened


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The subcommands of git that a repository is asked for."""
    subcommands: list[str] = []
    run = Repo.run

    def counted(self: Repo, *args: str | bytes, input: bytes | None = None, check: bool = True) -> object:
        subcommands.append(str(args[0]))
        return run(self, *args, input=input, check=check)

    monkeypatch.setattr(Repo, "run", counted)
    return subcommands


@pytest.mark.parametrize(
    "key",
    [
        "story.outputLimit",
        "STORY.OUTPUTLIMIT",
        "story.debug",
        "story.Capture.thinking",
        "story.capture.thinking",
        "remote.a.B.url",
        "remote.A.b.URL",
        "user.email",
        "user.name",
        "story.none",
        "story",
        "Story.Capture",
        "branch.of no name\n.remote",
    ],
)
def test_a_key_has_the_value_that_git_gives_it(repo: GitRepo, opened: Repo, key: str) -> None:
    with (repo.path / ".git/config").open("a") as file:
        file.write(WRITTEN)
    done = subprocess.run(["git", "config", "-z", "--get", key], cwd=repo.path, capture_output=True, check=False)
    assert opened.settings.text(key) == (done.stdout.decode()[:-1] if done.returncode == 0 else None)
    assert (opened.config(key) or "") == done.stdout.decode().rstrip("\0\n")


def test_all_values_are_there_in_order(repo: GitRepo, opened: Repo) -> None:
    (repo.path / ".git/config").write_text(WRITTEN)
    settings = opened.settings
    assert settings.texts("remote.a.B.url") == ["one", "caf\u00e9"]
    assert list(settings.sections("story", "remote")) == [
        (b"story.outputlimit", b"5"),
        (b"story.debug", None),
        (b"story.Capture.thinking", b"TRUE"),
        (b"remote.a.B.url", b"one"),
        (b"remote.a.B.url", b"caf\xc3\xa9"),
    ]


def test_many_questions_start_git_once(asked: list[str], opened: Repo) -> None:
    assert [opened.config(key) for key in ("user.name", "user.email", "story.none")] == [
        "Dev One",
        "dev@example.com",
        None,
    ]
    assert opened.twin().config("user.name") == "Dev One"
    assert asked == ["config"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_what_is_forked_from_us_asks_no_more(opened: Repo, asked: list[str]) -> None:
    opened.read_settings()
    for _ in range(2):
        child = os.fork()
        if not child:
            os._exit(0 if opened.twin().config("user.name") == "Dev One" and asked == ["config"] else 1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def _included(repo: GitRepo, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "included").write_text("[story]\n\tdebug = after\n")


def _on_a_branch(repo: GitRepo, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.git("symbolic-ref", "HEAD", "refs/heads/other")


@pytest.mark.parametrize(
    "change",
    [
        lambda repo, home, monkeypatch: repo.git("config", "story.debug", "after"),
        lambda repo, home, monkeypatch: repo.git("config", "--worktree", "story.debug", "after"),
        lambda repo, home, monkeypatch: repo.git("config", "--global", "story.debug", "after"),
        lambda repo, home, monkeypatch: monkeypatch.setenv("GIT_CONFIG_PARAMETERS", "'story.debug'='after'"),
        lambda repo, home, monkeypatch: monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(home / "other")),
        _included,
        _on_a_branch,
    ],
    ids=["here", "of the worktree", "of the person", "on the command line", "another file", "included", "on a branch"],
)
def test_a_change_beside_us_is_seen(
    repo: GitRepo,
    home: Path,
    opened: Repo,
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[GitRepo, Path, pytest.MonkeyPatch], object],
) -> None:
    (home / "included").write_text("[story]\n\tdebug = before\n")
    (home / "other").write_text("[story]\n\tdebug = after\n")
    (home / "branch").write_text("[story]\n\tdebug = after\n")
    (home / ".gitconfig").write_text(
        f'[include]\n\tpath = {home}/included\n[includeIf "onbranch:other"]\n\tpath = {home}/branch\n'
    )
    repo.git("config", "extensions.worktreeConfig", "true")
    if change is _on_a_branch or change is _included:
        repo.git("config", "story.link.mode", "notes")
    assert opened.config("story.debug") == "before"
    change(repo, home, monkeypatch)
    assert opened.config("story.debug") == "after"


def test_settings_that_git_cannot_read_are_none_until_they_are_corrected(repo: GitRepo, opened: Repo) -> None:
    config = repo.path / ".git/config"
    whole = config.read_text()
    config.write_text(whole + "[user]\n\tname = Before\n[broken\n")
    assert opened.settings.text("user.name") is None
    config.write_text(whole)
    assert opened.settings.text("user.name") == "Dev One"


def test_outside_of_a_repository_are_those_of_the_person(home: Path, tmp_path: Path) -> None:
    def ask(*args: str, check: bool) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(["git", *args], cwd=tmp_path, capture_output=True, check=check)

    snapshot = read(ask)
    assert isinstance(snapshot, ConfigSnapshot)
    assert snapshot.text("user.name") == "Dev One"
    assert str(home / ".gitconfig") in snapshot.files


@pytest.mark.parametrize(
    "build",
    [
        lambda repo: repo.path,
        lambda repo: repo.path / ".git",
        lambda repo: GitRepo.init(repo.path / "bare", "--bare").path,
        lambda repo: GitRepo.init(repo.path / "sub").path,
        lambda repo: (
            repo.commit(),
            repo.git("worktree", "add", "-q", "../linked"),
            repo.path.parent / "linked",
        )[-1],
    ],
    ids=["work tree", "git directory", "bare", "within another", "linked"],
)
def test_the_work_trees_are_those_that_git_lists(repo: GitRepo, build: Callable[[GitRepo], Path]) -> None:
    where = build(repo)
    listed = subprocess.run(
        ["git", "worktree", "list", "--porcelain"], cwd=where, capture_output=True, text=True, check=True
    )
    with Repo.open(where) as opened:
        named = [line[9:] for line in listed.stdout.splitlines() if line.startswith("worktree ")]
        assert [str(tree) for tree in opened.worktrees()] == named
