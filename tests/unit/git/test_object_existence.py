"""Which commits and files are there, asked of the lasting process or of a git of its own."""

from __future__ import annotations

import pytest

from gitstory.git import commit_times, object_existence
from gitstory.git.commit_times import committer_time, committer_times
from gitstory.git.object_existence import files_among, present_commits
from gitstory.git.repo import Repo
from gitstory.git.repo_discovery import common_dir_of
from gitstory.hooks.hooks_path import hooks_place
from gitstory.worker.unhooked_commits import tips
from tests.gitrepo import GitRepo

GONE = "1" * 40
PATHS = ("top.txt", "a/b/deep.txt", "a/b", "a", "link", "missing.txt", "a/missing.txt", "no\nline", "é.txt")
THERE = {"top.txt", "a/b/deep.txt", "link", "no\nline", "é.txt"}


@pytest.mark.parametrize("few", [0, 32], ids=["a git of its own", "the lasting process"])
def test_commits_and_files_that_are_there(repo: GitRepo, monkeypatch: pytest.MonkeyPatch, few: int) -> None:
    monkeypatch.setattr(object_existence, "_FEW", few)
    monkeypatch.setattr(object_existence, "_FEW_FOLDERS", few)
    (repo.path / "link").symlink_to("top.txt")
    oid = repo.commit(files={"top.txt": "1\n", "a/b/deep.txt": "2\n", "no\nline": "3\n", "é.txt": "4\n"})
    with Repo.open(repo.path) as opened:
        assert present_commits(opened, [GONE, oid]) == [oid] and present_commits(opened, []) == []
        assert files_among(opened, oid, PATHS) == THERE and files_among(opened, GONE, PATHS) == set()
        assert files_among(opened, oid, ["odd\nfolder/x", "top.txt"]) == {"top.txt"}


def test_the_branches_come_with_the_place(repo: GitRepo) -> None:
    def asked(where: GitRepo) -> dict[str, str] | None:
        with Repo.open(where.path, with_tips=True) as opened:
            if opened.worktree is not None:
                assert (opened.worktree, opened.common_dir) == (where.path, common_dir_of(where.path))
            assert opened.tips_when_opened in (None, tips(opened))
            return opened.tips_when_opened

    assert asked(repo) is None  # no commit yet: git ends there
    one = repo.commit()
    repo.write("HEAD", "a file of that name\n")
    repo.git("branch", "side/é")
    two = repo.commit()
    assert asked(repo) == {"HEAD": two, "refs/heads/main": two, "refs/heads/side/é": one}
    repo.git("checkout", "-q", "--detach", one)
    assert asked(repo) == {"HEAD": one, "refs/heads/main": two, "refs/heads/side/é": one}
    repo.git("worktree", "add", "-q", "../linked", "main")
    with Repo.open(repo.path.parent / "linked", with_tips=True) as opened:
        assert (opened.tips_when_opened or {})["HEAD"] == two and opened.worktree == repo.path.parent / "linked"
    assert asked(GitRepo(repo.path / ".git")) is None  # outside of a work tree
    with Repo.open(repo.path) as opened:
        assert opened.tips_when_opened is None


def test_hooks_are_where_git_says(repo: GitRepo) -> None:
    def said() -> str:
        return repo.git("rev-parse", "--path-format=absolute", "--git-path", "hooks")

    def found() -> str:
        with Repo.open(repo.path) as opened:
            return str(hooks_place(opened).directory)

    assert found() == said() == str(repo.path / ".git/hooks")
    (repo.path / ".git/hooks").rmdir()
    (repo.path / ".git/hooks").symlink_to(repo.path / "elsewhere")
    assert found() == said() == str(repo.path / "elsewhere")
    repo.git("config", "core.hooksPath", "tools")
    assert found() == said() == str(repo.path / "tools")


@pytest.mark.parametrize("few", [0, 32], ids=["a git of its own", "the lasting process"])
def test_when_commits_were_made(repo: GitRepo, monkeypatch: pytest.MonkeyPatch, few: int) -> None:
    monkeypatch.setattr(commit_times, "_FEW", few)
    one, two = repo.commit(at=1_700_000_000), repo.commit("committer x <y> 5 +0000", at=1_700_000_060)
    with Repo.open(repo.path) as opened:
        tree = opened.objects.read(f"{one}^{{tree}}")
        assert tree is not None
        wanted = [one, GONE, two, tree[0]]
        assert committer_times(opened, wanted) == {one: 1_700_000_000, two: 1_700_000_060}


@pytest.mark.parametrize(
    ("content", "time"),
    [
        (b"tree x\nauthor A <a> 1 +0000\ncommitter C <c> 2 -0330\n\nm", 2),
        (b"tree x\ncommitter C > D <c> 12 +0000\ngpgsig x\n committer E <e> 3 +0000\n\nm", 12),
        (b"tree x\ncommitter C <c> never\n\nm", 0),
        (b"tree x\ncommitter C <c>\n\ncommitter C <c> 4 +0000", 0),
        (b"tree x\n\ncommitter C <c> 5 +0000", 0),
        (b"", 0),
    ],
)
def test_the_time_that_a_commit_names(content: bytes, time: int) -> None:
    assert committer_time(content) == time
