"""Damaged files, locks nobody holds, clocks that go back, no home: commits go on, and the next command mends."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.claude_session import ClaudeSession
from tests.integration.faults.test_points import DRAIN, undisturbed
from tests.integration.faults.world import NOON, World

GARBAGE = {
    "empty": b"",
    "zeros": bytes(5000),
    "binary": bytes(range(256)) * 20,
    "no utf-8": b'{"tips":{"\xff\xfe":"\xff"}}',
    "other json": b"[1,2,3]",
    "deep json": b"[" * 100_000,
    "half": None,
}
"""None: the first half of what was there."""


def commit_now(world: World, name: str) -> str:
    """A commit that must succeed at once and in silence."""
    world.repo.write(name, f"{name}\n")
    world.repo.git("add", "-A")
    done = subprocess.run(
        ["git", "commit", "-q", "-m", name], cwd=world.path, env=world.environment(), capture_output=True, timeout=20
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    return world.repo.git("rev-parse", "HEAD")


def spoil(path: Path, kind: str) -> None:
    data = GARBAGE[kind]
    if data is None:
        whole = path.read_bytes()
        data = whole[: len(whole) // 2]
    path.write_bytes(data)


FILES = ("state.json", "cache/traces.db", "record.db", "verified")


@pytest.mark.slow
@pytest.mark.parametrize("kind", list(GARBAGE))
@pytest.mark.parametrize("name", FILES)
def test_damaged_file(world: World, name: str, kind: str) -> None:
    expected = undisturbed(world, DRAIN)
    world.restore("done")
    world.ask("blame", "part1.py")
    world.ask("show", world.repo.git("rev-parse", "HEAD~4"))
    if not (world.own / name).exists():
        (world.own / name).write_bytes(b'{"some":"thing"}')
    spoil(world.own / name, kind)
    commit_now(world, "more")
    world.ask("drain")
    assert {k: v for k, v in world.stories().items() if k in expected.stories} == expected.stories
    blamed = world.ask("blame", "--json", "part1.py")
    assert '"turn":"' in blamed
    told = str(world.status()["last_drain"]["repairs"])
    if name == "state.json":
        assert "stored state was damaged" in told
    if name == "cache/traces.db" and kind in ("zeros", "binary", "no utf-8", "other json", "deep json"):
        assert "transcripts was damaged" in told


@pytest.mark.parametrize("name", FILES)
def test_a_directory_in_the_place_of_a_file(world: World, name: str) -> None:
    expected = undisturbed(world, DRAIN)
    world.restore("made")
    (world.own / name).unlink(missing_ok=True)
    (world.own / name).mkdir(parents=True)
    assert world.stories() == expected.stories
    commit_now(world, "more")
    world.ask("drain")


def test_commits_without_hooks_are_found_after_the_memory_was_damaged(world: World) -> None:
    """The spool knows nothing of them, and the memory of what was looked at is gone: the record itself tells."""
    world.restore("done")
    session = ClaudeSession(world.home, world.path, NOON + 3000, "33333333-2222-4333-8444-555555555555")
    session.prompt("Without a hook")
    session.write("hookless.py", "def hookless(value):\n    return f'no hook told of {value}'\n")
    world.repo.git("add", "-A")
    world.repo.time = NOON + 3100
    world.repo.git("-c", f"core.hooksPath={os.devnull}", "commit", "-q", "-m", "hookless")
    (world.own / "state.json").write_bytes(b"\xff")
    (told,) = world.stories("HEAD~1..HEAD").values()
    assert [one["id"] for one in told["conversations"]] == [session.id]


@pytest.mark.parametrize("damage", ["page", "row", "locked"])
def test_damage_inside_the_cache(world: World, damage: str) -> None:
    """A file that opens well and then does not hold what it should."""
    expected = undisturbed(world, DRAIN)
    world.restore("done")
    path = world.own / "cache" / "traces.db"
    held = None
    if damage == "page":
        data = bytearray(path.read_bytes())
        data[4096:] = bytes(b ^ 0x5A for b in data[4096:])
        path.write_bytes(bytes(data))
    else:
        held = sqlite3.connect(path, isolation_level=None)
        held.execute("BEGIN EXCLUSIVE" if damage == "locked" else "UPDATE traces SET data = x'00112233'")
    shutil.copy(world.root / "made" / "repo" / ".git" / "gitstory" / "spool", world.own / "spool")
    world.repo.git("update-ref", "-d", "refs/story/data")
    world.repo.git("update-ref", "-d", "refs/notes/story")
    if held is not None and damage == "row":
        held.close()
    world.ask("drain")
    if held is not None:
        held.close()
    assert path.exists()
    assert world.stories() == expected.stories
    world.ask("drain")


@pytest.mark.parametrize("kind", [*GARBAGE, "directory", "lines"])
def test_garbage_in_the_spool(world: World, kind: str) -> None:
    expected = undisturbed(world, DRAIN)
    world.restore("made")
    spool = world.own / "spool"
    events = spool.read_bytes()
    if kind == "directory":
        (world.own / "spool.00000000000000000001-1").mkdir()
    elif kind == "lines":
        spool.write_bytes(b"1\tpost-commit\tnot-an-id\t0\t/\n\n2\tfuture\n" + events + b"1\tpost-com")
    elif kind == "half":
        (world.own / "spool.00000000000000000001-1").write_bytes(events[: len(events) // 2])
    else:
        spool.write_bytes((GARBAGE[kind] or b"") + b"\n" + events)
    assert world.stories() == expected.stories
    assert not list(world.own.glob("spool")) and world.status()["waiting"] == 0


def test_spool_lost(world: World) -> None:
    """The hook is a hint: without it the branches tell."""
    expected = undisturbed(world, DRAIN)
    world.restore("made")
    (world.own / "spool").unlink()
    assert world.stories() == expected.stories


LOCKS = {
    "data": "refs/story/data.lock",
    "notes": "refs/notes/story.lock",
    "packed": "packed-refs.lock",
    "index": "index.lock",
    "head": "HEAD.lock",
    "worker": "gitstory/worker.lock",
    "waiting": "gitstory/waiting.lock",
    "journal": "gitstory/cache/traces.db-journal",
}


@pytest.mark.parametrize("name", list(LOCKS))
def test_lock_left_behind(world: World, name: str) -> None:
    """By a process that died. git's own locks on what is not ours are left to the person, and are not in our way."""
    expected = undisturbed(world, DRAIN)
    world.restore("done")
    if name not in ("index", "head"):
        commit_now(world, "more")
    world.restore("made")
    lock = world.path / ".git" / LOCKS[name]
    lock.parent.mkdir(parents=True, exist_ok=True)
    lock.write_bytes(b"4711\n")
    os.utime(lock, (time.time() - 60, time.time() - 60))
    assert world.stories() == expected.stories
    repaired = [one["message"] for one in world.status()["last_drain"]["repairs"]]
    if name in ("data", "notes"):
        assert not lock.exists()
        assert repaired == [f"the lock of a git that died was removed: {LOCKS[name]}"]
    else:
        assert repaired == []
    if name in ("index", "head", "packed"):
        assert lock.exists()


def test_a_lock_that_is_just_held_is_waited_for(world: World) -> None:
    """Ours gives up after its time, says so in one line, and the next run finds all."""
    expected = undisturbed(world, DRAIN)
    world.restore("made")
    with subprocess.Popen(
        ["git", "update-ref", "--stdin"], cwd=world.path, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdin is not None and holder.stdout is not None
        head = world.repo.git("rev-parse", "HEAD")
        holder.stdin.write(f"start\ncreate refs/story/data {head}\nprepare\n".encode())
        holder.stdin.flush()
        assert [holder.stdout.readline() for _ in range(2)] == [b"start: ok\n", b"prepare: ok\n"]
        commit_now(world, "meanwhile")
        with subprocess.Popen(
            ["git", "log", "--oneline", "--notes=story"], cwd=world.path, stdout=subprocess.PIPE
        ) as reader:
            assert reader.communicate(timeout=20)[0].count(b"\n") == 6
        holder.stdin.write(b"abort\n")
        holder.stdin.close()
        holder.wait()
    told = world.stories()
    assert {commit: story for commit, story in told.items() if commit in expected.stories} == expected.stories


def test_a_worker_that_hangs_holds_up_no_commit(world: World) -> None:
    world.restore("made")
    hanging = subprocess.Popen(["flock", world.own / "worker.lock", "sleep", "60"])
    try:
        commit_now(world, "meanwhile")
        done = world.run("drain", "--background")
        assert done.returncode == 0
    finally:
        hanging.send_signal(signal.SIGTERM)
        hanging.wait()


def test_clock_goes_backwards(world: World) -> None:
    """Each commit and each turn is an hour earlier than the one before it."""
    world.restore("base")
    turns: dict[str, str] = {}
    for number in range(5):
        then = NOON - 3600 * number
        session = ClaudeSession(world.home, world.path, then, f"0000000{number}-2222-4333-8444-555555555555")
        session.prompt(f"Backwards {number}")
        session.write(f"back{number}.py", f"def backwards_{number}(value):\n    return value - {number}000\n")
        turns[world.repo.commit(f"back {number}", at=then + 60)] = session.turn
    told = world.stories()
    for commit, turn in turns.items():
        found = {piece["turn"] for file in told[commit]["files"] for piece in file["ranges"]}
        assert found == {turn}, commit


def test_transcript_goes_backwards(world: World) -> None:
    """One conversation whose clock was set back between two turns."""
    world.restore("base")
    session = ClaudeSession(world.home, world.path, NOON, "00000009-2222-4333-8444-555555555555")
    turns = []
    for number in range(3):
        turns.append(session.prompt(f"Back {number}"))
        session.write(f"again{number}.py", f"def again_{number}(value):\n    return value - {number}000\n")
        commit = world.repo.commit(f"again {number}", at=session.time + 30)
        session.time -= 7200
        told = world.stories("HEAD~1..HEAD")[commit]
        assert {piece["turn"] for file in told["files"] for piece in file["ranges"]} == {turns[-1]}


@pytest.mark.parametrize("home", [None, "/nowhere/at/all", ""])
def test_no_home(world: World, home: str | None) -> None:
    world.restore("base")
    environment = world.environment(GIT_CONFIG_GLOBAL=str(world.home / ".gitconfig"))
    environment.pop("HOME")
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
        environment.pop(name, None)
    if home is not None:
        environment["HOME"] = home

    def run(*command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(command, cwd=world.path, env=environment, capture_output=True, text=True, timeout=60)

    done = run("git", "commit", "-q", "--allow-empty", "-m", "homeless")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    program = [sys.executable, "-m", "gitstory"]
    for args in (["drain"], ["show"], ["status"], ["log"]):
        done = run(*program, *args)
        assert done.returncode == 0 and "Traceback" not in done.stderr, (args, done.stderr)


def objects_of(world: World, pick: Callable[[str, str], bool]) -> list[tuple[str, str]]:
    listed = world.repo.git("rev-list", "--objects", "refs/story/data").splitlines()
    return [(oid, name) for oid, _, name in (line.partition(" ") for line in listed) if pick(oid, name)]


PICKS: dict[str, Callable[[str, str], bool]] = {
    "commit": lambda oid, name: False,
    "root": lambda oid, name: False,
    "story": lambda oid, name: name.startswith("commits/") and name.endswith(".json"),
    "folder": lambda oid, name: name == "commits",
    "meta": lambda oid, name: name.startswith("conversations/") and name.endswith("meta.json"),
    "turn": lambda oid, name: name.startswith("conversations/") and name.endswith(".json") and "meta" not in name,
}


@pytest.mark.slow
@pytest.mark.parametrize("how", ["zeros", "cut", "gone"])
@pytest.mark.parametrize("which", list(PICKS))
def test_damaged_object(world: World, which: str, how: str) -> None:
    """What is left is told, the damage is named in one line, and nothing is written over what might come back."""
    world.restore("done")
    if which in ("commit", "root"):
        oid = world.repo.git("rev-parse", "refs/story/data" if which == "commit" else "refs/story/data^{tree}")
    else:
        oid = objects_of(world, PICKS[which])[0][0]
    path = world.path / ".git" / "objects" / oid[:2] / oid[2:]
    whole = path.read_bytes()
    path.chmod(0o644)
    if how == "gone":
        path.unlink()
    else:
        path.write_bytes(bytes(len(whole)) if how == "zeros" else whole[: len(whole) // 2])
    refs = [world.path / ".git" / "refs" / name for name in ("story/data", "notes/story")]
    before = [ref.read_text() for ref in refs]
    for command in (["show"], ["log"], ["status"], ["blame", "part1.py"], ["show", "--json"]):
        done = world.run(*command)
        assert done.returncode in (0, 1), (command, done.returncode, done.stderr)
        assert "Traceback" not in done.stderr
        assert len(done.stderr.splitlines()) <= 2 or done.returncode == 0, done.stderr
    session = ClaudeSession(world.home, world.path, NOON + 9000, "44444444-2222-4333-8444-555555555555")
    session.prompt("Later")
    session.write("later.py", "def later(value):\n    return f'after the damage came {value}'\n")
    later = commit_now(world, "later")
    done = world.run("drain")
    assert done.returncode in (0, 1) and len(done.stderr.splitlines()) <= 2, done.stderr
    if which in ("commit", "root", "folder"):
        assert done.returncode == 1 and done.stderr.startswith("warning: "), done.stderr
        assert [ref.read_text() for ref in refs] == before
    path.write_bytes(whole)
    told = world.stories()
    assert [one["id"] for one in told.pop(later)["conversations"]] == [session.id]
    world.restore("done")
    assert told == world.stories()
