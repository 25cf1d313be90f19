"""Whether all is here that a commit leads to, decided by what differs from a commit of which that is known."""

from __future__ import annotations

from pathlib import Path

import pytest

from gitstory.git import transfer_negotiation
from gitstory.git.new_objects import NewObjects, commit_bytes, store
from gitstory.git.repo import Objects, Repo
from gitstory.git.transfer_negotiation import Lineage, committed_at, deep_date, environment, is_complete, tips
from tests.gitrepo import GitRepo

FILES: dict[str, str | bytes] = {f"{number % 5}/{number % 3}/{number}": f"text {number}\n" for number in range(60)}


@pytest.fixture
def old(repo: GitRepo) -> str:
    return repo.commit("old", FILES)


def lose(repo: GitRepo, oid: str) -> None:
    (repo.path / ".git" / "objects" / oid[:2] / oid[2:]).unlink()


def holds_all(repo: GitRepo, tip: str, complete: str) -> bool:
    with Repo.open(repo.path) as opened:
        return is_complete(opened, tip, complete)


@pytest.mark.parametrize("lost", ["none", "HEAD:0/0/new", "HEAD:0/0", "HEAD^{tree}", "HEAD~1:1/1/between", "HEAD~1"])
@pytest.mark.parametrize("begins_anew", [False, True])
def test_what_came_is_looked_for(repo: GitRepo, old: str, lost: str, begins_anew: bool) -> None:
    if begins_anew:
        repo.git("checkout", "-q", "--orphan", "anew")
    repo.commit("between", {"1/1/between": "only in this commit\n"})
    repo.git("rm", "-q", "1/1/between")
    tip = repo.commit("new", {"0/0/new": "new\n", "0/0/0": "changed\n"})
    if lost != "none":
        lose(repo, repo.git("rev-parse", lost))
    assert holds_all(repo, tip, old) == (lost == "none")


def test_what_is_the_same_is_not_read(repo: GitRepo, old: str, monkeypatch: pytest.MonkeyPatch) -> None:
    tip = repo.commit("new", {"0/0/new": "new\n"})
    lose(repo, repo.git("rev-parse", "HEAD:2/2"))
    read, answer = [], Objects._answer
    monkeypatch.setattr(Objects, "_answer", lambda self, limit: (read.append(1), answer(self, limit))[1])
    assert holds_all(repo, tip, old) and len(read) < 12


def test_a_tree_that_repeats_itself_is_read_once(repo: GitRepo, old: str) -> None:
    """Forty levels of two equal folders are 2^40 paths, and forty objects."""
    tree = repo.git("rev-parse", f"{old}:0")
    for _ in range(40):
        rows = "".join(f"040000 tree {tree}\t{name}\n" for name in "ab")
        tree = repo.git("mktree", input=rows.encode())
    assert holds_all(repo, repo.git("commit-tree", "-m", "bomb", tree), old)


def test_an_object_of_another_kind_counts_as_missing(repo: GitRepo, old: str) -> None:
    tree = repo.git("rev-parse", f"{old}:0")
    bad = repo.git(
        "mktree", "--missing", input=b"100644 blob %s\tx\n" % repo.git("rev-parse", old).encode(), check=False
    )
    if bad:  # newer versions of git refuse to make one
        assert not holds_all(repo, repo.git("commit-tree", "-m", "bad", bad), old)
    assert holds_all(repo, repo.git("commit-tree", "-m", "good", tree), old)


def test_an_unknown_tip_is_not_complete(repo: GitRepo, old: str) -> None:
    assert not holds_all(repo, "0" * 40, old) and not holds_all(repo, old, "0" * 40)


def test_an_empty_tree_and_a_submodule_are_no_gap(repo: GitRepo, old: str) -> None:
    empty = repo.git("mktree", input=b"")
    assert holds_all(repo, repo.git("commit-tree", "-m", "empty", empty), old)
    outside = repo.git("mktree", input=b"160000 commit %s\tsub\n" % (b"1" * 40))
    assert holds_all(repo, repo.git("commit-tree", "-m", "sub", outside), old)


def test_history_ends_at_branches_and_tags(repo: GitRepo, old: str) -> None:
    new = repo.commit("new", {"a": "1\n"})
    repo.git("tag", "-a", "-m", "annotated", "v1", old)
    repo.git("tag", "light", new)
    repo.git("tag", "of-a-tree", f"{old}^{{tree}}")
    repo.git("update-ref", "refs/remotes/origin/main", old)
    repo.git("update-ref", "refs/story/data", repo.git("commit-tree", "-m", "x", f"{old}^{{tree}}"))
    with Repo.open(repo.path) as opened:
        assert sorted(tips(opened)) == sorted({old, new})
        with environment(opened, Lineage({new: (old,)}, roots=tips(opened))) as assumed:
            grafts = Path(assumed["GIT_GRAFT_FILE"]).read_text().splitlines()
            assert sorted(grafts) == sorted([old, f"{new} {old}"]), "a parent that is given counts"


def test_without_branches_nothing_ends(repo: GitRepo) -> None:
    with Repo.open(repo.path) as opened:
        assert tips(opened) == () and not Lineage()


def test_a_commit_at_a_remote_is_dated_some_commits_back(repo: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    with Repo.open(repo.path) as opened:
        assert deep_date(opened) == 0, "there are no branches"
        commits = [
            f"commit refs/heads/main\ncommitter P <p@localhost> {1_600_000_000 + number * 100} +0200\ndata 1\nx\n"
            for number in range(1, 6)
        ]
        repo.git("fast-import", "--quiet", input="".join(commits).encode())
        dates = {}
        for depth in (0, 2, 4, 5):
            monkeypatch.setattr(transfer_negotiation, "_DEPTH", depth)
            dates[depth] = deep_date(opened)
        assert dates == {0: 1_600_000_500, 2: 1_600_000_300, 4: 1_600_000_100, 5: 0}


@pytest.mark.parametrize(("written", "date"), [("7", 7), ("1700000000", 1_700_000_000), ("-5", 0), ("99999999999", 0)])
def test_an_impossible_time_counts_as_none(repo: GitRepo, written: str, date: int) -> None:
    with Repo.open(repo.path) as opened:
        new_objects = NewObjects(opened.object_format)
        content = commit_bytes(new_objects.add("tree", b""), "committer x y 3 +0000").replace(
            b"committer gitstory <gitstory@localhost> 0", b"committer gitstory <gitstory@localhost> " + written.encode()
        )
        oid = new_objects.add("commit", content)
        store(opened, new_objects)
        assert committed_at(opened, oid) == date
        assert committed_at(opened, None) == committed_at(opened, "0" * 40) == 0
