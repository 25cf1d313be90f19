from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gitstory.git.new_objects import Change, Existing, NewObjects, edit_tree, object_id, read_entries, store, tree_bytes
from gitstory.git.repo import Repo
from tests.examples import tries
from tests.gitrepo import GitRepo

NAMES = st.sampled_from([b"a", b"b", b"a-", b"a0", b"b.json", b"~x", b"%41"])
PATHS = st.lists(NAMES, min_size=1, max_size=3).map(b"/".join)


def listed(repo: GitRepo, tree: str | None) -> dict[str, str]:
    if tree is None:
        return {}
    rows = repo.git("ls-tree", "-r", tree).splitlines()
    return {row.split("\t")[1]: repo.git("cat-file", "blob", row.split()[2]) for row in rows}


@pytest.mark.parametrize("object_format", ["sha1", "sha256"])
def test_ids_are_those_of_git(tmp_path: Path, object_format: str) -> None:
    repo = GitRepo.init(tmp_path / "r", f"--object-format={object_format}")
    oid = repo.git("hash-object", "-w", "--stdin", input=b"hello")
    assert object_id(object_format, "blob", b"hello") == oid
    entries = dict.fromkeys((b"a.b", b"a0", b"z"), (33188, oid)) | {b"a": (0o040000, repo.git("mktree"))}
    lines = "".join(
        f"{mode:06o} {'tree' if mode == 0o040000 else 'blob'} {o}\t{n.decode()}\n" for n, (mode, o) in entries.items()
    )
    assert object_id(object_format, "tree", tree_bytes(entries)) == repo.git("mktree", input=lines.encode())


@pytest.mark.slow
@pytest.mark.parametrize("object_format", ["sha1", "sha256"])
@pytest.mark.parametrize("count", [3, 1000])
def test_git_accepts_what_is_stored(tmp_path: Path, object_format: str, count: int) -> None:
    made_by_git = GitRepo.init(tmp_path / "r", f"--object-format={object_format}")
    with Repo.open(tmp_path / "r") as repo:
        made = NewObjects(repo.object_format)
        changes: dict[bytes, Change] = {b"%d/%d" % (i % 7, i): b"text %d" % i * 9 for i in range(count)}
        tree = edit_tree(repo.objects, None, changes, made)
        store(repo, made)
    assert listed(made_by_git, tree) == {p.decode(): c.decode() for p, c in changes.items() if isinstance(c, bytes)}
    made_by_git.git("fsck", "--strict", "--no-dangling")
    packs = list((tmp_path / "r/.git/objects/pack").glob("*.pack"))
    assert bool(packs) == (count > 200), "a few objects are loose, many are one pack"


@settings(max_examples=tries(40))
@given(
    st.dictionaries(PATHS, st.binary(max_size=4), max_size=8),
    st.dictionaries(PATHS, st.none() | st.binary(max_size=4), max_size=8),
)
def test_edits_equal_a_tree_made_at_once(
    repo: GitRepo, first: dict[bytes, bytes], second: dict[bytes, bytes | None]
) -> None:
    """A flat model: writing a path removes a file where a folder has to be, and a folder where a file has to be."""
    with Repo.open(repo.path) as opened:
        made = NewObjects(opened.object_format)
        first = {p: c for p, c in first.items() if not any(q.startswith(p + b"/") for q in first)}
        second = {p: c for p, c in second.items() if not any(q.startswith(p + b"/") for q in second)}
        base = edit_tree(opened.objects, None, first, made)
        store(opened, made)
        made = NewObjects(opened.object_format)
        edited = edit_tree(opened.objects, base, second, made)
        store(opened, made)
        want = dict(first)
        for path, content in second.items():
            want = {p: c for p, c in want.items() if p != path and not p.startswith(path + b"/")}
            if content is not None:
                want = {p: c for p, c in want.items() if not path.startswith(p + b"/")}
                want[path] = content
        made = NewObjects(opened.object_format)
        assert edited == edit_tree(opened.objects, None, want, made)


@pytest.mark.parametrize("path", [b"", b"a//b", b"/a", b"a/", b"..", b"a/../b", b".git/x", b"a\0b"])
def test_no_path_leaves_the_tree(repo: GitRepo, path: bytes) -> None:
    with Repo.open(repo.path) as opened, pytest.raises(ValueError, match="not a path"):
        edit_tree(opened.objects, None, {path: b"x"}, NewObjects("sha1"))


def test_an_existing_object_can_be_put_elsewhere(repo: GitRepo) -> None:
    oid = repo.git("hash-object", "-w", "--stdin", input=b"hello")
    with Repo.open(repo.path) as opened:
        made = NewObjects(opened.object_format)
        tree = edit_tree(opened.objects, None, {b"x/y": Existing(oid)}, made)
        store(opened, made)
        assert tree is not None
        assert read_entries(opened.objects, tree)[b"x"][0] == 0o040000
    assert listed(repo, tree) == {"x/y": "hello"}


def test_what_is_there_already_is_not_stored_again(repo: GitRepo) -> None:
    files = {b"talk/t-%d.json" % n: b"turn %d\n" % n for n in range(50)}
    with Repo.open(repo.path) as opened:
        first = NewObjects(opened.object_format)
        base = edit_tree(opened.objects, None, files, first)
        store(opened, first)
        grown = NewObjects(opened.object_format)
        tree = edit_tree(opened.objects, base, {**files, b"talk/t-50.json": b"turn 50\n"}, grown)
        store(opened, grown)
        assert len(first) == 52 and len(grown) == 3  # the new file and both folders
        assert tree is not None and len(repo.git("ls-tree", "-r", tree).splitlines()) == 51
