"""Real file systems that are full or read-only: small ones in memory, mounted for the test (which takes root)."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.claude_session import ClaudeSession
from tests.gitrepo import GitRepo
from tests.integration.faults.world import NOON, World

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux") or os.geteuid() != 0, reason="mounts file systems")


class Disk:
    def __init__(self, path: Path) -> None:
        self.path = path

    def mount(self, *options: str) -> None:
        subprocess.run(["mount", "-t", "tmpfs", "-o", ",".join(["size=4m", *options]), "tmpfs", self.path], check=True)

    def remount(self, options: str) -> None:
        subprocess.run(["mount", "-o", f"remount,{options}", self.path], check=True)

    def fill(self, keep: int = 0) -> None:
        """Take all room but `keep` bytes."""
        with (self.path / "ballast").open("wb", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(1 << 16))
            except OSError:
                pass
            size = file.tell()
            file.truncate(max(0, size - keep))

    def free(self) -> None:
        (self.path / "ballast").unlink()


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    made = Disk(tmp_path / "disk")
    made.path.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", made.path], capture_output=True).returncode:
        pytest.skip("may not mount")
    yield made
    subprocess.run(["umount", "-l", made.path], check=True)


@pytest.fixture
def small(world: World, disk: Disk) -> World:
    """The world with gitstory's directory and git's objects as usual, the repository on the small disk."""
    world.restore("base")
    moved = disk.path / "repo"
    shutil.copytree(world.path, moved, symlinks=True)
    world.repo = GitRepo(moved)
    for number in range(2):
        session = ClaudeSession(world.home, moved, NOON + number * 1000, f"5555555{number}-2222-4333-8444-555555555555")
        session.prompt(f"Part {number}")
        session.write(f"disk{number}.py", f"def disk_{number}(value):\n    return f'a disk of {number} {{value}}'\n")
        world.repo.commit(f"disk {number}", at=NOON + number * 1000 + 100)
    return world


@pytest.fixture(autouse=True)
def as_it_was(world: World) -> Iterator[None]:
    repo = world.repo
    yield
    world.repo = repo


def said(done: subprocess.CompletedProcess[str]) -> list[str]:
    assert "Traceback" not in done.stderr and done.returncode in (0, 1), (done.returncode, done.stderr)
    return [line for line in done.stderr.splitlines() if not line.startswith("hint: ")]


def whole(world: World) -> None:
    told = world.stories("HEAD~2..HEAD")
    assert [len(one["conversations"]) for one in told.values()] == [1, 1]
    assert world.left_behind() == []
    world.check_objects()


@pytest.mark.parametrize("keep", [0, 4096, 16384, 32768, 65536])
def test_full_disk(small: World, disk: Disk, keep: int) -> None:
    disk.fill(keep)
    done = small.run("drain")
    lines = said(done)
    assert len(lines) <= 1
    if keep == 0:
        assert done.returncode == 1 and len(lines) == 1, done
        assert len(said(small.run("show"))) == 1
        said(small.run("status"))
    disk.free()
    small.grow_old()
    whole(small)


def test_commit_on_a_disk_that_is_full_but_for_git(small: World, disk: Disk) -> None:
    """gitstory's own directory is on a disk of its own that is full: git has room, and must not notice."""
    shutil.move(small.own, disk.path / "own")
    small.own.symlink_to(disk.path / "own")
    world_repo = small.path
    elsewhere = disk.path.parent / "elsewhere"
    shutil.copytree(world_repo, elsewhere, symlinks=True)
    disk.fill()
    repo = GitRepo(elsewhere)
    repo.write("more.txt", "more\n")
    repo.git("add", "-A")
    done = subprocess.run(["git", "commit", "-q", "-m", "more"], cwd=elsewhere, capture_output=True, timeout=30)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    disk.free()


def test_read_only_repository(small: World, disk: Disk) -> None:
    disk.remount("ro")
    done = small.run("drain")
    assert done.returncode == 1
    (line,) = said(done)
    assert "cannot be written" in line
    for command in (["show"], ["log"], ["blame", "disk0.py"]):
        lines = said(small.run(*command))
        assert lines[0].startswith("warning: ") and "cannot be written" in lines[0]
        assert all(line.startswith("no selected commit has a story; ") for line in lines[1:])
    assert said(small.run("status")) == []
    disk.remount("rw")
    whole(small)


def test_read_only_directory_of_ours(world: World, disk: Disk) -> None:
    """.git can be written, .git/gitstory cannot: the commit stands, and is found when it can be again."""
    world.restore("base")
    shutil.rmtree(disk.path, ignore_errors=True)
    kept = world.root / "kept"
    shutil.rmtree(kept, ignore_errors=True)
    shutil.copytree(world.own, kept)
    subprocess.run(["mount", "--bind", kept, world.own], check=True)
    try:
        subprocess.run(["mount", "-o", "remount,bind,ro", world.own], check=True)
        session = ClaudeSession(world.home, world.path, NOON, "66666666-2222-4333-8444-555555555555")
        session.prompt("Read-only")
        session.write("ro.py", "def read_only(value):\n    return f'it cannot be written: {value}'\n")
        world.repo.write("ro.txt", "x\n")
        world.repo.git("add", "-A")
        done = subprocess.run(
            ["git", "commit", "-q", "-m", "ro"], cwd=world.path, env=world.environment(), capture_output=True
        )
        assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
        assert len(said(world.run("show"))) == 1
        assert len(said(world.run("drain"))) == 1
        assert said(world.run("status")) == []
    finally:
        subprocess.run(["umount", "-l", world.own], check=True)
    (told,) = world.stories("HEAD~1..HEAD").values()
    assert [one["id"] for one in told["conversations"]] == [session.id]


def test_objects_cannot_be_written(world: World, disk: Disk) -> None:
    """The spool can be taken, but git has nowhere to put objects."""
    world.restore("made")
    objects = world.path / ".git" / "objects"
    subprocess.run(["mount", "--bind", objects, objects], check=True)
    try:
        subprocess.run(["mount", "-o", "remount,bind,ro", objects], check=True)
        done = world.run("drain")
        assert done.returncode == 1 and len(said(done)) == 1
        (line,) = said(world.run("show"))
        assert line.startswith("warning: ")
        told = world.run("status").stdout
        assert "nothing stored" in told or "problem:" in told
    finally:
        subprocess.run(["umount", "-l", objects], check=True)
    assert len(world.stories("HEAD~4..HEAD")) == 4
    assert world.left_behind() == []
