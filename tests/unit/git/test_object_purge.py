"""Which objects nothing names any more, which of them are ours, and in which order they go."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from pathlib import Path

import pytest

from gitstory.git import object_purge, object_reachability, packing
from gitstory.git.adopt_loose_objects import adopt_loose
from gitstory.git.new_objects import NewObjects, commit_bytes, edit_tree, object_id, store
from gitstory.git.object_existence import present
from gitstory.git.object_purge import Before, Purged, before, below, is_our_commit, purge, tracking
from gitstory.git.object_reachability import FileState, naming_files, reachable
from gitstory.git.packing import KEEP, held, merge, note, own_packs, pack
from gitstory.git.process import git
from gitstory.git.refs import swap
from gitstory.git.repo import Repo
from gitstory.git.transfer_negotiation import NONE, Lineage, environment, is_complete
from tests.gitrepo import GitRepo

REF, SEEN = "refs/story/data", "refs/story-remotes/origin/data"


def said(blob: bytes) -> bool:
    """Whether a blob says that it is ours."""
    return blob.startswith(b"ours")


@pytest.fixture
def opened(repo: GitRepo) -> Iterator[Repo]:
    with Repo.open(repo.path) as opened:
        opened.home.mkdir(parents=True)
        yield opened


def commit(repo: Repo, files: dict[bytes, bytes], parent: str | None = None) -> str:
    new_objects = NewObjects(repo.object_format)
    tree = edit_tree(repo.objects, None, files, new_objects)
    assert tree is not None
    made = new_objects.add("commit", commit_bytes(tree, "Notes by gitstory", parent))
    store(repo, new_objects)
    return made


def blob(repo: Repo, data: bytes) -> str:
    return repo.git("hash-object", "-w", "--stdin", input=data).decode().strip()


def path(repo: Repo, oid: str) -> Path:
    return repo.common_dir / "objects" / oid[:2] / oid[2:]


def objects(repo: Repo, *commits: str) -> set[str]:
    return set(repo.git("rev-list", "--objects", "--no-object-names", *commits).decode().split())


# --- removing ---


def test_what_only_the_old_state_leads_to_is_removed(opened: Repo) -> None:
    old, new = commit(opened, {b"a/x": b"old", b"a/y": b"both"}), commit(opened, {b"a/y": b"both"})
    swap(opened, {REF: (None, old), SEEN: (None, old)})
    lost, gone = objects(opened, old) - objects(opened, new), blob(opened, b"ours alone")
    foreign, person = (
        blob(opened, b"a person's"),
        opened.git("commit-tree", "-m", "x", f"{new}^{{tree}}").decode().strip(),
    )
    (opened.git_dir / "FETCH_HEAD").write_text(f"{old}\t\torigin\n{new}\t\torigin\n")
    taken = before(opened, [REF])
    assert taken.tips == (old, old)
    swap(opened, {REF: (old, new)})
    assert purge(opened, [REF], taken, said) == Purged(removed=len(lost) + 1)
    assert present(opened, [*lost, gone]) == [] and opened.ref(SEEN) is None
    assert set(present(opened, [*objects(opened, new), foreign, person])) == {*objects(opened, new), foreign, person}
    assert (opened.git_dir / "FETCH_HEAD").read_text() == f"{new}\t\torigin\n"


def test_what_a_commit_of_ours_leads_to_goes_with_it_though_no_ref_ever_named_it(opened: Repo) -> None:
    commit(opened, {b"a/x": b"plain", b"b/x": b"plain"})
    assert purge(opened, [REF], before(opened, [REF]), said).removed == 4, "a commit, two trees, a text in both"


def test_what_was_stored_since_belongs_to_a_writer(opened: Repo) -> None:
    old, new = commit(opened, {b"a": b"old"}), commit(opened, {b"a": b"new"})
    swap(opened, {REF: (None, new)})
    late = Before(before(opened, [REF]).moment - 3600, (old,))
    assert purge(opened, [REF], late, said).removed == 0
    os.utime(path(opened, old), (0, 0))
    assert purge(opened, [REF], late, said).removed == 1


def test_a_tracking_ref_that_may_stay_keeps_its_objects(opened: Repo) -> None:
    old = commit(opened, {b"a": b"old"})
    swap(opened, {SEEN: (None, old), f"{SEEN}-new": (None, old)})
    assert tracking(opened) == [SEEN, f"{SEEN}-new"]
    assert purge(opened, [REF], before(opened, [REF]), said, [SEEN]).removed == 0
    assert tracking(opened) == [SEEN] and present(opened, [old]) == [old]


def test_what_is_in_packs_of_others_is_counted(opened: Repo) -> None:
    old = commit(opened, {b"a": b"old"})
    swap(opened, {REF: (None, old)})
    opened.git("repack", "-a", "-d", "-q")
    taken = before(opened, [REF])
    swap(opened, {REF: (old, None)})
    assert purge(opened, [REF], taken, said) == Purged(packed=3)


def test_where_git_does_not_say_what_is_unreachable_nothing_goes(opened: Repo) -> None:
    old = commit(opened, {b"a": b"old"})
    swap(opened, {REF: (None, old)})
    taken = before(opened, [REF])
    swap(opened, {REF: (old, None)})
    (opened.git_dir / "refs/heads/broken").write_text("1" * 40 + "\n")
    purged = purge(opened, [REF], taken, said)
    assert (purged.removed, purged.packed) == (0, 3) and "rev-list" in purged.refused


def test_where_an_object_is_missing_nothing_goes(opened: Repo) -> None:
    """What lies behind it could be anything."""
    old, kept = commit(opened, {b"a": b"old"}), commit(opened, {b"b": b"kept"})
    swap(opened, {REF: (None, old), "refs/heads/main": (None, kept)})
    taken = before(opened, [REF])
    swap(opened, {REF: (old, None)})
    path(opened, opened.git("rev-parse", f"{kept}^{{tree}}").decode().strip()).unlink()
    purged = purge(opened, [REF], taken, said)
    assert (purged.removed, purged.packed) == (0, 3) and "rev-list" in purged.refused


def test_precious_objects_stay(opened: Repo) -> None:
    old = commit(opened, {b"a": b"old"})
    swap(opened, {REF: (None, old)})
    taken = before(opened, [REF])
    swap(opened, {REF: (old, None)})
    opened.git("config", "core.repositoryFormatVersion", "1")
    opened.git("config", "extensions.preciousObjects", "true")
    purged = purge(opened, [REF], taken, said)
    assert (purged.removed, purged.packed) == (0, 3) and "precious" in purged.refused


def test_other_work_trees_hold_what_their_index_names(opened: Repo, tmp_path: Path) -> None:
    kept = commit(opened, {b"b": b"kept"})
    swap(opened, {"refs/heads/main": (None, kept)})
    opened.git("worktree", "add", "-q", "-f", str(tmp_path / "other"), "main")
    (tmp_path / "other" / "c").write_bytes(b"ours")
    GitRepo(tmp_path / "other").git("add", "c")
    oid = blob(opened, b"ours")
    lost = blob(opened, b"ours too")
    loose = object_purge._loose(opened)
    found = object_purge._with_types(opened, loose - reachable(opened, loose))
    assert lost in found and found[lost] == "blob" and oid not in found


def test_texts_go_first_and_nothing_before_what_leads_to_it() -> None:
    loose = {"c1": "commit", "t1": "tree", "t2": "tree", "b1": "blob", "tag": "tag"}
    assert object_purge._inmost_first(["c1", "t1", "t2", "b1", "t1", "tag"], loose) == ["b1", "t2", "t1", "c1", "tag"]


def test_which_commits_are_ours(opened: Repo) -> None:
    ours = commit(opened, {b"a": b"x"})
    tree = opened.git("rev-parse", f"{ours}^{{tree}}").decode().strip()
    person = opened.git("commit-tree", "-m", "author gitstory <gitstory@localhost> 0 +0000", tree).decode().strip()
    assert is_our_commit(opened, ours) and not is_our_commit(opened, person) and not is_our_commit(opened, tree)


def test_all_objects_below_commits_that_are_here(opened: Repo) -> None:
    one, two = commit(opened, {b"a": b"1"}), commit(opened, {b"a": b"2"})
    assert below(opened, [one, two, "0" * 40]) == objects(opened, one, two)
    assert below(opened, ["0" * 40]) == set() and present(opened, []) == []


# --- packs ---


def packs(repo: Repo, *sizes: int) -> list[Path]:
    """A pack of ours for each size, with so many blobs of a kilobyte that nothing compresses."""
    made = []
    for number, size in enumerate(sizes):
        oids = [blob(repo, bytes([number, each]) + os.urandom(1000)) for each in range(size)]
        known = set(own_packs(repo))
        assert pack(repo, oids) == set(oids)
        made += set(own_packs(repo)) - known
    return made


@pytest.mark.parametrize(
    ("sizes", "left"),
    [((), 0), ((3,), 1), ((1, 3, 9), 3), ((2, 2), 1), ((1, 1, 9), 2), ((1, 3, 9, 9), 1), ((2, 3, 4), 1)],
)
def test_packs_are_united_until_each_is_bigger_than_all_smaller_ones(
    opened: Repo, sizes: tuple[int, ...], left: int
) -> None:
    inside = set().union(*(held(opened, each) for each in packs(opened, *sizes)))
    assert [path.stat().st_size for path in own_packs(opened)] == sorted(
        path.stat().st_size for path in own_packs(opened)
    )
    merge(opened)
    assert len(own_packs(opened)) == left
    assert inside == set().union(*(held(opened, each) for each in own_packs(opened)))


def test_only_packs_that_say_so_are_ours(opened: Repo) -> None:
    ours, foreign, torn = packs(opened, 1, 1, 1)
    foreign.with_suffix(".keep").write_bytes(b"kept by hand\n")
    torn.with_suffix(".idx").unlink()
    assert own_packs(opened) == [ours] and foreign.exists() and torn.exists()
    assert ours.with_suffix(".keep").read_bytes() == KEEP == b"gitstory\n"


def test_what_was_written_is_noted_where_gitstory_is_at_home(opened: Repo, tmp_path: Path) -> None:
    note(opened, ["a" * 40, "b" * 40])
    note(opened, ["c" * 40])
    file = opened.home / "written"
    assert file.read_text() == "".join(f"{one * 40}\n" for one in "abc") and file.stat().st_mode & 0o777 == 0o600
    file.write_text(f"{'a' * 40}\nno id\n{'b' * 39}\n{'C' * 40}\n{'d' * 64}\n")
    assert list(packing._ids([file])) == ["a" * 40, "d" * 64]
    assert packing._is_due(opened.home, 4) and not packing._is_due(opened.home, 5), "193 bytes"
    with Repo.open(GitRepo.init(tmp_path / "none").path) as none:
        note(none, ["a" * 40])
        assert not none.home.exists() and not packing._is_due(none.home, 0)


def test_packed_objects_are_loose_no_more(opened: Repo) -> None:
    oids = [blob(opened, b"%d" % number) for number in range(3)]
    note(opened, [*oids, oids[0], "0" * 40])
    assert packing.pack_written(opened, 6) == 0 and own_packs(opened) == []
    assert packing.pack_written(opened, 5) == 3
    [ours] = own_packs(opened)
    assert held(opened, ours) == set(oids) and not any(path(opened, oid).exists() for oid in oids)
    assert not list(opened.home.glob("written*"))
    assert not any(path(opened, oid).parent.exists() for oid in oids)


def drop(repo: Repo, moment: float) -> int:
    """Drop what nothing names from packs of ours that were not used since `moment`."""
    inside, since = packing.older_packs(repo, moment), naming_files(repo)
    return packing.drop_unreachable(repo, inside, reachable(repo, set().union(*inside.values())), since)


def test_what_nothing_names_leaves_packs_after_a_while(opened: Repo) -> None:
    kept = commit(opened, {b"a": b"kept"})
    swap(opened, {REF: (None, kept)})
    lost = blob(opened, b"lost")
    every = objects(opened, kept) | {lost}
    assert pack(opened, every) == every
    [ours] = own_packs(opened)
    assert drop(opened, ours.stat().st_mtime - 1) == 0
    assert drop(opened, ours.stat().st_mtime) == 1
    [ours] = own_packs(opened)
    assert held(opened, ours) == objects(opened, kept) and drop(opened, 1e12) == 0
    assert reachable(opened, every) == every - {lost}
    swap(opened, {REF: (kept, None)})
    assert drop(opened, 1e12) == len(every) - 1 and own_packs(opened) == []


def named_meanwhile(repo: Repo, oid: str, since: Collection[FileState] | None) -> int:
    """Drop what nothing named, after a writer has named `oid`."""
    inside = packing.older_packs(repo, 1e12)
    named = reachable(repo, set().union(*inside.values()))
    swap(repo, {"refs/tags/kept": (None, oid)})
    return packing.drop_unreachable(repo, inside, named, since)


@pytest.mark.parametrize("linked", [False, True])
def test_what_a_writer_names_meanwhile_stays(opened: Repo, linked: bool) -> None:
    lost = blob(opened, b"lost")
    assert pack(opened, [lost]) == {lost}
    path(opened, lost).unlink()
    assert named_meanwhile(opened, lost, None if linked else naming_files(opened)) == 0
    assert present(opened, [lost]) == [lost]


def test_git_is_asked_once_where_nothing_was_named_meanwhile(opened: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    """It reads all of the project's history."""
    lost = blob(opened, b"lost")
    pack(opened, [lost])
    monkeypatch.setattr(object_reachability, "reachable", lambda *_: pytest.fail("asked again"))
    inside, since = packing.older_packs(opened, 1e12), naming_files(opened)
    assert packing.drop_unreachable(opened, inside, (), since) == 1 and own_packs(opened) == []


def test_packs_that_were_looked_through_are_left_alone_for_as_long_again(opened: Repo) -> None:
    [ours] = packs(opened, 1)
    os.utime(ours, (1, 1))
    young = ours.stat().st_mtime
    packing._expire(opened)
    assert young == 1 and own_packs(opened) == []
    [ours] = packs(opened, 1)
    packing._expire(opened)
    assert own_packs(opened) == [ours]


# --- objects that nobody noted ---


def test_loose_objects_of_earlier_versions_are_noted_once(opened: Repo, repo: GitRepo) -> None:
    repo.commit("a person's", {"a": "x\n"})
    ours = objects(opened, commit(opened, {b"a": b"ours", b"b/c": b"ours too"}))
    (opened.home / "written").unlink()
    assert adopt_loose(opened, 1000) == 0, "too few to matter"
    (opened.home / "adopted").unlink()
    loose = len(list((opened.common_dir / "objects").glob("??/*")))
    assert adopt_loose(opened, loose) == len(ours) == 5
    assert set((opened.home / "written").read_text().split()) == ours
    assert adopt_loose(opened, 1) == 0, "once"
    (opened.home / "adopted").unlink()
    assert adopt_loose(opened, loose + 1) == 0


# --- what git is to assume ---


def test_git_is_told_of_parents_ends_and_commits(opened: Repo) -> None:
    one, two = commit(opened, {b"a": b"1"}), commit(opened, {b"a": b"2"})
    data = commit_bytes("1" * 40, "elsewhere")
    oid = object_id("sha1", "commit", data)
    (opened.common_dir / "shallow").write_text(f"{two}\n")
    with environment(opened, Lineage({one: (two, oid)}, (oid,), (data,))) as env:
        assert Path(env["GIT_GRAFT_FILE"]).read_text() == f"{one} {two} {oid}\n"
        assert Path(env["GIT_SHALLOW_FILE"]).read_text() == f"{two}\n{oid}\n"
        folder = Path(env["GIT_ALTERNATE_OBJECT_DIRECTORIES"])
        (opened.common_dir / "shallow").unlink()
        there = {"GIT_ALTERNATE_OBJECT_DIRECTORIES": str(folder)}
        assert git(f"--git-dir={opened.git_dir}", "cat-file", "commit", oid, env=there).stdout == data
    assert not folder.exists() and not Path(env["GIT_GRAFT_FILE"]).exists()
    with environment(opened, Lineage(ends=(one,))) as env:
        assert [*env] == ["GIT_SHALLOW_FILE"] and Path(env["GIT_SHALLOW_FILE"]).read_text() == f"{one}\n"
    with environment(opened, NONE) as env:
        assert env == {}
    assert [bool(each) for each in (NONE, Lineage({one: ()}), Lineage(ends=(one,)), Lineage(commits=(data,)))] == [
        False, True, True, False,
    ]  # fmt: skip


def test_whether_all_is_here_that_a_commit_leads_to(opened: Repo) -> None:
    base = commit(opened, {b"a": b"1", b"b": b"2"})
    anew = commit(opened, {b"a": b"1", b"c": b"3"})
    upon = commit(opened, {b"a": b"1", b"d": b"4"}, base)
    assert is_complete(opened, anew, base) and is_complete(opened, upon, base)
    for oid, tip in ((opened.git("rev-parse", f"{anew}:c"), anew), (opened.git("rev-parse", f"{upon}:d"), upon)):
        path(opened, oid.decode().strip()).unlink()
        assert not is_complete(opened, tip, base)
    assert not is_complete(opened, "0" * 40, base)
    path(opened, opened.git("rev-parse", f"{base}:b").decode().strip()).unlink()
    assert is_complete(opened, commit(opened, {b"a": b"1"}), base), "what is known to be complete is not looked at"
