"""Stories that follow `git push`: only where asked for, only where agreed to, and never in its way."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gitstory.cli.auto_push import auto_push
from gitstory.git.repo import Repo
from gitstory.store.store import DATA_REF
from gitstory.store.sync import known_remotes
from tests.cli import story as run
from tests.gitrepo import GitRepo
from tests.integration.test_sync import clone, commits, hook, oid, remote, tree, write
from tests.watcher import until

__all__ = ["remote"]


@pytest.fixture
def one(remote: GitRepo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> GitRepo:
    """A clone with our hooks in it and a commit to push; `git-story` is the one under test."""
    program = tmp_path / "bin" / "git-story"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\necho "$@" >>"{tmp_path}/begun"\nexec "{sys.executable}" -m gitstory "$@"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).resolve().parents[2]))
    monkeypatch.setattr("gitstory.hooks.git_story_executable.own_program", program.as_posix)
    made = clone(remote, "one")
    assert run(made.path, "enable", "--auto-push").code == 0
    made.commit("one", {"a": "1\n"})
    write(made.path, 1)
    return made


def in_background(where: GitRepo, remote: str | None = "origin") -> None:
    """What the process that the hook starts does, here and now."""
    with Repo.open(where.path) as repo:
        auto_push(repo, remote)


def test_nothing_follows_a_push_until_it_was_agreed_to(one: GitRepo, remote: GitRepo) -> None:
    assert "sharing  stories follow each `git push`" in run(one.path, "enable", "--auto-push").out
    one.git("push", "-q", "origin", "main")
    in_background(one)
    assert remote.git("for-each-ref", DATA_REF) == ""
    assert run(one.path, "push", "--yes").code == 0
    write(one.path, 2)
    in_background(one)
    assert commits(remote.path) == {oid(1), oid(2)}
    elsewhere = GitRepo.init(remote.path.parent / "elsewhere.git", "--bare")
    in_background(one, str(elsewhere.path))
    assert elsewhere.git("for-each-ref") == ""


def test_off_unless_asked_for(one: GitRepo, remote: GitRepo) -> None:
    run(one.path, "push", "--yes")
    assert "only by `git story push`" in run(one.path, "enable", "--no-auto-push").out
    write(one.path, 2)
    in_background(one)
    assert commits(remote.path) == {oid(1)}


def test_the_hook_starts_it_behind_the_push(one: GitRepo, remote: GitRepo, tmp_path: Path) -> None:
    program, log, fifo = tmp_path / "bin" / "git-story", tmp_path / "started", tmp_path / "fifo"
    text = program.read_text()
    # The worker of the commit has read the program and ended; what a push has to work off first is tested elsewhere.
    own = one.path / ".git" / "gitstory"
    until(lambda: (tmp_path / "begun").exists() and not list(own.glob("spool*")))
    program.unlink()
    program.write_text(f'#!/bin/sh\necho "$@" >>"{log}"\n')
    program.chmod(0o755)
    one.git("push", "-q", "origin", "main")
    assert not log.exists(), "nobody has agreed to anything, so nothing is even started"
    program.write_text(text)
    run(one.path, "push", "--yes")
    os.mkfifo(fifo)
    program.write_text(f'#!/bin/sh\necho "$@" >"{fifo}"\n')
    one.git("push", "-q", "origin", "HEAD:refs/heads/two")  # comes back although the program waits for a reader
    assert fifo.read_text() == "push --background -- origin\n"
    assert remote.git("rev-parse", "two") == one.git("rev-parse", "main")


def test_a_hook_of_ones_own_does_the_same(one: GitRepo, remote: GitRepo) -> None:
    run(one.path, "push", "--yes")
    write(one.path, 2)
    called = [sys.executable, "-m", "gitstory", "hook", "pre-push", "origin", "url"]
    subprocess.run(called, cwd=one.path, check=True, timeout=60)
    until = time.monotonic() + 60
    while commits(remote.path) != {oid(1), oid(2)} and time.monotonic() < until:
        pass
    assert commits(remote.path) == {oid(1), oid(2)}


def test_our_own_push_runs_no_hook(one: GitRepo, tmp_path: Path) -> None:
    hook(GitRepo(one.path / ".git"), "pre-push", f"touch '{tmp_path}/ran'; exit 1")
    assert run(one.path, "push", "--yes").code == 0
    assert not (tmp_path / "ran").exists()


def test_what_went_wrong_is_remembered(one: GitRepo, remote: GitRepo) -> None:
    run(one.path, "push", "--yes")
    url = f"file://{remote.path}"

    def known() -> known_remotes.RemoteState:
        return known_remotes.load(one.path / ".git" / "gitstory").of(url)

    hook(remote, "pre-receive", "echo 'closed for today' >&2; exit 1")
    write(one.path, 2)
    in_background(one)
    assert known().error.startswith("origin does not take") and known().tried
    assert f"problem: stories did not reach {url}: origin does not take" in run(one.path, "status").out
    (remote.path / "hooks" / "pre-receive").unlink()
    in_background(one)
    assert known().error == "" and commits(remote.path) == {oid(1), oid(2)}
    for ref in remote.git("for-each-ref", "--format=%(refname)", "refs/story", "refs/notes").split():
        remote.git("update-ref", "-d", ref)
    in_background(one)
    assert "were removed there" in known().error
    assert remote.git("for-each-ref", DATA_REF) == ""
    remote.path.rename(remote.path.with_name("gone.git"))
    in_background(one)
    assert known().error.startswith("cannot reach origin")


def test_stories_go_to_their_own_remote(one: GitRepo, remote: GitRepo) -> None:
    stories = GitRepo.init(remote.path.parent / "stories.git", "--bare")
    one.git("config", "story.remote", str(stories.path))
    run(one.path, "push", "--yes")
    write(one.path, 2)
    in_background(one)
    assert (tree(stories.path), remote.git("for-each-ref", DATA_REF)) == (tree(one.path), "")
