"""A repository with a person, an agent's store and commits, made once and put back as it was before each fault."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from gitstory import model
from gitstory.git.repo import Repo
from gitstory.hooks.setup import enable
from gitstory.store.store import Batch, StoryStore
from gitstory.summary.note_text import note_text
from tests import program
from tests.asking import asked
from tests.claude_session import ClaudeSession
from tests.gitrepo import GitRepo

ROOT = Path(__file__).resolve().parents[3]
NOON = 1_780_000_000
BASE = "".join(f"line number {n} of the base\n" for n in range(1, 21))

MATRIX = pytest.mark.matrix

Story = dict[str, Any]


class World:
    """`repo` and `home` below one directory, with states saved under names."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.home = root / "live" / "home"
        self.repo = GitRepo(root / "live" / "repo")

    @property
    def path(self) -> Path:
        return self.repo.path

    @property
    def own(self) -> Path:
        """gitstory's directory."""
        return self.path / ".git" / "gitstory"

    def save(self, name: str) -> None:
        shutil.copytree(self.root / "live", self.root / name, symlinks=True)

    def restore(self, name: str) -> None:
        """Put a saved state back, times and all: the same paths, so the agent's transcripts go on fitting."""
        # A worker that a commit started may still write there.
        for _ in range(600):
            shutil.rmtree(self.root / "live", ignore_errors=True)
            if not (self.root / "live").exists():
                break
            time.sleep(0.1)
        shutil.copytree(self.root / name, self.root / "live", symlinks=True)

    def environment(self, **extra: str) -> dict[str, str]:
        return {**os.environ, "HOME": str(self.home), "PYTHONPATH": str(ROOT), **extra}

    def run(self, *args: str, cwd: Path | None = None, **extra: str) -> subprocess.CompletedProcess[str]:
        """`git story ARGS` in a process and a process group of its own, so that a fault may kill the whole group."""
        done = program.run(args, cwd or self.path, self.environment(**extra), timeout=120, session=True)
        return program.as_text(done)

    def ask(self, *args: str) -> str:
        """What a command says that must succeed in silence otherwise."""
        done = asked(args, self.path, self.environment())
        assert (done.returncode, done.stderr) == (0, ""), (args, done.returncode, done.stderr)
        return done.stdout

    def stories(self, *revisions: str) -> dict[str, Story]:
        """commit -> its story as the script contract has it."""
        lines = self.ask("log", "--json", *(revisions or ("--all",))).splitlines()
        told = [json.loads(line) for line in lines]
        assert len({one["commit"] for one in told}) == len(told), "a story told twice"
        return {one["commit"]: one for one in told}

    def status(self) -> Story:
        found: Story = json.loads(self.ask("status", "--json"))
        return found

    def tree(self, ref: str = "refs/story/data") -> str:
        """What is stored, as one id: equal contents have equal trees."""
        return self.repo.git("rev-parse", "--verify", "--quiet", f"{ref}^{{tree}}", check=False)

    def locks(self) -> list[Path]:
        return sorted((self.path / ".git").rglob("*.lock"))

    def grow_old(self) -> None:
        """Two minutes pass for everything that could be taken for the work of somebody living."""
        then = time.time() - 120
        for path in [*(self.path / ".git" / "refs").rglob("*.lock*"), *self.own.rglob(".*")]:
            os.utime(path, (then, then))

    def left_behind(self) -> list[str]:
        """Files that a finished run does not leave."""
        own = [path for path in self.own.rglob("*") if path.is_file()]
        known = {"worker.lock", "waiting.lock", "state.json", "hooks.json", "verified", "cache/traces.db"}
        known |= {
            "cache/directives.msgpack",
            "record.db",
            "record.db-shm",
            "record.db-wal",
            "adopted",
            "log",
            "backfill-lock",
            "shared.json",
            "archived.json",
            "written",
            "noted",
        }
        names = [path.relative_to(self.own).as_posix() for path in own]
        strange = [name for name in names if name not in known]
        return strange + [str(path.relative_to(self.path)) for path in self.locks() if path.parent != self.own]

    def check_objects(self) -> None:
        self.repo.git("fsck", "--strict", "--no-dangling", "--no-progress")


def build(root: Path) -> World:
    """Saved states: "base", "made" (four commits wait in the spool), "plain" (the same, never enabled), "done"
    (drained), "squashed" (a server has squashed two drained commits; only a remote branch has the result), "merged"
    (the same, taken over by a branch, on a machine without the conversations), "shared" (drained, with a remote that
    has a story of somebody else's, lacks one of ours, and has taken back another of ours)."""
    world = World(root)
    GitRepo.init(world.path)
    world.repo.commit("base", {"base.txt": BASE, "README.md": "# project\n"}, at=NOON - 1000)
    world.save("bare")
    enable(Repo.open(world.path), "/nowhere/git-story")
    world.ask("drain")
    world.save("base")
    session = _work(world)
    world.save("made")
    _plain(world)
    world.restore("made")
    world.ask("drain")
    world.save("done")
    _share(world)
    world.save("shared")
    world.restore("done")
    _squash(world)
    world.save("squashed")
    session.path.unlink()
    world.repo.git("reset", "-q", "--hard", "origin/main")
    world.save("merged")
    return world


def _work(world: World) -> ClaudeSession:
    """Four commits of one conversation, made through the hooks, with no worker to start."""
    session = ClaudeSession(world.home, world.path, NOON, "11111111-2222-4333-8444-555555555555")
    for number, message in enumerate(("first", "second", "third", "fourth")):
        session.prompt(f"Write part {number}")
        session.write(f"part{number}.py", f"def part_{number}(value):\n    return value * {number} + 7{number}\n")
        old = f"line number {4 * number + 2} of the base\n"
        session.edit("base.txt", old, f"{old}an idea of turn {number} about the base\n")
        session.say("done")
        world.repo.commit(message, at=NOON + 100 * (number + 1))
        session.time = NOON + 100 * (number + 1) + 1
    return session


def _plain(world: World) -> None:
    """The same commits in a repository that knows nothing of gitstory."""
    shutil.rmtree(world.own)
    for hook in (world.path / ".git" / "hooks").glob("p*-*"):
        if hook.suffix != ".sample":
            hook.unlink()
    world.save("plain")


def _share(world: World) -> None:
    there = GitRepo.init(world.root / "live" / "remote.git", "--bare")
    world.repo.git("remote", "add", "origin", f"file://{there.path}")
    world.repo.git("push", "-q", "origin", "main")
    world.ask("push", "--yes")
    other = world.root / "live" / "other"
    world.repo.git("clone", "-q", f"file://{there.path}", str(other))
    for args in (("pull",), ("forget", "--yes", "--story-only", "main^")):
        assert world.run(*args, cwd=other).returncode == 0, args
    _tell(other, "e" * 40)
    assert world.run("push", "--yes", cwd=other).returncode == 0
    shutil.rmtree(other)
    _tell(world.path, "d" * 40)


def _tell(where: Path, commit: str) -> None:
    """Store a story of a commit that is not here."""
    link = model.Link("codex", "theirs", "lines", 1, (model.TurnLink("t", 1, "lines", 1),))
    told = model.Story(commit, (link,))
    with Repo.open(where) as opened:
        StoryStore(opened).write(Batch([told], notes={commit: note_text(told, {})}))


def _squash(world: World) -> None:
    tree = world.repo.git("rev-parse", "HEAD^{tree}")
    base = world.repo.git("rev-parse", "HEAD~2")
    world.repo.time = NOON + 5000
    squashed = world.repo.git("commit-tree", tree, "-p", base, "-m", "both (#1)")
    world.repo.git("update-ref", "refs/remotes/origin/main", squashed)
