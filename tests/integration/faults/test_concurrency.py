"""Many commits at once in many worktrees, readers beside a worker, and commits that do not wait for it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from gitstory.git.repo import Repo
from gitstory.hooks.setup import enable
from gitstory.store.store import StoryStore
from tests import program
from tests.claude_session import ClaudeSession
from tests.gitrepo import GitRepo
from tests.integration.faults.world import NOON, World

TREES, EACH = 8, 10


def worktrees(world: World) -> dict[str, tuple[Path, list[tuple[str, str, int]], dict[str, str]]]:
    """branch -> its worktree, what is to be committed there, and which turn wrote each file."""
    made = {}
    for number in range(TREES):
        path = world.root / "live" / f"tree{number}"
        world.repo.git("worktree", "add", "-q", "-b", f"work{number}", str(path))
        session = ClaudeSession(world.home, path, NOON, f"7777777{number}-2222-4333-8444-555555555555")
        plan, turns = [], {}
        for part in range(EACH):
            name = f"tree{number}_part{part}.py"
            turns[name] = session.prompt(f"Write {name}")
            text = f"def part_{part}_of_{number}(value):\n    return f'{number} and {part} of {{value}}'\n"
            session.write(name, text)
            (path / name).unlink()
            session.time = NOON + 100 * (part + 1)
            plan.append((name, text, NOON + 100 * (part + 1) - 50))
        made[f"work{number}"] = (path, plan, turns)
    return made


def commit_all(tree: Path, plan: list[tuple[str, str, int]], env: dict[str, str], begin: threading.Barrier) -> None:
    begin.wait(60)
    for name, text, at in plan:
        (tree / name).write_text(text)
        dated = {**env, "GIT_AUTHOR_DATE": f"@{at} +0000", "GIT_COMMITTER_DATE": f"@{at} +0000"}
        subprocess.run(["git", "add", "-A"], cwd=tree, check=True, env=dated, timeout=120)
        commit = ["git", "commit", "-q", "-m", name]
        done = subprocess.run(commit, cwd=tree, env=dated, capture_output=True, check=False, timeout=120)
        assert (done.returncode, done.stderr) == (0, b""), done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("workers", [False, True], ids=["then one drain", "while workers run"])
def test_many_worktrees_commit_at_once(world: World, workers: bool) -> None:
    world.restore("base")
    if workers:
        enable(Repo.open(world.path), _program(world))
    made = worktrees(world)
    begin, env = threading.Barrier(TREES), world.environment()
    with ThreadPoolExecutor(TREES) as threads:
        for done in [threads.submit(commit_all, path, plan, env, begin) for path, plan, _ in made.values()]:
            done.result()
    world.ask("drain")
    told = world.stories()
    right = 0
    for branch, (_, _, turns) in made.items():
        for commit in world.repo.git("rev-list", f"main..{branch}").split():
            (file,) = told[commit]["files"]
            assert {piece["turn"] for piece in file["ranges"]} == {turns[file["path"]]}
            right += 1
    assert right == TREES * EACH
    notes = world.repo.git("notes", "--ref=story", "list").splitlines()
    assert len({line.split()[1] for line in notes}) == len(notes) == TREES * EACH
    _left_alone(world)
    print(f"{right} of {TREES * EACH} stories, right turns")


def _program(world: World) -> str:
    return str(program.install(world.root))


def test_one_worker_at_a_time(world: World) -> None:
    """Four at once: the spool is worked off once, and nobody fails."""
    world.restore("made")
    with ThreadPoolExecutor(4) as threads:
        runs = [done.result() for done in [threads.submit(world.run, "drain") for _ in range(4)]]
    assert [run.returncode for run in runs] == [0] * 4, runs
    counts = [int(re.findall(r"(\d+) recorded", run.stdout)[0]) for run in runs]
    assert sorted(counts) == [0, 0, 0, 4]


def test_readers_beside_a_worker_see_one_state(world: World) -> None:
    """Every story read names conversations and turns that the same state holds, and none goes away again."""
    world.restore("base")
    made = worktrees(world)
    for path, plan, _ in made.values():
        tree = GitRepo(path)
        for name, text, at in plan[:3]:
            tree.commit(name, {name: text}, at=at)
    seen: set[str] = set()
    with ThreadPoolExecutor(1) as thread:
        worker = thread.submit(world.run, "drain")
        looks = 0
        while not worker.done() or looks < 2:
            with Repo.open(world.path) as repo:
                store = StoryStore(repo)
                stories = store.stories(store.commits())
                for story in stories.values():
                    for one in story.links:
                        held = store.conversation(one.agent, one.conversation)
                        assert held is not None
                        assert {turn.id for turn in one.turns} <= {turn.id for turn in held.turns}
                assert seen <= stories.keys()
                seen |= stories.keys()
                looks += 1
    assert worker.result().returncode == 0
    with Repo.open(world.path) as repo:
        assert len(StoryStore(repo).commits()) == 3 * TREES


GIT_SPY = """#!/bin/sh
echo "$@" >>"$SPIED"
exec "{git}" "$@"
"""
HARMLESS = {
    "rev-parse", "for-each-ref", "config", "cat-file", "log", "ls-tree", "unpack-objects", "index-pack", "update-ref",
    "show-ref", "worktree", "merge-base", "rev-list", "diff-tree", "remote", "reflog", "ls-files", "check-attr",
    "patch-id", "show",
}  # fmt: skip
"""None of them takes the index's lock or that of a branch; update-ref is given our own refs only."""


def test_the_worker_takes_none_of_gits_locks(world: World, tmp_path: Path) -> None:
    """It works while index, HEAD and the branch are locked by somebody else, with nothing but harmless commands."""
    world.restore("made")
    git = subprocess.run(["sh", "-c", "command -v git"], capture_output=True, text=True, check=True).stdout.strip()
    spy = tmp_path / "bin" / "git"
    spy.parent.mkdir()
    spy.write_text(GIT_SPY.format(git=git))
    spy.chmod(0o755)
    for lock in ("index.lock", "HEAD.lock", "refs/heads/main.lock"):
        (world.path / ".git" / lock).touch()
    spied = tmp_path / "spied"
    done = world.run("drain", PATH=f"{spy.parent}{os.pathsep}{os.environ['PATH']}", SPIED=str(spied))
    assert (done.returncode, done.stderr) == (0, "")
    assert "4 recorded" in done.stdout
    used = set()
    for line in spied.read_text().splitlines():
        words = iter(line.split())
        for word in words:
            if word in ("-c", "-C"):
                next(words)
            elif not word.startswith("-"):
                used.add(word)
                break
    assert used <= HARMLESS, used - HARMLESS


HELD_GIT = """#!/bin/sh
case " $* " in
*" $HOLD "*) mkdir "$HELD" 2>/dev/null && read -r _ <"$GO" ;;
esac
exec "{git}" "$@"
"""


@pytest.mark.parametrize("hold", ["log", "update-ref"])
def test_a_commit_waits_for_no_worker(world: World, tmp_path: Path, hold: str) -> None:
    """A worker stands still as it reads, or writes, with all that it has locked; commits are made meanwhile."""
    world.restore("made")
    enable(Repo.open(world.path), _program(world))
    git = tmp_path / "bin" / "git"
    git.parent.mkdir()
    git.write_text(HELD_GIT.format(git=shutil.which("git")))
    git.chmod(0o755)
    held, go = tmp_path / "held", tmp_path / "go"
    os.mkfifo(go)
    path = f"{git.parent}{os.pathsep}{os.environ['PATH']}"
    with ThreadPoolExecutor(1) as thread:
        worker = thread.submit(world.run, "drain", PATH=path, HOLD=hold, HELD=str(held), GO=str(go))
        while not held.exists():
            assert not worker.done(), f"it never ran git {hold}"
            time.sleep(0.01)
        for number in range(3):
            command = ["git", "commit", "-q", "--allow-empty", "-m", f"meanwhile {number}"]
            subprocess.run(command, cwd=world.path, env=world.environment(), check=True, timeout=120)
        assert not worker.done()
        go.write_text("\n")
        done = worker.result()
    assert done.returncode == 0 and re.search(r"[4-7] recorded", done.stdout), done
    world.ask("drain")
    assert world.status()["waiting"] == 0
    _left_alone(world)


def _left_alone(world: World) -> None:
    """The worker of the last hook may still look whether anything is left to do."""
    deadline = time.monotonic() + 60
    while world.left_behind() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert world.left_behind() == []
