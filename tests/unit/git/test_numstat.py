"""How many lines commits changed, also where a clone has not got all of their contents."""

from __future__ import annotations

from pathlib import Path

import pytest

from gitstory.git.commit_details import MissingObjects
from gitstory.git.numstat import commit_sizes, listed, sizes_of
from gitstory.git.repo import NoCommits, Repo, UnknownRevision
from tests.gitrepo import GitRepo

NOON = 1_780_000_000


@pytest.fixture
def history(repo: GitRepo) -> list[str]:
    """Two commits on main with a merge of a third, oldest first, and a ref of ours."""
    first = repo.commit("one", {"a.txt": "1\n2\n3\n", "b.bin": b"\0"}, at=NOON)
    repo.git("checkout", "-q", "-b", "side")
    side = repo.commit("side", {"side.txt": "s\n"}, at=NOON + 60)
    repo.git("checkout", "-q", "main")
    second = repo.commit("two", {"a.txt": "1\n3\n4\n"}, at=NOON + 120)
    repo.git("merge", "-q", "--no-ff", "-m", "both", "side")
    repo.git("update-ref", "refs/story/data", repo.git("commit-tree", "-m", "data", f"{first}^{{tree}}"))
    return [first, side, second, repo.git("rev-parse", "HEAD")]


def counted(found: object) -> dict[str, dict[str, tuple[object, object]]]:
    return {
        one.oid: {file.path: (file.added, file.deleted) for file in one.files}
        for one in found  # type: ignore[attr-defined]
    }


def test_lines_are_counted_where_they_were_changed(repo: GitRepo, history: list[str]) -> None:
    first, side, second, merge = history
    with Repo.open(repo.path) as opened:
        found = list(commit_sizes(opened))
        assert counted(found)[merge] == {}
        assert counted(found)[second] == {"a.txt": (1, 1)}
        assert counted(found)[side] == {"side.txt": (1, 0)}
        assert counted(found)[first]["a.txt"] == (3, 0) and "b.bin" in counted(found)[first]
        assert {one.author for one in found} == {"Dev One"}
        assert [one.time for one in found if one.oid in (first, second)] == [NOON + 120, NOON]
        assert list(commit_sizes(opened, everything=True)) == found, "without the refs of our own"
        assert [one.oid for one in commit_sizes(opened, [second], paths=["a.txt"])] == [second, first]
        assert counted(sizes_of(opened, [side, first])) == {oid: counted(found)[oid] for oid in (side, first)}


def test_the_same_commits_without_files(repo: GitRepo, history: list[str]) -> None:
    with Repo.open(repo.path) as opened:
        for revs in ([], [history[2]]):
            plain = listed(opened, revs)
            assert plain is not None
            assert [one.oid for one in plain] == [one.oid for one in commit_sizes(opened, revs)]
            assert not any(one.files for one in plain)
        assert listed(opened, ["nothing"]) is listed(opened, ["--all"]) is None
        every = listed(opened, everything=True)
        assert every is not None and {one.oid for one in every} == set(history)


@pytest.mark.parametrize("rev", ["nothing", "--all", "-1"])
def test_what_is_no_revision_is_named(repo: GitRepo, history: list[str], rev: str) -> None:
    with Repo.open(repo.path) as opened, pytest.raises(UnknownRevision, match=rev):
        list(commit_sizes(opened, ["HEAD", rev]))


def test_a_repository_without_commits(repo: GitRepo) -> None:
    with Repo.open(repo.path) as opened, pytest.raises(NoCommits):
        list(commit_sizes(opened))


def test_a_clone_without_contents_counts_what_it_has(repo: GitRepo, history: list[str], tmp_path: Path) -> None:
    first, side, second, merge = history
    repo.git("config", "uploadpack.allowFilter", "true")
    repo.git("clone", "-q", "--filter=blob:none", "--no-checkout", f"file://{repo.path}", str(tmp_path / "clone"))
    clone = GitRepo(tmp_path / "clone")
    clone.git("cat-file", "blob", f"{side}:side.txt")  # which fetches it
    (repo.path / ".git").rename(tmp_path / "gone")
    with Repo.open(clone.path) as opened:
        with pytest.raises(MissingObjects):
            list(commit_sizes(opened))
        lacking: list[MissingObjects] = []
        found = counted(commit_sizes(opened, lacking=lacking))
    assert found == {merge: {}, second: {}, side: {"side.txt": (1, 0)}, first: {}}
    assert len(lacking) == 1 and "2 of 4 commits" in str(lacking[0])
