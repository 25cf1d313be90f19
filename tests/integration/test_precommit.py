"""The hooks of `.pre-commit-hooks.yaml` through the real framework, and both kinds side by side."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from gitstory.git.file_lock import single_flight
from gitstory.git.repo import Repo
from gitstory.hooks.install import inspect
from gitstory.hooks.setup import disable, enable
from gitstory.recording.queue_file import Event, parse
from tests.claude_session import ClaudeSession
from tests.gitrepo import GitRepo
from tests.integration.hooked import ONE, TWO, again, greet, message
from tests.integration.story_of import git_story, lines

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="runs the shims as programs")

ROOT = Path(__file__).resolve().parents[2]
NOON = 1_780_000_000

LOCAL = """\
repos:
-   repo: local
    hooks:
    -   id: one
        name: one
        entry: {entry}
        language: system
        stages: [{stage}]
        always_run: true
        pass_filenames: false
"""


def pre_commit(repo: GitRepo, *args: str) -> str:
    done = subprocess.run([sys.executable, "-m", "pre_commit", *args], cwd=repo.path, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout.decode() + done.stderr.decode()
    return done.stdout.decode()


def configure(repo: GitRepo, stage: str, entry: str) -> None:
    repo.write(".pre-commit-config.yaml", LOCAL.format(stage=stage, entry=entry))


def spooled(repo: GitRepo) -> list[Event]:
    return list(parse((repo.path / ".git/gitstory/spool").read_bytes())[0])


@pytest.fixture
def no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    folders = [folder for folder in os.environ["PATH"].split(os.pathsep) if not (Path(folder) / "git-story").exists()]
    monkeypatch.setenv("PATH", os.pathsep.join(folders))


def test_entry_through_the_framework(repo: GitRepo, home: Path) -> None:
    configure(repo, "post-commit", f"{sys.executable} -m gitstory.hooks.entry post-commit")
    pre_commit(repo, "install", "-t", "post-commit")
    session = ClaudeSession(home, repo.path, NOON)
    turn = session.prompt("Write a greeting")
    session.write("hello.py", "def greet(name):\n    return f'hello {name}'\n")
    repo.commit("greet", at=NOON + 100)
    git_story(repo.path, "drain")
    assert lines(repo.path, "hello.py") == {1: turn, 2: turn}


def test_amend_is_told_apart_from_rebase(repo: GitRepo) -> None:
    configure(repo, "post-rewrite", f"{sys.executable} -m gitstory.hooks.entry post-rewrite")
    pre_commit(repo, "install", "-t", "post-rewrite")
    # While somebody else holds its lock the worker waits, and the spool stays to be looked at.
    with single_flight(repo.path / ".git/gitstory/worker.lock", timeout=60) as held:
        assert held
        first = repo.commit()
        repo.git("commit", "-q", "--amend", "--allow-empty", "-m", "again")
        (event,) = spooled(repo)
    assert (event.name, event.by, event.was) == ("post-rewrite", "amend", first)
    assert event.commit == repo.git("rev-parse", "HEAD")


@pytest.mark.usefixtures("no_worker")
def test_pre_commit_was_there_first(repo: GitRepo) -> None:
    configure(repo, "post-commit", "touch .git/framework-ran")
    pre_commit(repo, "install", "-t", "post-commit")
    hook = repo.path / ".git/hooks/post-commit"
    before = hook.read_bytes()
    enable(Repo.open(repo.path), "/nowhere/git-story")
    sha = repo.commit()
    assert [event.commit for event in spooled(repo)] == [sha]
    assert (repo.path / ".git/framework-ran").exists()
    disable(Repo.open(repo.path))
    assert hook.read_bytes() == before


@pytest.mark.usefixtures("no_worker")
def test_pre_commit_came_later(repo: GitRepo) -> None:
    enable(Repo.open(repo.path), "/nowhere/git-story")
    configure(repo, "post-commit", "touch .git/framework-ran")
    pre_commit(repo, "install", "-t", "post-commit", "-t", "post-rewrite")
    directory = repo.path / ".git/hooks"
    assert inspect(directory, "post-commit").state == "called by pre-commit"
    first = repo.commit()
    assert (repo.path / ".git/framework-ran").exists()
    repo.git("commit", "-q", "--amend", "--allow-empty", "-m", "again")
    rewritten = spooled(repo)[-1]
    # The framework gives hooks it found nothing on stdin: which commit was replaced is lost, that one was is not.
    assert [e.name for e in spooled(repo)] == ["post-commit", "post-commit", "post-rewrite"]
    assert (rewritten.by, rewritten.was, rewritten.commit) == ("amend", None, repo.git("rev-parse", "HEAD"))
    assert spooled(repo)[0].commit == first
    enable(Repo.open(repo.path), "/nowhere/git-story")  # changes nothing
    assert inspect(directory, "post-commit").state == "called by pre-commit"
    disable(Repo.open(repo.path))
    assert not any("gitstory" in path.name for path in directory.iterdir())
    assert not (directory / "post-commit.legacy").exists()
    assert b"pre-commit" in (directory / "post-commit").read_bytes()


@pytest.mark.usefixtures("no_worker")
def test_installed_over_each_other(repo: GitRepo, capfd: pytest.CaptureFixture[str]) -> None:
    """pre-commit, gitstory, pre-commit again: nothing runs twice, nothing complains."""
    configure(repo, "post-commit", "sh -c 'echo ran >>.git/framework-ran'")
    pre_commit(repo, "install", "-t", "post-commit")
    enable(Repo.open(repo.path), "/nowhere/git-story")
    pre_commit(repo, "install", "-t", "post-commit")
    done = subprocess.run(
        ["git", "commit", "-q", "--allow-empty", "-m", "x"], cwd=repo.path, capture_output=True, check=True
    )
    assert b"bug:" not in done.stdout + done.stderr
    assert (repo.path / ".git/framework-ran").read_text() == "ran\n"
    assert len(spooled(repo)) == 1
    disable(Repo.open(repo.path))
    assert [path.name for path in (repo.path / ".git/hooks").iterdir() if path.suffix != ".sample"] == ["post-commit"]


def test_trailers_through_the_framework(repo: GitRepo, home: Path, tmp_path: Path) -> None:
    both = "".join(
        f"""    -   id: {stage}
        name: {stage}
        entry: {sys.executable} -m gitstory hook {stage}
        language: system
        stages: [{stage}]
        always_run: true
"""
        for stage in ("prepare-commit-msg", "commit-msg")
    )
    repo.write(".pre-commit-config.yaml", f"repos:\n-   repo: local\n    hooks:\n{both}")
    pre_commit(repo, "install", "-t", "prepare-commit-msg", "-t", "commit-msg")
    repo.commit("base", at=NOON - 1000)
    repo.git("config", "story.link.mode", "trailers")
    repo.git("config", "story.link.wait", "600000")
    session = greet(repo, home)
    repo.git("commit", "-q", "-m", "Add greeting")
    assert message(repo) == f"Add greeting\n\n{ONE}"
    again(session, repo)
    (tmp_path / "editor").write_text('#!/bin/sh\n{ echo "Add parting"; cat "$1"; } >"$1.new" && mv "$1.new" "$1"\n')
    (tmp_path / "editor").chmod(0o755)
    environment = {**os.environ, "GIT_EDITOR": str(tmp_path / "editor")}
    subprocess.run(["git", "commit", "-q"], cwd=repo.path, env=environment, capture_output=True, check=True)
    assert message(repo) == f"Add parting\n\n{TWO}"


def test_a_gate_before_the_push(repo: GitRepo, home: Path, tmp_path: Path) -> None:
    repo.write(
        ".pre-commit-config.yaml",
        f"""repos:
-   repo: local
    hooks:
    -   id: gitstory-check
        name: check
        entry: {sys.executable} -m gitstory check
        args: [--min-coverage, "100"]
        language: system
        stages: [pre-push]
        always_run: true
        pass_filenames: false
    -   id: gitstory-push
        name: push
        entry: {sys.executable} -m gitstory hook pre-push
        language: system
        stages: [pre-push]
        always_run: true
        pass_filenames: false
""",
    )
    repo.commit("base", at=NOON - 1000)
    repo.git("clone", "-q", "--bare", ".", str(tmp_path / "origin.git"))
    repo.git("remote", "add", "origin", str(tmp_path / "origin.git"))
    pre_commit(repo, "install", "-t", "pre-push")
    git_story(repo.path, "enable", "--no-hooks")
    repo.git("switch", "-q", "-c", "topic")
    session = ClaudeSession(home, repo.path, NOON)
    session.prompt("Write a greeting")
    session.write("hello.py", "def greet(name):\n    return f'hello {name}'\n")
    repo.commit("greet", at=NOON + 100)
    repo.git("push", "-q", "origin", "topic")
    repo.commit("by hand", {"hand.py": "by_hand = True\n"}, at=NOON + 200)
    done = subprocess.run(
        ["git", "push", "origin", "topic"], cwd=repo.path, capture_output=True, text=True, check=False
    )
    assert (
        done.returncode == 1
        and "66.6 % of the added lines are explained, 100 % are asked for" in done.stdout + done.stderr
    )


@pytest.mark.slow
def test_from_a_repository_as_people_use_it(repo: GitRepo, home: Path, tmp_path: Path) -> None:
    """`repo:` names this project; the framework clones it and builds it with pip (needs a package index)."""
    source = GitRepo.init(tmp_path / "gitstory")
    for name in (
        ".pre-commit-hooks.yaml",
        "pyproject.toml",
        "README.md",
        "gitstory",
        "hooks",
        "docs/git-story.1",
        "requirements/review.txt",
    ):
        whole = ROOT / name
        (source.path / name).parent.mkdir(exist_ok=True)
        if whole.is_dir():
            shutil.copytree(whole, source.path / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(whole, source.path / name)
    revision = source.commit()
    ids = "".join(f"    -   id: {name}\n" for name in ("gitstory-capture", "gitstory-capture-rewrite"))
    repo.write(".pre-commit-config.yaml", f"repos:\n-   repo: {source.path}\n    rev: {revision}\n    hooks:\n{ids}")
    pre_commit(repo, "install", "-t", "post-commit", "-t", "post-rewrite", "--install-hooks")
    session = ClaudeSession(home, repo.path, NOON)
    turn = session.prompt("Write a greeting")
    session.write("hello.py", "def greet(name):\n    return f'hello {name}'\n")
    repo.commit("greet", at=NOON + 100)
    git_story(repo.path, "drain")
    assert lines(repo.path, "hello.py") == {1: turn, 2: turn}
    assert repo.git("notes", "--ref=story", "list").split()[1] == repo.git("rev-parse", "HEAD")
