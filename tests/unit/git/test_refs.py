from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from gitstory.git import refs
from gitstory.git.refs import RefBusy, RefRefused, read_refs, rewrite, swap
from gitstory.git.repo import Repo
from tests.gitrepo import GitRepo

A, B = "refs/story/data", "refs/notes/story"


@pytest.fixture
def opened(repo: GitRepo) -> Iterator[Repo]:
    with Repo.open(repo.path) as opened:
        yield opened


def test_refs_move_together_without_parents_person_or_clock(repo: GitRepo, opened: Repo) -> None:
    now = rewrite(opened, [A, B], lambda _seen: {A: {b"x": b"1"}, B: {b"y": b"2"}})
    assert read_refs(opened.objects, [A, B]) == now
    rewrite(opened, [A, B], lambda _seen: {A: {b"x": b"3"}})
    assert repo.git("rev-list", "--count", A) == "1"
    assert repo.git("cat-file", "blob", f"{A}:x") == "3"
    assert repo.git("log", "-1", "--format=%an|%ae|%cn|%ce|%at", A) == "|".join(
        ["gitstory", "gitstory@localhost", "gitstory", "gitstory@localhost", "0"]
    )


def test_equal_content_has_an_equal_id(tmp_path: Path) -> None:
    found = set()
    for name in ("one", "two"):
        GitRepo.init(tmp_path / name)
        with Repo.open(tmp_path / name) as opened:
            rewrite(opened, [A], lambda _seen: {A: {b"x": b"1"}})
            found.add(rewrite(opened, [A], lambda _seen: {A: {b"a/b": b"2"}})[A])
    assert len(found) == 1


def test_nothing_to_change_moves_nothing(opened: Repo) -> None:
    before = rewrite(opened, [A], lambda _seen: {A: {b"x": b"1"}})
    assert rewrite(opened, [A], lambda _seen: {A: {b"x": b"1"}}) == before
    assert rewrite(opened, [A, B], lambda _seen: {B: {}}) == {**before, B: None}


@pytest.mark.parametrize("setting", ["true", "always"])
def test_no_reflog_is_left(repo: GitRepo, opened: Repo, setting: str) -> None:
    commit = repo.commit("one")
    repo.git("config", "core.logAllRefUpdates", setting)
    repo.git("notes", "--ref=story", "add", "-m", "secret", commit)
    assert repo.git("reflog", "show", B)
    for number in range(2):
        rewrite(opened, [A, B], lambda _seen, n=number: {A: {b"x": b"%d" % n}, B: {b"ab/" + b"0" * 38: b"%d" % n}})
        assert not (opened.common_dir / "logs" / A).exists()
        assert not (opened.common_dir / "logs" / B).exists()


def test_who_comes_second_builds_again(repo: GitRepo, opened: Repo) -> None:
    tries: list[str | None] = []

    def build(seen: refs.Snapshot) -> refs.Changes:
        tries.append(seen[A])
        if len(tries) < 3:  # somebody else writes after we looked
            with Repo.open(repo.path) as other:
                rewrite(other, [A], lambda _seen: {A: {b"other%d" % len(tries): b"x"}})
        return {A: {b"ours": b"y"}}

    rewrite(opened, [A], build)
    assert len(tries) == len(set(tries)) == 3
    assert repo.git("ls-tree", "-r", "--name-only", A).split() == ["other1", "other2", "ours"]


def test_all_or_none(repo: GitRepo, opened: Repo) -> None:
    commit = repo.commit("one")
    assert swap(opened, {A: (None, commit), B: (commit, commit)}) is not None
    assert opened.ref(A) is None


def test_a_lock_of_a_killed_git_is_cleared(repo: GitRepo, opened: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    lock = repo.path / ".git" / f"{A}.lock"
    lock.parent.mkdir(parents=True)
    lock.write_text("")
    old = time.time() - 3600
    os.utime(lock, (old, old))
    monkeypatch.setattr(refs, "WATCHED", 0.2)
    rewrite(opened, [A], lambda _seen: {A: {b"x": b"1"}})
    assert opened.ref(A) is not None
    assert not list(lock.parent.glob("*lock*"))


def test_a_young_lock_is_respected(repo: GitRepo, opened: Repo) -> None:
    lock = repo.path / ".git" / f"{A}.lock"
    lock.parent.mkdir(parents=True)
    lock.write_text("")
    with pytest.raises(RefBusy, match=r"refs/story/data within 0 s"):
        rewrite(opened, [A], lambda _seen: {A: {b"x": b"1"}}, timeout=0.3)
    assert lock.exists()


def test_a_wall_is_told_at_once(repo: GitRepo, opened: Repo) -> None:
    commit = repo.commit("one")
    repo.git("update-ref", "refs/story", commit)  # a file where a folder has to be
    with pytest.raises(RefRefused, match="cannot write refs/story/data"):
        rewrite(opened, [A], lambda _seen: {A: {b"x": b"1"}})


def test_a_ref_that_names_no_commit_is_left_alone(repo: GitRepo, opened: Repo) -> None:
    blob = repo.git("hash-object", "-w", "--stdin", input=b"x")
    repo.git("update-ref", A, blob)
    with pytest.raises(RefRefused, match="names a blob"):
        rewrite(opened, [A], lambda _seen: {A: {b"x": b"1"}})
    assert opened.ref(A) == blob
