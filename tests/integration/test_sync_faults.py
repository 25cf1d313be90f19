"""Everything that can come between: others who push at the same time, and death at every step."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import signal
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from gitstory.cli.main import run
from gitstory.git import fetch_push, refs
from gitstory.git import safe_own_files as own_files
from gitstory.git.repo import Repo
from gitstory.store.store import DATA_REF, NOTES_REF, StoryStore
from gitstory.store.sync import apply_merge, pull_push
from tests.beside import begun, ended
from tests.gitrepo import GitRepo
from tests.integration.test_sync import clone, commits, forget, notes, oid, remote, sync, told_of, tree, write

__all__ = ["remote"]

STEPS = (
    (fetch_push, "over_network"),
    (refs, "swap"),
    (refs, "store"),
    (refs, "drop_reflogs"),
    (apply_merge, "store"),
    (pull_push, "store"),
    (pull_push, "swap"),
    (own_files, "write"),
)
"""What a command is ended before and after."""


def at_steps(*tries: tuple[GitRepo, int, str]) -> tuple[list[int], list[list[str]]]:
    """Run a command in each repository, killed at its step with that number; (exit codes, the steps of each).

    With number 0 it is not killed, but the folder about the repository is copied at each step, which is what a kill
    would leave there. Each runs in a process forked from this one, which has the program loaded.
    """
    codes, taken = [], []
    for where, last, command in tries:
        with tempfile.TemporaryFile() as told:
            codes.append(ended(begun(partial(_run_at_steps, where.path, last, command, told.fileno()))))
            told.seek(0)
            taken.append(told.read().decode().splitlines())
    return codes, taken


def _run_at_steps(where: Path, last: int, command: str, told: int) -> int:
    """What the process of one try does; it writes the name of each step into `told`."""
    running, done = os.getpid(), 0

    def step(name: str) -> None:
        nonlocal done
        if os.getpid() != running:
            return  # a worker, whose steps are tested in `faults`
        done += 1
        os.write(told, f"{name}\n".encode())
        if done == last:
            os.kill(running, signal.SIGKILL)
        if not last:
            shutil.copytree("..", f"../../{command} {done}", symlinks=True)

    def counted(inner: Callable[..., object], name: str) -> Callable[..., object]:
        def around(*args: object, **kwargs: object) -> object:
            step(f"before {name}")
            result = inner(*args, **kwargs)
            step(f"after {name}")
            return result

        return around

    for module, name in STEPS:
        setattr(module, name, counted(getattr(module, name), name))
    os.chdir(where)
    return run(command.split())


def prepared(base: Path, name: str) -> tuple[GitRepo, GitRepo, GitRepo]:
    """A remote with a story taken back there lately, and two clones that each have one of their own to tell."""
    there = GitRepo.init(base / name / "remote.git", "--bare")
    one, two = clone(there, "one"), clone(there, "two")
    for where in (one, two):
        where.git("remote", "set-url", "origin", "../remote.git")  # which stays so when all three are copied
    write(one.path, 1)
    write(one.path, 9, talk="secret")
    for where in (one, two):
        sync(where)
    write(two.path, 2)
    forget(two.path, "secret")
    sync(two)
    write(one.path, 3)
    write(two.path, 4)
    sync(two)
    return there, one, two


def distinct(copies: list[Path]) -> list[tuple[int, Path]]:
    """The copies, numbered from 1, that no earlier one equals in every byte but for times: from equal states on,
    everything goes on in the same way."""
    first = {contents(copy): (number, copy) for number, copy in reversed(list(enumerate(copies, 1)))}
    return sorted(first.values())


def contents(folder: Path) -> str:
    """A digest of the names and contents of all files: of the state, which says when a worker ran, without numbers, and
    of folders for objects without what git adds to their names by chance."""
    made = hashlib.sha256()
    for name, path in sorted((_fixed_name(path, folder), path) for path in folder.rglob("*") if path.is_file()):
        data = path.read_bytes()
        data = re.sub(rb"[0-9]+", b"0", data) if path.name == "state.json" else data
        made.update(f"{name}\0{len(data)}\0".encode() + data)
    return made.hexdigest()


def _fixed_name(path: Path, folder: Path) -> str:
    return re.sub(r"(?<=/tmp_objdir-gitstory-)[^/]+", "", path.relative_to(folder).as_posix())


@pytest.mark.slow
def test_ended_at_every_step(tmp_path: Path) -> None:
    prepared(tmp_path, "whole")
    ended = ended_at(tmp_path, "pull", "push", "sync --yes")
    for number, copy in distinct([copy for copy, _ in ended]):
        there, one, two = (GitRepo(copy / name) for name in ("remote.git", "one", "two"))
        at = ended[number - 1]
        for where in (one, two):
            where.git("fsck", "--strict", "--no-dangling")
        assert commits(one.path) >= {oid(1), oid(3)}, at
        for where in (one, two, one):  # whatever comes next puts it right
            sync(where)
        wanted = {oid(each) for each in (1, 2, 3, 4)}
        for where in (one, two, there):
            assert commits(where.path) == notes(where.path) == wanted, at
        assert tree(one.path) == tree(two.path) == tree(there.path)
        assert not told_of(there, "of secret") and not told_of(one, "of secret"), at


def ended_at(base: Path, *commands: str) -> list[tuple[Path, str]]:
    """What each step of the commands leaves of `base / "whole"` if it is the last; with the name of the step."""
    wholes = {each: GitRepo(Path(shutil.copytree(base / "whole", base / f"whole {each}")) / "one") for each in commands}
    codes, taken = at_steps(*((whole, 0, command) for command, whole in wholes.items()))
    assert not any(codes) and len(taken) == len(commands) and all(len(each) > 10 for each in taken), taken
    steps = [
        (each, number, step)
        for each, listed in zip(commands, taken, strict=True)
        for number, step in enumerate(listed, 1)
    ]
    return [(base / f"{command} {number}", f"{command}: {number} {step}") for command, number, step in steps]


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="kill -9 is POSIX")
def test_a_kill_leaves_the_files_of_its_step(tmp_path: Path) -> None:
    prepared(tmp_path, "whole")
    left = [copy for copy, _ in ended_at(tmp_path, "push")]
    killed = {n: Path(shutil.copytree(tmp_path / "whole", tmp_path / f"killed {n}")) for n in range(1, len(left), 7)}
    codes, _ = at_steps(*((GitRepo(copy / "one"), number, "push") for number, copy in killed.items()))
    assert codes == [-signal.SIGKILL] * len(killed)
    for number, copy in killed.items():
        assert names(copy) == names(left[number - 1])
    assert names(killed[1]) != names(left[-1])


def names(folder: Path) -> list[str]:
    """All files, but for ids: those of commits depend on the time."""
    return sorted(re.sub(r"[0-9a-f]{38,}", "", _fixed_name(path, folder)) for path in folder.rglob("*"))


def race(where: Path, who: int) -> None:
    os.chdir(where)
    for number in range(6):
        write(where, who * 100 + number)
        while run(["push", "--yes"]):
            pass


def test_pushing_at_the_same_time_loses_nothing(remote: GitRepo) -> None:
    clones = [clone(remote, f"racer-{number}") for number in range(3)]
    running = [begun(partial(race, where.path, number)) for number, where in enumerate(clones)]
    assert [ended(process) for process in running] == [0, 0, 0]
    wanted = {oid(who * 100 + number) for who in range(3) for number in range(6)}
    assert commits(remote.path) == notes(remote.path) == wanted
    for where in clones:
        sync(where)
        assert commits(where.path) == notes(where.path) == wanted
        assert tree(where.path) == tree(remote.path)


def write_each(where: Path, numbers: range) -> None:
    for number in numbers:
        write(where, number)


def test_a_writer_beside_a_pull_is_not_lost(remote: GitRepo) -> None:
    one, two = clone(remote, "one"), clone(remote, "two")
    for number in range(20):
        write(two.path, number)
    sync(two)
    writer = begun(partial(write_each, one.path, range(500, 530)))
    for _ in range(5):
        write(two.path, 900 + _)
        sync(two)
        sync(one)
    assert ended(writer) == 0
    sync(one)
    wanted = {oid(n) for n in (*range(20), *range(500, 530), *range(900, 905))}
    assert commits(one.path) == notes(one.path) == commits(remote.path) == wanted


@pytest.mark.slow
def test_a_thousand_stories_by_two_in_turn(remote: GitRepo) -> None:
    clones = [clone(remote, name) for name in ("one", "two")]
    number = 0
    for turn in range(20):
        where = clones[turn % 2]
        write(where.path, *range(number, number + 50))
        number += 50
        sync(where)
    sync(clones[0])
    wanted = {oid(each) for each in range(1000)}
    for where in (*clones, remote):
        assert commits(where.path) == notes(where.path) == wanted
    with Repo.open(clones[0].path) as repo:
        assert sum(1 for _ in StoryStore(repo).conversations()) == 1000
    assert tree(clones[0].path) == tree(clones[1].path) == tree(remote.path)
    assert tree(clones[0].path, NOTES_REF) == tree(remote.path, NOTES_REF)
    assert remote.git("rev-list", "--count", DATA_REF) == "20"
