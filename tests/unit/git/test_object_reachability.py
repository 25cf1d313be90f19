"""What the refs of ours and those of a person lead to, and what one state holds that another does not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from gitstory.git import object_reachability
from gitstory.git.new_objects import NewObjects, commit_bytes, edit_tree, store
from gitstory.git.object_reachability import naming_files, only_below, reachable
from gitstory.git.process import GitFailed
from gitstory.git.refs import swap
from gitstory.git.repo import Objects, Repo
from tests.gitrepo import GitRepo

DATA, NOTES = "refs/story/data", "refs/notes/story"
SEEN, BASE = "refs/story-remotes/origin/data", "refs/story-base/origin/data"


@pytest.fixture
def opened(repo: GitRepo) -> Iterator[Repo]:
    with Repo.open(repo.path) as opened:
        yield opened


def commit(repo: Repo, files: dict[str, str], parent: str | None = None) -> str:
    new_objects = NewObjects(repo.object_format)
    tree = edit_tree(repo.objects, None, {path.encode(): text.encode() for path, text in files.items()}, new_objects)
    assert tree is not None
    oid = new_objects.add("commit", commit_bytes(tree, "Notes by gitstory", parent))
    store(repo, new_objects)
    return oid


def below(repo: Repo, *which: str) -> set[str]:
    return set(repo.git("rev-list", "--objects", "--no-object-names", *which).decode().split())


def everything(repo: Repo) -> set[str]:
    listed = repo.git("cat-file", "--batch-check=%(objectname)", "--batch-all-objects").decode()
    return set(listed.split())


STATE = {"a/1/x": "one", "a/1/y": "two", "a/2/x": "three", "b": "four"}


def test_git_itself_says_the_same(opened: Repo, repo: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever refs of ours there are, and also where a person's refs lead to what was ours."""
    old = commit(opened, {**STATE, "a/1/x": "old"})
    newer = commit(opened, {**STATE, "a/3/z": "more"}, old)
    now, notes, lost = commit(opened, STATE), commit(opened, {"ab": "note"}), commit(opened, {"a/9/x": "lost"})
    repo.commit("a person's", {"a": "x\n"})
    swap(opened, {DATA: (None, now)})
    whole: list[str] = []
    from_chunks = object_reachability.output_in_chunks

    def remembered(git_dir: object, *args: str) -> Iterator[bytes]:
        whole.extend(arg for arg in args if arg == "--all" or arg.startswith("--exclude="))
        return from_chunks(opened.git_dir, *args)

    monkeypatch.setattr(object_reachability, "output_in_chunks", remembered)
    for ref, oid in ((NOTES, notes), (SEEN, newer), (BASE, old), ("refs/tags/kept", lost), (NOTES, newer), (SEEN, now)):
        swap(opened, {ref: (opened.ref(ref), oid)})
        every = everything(opened)
        assert reachable(opened, every) == reachable(opened, every, lenient=False) == below(opened, "--all", "--reflog")
    assert whole.count("--all") == 12 and f"--exclude={DATA}" in whole
    swap(opened, {DATA: (now, None)})
    assert reachable(opened, everything(opened)) == below(opened, "--all", "--reflog"), "without a state, git is asked"


def test_a_folder_that_is_missing_is_an_error_unless_it_may_be(opened: Repo) -> None:
    now, notes = commit(opened, STATE), commit(opened, {"ab": "note"})
    swap(opened, {DATA: (None, now), NOTES: (None, notes)})
    folder = opened.git("rev-parse", f"{now}:a/1").decode().strip()
    every = everything(opened)
    (opened.common_dir / "objects" / folder[:2] / folder[2:]).unlink()
    with pytest.raises(GitFailed):
        reachable(opened, every, lenient=False)
    assert {now, notes} <= reachable(opened, every)


def test_what_only_one_state_holds(opened: Repo) -> None:
    now = commit(opened, STATE)
    first = commit(opened, {**STATE, "a/1/x": "changed", "c/d": "new"})
    second = commit(opened, {**STATE, "a/1/x": "again"}, first)
    notes, kept = commit(opened, {"ab": "note", "cd": "other"}), commit(opened, {"ab": "note"})
    expected = below(opened, second, notes) - below(opened, now, kept)
    assert only_below(opened, [second, notes, "0" * 40], [now, kept]) == expected and len(expected) == 15
    assert only_below(opened, ["0" * 40], [now]) == only_below(opened, [now], [now]) == set()


@pytest.mark.parametrize("count", [20, 200])
def test_only_folders_that_differ_are_read(opened: Repo, monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    files = {f"{number % 10}/{number}/x": str(number) for number in range(count)}
    old, now = commit(opened, files), commit(opened, files | {"1/1/x": "changed"})
    swap(opened, {DATA: (None, now), NOTES: (None, commit(opened, {"ab": "note"})), SEEN: (None, old)})
    reads: list[object] = []
    read = Objects.read
    monkeypatch.setattr(
        Objects,
        "read",
        lambda self, spec, limit=None: reads.append(spec) or read(self, spec, limit),  # type: ignore[func-returns-value]
    )
    assert len(only_below(opened, [old], [now])) == 5, "a commit, three folders and a file"
    assert reachable(opened, [old, "0" * 40]) == {old}
    assert len(reads) <= 24, "however much is stored"


def test_whatever_names_an_object_changes_a_file_that_names(opened: Repo, repo: GitRepo, tmp_path: Path) -> None:
    states = [naming_files(opened)]

    def is_new() -> bool:
        states.append(naming_files(opened))
        return states[-1] not in states[:-1]

    repo.commit("one", {"a": "x\n"})
    assert is_new()
    (repo.path / "b").write_text("staged\n")
    repo.git("add", "b")
    assert is_new(), "an index"
    repo.git("tag", "kept", "HEAD")
    assert is_new()
    repo.git("pack-refs", "--all")
    assert is_new()
    repo.git("worktree", "add", "-q", "--detach", str(tmp_path / "other"))
    assert is_new()
    (tmp_path / "other" / "c").write_text("staged there\n")
    GitRepo(tmp_path / "other").git("add", "c")
    assert is_new(), "the index of another work tree"
    (opened.common_dir / "objects" / "info" / "x").write_text("no name of an object")
    assert not is_new()


def test_where_refs_are_linked_their_state_is_not_known(opened: Repo, tmp_path: Path) -> None:
    assert naming_files(opened) is not None
    (tmp_path / "tags").mkdir()
    (opened.common_dir / "refs" / "linked").symlink_to(tmp_path / "tags")
    assert naming_files(opened) is None
    (opened.common_dir / "refs" / "linked").unlink()
    (opened.common_dir / "packed-refs").symlink_to(tmp_path / "packed-refs")
    assert naming_files(opened) is None
