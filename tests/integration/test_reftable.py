"""Repositories whose refs are in reftables (git 2.45 and newer); GITSTORY_TEST_GIT names a git to test with."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gitstory.git import refs
from gitstory.git.repo import Repo
from gitstory.hooks.setup import enable
from gitstory.model import Story
from gitstory.store.store import Batch, StoryStore
from tests.claude_session import ClaudeSession
from tests.cli import story as run
from tests.gitrepo import GitRepo
from tests.integration.everything import traces_of

NOON = 1_780_000_000
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def git(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A git that knows reftables comes first on PATH."""
    named = os.environ.get("GITSTORY_TEST_GIT") or shutil.which("git") or "git"
    monkeypatch.setenv("PATH", f"{Path(named).parent}{os.pathsep}{os.environ['PATH']}")
    asked = ["git", "init", "-q", "--ref-format=reftable", str(tmp_path / "asked")]
    if subprocess.run(asked, capture_output=True, check=False).returncode != 0:
        pytest.skip("this git has no reftables (GITSTORY_TEST_GIT may name one that has)")


@pytest.fixture(params=["sha1", "sha256"])
def table(tmp_path: Path, request: pytest.FixtureRequest) -> GitRepo:
    repo = GitRepo.init(tmp_path / "repo", "--ref-format=reftable", f"--object-format={request.param}")
    repo.commit("base", {"base.txt": "one line of the base\n"}, at=NOON - 1000)
    with Repo.open(repo.path) as opened:
        enable(opened, "/nowhere/git-story")
    assert repo.git("rev-parse", "--show-ref-format") == "reftable"
    return repo


def work(repo: GitRepo, home: Path, number: int, where: Path | None = None) -> str:
    """One turn that writes a file, committed through the hooks; returns the commit."""
    place = GitRepo(where or repo.path)
    session = ClaudeSession(home, place.path, NOON + 100 * number, f"{number:08}-2222-4333-8444-555555555555")
    session.prompt(f"Write part {number}")
    session.write(f"part{number}.py", f"def part_{number}(value):\n    return value * {number} + 7{number}\n")
    repo.time = NOON + 100 * number + 60
    return place.commit(f"part {number}", at=NOON + 100 * number + 50)


def prompts(where: Path, revision: str = "HEAD") -> list[str]:
    said = run(where, "show", "--json", revision)
    assert (said.code, said.err) == (0, "")
    told = json.loads(said.out)["conversations"]
    return [turn["prompt"] for one in told for turn in one["turns"] if turn["evidence"] == "lines"]


def test_a_commit_is_told(table: GitRepo, home: Path) -> None:
    oid = work(table, home, 1)
    assert prompts(table.path) == ["Write part 1"]
    lines = [json.loads(line) for line in run(table.path, "blame", "--json", "part1.py").out.splitlines()]
    assert {line["prompt"] for line in lines} == {"Write part 1"}
    assert "Write part 1" in run(table.path, "why", "part1.py:2").out
    assert "Write part 1" in table.git("notes", "--ref=story", "show", oid)
    table.git("commit", "-q", "--amend", "-m", "another subject")
    assert prompts(table.path) == ["Write part 1"]
    assert not (table.path / ".git" / "refs" / "story").exists()


def test_worktrees_and_a_squash_on_a_server(table: GitRepo, home: Path, tmp_path: Path) -> None:
    base = table.git("rev-parse", "HEAD")
    table.git("worktree", "add", "-q", "-b", "side", str(tmp_path / "side"))
    work(table, home, 1, tmp_path / "side")
    last = work(table, home, 2, tmp_path / "side")
    assert prompts(tmp_path / "side", "HEAD^") == ["Write part 1"]
    table.git("worktree", "remove", "--force", str(tmp_path / "side"))
    squashed = table.git("commit-tree", f"{last}^{{tree}}", "-p", base, "-m", "both (#1)")
    table.git("update-ref", "refs/remotes/origin/main", squashed)
    shutil.rmtree(home / ".claude")
    assert sorted(prompts(table.path, "origin/main")) == ["Write part 1", "Write part 2"]
    assert "1 story carried" in run(table.path, "heal", "origin/main").out


def test_sharing_and_forgetting(table: GitRepo, home: Path, tmp_path: Path) -> None:
    work(table, home, 1)
    gone = work(table, home, 2)
    form = table.git("rev-parse", "--show-object-format")
    bare = GitRepo.init(tmp_path / "bare.git", "--bare", "--ref-format=reftable", f"--object-format={form}")
    table.git("remote", "add", "origin", f"file://{bare.path}")
    table.git("push", "-q", "origin", "main")
    assert run(table.path, "push", "--yes").code == 0
    table.git("clone", "-q", "--ref-format=reftable", f"file://{bare.path}", str(tmp_path / "clone"))
    assert run(tmp_path / "clone", "pull").code == 0
    assert prompts(tmp_path / "clone", "HEAD^") == ["Write part 1"]
    # A reflog of notes, as `git notes` makes it, must not keep what is forgotten.
    table.git("notes", "--ref=story", "append", "-m", "by hand", gone)
    assert run(table.path, "forget", "--yes", "00000002").code == 0
    assert traces_of(table, "Write part 2") == []
    assert run(table.path, "push").code == 0 and run(tmp_path / "clone", "sync").code == 0
    assert prompts(tmp_path / "clone") == [] and prompts(tmp_path / "clone", "HEAD^") == ["Write part 1"]
    table.git("fsck", "--strict", "--no-dangling")


KILLED = """
import os, signal, sys
from pathlib import Path
from gitstory.git import refs
from gitstory.git.repo import Repo
from gitstory.model import Story
from gitstory.store.store import Batch, StoryStore

os.environ["WRITER"] = str(os.getpid())
refs.QUIETLY = ("-c", "core.logAllRefUpdates=false")
with Repo.open(Path(sys.argv[1])) as repo:
    StoryStore(repo).write(Batch([Story("b" * 40)]))
"""


@pytest.mark.parametrize("table", ["sha1"], indirect=True)
def test_the_lock_of_a_killed_git_is_cleared(table: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is one for all refs, so a person's commits would fail as well until somebody removes it."""
    hook = table.path / ".git" / "hooks" / "reference-transaction"
    hook.write_text('#!/bin/sh\n[ "$1" != prepared ] || kill -9 "$WRITER" "$PPID"\n')
    hook.chmod(0o755)
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", KILLED, str(table.path)], env=env, check=False)
    hook.unlink()
    lock = table.path / ".git" / refs.REFTABLE_LOCK
    assert done.returncode == -signal.SIGKILL and lock.exists()
    os.utime(lock, (time.time() - 60, time.time() - 60))
    monkeypatch.setattr(refs, "WATCHED", 0.05)
    with Repo.open(table.path) as opened:
        StoryStore(opened).write(Batch([Story("c" * 40)]))
        assert StoryStore(opened).commits() == ["c" * 40]
    assert not lock.exists()
    table.commit("after", {"after.txt": "1\n"})


WRITER = """
import sys
from pathlib import Path
from gitstory.git.repo import Repo
from gitstory.model import Link, Story
from gitstory.store.store import Batch, StoryStore

with Repo.open(Path(sys.argv[1])) as repo:
    for number in range(int(sys.argv[2]), int(sys.argv[2]) + 10):
        oid = f"{number:040x}"
        StoryStore(repo).write(Batch([Story(oid, (Link("codex", "c", "manual"),))], notes={oid: f"note {number}"}))
"""


@pytest.mark.parametrize("table", ["sha1"], indirect=True)
def test_many_writers_lose_nothing(table: GitRepo) -> None:
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    started = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(table.path), str(100 * number)], env=env)
        for number in range(1, 5)
    ]
    assert [process.wait() for process in started] == [0] * 4
    with Repo.open(table.path) as opened:
        store = StoryStore(opened)
        assert len(store.commits()) == 40 and store.without_note() == []
