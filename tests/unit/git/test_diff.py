"""Patches as git writes them become lines with their numbers, and commits become the files that they changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from gitstory.git.changed_files import ChangedFile, author_key, read_commits, staged, suffix
from gitstory.git.diff import DiffHunk, DiffLine, FileDiff, commit_diff, parse_diff
from gitstory.git.process import GitFailed
from gitstory.git.repo import Repo
from tests.gitrepo import GitRepo

HEAD = b"diff --git a/a.py b/a.py\nindex 1..2 100644\n"


def lines(*rows: tuple[str, int, int, bytes]) -> tuple[DiffLine, ...]:
    return tuple(DiffLine(*row) for row in rows)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("patch", "expected"),
    [
        (b"", []),
        (
            HEAD
            + b"--- a/a.py\n+++ b/a.py\n@@ -3,3 +5,4 @@ def f():\n one\n-two\n+2\n+22\n three\n@@ -9 +11 @@\n-x\n+y\n"
            b"\\ No newline at end of file\n",
            [
                FileDiff(
                    "a.py",
                    (
                        DiffHunk(
                            b"def f():",
                            lines(
                                (" ", 3, 5, b"one"),
                                ("-", 4, 0, b"two"),
                                ("+", 0, 6, b"2"),
                                ("+", 0, 7, b"22"),
                                (" ", 5, 8, b"three"),
                            ),
                        ),
                        DiffHunk(b"", lines(("-", 9, 0, b"x"), ("+", 0, 11, b"y"))),
                    ),
                )
            ],
        ),
        (
            b"diff --git a/n b/n\nnew file mode 100644\nindex 0..1\n--- /dev/null\n+++ b/n\n@@ -0,0 +1 @@\n+x\n",
            [FileDiff("n", (DiffHunk(b"", lines(("+", 0, 1, b"x"))),), op="added")],
        ),
        (
            b"diff --git a/n b/n\ndeleted file mode 100644\n--- a/n\n+++ /dev/null\n@@ -1,2 +0,0 @@\n-x\n-y\n",
            [FileDiff("n", (DiffHunk(b"", lines(("-", 1, 0, b"x"), ("-", 2, 0, b"y"))),), op="deleted")],
        ),
        (
            b"diff --git a/old b/new\nsimilarity index 100%\nrename from old\nrename to new\n",
            [FileDiff("new", (), "old", "renamed")],
        ),
        (
            (
                b'diff --git a/old "b/n\\303\\251w"\nsimilarity index 90%\nrename from old\nrename to "n\\303\\251w"\n'
                b'index 1..2\n--- a/old\n+++ "b/n\\303\\251w"\n@@ -1 +1 @@\n-a\n+b\n'
            ),
            [FileDiff("néw", (DiffHunk(b"", lines(("-", 1, 0, b"a"), ("+", 0, 1, b"b"))),), "old", "renamed")],
        ),
        (
            b"diff --git a/a b/c b/a b/c\nindex 1..2 100644\nBinary files a/a b/c and b/a b/c differ\n",
            [FileDiff("a b/c", (), binary=True)],
        ),
        (
            b"diff --git a/x y b/x y\nindex 1..2\n--- a/x y\t\n+++ b/x y\t\n@@ -1 +1 @@\n--- a/fake\n+++ b/fake\n",
            [FileDiff("x y", (DiffHunk(b"", lines(("-", 1, 0, b"-- a/fake"), ("+", 0, 1, b"++ b/fake"))),))],
        ),
        (
            b"diff --git a/m b/m\nold mode 100644\nnew mode 100755\ndiff --git a/k b/k\nnew file mode 100644\n",
            [FileDiff("m", ()), FileDiff("k", (), op="added")],
        ),
    ],
)
def test_a_patch_is_read(patch: bytes, expected: list[FileDiff]) -> None:
    assert list(parse_diff(patch)) == expected


def test_the_diff_of_some_files_of_a_commit(repo: GitRepo) -> None:
    text = "".join(f"{n}\n" for n in range(20))
    first = repo.commit("one", {"a": text, "b": "b\n", ":(x)*": "odd\n"}, at=1000)
    repo.git("mv", "a", "c")
    second = repo.commit("two", {"c": text.replace("10\n", "ten\n"), "b": "bb\n"}, at=2000)
    with Repo.open(repo.path) as opened:
        assert commit_diff(opened, second, first, []) == []
        [only] = commit_diff(opened, second, first, ["a", "c"])
        assert (only.path, only.old_path, only.op, len(only.hunks)) == ("c", "a", "renamed", 1)
        assert [(one.kind, one.old, one.new) for one in only.hunks[0].lines] == [
            *((" ", n, n) for n in (8, 9, 10)), ("-", 11, 0), ("+", 0, 11), *((" ", n, n) for n in (12, 13, 14)),
        ]  # fmt: skip
        [odd] = commit_diff(opened, first, None, [":(x)*"])
        assert (odd.path, odd.op) == (":(x)*", "added")


# --- which files commits changed ---


@pytest.mark.parametrize(
    ("path", "end"),
    [("a/b.py", ".py"), ("a.b/c", ""), (".env", ""), ("a/.env", ""), ("a.tar.gz", ".gz"), ("a.", "."), ("a", "")],
)
def test_a_suffix(path: str, end: str) -> None:
    assert suffix(path) == end


def test_the_key_of_an_author_is_the_same_however_the_address_is_written() -> None:
    assert author_key(" Dev@Example.com\n") == author_key("dev@example.com") == "eb2b6c0d061bbd5c"
    assert len(author_key("dev@example.com")) == 16 and author_key("dev@example.com") != author_key("dev@example.org")


def change(repo: GitRepo, path: str, old: str | None, new: str | None, was: str = "") -> ChangedFile:
    ids = [
        None if rev is None else repo.git("rev-parse", f"{rev}:{name}")
        for rev, name in ((old, was or path), (new, path))
    ]
    return ChangedFile(path.encode(), (was or path).encode(), (ids[0],), ids[1])


def test_commits_have_the_regular_files_that_they_changed(repo: GitRepo) -> None:
    text = "".join(f"{n}\n" for n in range(20))
    one = repo.commit("first\n\nbody", {"a": text, "gone": "g\n", "x": "x\n"}, at=1000)
    repo.git("mv", "a", "b")
    repo.git("rm", "-q", "gone")
    (repo.path / "link").symlink_to("b")
    (repo.path / "x").unlink()
    (repo.path / "x").symlink_to("b")
    repo.git("update-index", "--add", "--cacheinfo", f"160000,{one},sub")
    (repo.path / "sub").mkdir()
    two = repo.commit("second", {"b": text + "more\n"}, at=2000)
    with Repo.open(repo.path) as opened:
        second, first = read_commits(opened, ["HEAD"])
        assert (first.oid, first.parents, first.subject) == (one, (), "first")
        assert (second.oid, second.parents, second.author_time, second.committer_time) == (two, (one,), 2000, 2000)
        assert (second.author_name, second.author_email, second.committer_email) == (
            "Dev One", "dev@example.com", "dev@example.com",
        )  # fmt: skip
        assert second.tree == repo.git("rev-parse", "HEAD^{tree}")
        assert first.files == tuple(change(repo, name, None, one) for name in ("a", "gone", "x"))
        assert set(second.files) == {
            change(repo, "b", one, two, "a"),
            change(repo, "gone", one, None),
            ChangedFile(b"x", b"x", (repo.git("rev-parse", f"{one}:x"),), None),
        }
        assert [each.oid for each in read_commits(opened, ["--reverse", f"{one}..HEAD", one])] == [one, two][1:]
        assert [each.oid for each in read_commits(opened, [one, two, "0" * 40], walk=False)] == [one, two]
        with pytest.raises(GitFailed):
            read_commits(opened, ["0" * 40])


def test_a_merge_names_what_differs_from_every_parent(repo: GitRepo) -> None:
    repo.commit("base", {"a": "1\n", "b": "1\n"}, at=1000)
    repo.git("checkout", "-q", "-b", "side")
    side = repo.commit("side", {"a": "side\n", "b": "side\n"}, at=2000)
    repo.git("checkout", "-q", "main")
    main = repo.commit("main", {"a": "main\n"}, at=3000)
    repo.git("merge", "-q", "--no-commit", "-s", "ours", "side")
    repo.write("a", "both\n")
    repo.git("add", "a")
    with Repo.open(repo.path) as opened:
        expected = ChangedFile(
            b"a", b"a", tuple(repo.git("rev-parse", f"{one}:a") for one in (main, side)), repo.git("rev-parse", ":a")
        )
        repo.write("b", "b\n")
        assert staged(opened, [main, side]) == (expected,)
        repo.git("add", "b")
        assert [one.path for one in staged(opened, [main, side])] == [b"a", b"b"]
        repo.git("commit", "-q", "-m", "merge")
        [merge] = read_commits(opened, ["HEAD"], walk=False)
        assert merge.parents == (main, side) and merge.files[0] == expected and len(merge.files) == 2


def test_what_is_staged_of_one_parent_of_none_and_in_another_index(repo: GitRepo, tmp_path: Path) -> None:
    with Repo.open(repo.path) as opened:
        repo.write("a", "1\n")
        repo.git("add", "a")
        oid = repo.git("rev-parse", ":a")
        assert staged(opened, []) == (ChangedFile(b"a", b"a", (None,), oid),)
        one = repo.commit("one")
        assert staged(opened, [one]) == ()
        other = tmp_path / "index"
        other.write_bytes((repo.path / ".git/index").read_bytes())
        repo.write("b", "2\n")
        repo.git("add", "b")
        assert [each.path for each in staged(opened, [one])] == [b"b"]
        assert staged(opened, [one], other) == ()
