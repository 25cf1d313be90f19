from __future__ import annotations

import hashlib

import pytest

from gitstory.git import notes_tree_paths as notes_module
from gitstory.git.notes_tree_paths import find_note, list_notes, note_changes
from gitstory.git.refs import rewrite, tree_of
from gitstory.git.repo import Repo
from tests.gitrepo import GitRepo

REF = "refs/notes/story"


def oid(number: int) -> str:
    return hashlib.sha1(str(number).encode()).hexdigest()


def put(repo: GitRepo, notes: dict[str, bytes | None]) -> None:
    with Repo.open(repo.path) as opened:
        rewrite(
            opened,
            [REF],
            lambda seen: {REF: note_changes(opened.objects, tree_of(opened.objects, seen[REF]), notes)},
        )


def read(repo: GitRepo) -> dict[str, str]:
    """All notes as git itself sees them."""
    rows = (row.split() for row in repo.git("notes", "--ref=story", "list").splitlines())
    return {noted: repo.git("cat-file", "blob", blob) for blob, noted in rows}


def test_git_shows_our_note(repo: GitRepo) -> None:
    commit = repo.commit("one", {"a": "1\n"})
    put(repo, {commit: b"Told by Codex\n"})
    assert repo.git("notes", "--ref=story", "show", commit) == "Told by Codex"
    assert "Notes (story):\n    Told by Codex" in repo.git("log", "-1", "--notes=story")


def test_we_read_and_replace_what_git_wrote_flat(repo: GitRepo) -> None:
    commits = [repo.commit(f"c{i}") for i in range(3)]
    for commit in commits:
        repo.git("notes", "--ref=story", "add", "-m", f"by git {commit}", commit)
    put(repo, {commits[0]: b"ours\n", commits[1]: None})
    assert read(repo) == {commits[0]: "ours", commits[2]: f"by git {commits[2]}"}
    with Repo.open(repo.path) as opened:
        tree = tree_of(opened.objects, opened.ref(REF))
        assert {noted for noted, _ in list_notes(opened.objects, tree)} == {commits[0], commits[2]}
        assert find_note(opened.objects, tree, commits[1]) is None
        assert find_note(opened.objects, tree, commits[2]) is not None


@pytest.mark.slow
@pytest.mark.parametrize("split", [4, 16])
def test_a_folder_that_has_grown_is_parted_and_nothing_is_lost(
    repo: GitRepo, monkeypatch: pytest.MonkeyPatch, split: int
) -> None:
    monkeypatch.setattr(notes_module, "SPLIT", split)
    wanted: dict[str, str] = {}
    for start in range(0, 90, 6):
        batch: dict[str, bytes | None] = {}
        for number in range(start, start + 6):
            name = "ab" + oid(number)[2:]
            batch[name] = b"text %d\n" % number
            wanted[name] = f"text {number}"
        for name in [*wanted][: start // 12 : 5]:
            batch[name] = None
            wanted.pop(name)
        put(repo, batch)
        assert read(repo) == wanted
    paths = repo.git("ls-tree", "-r", "--name-only", REF).splitlines()
    assert any(path.count("/") == 2 for path in paths)


def test_a_moved_note_can_be_removed_in_the_same_batch(repo: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notes_module, "SPLIT", 3)
    old = ["ab" + oid(number)[2:] for number in range(4)]
    put(repo, dict.fromkeys(old, b"old\n"))
    new = "ab" + oid(9)[2:]
    put(repo, {new: b"new\n", old[0]: None, old[1]: b"changed\n"})
    assert read(repo) == {new: "new", old[1]: "changed", old[2]: "old", old[3]: "old"}


def test_what_is_no_note_stays(repo: GitRepo) -> None:
    commit = repo.commit("one")
    with Repo.open(repo.path) as opened:
        rewrite(opened, [REF], lambda _seen: {REF: {b"README": b"hands off", b"zz/not-hex": b"x"}})
    put(repo, {commit: b"note\n"})
    assert repo.git("cat-file", "blob", f"{REF}:README") == "hands off"
    assert read(repo) == {commit: "note"}
