"""The record's objects do not pile up loose in a person's repository, and packing them loses none."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import time
from functools import partial
from pathlib import Path

import pytest

from gitstory.git import fetch_push, packing
from gitstory.git.adopt_loose_objects import adopt_loose
from gitstory.git.object_purge import before, purge
from gitstory.git.packing import own_packs, pack_written
from gitstory.git.repo import Repo
from gitstory.model import Conversation, Link, Say, Story, Turn
from gitstory.store.purge_erased import is_ours
from gitstory.store.store import Batch, StoryStore
from gitstory.store.sync.incoming_packs import incoming, take_over
from tests.beside import begun, ended
from tests.gitrepo import GitRepo

ROOT = Path(__file__).resolve().parents[3]
REFS = ("refs/story/data", "refs/notes/story")


@pytest.fixture(params=["sha1", "sha256"])
def repo(tmp_path: Path, request: pytest.FixtureRequest) -> GitRepo:
    made = GitRepo.init(tmp_path / "repo", f"--object-format={request.param}")
    made.commit("base", {"base.txt": "base\n"}, at=1_700_000_000)
    (made.path / ".git" / "gitstory").mkdir()
    return made


def write(opened: Repo, numbers: range, said: str = "answer") -> None:
    """One commit each, of a conversation that grows."""
    store = StoryStore(opened)
    for number in numbers:
        commit = hashlib.new(opened.object_format, b"%d" % number).hexdigest()
        turn = Turn(f"t{number}", number, f"prompt {number}", steps=(Say(f"{said} {number}"),))
        one = Conversation("codex", "grows", (turn,))
        store.write(Batch([Story(commit, (Link("codex", "grows", "lines", 1),))], [one], {commit: f"note {number}"}))


def check(repo: GitRepo, count: int) -> None:
    assert repo.git("fsck", "--strict", "--no-dangling", "--no-progress") == ""
    with Repo.open(repo.path) as opened:
        store = StoryStore(opened)
        assert len(store.stories(store.commits())) == count
        found = store.conversation("codex", "grows")
        assert found is not None and len(found.turns) == count
    assert len(repo.git("notes", "--ref=story", "list").splitlines()) == count


def loose(repo: GitRepo) -> int:
    return int(repo.git("count-objects").split()[0])


def begins_gc(repo: GitRepo) -> bool:
    """Whether git would start its own maintenance now, were 5 packs enough for it."""
    settings = ("-c", "gc.auto=6700", "-c", "gc.autoPackLimit=5", "-c", "gc.autoDetach=false")
    done = subprocess.run(["git", *settings, "gc", "--auto"], cwd=repo.path, capture_output=True, text=True, check=True)
    return "packing" in done.stderr


@pytest.mark.slow
def test_many_writes_leave_few_loose_objects_and_start_no_gc(repo: GitRepo) -> None:
    with Repo.open(repo.path) as opened:
        for start in range(0, 120, 10):
            write(opened, range(start, start + 10))
            pack_written(opened, least=100)
            assert not begins_gc(repo)
            assert loose(repo) < 150
        assert 1 <= len(own_packs(opened)) <= 4
    check(repo, 120)
    repo.git("gc", "-q", "--prune=now")  # as a person may
    check(repo, 120)


@pytest.mark.slow
def test_packs_that_are_not_kept_would_start_it(repo: GitRepo) -> None:
    with Repo.open(repo.path) as opened:
        for start in range(0, 60, 10):
            write(opened, range(start, start + 10))
            assert loose(repo) > 50
            repo.git("pack-objects", "-q", ".git/objects/pack/pack", input="\n".join(loose_ids(repo)).encode())
            repo.git("prune-packed", "-q")
        assert begins_gc(repo)


def loose_ids(repo: GitRepo) -> list[str]:
    folders = (repo.path / ".git" / "objects").glob("[0-9a-f][0-9a-f]")
    return [folder.name + path.name for folder in folders for path in folder.iterdir()]


def test_nothing_is_packed_below_the_bound(repo: GitRepo) -> None:
    with Repo.open(repo.path) as opened:
        write(opened, range(3))
        before_it = loose(repo)
        assert pack_written(opened) == 0 and loose(repo) == before_it


def test_who_borrows_objects_loses_none(repo: GitRepo, tmp_path: Path) -> None:
    with Repo.open(repo.path) as opened:
        write(opened, range(10))
        repo.git("clone", "-q", "--shared", str(repo.path), str(tmp_path / "borrower"))
        borrower = GitRepo(tmp_path / "borrower")
        borrower.git("fetch", "-q", "origin", "refs/story/data:refs/story/data", "refs/notes/story:refs/notes/story")
        write(opened, range(10, 30))
        assert pack_written(opened, least=10) > 100
        write(opened, range(30, 40))
        pack_written(opened, least=10)
    check(borrower, 10)
    check(repo, 40)


def test_objects_of_ours_that_nothing_names_go_after_a_while(repo: GitRepo) -> None:
    with Repo.open(repo.path) as opened:
        write(opened, range(20))
        first = opened.ref("refs/story/data")
        assert first is not None
        pack_written(opened, least=10)
        write(opened, range(20, 30))
        pack_written(opened, least=10)
        assert opened.objects.read(first) is not None  # somebody may be about to name it
        for path in own_packs(opened):
            os.utime(path, (time.time() - packing.GRACE - 60,) * 2)
        write(opened, range(30, 32))
        pack_written(opened, least=1)
    with Repo.open(repo.path) as opened:
        assert opened.objects.read(first) is None
    check(repo, 32)


def test_what_is_taken_back_leaves_the_packs_too(repo: GitRepo) -> None:
    with Repo.open(repo.path) as opened:
        write(opened, range(5), "the purple heron")
        pack_written(opened, least=1)
        taken = before(opened, REFS)
        StoryStore(opened).write(Batch(drop_conversations=[("codex", "grows")]))
        purge(opened, REFS, taken, is_ours)
    told = repo.git("cat-file", "--batch-all-objects", "--batch", "--unordered")
    assert "purple heron" not in told and "note 3" in told
    assert repo.git("fsck", "--strict", "--no-dangling", "--no-progress") == ""


def test_what_is_taken_back_is_gone_where_the_write_touched_the_pack(repo: GitRepo) -> None:
    """The tree without the conversation was there before, in the same pack as the text."""
    with Repo.open(repo.path) as opened:
        write(opened, range(1))
        first = opened.ref("refs/story/data")
        other = Conversation("codex", "other", (Turn("t", 0, "the purple heron"),))
        StoryStore(opened).write(Batch([], [other]))
        assert pack_written(opened, least=1)
        taken = before(opened, REFS)
        StoryStore(opened).write(Batch(drop_conversations=[other.key]))
        assert opened.ref("refs/story/data") == first
        purge(opened, REFS, taken, is_ours)
    assert "purple heron" not in repo.git("cat-file", "--batch-all-objects", "--batch", "--unordered")
    check(repo, 1)


def pack_again_and_again(repo: GitRepo, times: int) -> None:
    with Repo.open(repo.path) as opened:
        for _ in range(times):
            pack_written(opened, least=20)


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="kill -9 is POSIX")
@pytest.mark.parametrize("point", ["packing.taken", "packing.packed", "packing.removed"])
def test_killed_at_any_step_it_goes_on(repo: GitRepo, point: str) -> None:
    with Repo.open(repo.path) as opened:
        write(opened, range(20))
        assert ended(begun(partial(pack_again_and_again, repo, 1), fault=point)) == -signal.SIGKILL
        check(repo, 20)
        write(opened, range(20, 30))
        pack_written(opened, least=20)
        assert loose(repo) < 20 and not list((repo.path / ".git" / "gitstory").glob("written*"))
    check(repo, 30)


def test_beside_writers(repo: GitRepo) -> None:
    packer = begun(partial(pack_again_and_again, repo, 40))
    with Repo.open(repo.path) as opened:
        write(opened, range(60))
    assert ended(packer) == 0
    check(repo, 60)


def test_what_earlier_versions_left_loose_is_packed_once(repo: GitRepo) -> None:
    (repo.path / ".git" / "gitstory").rmdir()  # nothing is noted then
    with Repo.open(repo.path) as opened:
        write(opened, range(30))
        (repo.path / ".git" / "gitstory").mkdir()
        others = loose(repo) - adopt_loose(opened, least=10)
        assert 1 <= others < 10  # the person's own commit
        assert pack_written(opened, least=10) > 100 and loose(repo) == others
        write(opened, range(30, 32))
        assert adopt_loose(opened, least=10) == 0
    check(repo, 32)


def test_packs_of_big_writes_are_ours(repo: GitRepo) -> None:
    with Repo.open(repo.path) as opened:
        for number in range(6):
            turns = tuple(Turn(f"t{index}", index, f"prompt {number} {index}") for index in range(210))
            StoryStore(opened).write(Batch([], [Conversation("codex", f"c{number}", turns)]))
        assert len(own_packs(opened)) == 6 and not begins_gc(repo)
        packing.merge(opened)
        assert len(own_packs(opened)) < 4
        assert sum(len(one.turns) for one in StoryStore(opened).conversations()) == 6 * 210


def test_fetches_leave_nothing_loose_and_packs_of_ours(repo: GitRepo, tmp_path: Path) -> None:
    repo.git("clone", "-q", "--bare", str(repo.path), str(tmp_path / "other"))
    (tmp_path / "other" / "gitstory").mkdir()
    there = "refs/story/data"
    with Repo.open(tmp_path / "other") as other, Repo.open(repo.path) as opened:
        remote = fetch_push.resolve(opened, str(tmp_path / "other"), push=False)[0]
        before_it = loose(repo)
        for start in range(0, 12, 2):
            write(other, range(start, start + 2))
            with incoming(opened) as folder:
                fetch_push.fetch(opened, remote, [there], [], fetch_push.Caller(), folder)
                take_over(opened, folder)
        assert loose(repo) == before_it and not begins_gc(repo)
        assert len(own_packs(opened)) == 6
