"""The shim killed before each of its commands, alone or with git and its whole group: the commit stands, its story too.

The shim is run by bash, whose DEBUG trap counts every simple command; at the one asked for it kills.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess

import pytest

from tests.claude_session import ClaudeSession
from tests.integration.faults.world import MATRIX, NOON, World

pytestmark = pytest.mark.skipif(shutil.which("bash") is None, reason="counts the shim's steps with bash")

TRAP = """#!{bash}
set -T
gitstory_steps=0
trap 'gitstory_steps=$((gitstory_steps + 1))
	[ -z "$STEPS" ] || echo "$BASH_COMMAND" >>"$STEPS"
	[ "$gitstory_steps" != "$DIE_AT" ] || { echo died >>"$STEPS"; kill -9 "$DIE_WHO"; }' DEBUG
"""
EVENTS = {"post-commit": (), "post-rewrite": ("--amend",)}


@pytest.fixture
def prepared(world: World) -> World:
    """The drained world with one more turn's work staged; its hooks count their steps."""
    if not (world.root / "staged").exists():
        world.restore("done")
        session = ClaudeSession(world.home, world.path, NOON + 1000, "22222222-2222-4333-8444-555555555555")
        session.prompt("A new part")
        session.write("extra.py", "def extra(value):\n    return f'the extra {value} of the shim'\n")
        world.repo.git("add", "-A")
        for event in EVENTS:
            hook = world.path / ".git" / "hooks" / event
            text = hook.read_text()
            assert text.startswith("#!/bin/sh\n")
            hook.write_text(text.replace("#!/bin/sh\n", TRAP.replace("{bash}", str(shutil.which("bash"))), 1))
        world.save("staged")
    world.restore("staged")
    return world


def commit(world: World, *args: str, **extra: str) -> int:
    """`git commit` in a process group of its own; returns its exit code (negative: the signal)."""
    env = world.environment(
        GIT_AUTHOR_DATE=f"@{NOON + 2000} +0000", GIT_COMMITTER_DATE=f"@{NOON + 2000} +0000", **extra
    )
    with subprocess.Popen(
        ["git", "commit", "-q", "-m", "extra", *args], cwd=world.path, env=env, start_new_session=True
    ) as process:
        return process.wait(timeout=30)


def only(world: World, event: str) -> None:
    """Leave the steps of the other event's shim alone."""
    for other in set(EVENTS) - {event}:
        hook = world.path / ".git" / "hooks" / other
        hook.write_text(hook.read_text().replace('"$DIE_AT"', "never"))


@MATRIX
@pytest.mark.slow
@pytest.mark.parametrize("who", ["group", "shim"])
@pytest.mark.parametrize("event", list(EVENTS))
def test_killed_before_every_step(prepared: World, event: str, who: str) -> None:
    world = prepared
    head = world.repo.git("rev-parse", "HEAD")
    commit(world, *EVENTS[event])
    expected = world.stories("--all")
    at = 0
    while True:
        at += 1
        world.restore("staged")
        only(world, event)
        hook = world.path / ".git" / "hooks" / event
        hook.write_text(hook.read_text().replace('"$DIE_WHO"', "0" if who == "group" else "$$"))
        listed = world.root / "steps"
        listed.unlink(missing_ok=True)
        code = commit(world, *EVENTS[event], DIE_AT=str(at), STEPS=str(listed))
        passed = listed.read_text().splitlines()
        assert world.repo.git("rev-parse", "HEAD") != head, "the commit is made"
        assert world.repo.git("status", "--porcelain") == ""
        assert world.locks() == [world.own / "worker.lock"]
        if passed[-1] != "died":  # a subshell counts on from where it began, so the number of lines says nothing
            assert code == 0
            break
        assert code == (-signal.SIGKILL if who == "group" else 0)
        print(f"{event} {who} killed before step {at:3}: {passed[-2][:90]}")
        assert world.stories("--all") == expected
        assert world.left_behind() == []
        world.check_objects()
    assert at > 40


@pytest.mark.parametrize("event", list(EVENTS))
def test_group_killed_as_git_returns(prepared: World, event: str) -> None:
    """What closing a terminal does: everything that git started is killed once the commit is there."""
    world = prepared
    for name in EVENTS:
        (world.path / ".git" / "hooks" / name).write_text("#!/bin/sh\nkill -9 0\n")
    assert commit(world, *EVENTS[event]) == -signal.SIGKILL
    told = world.stories("HEAD")[world.repo.git("rev-parse", "HEAD")]
    assert {turn["prompt"] for one in told["conversations"] for turn in one["turns"]} >= {"A new part"}
    assert world.left_behind() == []


@MATRIX  # waits on a pipe for a worker that a kill may reach before it has a session of its own
def test_the_worker_outlives_the_killed_group(prepared: World) -> None:
    """It has a session of its own: what kills git's group does not reach it."""
    world = prepared
    fifo = world.root / "fifo"
    fifo.unlink(missing_ok=True)
    os.mkfifo(fifo)
    program = world.root / "program"
    program.write_text(f'#!/bin/sh\nread line <"{fifo}"\ncd "{world.path}" && echo "$*" >"{fifo}"\n')
    program.chmod(0o755)
    hook = world.path / ".git" / "hooks" / "post-commit"
    text = hook.read_text().replace("/nowhere/git-story", str(program))
    hook.write_text(text + "\nkill -9 0\n")
    last = "gitstory_find_next || exit 0\n"
    assert last in text
    hook.write_text(text.replace(last, "kill -9 0\n"))
    assert commit(world) == -signal.SIGKILL
    fifo.write_text("go on\n")
    assert fifo.read_text() == "drain --background\n"
