"""Small parts that every room stands on: notes, half written files, refs that are held, chunks of questions."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from gitstory.git import refs as refs_module
from gitstory.git.atomic_write import is_half_written, stamp, write_atomically, written
from gitstory.git.batch_requests import chunks
from gitstory.git.commit_details import MissingObjects, authors
from gitstory.git.new_objects import (
    FILE,
    TREE,
    Existing,
    NewObjects,
    commit_bytes,
    edit_tree,
    read_entries,
    store,
    tree_bytes,
)
from gitstory.git.notes_tree_paths import find_note, list_notes, note_changes
from gitstory.git.refs import (
    REFTABLE_LOCK,
    RefBusy,
    RefRefused,
    clear_stale_locks,
    drop_reflogs,
    read_refs,
    rewrite,
    swap,
    tree_of,
)
from gitstory.git.repo import NoCommits, Repo, UnknownRevision
from gitstory.queries.anonymize import people
from tests.gitrepo import GitRepo

REF, OTHER = "refs/story/data", "refs/notes/story"


@pytest.fixture
def opened(repo: GitRepo) -> Iterator[Repo]:
    with Repo.open(repo.path) as opened:
        yield opened


def tree(repo: Repo, files: dict[bytes, bytes]) -> str:
    new_objects = NewObjects(repo.object_format)
    made = edit_tree(repo.objects, None, files, new_objects)
    store(repo, new_objects)
    assert made is not None
    return made


# --- files ---


@pytest.mark.parametrize(
    ("name", "half"),
    [
        (".x.1a-0123abcd", True),
        (".x.y.1a-0123abcd", True),
        ("x.1a-0123abcd", False),
        (".x.1a-0123abc", False),
        (".x.1a-0123abcde", False),
        (".x.1g-0123abcd", False),
        (".x.1a-0123abcg", False),
        (".x.1a-0123abcX", False),
        (".x.1a0123abcd", False),
        ("", False),
    ],
)
def test_names_of_half_written_files(name: str, half: bool) -> None:
    assert is_half_written(name) is half


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "new" / "file"
    write_atomically(path, b"one")
    write_atomically(path, b"two", 0o644)
    assert path.read_bytes() == b"two" and path.stat().st_mode & 0o777 == 0o644
    assert path.parent.stat().st_mode & 0o777 == 0o700
    monkeypatch.setattr(Path, "replace", lambda self, target: (_ for _ in ()).throw(OSError("full")))
    with pytest.raises(OSError, match="full"):
        write_atomically(path, b"three")
    assert path.read_bytes() == b"two" and [*path.parent.iterdir()] == [path]


def test_the_stamp_of_a_file_and_of_a_database_with_its_log(tmp_path: Path) -> None:
    file, log = tmp_path / "x", tmp_path / "x-wal"
    assert stamp(file) == written(file) == stamp(Path("a\0b")) == (0, 0)
    file.write_bytes(b"123")
    os.utime(file, ns=(5, 5))
    assert stamp(file) == written(file) == (3, 5)
    log.write_bytes(b"12345")
    os.utime(log, ns=(9, 9))
    assert (stamp(file), written(file)) == ((3, 5), (8, 9))
    os.utime(log, ns=(2, 2))
    assert written(file) == (8, 5)


# --- notes ---

A, B = "ab" + "1" * 38, "cd" + "2" * 38


def test_notes_of_any_fan_out_are_listed_and_found(opened: Repo) -> None:
    files = {
        A.encode(): b"flat",
        b"cd/" + B[2:].encode(): b"once",
        b"ef/34/" + b"5" * 36: b"twice",
        b"ab/" + b"x" * 38: b"no hex",
        b"abc/" + b"1" * 37: b"parted elsewhere",
        b"ab/short": b"",
        b"11/" + b"1" * 40: b"too long",
        b"README": b"",
    }
    base = tree(opened, files)
    listed = dict(list_notes(opened.objects, base))
    assert listed.keys() == {A, B, "ef34" + "5" * 36}
    assert opened.objects.blob(listed[B]) == b"once"
    for oid, note in listed.items():
        assert find_note(opened.objects, base, oid) == note
    assert find_note(opened.objects, base, "ab" + "3" * 38) is None
    assert list(list_notes(opened.objects, None)) == []
    assert note_changes(opened.objects, base, {A: b"new", B: None}) == {
        A.encode(): None,
        b"ab/" + A[2:].encode(): b"new",
        b"cd/" + B[2:].encode(): None,
    }
    assert note_changes(opened.objects, base, {"ef34" + "6" * 36: b"new"}) == {b"ef/34/" + b"6" * 36: b"new"}


def test_a_folder_of_notes_is_parted_where_it_has_grown(opened: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gitstory.git.notes_tree_paths.SPLIT", 2)
    names = [b"11" + b"a" * 36, b"22" + b"b" * 36]
    base = tree(opened, {b"ab/" + name: name for name in names} | {b"ab/readme": b"", b"cd/" + names[0]: b""})
    new = note_changes(opened.objects, base, {"ab33" + "c" * 36: b"new", "cd33" + "c" * 36: b"new"})
    assert {path for path, change in new.items() if change is None} == {b"ab/" + name for name in names}
    assert {path for path, change in new.items() if isinstance(change, Existing)} == {
        b"ab/" + name[:2] + b"/" + name[2:] for name in names
    }
    assert {path for path, change in new.items() if change == b"new"} == {b"ab/33/" + b"c" * 36, b"cd/33" + b"c" * 36}


# --- refs ---


def test_a_ref_that_is_held_for_long_is_named(repo: GitRepo, opened: Repo) -> None:
    lock = repo.path / ".git" / f"{REF}.lock"
    lock.parent.mkdir(parents=True)
    lock.touch()
    with pytest.raises(RefBusy, match=f"could not update {REF} within 0 s: others keep changing") as raised:
        rewrite(opened, [REF], lambda seen: {REF: {b"a": b"x"}}, timeout=0.0)
    assert raised.value.hint is not None and ".lock file" in raised.value.hint
    assert opened.ref(REF) is None and lock.exists()


def test_a_swap_that_fails_without_a_cause_that_passes_is_refused(
    opened: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[int] = []
    monkeypatch.setattr(refs_module, "swap", lambda *args, **how: tries.append(1) or "no space left")
    monkeypatch.setattr(refs_module._Patience, "wait", lambda self: None)
    with pytest.raises(RefRefused, match=f"cannot write {REF}: no space left") as raised:
        rewrite(opened, [REF], lambda seen: {REF: {b"a": b"x"}})
    assert len(tries) == 5, "one try without a cause proves nothing"
    assert raised.value.hint == "is the repository read-only, or the disk full?"


def test_waiting_grows_and_stays_short(opened: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr("time.sleep", slept.append)
    monkeypatch.setattr("random.uniform", lambda low, high: high)
    patience = refs_module._Patience(opened, [REF])
    for tries in (0, 1, 5, 6, 99):
        patience._tries = tries
        patience.wait()
    assert slept == [0.002, 0.004, 0.064, 0.1, 0.1]


@pytest.mark.parametrize(
    ("age", "watched", "gone"),
    [(11.0, 1.0, True), (11.0, 0.9, False), (9.0, 1.5, False), (0.0, 10.0, True), (0.0, 9.9, False)],
)
def test_a_lock_that_is_old_and_does_not_change_is_removed(
    repo: GitRepo, opened: Repo, monkeypatch: pytest.MonkeyPatch, age: float, watched: float, gone: bool
) -> None:
    lock = repo.path / ".git" / f"{REF}.lock"
    lock.parent.mkdir(parents=True)
    lock.touch()
    now = [1000.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    monkeypatch.setattr("time.time", lambda: lock_time + age)
    lock_time = lock.stat().st_mtime
    patience = refs_module._Patience(opened, [REF])
    assert patience.old() == ([f"{REF}.lock"] if age >= 10 else [])
    assert patience.clear_stale() and lock.exists()
    now[0] += watched
    assert patience.clear_stale() and lock.exists() is not gone
    assert patience.clear_stale() is not gone
    assert [*lock.parent.iterdir()] == ([] if gone else [lock])


def test_a_lock_that_changes_is_watched_anew(repo: GitRepo, opened: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    lock = repo.path / ".git" / f"{REF}.lock"
    lock.parent.mkdir(parents=True)
    now = [1000.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    patience = refs_module._Patience(opened, [REF])
    assert not patience.clear_stale()
    for number in range(3):
        lock.touch()
        os.utime(lock, ns=(number, number))
        assert patience.clear_stale() and lock.exists()
        now[0] += 20
    refs_module._remove_if_same(lock, (0, 0))
    assert lock.exists() and [*lock.parent.iterdir()] == [lock], "another one by now: it is put back"
    refs_module._remove_if_same(lock.with_name("none"), (0, 0))


def test_locks_that_were_left_are_cleared_before_a_fetch(
    repo: GitRepo, opened: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [1000.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    monkeypatch.setattr("time.sleep", lambda seconds: now.__setitem__(0, now[0] + seconds))
    old, young = (repo.path / ".git" / f"{name}.lock" for name in (REF, OTHER))
    for lock in (old, young):
        lock.parent.mkdir(parents=True, exist_ok=True)
        lock.touch()
    os.utime(old, (1, 1))
    assert clear_stale_locks(opened, [REF, OTHER]) == [f"{REF}.lock"]
    assert not old.exists() and young.exists() and clear_stale_locks(opened, [REF, OTHER]) == []


def test_one_lock_is_for_all_refs_of_a_reftable(opened: Repo) -> None:
    (opened.common_dir / "reftable").mkdir()
    assert refs_module._Patience(opened, [REF, OTHER])._locks == {REFTABLE_LOCK: opened.common_dir / REFTABLE_LOCK}


def test_refs_of_others_keep_their_history_and_reflogs(repo: GitRepo, opened: Repo) -> None:
    repo.git("config", "core.logAllRefUpdates", "always")
    for text in (b"1", b"2"):
        rewrite(opened, [REF], lambda seen, text=text: {REF: {b"a": text}}, lasting=True, message={REF: "subject"})
    rewrite(opened, [REF], lambda seen: {REF: {b"a": b"2"}}, lasting=True)
    assert repo.git("log", "--format=%s", REF).split() == ["subject", "subject"]
    log = repo.path / ".git/logs" / REF
    assert len(log.read_text().splitlines()) == 2
    drop_reflogs(opened, [REF, OTHER])
    assert not log.exists()
    emptied = rewrite(opened, [REF], lambda seen: {REF: {b"a": None}})[REF]
    assert repo.git("ls-tree", str(emptied)) == "" and repo.git("log", "--format=%s", REF) == "Notes by gitstory"
    assert rewrite(opened, [OTHER], lambda seen: {OTHER: {b"a": None}}) == {OTHER: None}


def test_refs_are_read_and_what_is_no_commit_has_no_tree(repo: GitRepo, opened: Repo) -> None:
    commit = repo.commit("one", {"a": "x\n"})
    blob = repo.git("rev-parse", "HEAD:a")
    assert read_refs(opened.objects, ["HEAD", REF]) == {"HEAD": commit, REF: None}
    assert tree_of(opened.objects, commit) == repo.git("rev-parse", "HEAD^{tree}")
    assert [tree_of(opened.objects, one) for one in (None, blob, "0" * 40)] == [None] * 3
    assert (
        str(swap(opened, {REF: ("1" * 40, commit)})).startswith("prepare: cannot lock ref") and opened.ref(REF) is None
    )
    assert swap(opened, {REF: (None, commit), OTHER: (None, commit)}) is None
    assert swap(opened, {REF: (commit, None), OTHER: ("1" * 40, None)}) is not None
    assert opened.ref(REF) == opened.ref(OTHER) == commit
    assert swap(opened, {REF: (commit, None)}) is None and opened.ref(REF) is None


def test_a_ref_that_names_another_ref_is_moved_itself(repo: GitRepo, opened: Repo) -> None:
    one, two = repo.commit("one"), repo.commit("two")
    repo.git("update-ref", "refs/heads/other", one)
    repo.git("symbolic-ref", REF, "refs/heads/other")
    assert swap(opened, {REF: (one, two)}) is None
    assert (opened.ref(REF), opened.ref("refs/heads/other")) == (two, one)


# --- trees ---


def test_the_bytes_of_trees_and_commits(opened: Repo) -> None:
    assert tree_bytes({b"b": (FILE, "11" * 20), b"a.c": (FILE, "22" * 20), b"a": (TREE, "33" * 20)}) == (
        b"100644 a.c\0" + b"\x22" * 20 + b"40000 a\0" + b"\x33" * 20 + b"100644 b\0" + b"\x11" * 20
    )
    who = b"gitstory <gitstory@localhost> 0 +0000"
    assert commit_bytes("1" * 40, "text", "2" * 40) == (
        b"tree %s\nparent %s\nauthor %s\ncommitter %s\n\ntext\n" % (b"1" * 40, b"2" * 40, who, who)
    )
    assert b"parent" not in commit_bytes("1" * 40, "text")
    assert read_entries(opened.objects, None) == {}


# --- questions to git ---


def test_questions_are_asked_in_chunks_that_fit_a_pipe() -> None:
    specs = [b"x" * 1023] * 9
    assert [len(chunk) for chunk in chunks(specs)] == [4, 4, 1]
    assert [len(chunk) for chunk in chunks([b"x" * 1024] * 4)] == [3, 1]
    assert list(chunks([b"y" * 9000, b"z"])) == [[b"y" * 9000], [b"z"]] and list(chunks([])) == []


def test_what_a_repository_says_of_itself(repo: GitRepo, opened: Repo, tmp_path: Path) -> None:
    with pytest.raises(NoCommits):
        opened.resolve("HEAD")
    commit = repo.commit("one", {"a": "x\n"})
    assert opened.resolve("main") == opened.resolve("HEAD") == opened.ref("refs/heads/main") == commit
    with pytest.raises(UnknownRevision):
        opened.resolve("none")
    repo.git("config", "a.b", "caf\xe9\n")
    assert (opened.config("a.b"), opened.config("a.c")) == ("café", None)
    assert opened.home == repo.path / ".git" / "gitstory" and not opened.disabled and not opened.shallow
    (repo.path / ".git" / "shallow").write_text("")
    assert opened.shallow
    bare = Repo.open(GitRepo.init(tmp_path / "bare", "--bare").path)
    assert bare.worktree is None and bare.git_dir == bare.common_dir == tmp_path / "bare"
    assert bare.git("rev-parse", "--is-bare-repository").strip() == b"true"
    bare.close()


def test_authors_and_committers_of_the_newest_commits(repo: GitRepo, opened: Repo) -> None:
    assert authors(opened) == frozenset()
    repo.git("-c", "user.name=Dev Two", "commit", "-q", "--allow-empty", "-m", "x")
    repo.git("commit", "-q", "--allow-empty", "-m", "x", "--author", "Dev Three <three@example.com>")
    assert authors(opened) == {"Dev One", "Dev Two", "Dev Three"}
    assert authors(opened, 1) == {"Dev One", "Dev Three"}


def test_people_in_trailers_are_named_and_agents_are_not(repo: GitRepo, opened: Repo) -> None:
    trailers = (
        "Co-authored-by: Dev Four <four@example.com>\nReviewed-by: Dev Five\n <five@example.com>\n"
        "Co-authored-by: Claude <noreply@anthropic.com>\nFixes: #12\nSigned-off-by: Dev Six"
    )
    repo.git("commit", "-q", "--allow-empty", "-m", f"x\n\n{trailers}")
    assert people(opened) == {"Dev One", "Dev Four", "Dev Five", "Dev Six"}


def test_what_is_not_counted_is_named() -> None:
    assert MissingObjects([], ["a"]).message.endswith("the content of a")
    assert "the content of a and 2 more files" in MissingObjects([], ["a", "b", "c"]).message
