"""Everything that can come between: others who push at the same time, and death at every step."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from gitstory.git.repo import Repo
from gitstory.store.store import DATA_REF, NOTES_REF, StoryStore
from tests.gitrepo import GitRepo
from tests.integration.test_sync import clone, commits, forget, notes, oid, remote, sync, told_of, tree, write

__all__ = ["remote"]

ROOT = Path(__file__).resolve().parents[2]

STEPS = """
import json, os, shutil, signal, sys
from tests.forked import load
load()
from gitstory.cli.main import run
from gitstory.git import fetch_push, safe_own_files as own_files, refs
from gitstory.store.sync import apply_merge, pull_push

tries, last, done = json.loads(sys.argv[1]), 0, 0

def step(name):
    global done
    if os.getpid() != running:
        return  # a worker, whose steps are tested in `faults`
    done += 1
    print(done, name, file=sys.stderr, flush=True)
    if done == last:
        os.kill(os.getpid(), signal.SIGKILL)
    if not last:
        shutil.copytree("..", f"../../{copies} {done}", symlinks=True)

def counted(module, name):
    inner = getattr(module, name)
    def around(*args, **kwargs):
        step("before " + name)
        result = inner(*args, **kwargs)
        step("after " + name)
        return result
    setattr(module, name, around)

for module, name in [
    (fetch_push, "over_network"), (refs, "swap"), (refs, "store"), (refs, "drop_reflogs"), (apply_merge, "store"),
    (pull_push, "store"), (pull_push, "swap"), (own_files, "write"),
]:
    counted(module, name)
for where, last, copies in tries:
    child = os.fork()
    if not child:
        running = os.getpid()
        os.dup2(2, 1)
        os.chdir(where)
        os._exit(run(copies.split()))
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


def at_steps(*tries: tuple[GitRepo, int, str]) -> tuple[list[int], list[list[str]]]:
    """Run a command in each repository, killed at its step with that number; (exit codes, the steps of each).

    With number 0 it is not killed, but the folder about the repository is copied at each step, which is what a kill
    would leave there. One process has the program loaded and forks one for each.
    """
    listed = json.dumps([(str(where.path), last, command) for where, last, command in tries])
    done = subprocess.run([sys.executable, "-c", STEPS, listed], cwd=ROOT, capture_output=True, text=True, check=True)
    taken: list[list[str]] = []
    for line in done.stderr.splitlines():
        number, _, name = line.partition(" ")
        if number == "1":
            taken.append([])
        if number.isdigit():
            taken[-1].append(name)
    return [int(line) for line in done.stdout.splitlines()], taken


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


RACER = """
import sys
from pathlib import Path
from gitstory.cli.main import run
import os
os.chdir(sys.argv[1])
sys.path.insert(0, sys.argv[3])
from tests.integration.test_sync import write
for number in range(6):
    write(Path.cwd(), int(sys.argv[2]) * 100 + number)
    while run(["push", "--yes"]):
        pass
"""


def test_pushing_at_the_same_time_loses_nothing(remote: GitRepo) -> None:
    clones = [clone(remote, f"racer-{number}") for number in range(3)]
    running = [
        subprocess.Popen(
            [sys.executable, "-c", RACER, str(where.path), str(number), str(ROOT)],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        for number, where in enumerate(clones)
    ]
    for process in running:
        process.communicate()
    wanted = {oid(who * 100 + number) for who in range(3) for number in range(6)}
    assert commits(remote.path) == notes(remote.path) == wanted
    for where in clones:
        sync(where)
        assert commits(where.path) == notes(where.path) == wanted
        assert tree(where.path) == tree(remote.path)


def test_a_writer_beside_a_pull_is_not_lost(remote: GitRepo) -> None:
    one, two = clone(remote, "one"), clone(remote, "two")
    for number in range(20):
        write(two.path, number)
    sync(two)
    script = "import sys; sys.path.insert(0, sys.argv[2])\nfrom pathlib import Path\n"
    script += "from tests.integration.test_sync import write\nfor n in range(30): write(Path(sys.argv[1]), 500 + n)\n"
    with subprocess.Popen([sys.executable, "-c", script, str(one.path), str(ROOT)], cwd=ROOT) as writer:
        for _ in range(5):
            write(two.path, 900 + _)
            sync(two)
            sync(one)
    assert writer.returncode == 0
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
