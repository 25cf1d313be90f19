"""What git says of commits, ranges, sizes and changed lines; which commits a command line selects; and dates."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from gitstory.errors import GitStoryError
from gitstory.git.added_lines import _parse, added_lines
from gitstory.git.background_thread import Later
from gitstory.git.commit_details import (
    FileChange,
    LineChange,
    MissingObjects,
    changes_between,
    commit_ids,
    commit_info,
    commit_infos,
    file_changes,
    is_known,
    is_partial,
    is_range,
    line_changes,
    shallow_edge,
    zone_minutes,
)
from gitstory.git.dates import check_dates, formatted_dates, since_time
from gitstory.git.log_selection import Ambiguous, Selection, commits_of_file, select_commits
from gitstory.git.repo import NoCommits, Repo, UnknownRevision
from tests.gitrepo import GitRepo

NOON = 1_780_000_000


@pytest.fixture
def history(repo: GitRepo) -> tuple[GitRepo, list[str]]:
    """Three commits: a.py and b.bin; a.py changed; a.py is c.py."""
    long = "".join(f"line {n}\n" for n in range(1, 21))
    oids = [repo.commit("one\n\nThe body.\n", {"a.py": long, "b.bin": b"\0\1"}, at=NOON)]
    oids.append(repo.commit("two", {"a.py": long.replace("line 5\n", "line five\nand more\n")}, at=NOON + 60))
    repo.git("mv", "a.py", "c.py")
    oids.append(repo.commit("three", at=NOON + 120))
    return repo, oids


# --- commits ---


def test_a_commit_as_people_read_it(history: tuple[GitRepo, list[str]]) -> None:
    repo, (one, two, _) = history
    with Repo.open(repo.path) as opened:
        found = commit_info(opened, two)
        assert (found.oid, found.parents, found.author, found.email) == (two, (one,), "Dev One", "dev@example.com")
        assert (found.time, found.committed, found.zone, found.committer) == (NOON + 60, NOON + 60, 0, "Dev One")
        first = commit_info(opened, "HEAD~2")
        assert (first.subject, first.body) == ("one", "The body.")
        assert [each.subject for each in commit_infos(opened, [two, "nothing", one])] == ["two", "one"]


@pytest.mark.parametrize("rev", ["nothing", "", "-x", "a\nb", "HEAD:a.py"])
def test_what_names_no_commit(history: tuple[GitRepo, list[str]], rev: str) -> None:
    with Repo.open(history[0].path) as opened, pytest.raises(UnknownRevision):
        commit_info(opened, rev)


def test_a_repository_without_commits_says_so(repo: GitRepo) -> None:
    with Repo.open(repo.path) as opened:
        with pytest.raises(NoCommits):
            commit_info(opened, "HEAD")
        with pytest.raises(NoCommits):
            commit_ids(opened)
        with pytest.raises(NoCommits):
            select_commits(opened, Selection(repo.path))
        assert commit_ids(opened, everything=True) == []


@pytest.mark.parametrize(
    ("text", "minutes"), [("+0530", 330), ("-0800", -480), ("+0000", 0), ("", 0), ("x", 0), ("+05301", 0), ("+ab00", 0)]
)
def test_a_zone_is_minutes_east_of_utc(text: str, minutes: int) -> None:
    assert zone_minutes(text) == minutes


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        *(("a..b", True), ("a...b", True), ("^a", True), ("a^!", True), ("a^@", True), ("a^-", True), ("a^-2", True)),
        *(("a", False), ("a^", False), ("a^2", False), ("HEAD~2", False), (":/fix a..b", False), ("a^-x", False)),
    ],
)
def test_a_range_names_several_commits(text: str, wanted: bool) -> None:
    assert is_range(text) is wanted


def test_ids_are_in_git_s_order(history: tuple[GitRepo, list[str]]) -> None:
    repo, (one, two, three) = history
    repo.git("update-ref", "refs/heads/side", repo.git("commit-tree", "HEAD^{tree}", "-p", two, "-m", "side"))
    side = repo.git("rev-parse", "side")
    for ref in ("refs/story/data", "refs/notes/story", "refs/gitstory/x"):
        repo.git("update-ref", ref, repo.git("commit-tree", "HEAD^{tree}", "-m", "own"))
    with Repo.open(repo.path) as opened:
        assert commit_ids(opened) == [three, two, one]
        assert commit_ids(opened, [f"{one}..{two}"]) == [two]
        assert commit_ids(opened, limit=1) == [three]
        assert commit_ids(opened, paths=["b.bin"]) == [one]
        assert set(commit_ids(opened, everything=True)) == {one, two, three, side}
        assert is_known(opened, one) and not is_known(opened, "nothing")
        with pytest.raises(UnknownRevision, match="nothing"):
            commit_ids(opened, ["main", "nothing"])
        with pytest.raises(UnknownRevision, match="--all"):
            commit_ids(opened, ["main", "--all"])


def test_a_head_of_no_branch_is_part_of_everything(history: tuple[GitRepo, list[str]]) -> None:
    repo, _ = history
    repo.git("checkout", "-q", "--detach")
    alone = repo.commit("alone", at=NOON + 500)
    with Repo.open(repo.path) as opened:
        assert alone in commit_ids(opened, everything=True)
        assert alone in select_commits(opened, Selection(repo.path, everything=True))


# --- sizes and lines ---


def test_sizes_follow_renames(history: tuple[GitRepo, list[str]]) -> None:
    repo, (one, two, three) = history
    with Repo.open(repo.path) as opened:
        assert file_changes(opened, one) == [FileChange("a.py", 20, 0), FileChange("b.bin", None, None)]
        assert file_changes(opened, two) == [FileChange("a.py", 2, 1)]
        assert file_changes(opened, three) == [FileChange("c.py", 0, 0, "a.py")]
        assert file_changes(opened, "0" * 40) == []
        assert changes_between(opened, one, three) == [FileChange("c.py", 2, 1, "a.py")]
        assert changes_between(opened, "", two) == [FileChange("a.py", 21, 0), FileChange("b.bin", None, None)]


def test_changed_lines_of_two_blobs(history: tuple[GitRepo, list[str]]) -> None:
    repo, (one, two, _) = history
    with Repo.open(repo.path) as opened:
        old, new = f"{one}:a.py".encode(), f"{two}:a.py".encode()
        assert line_changes(opened, old, new) == [LineChange(5, 1, 5, 2)]
        assert line_changes(opened, new, old) == [LineChange(5, 2, 5, 1)]
        assert line_changes(opened, old, b"HEAD:nothing") == []


def clone(repo: GitRepo, where: Path, *options: str) -> Repo:
    repo.git("config", "uploadpack.allowFilter", "true")
    repo.git("clone", "-q", *options, f"file://{repo.path}", str(where))
    return Repo.open(where)


def test_a_shallow_clone_has_an_edge(history: tuple[GitRepo, list[str]], tmp_path: Path) -> None:
    repo, (_, _, three) = history
    with clone(repo, tmp_path / "shallow", "--depth=1") as opened:
        assert shallow_edge(opened) == {three} and not is_partial(opened)
    with Repo.open(repo.path) as opened:
        assert shallow_edge(opened) == frozenset()


def test_lines_of_content_that_is_not_here_are_not_counted(
    history: tuple[GitRepo, list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo, _ = history
    with Repo.open(repo.path) as whole:
        assert not is_partial(whole)
    repo.commit("four", {"d.py": "d\n", "e.py": "e\n"}, at=NOON + 200)
    with clone(repo, tmp_path / "partial", "--filter=blob:none", "--no-checkout") as opened:
        assert is_partial(opened)
        (tmp_path / "partial" / "d.py").write_text("d\n")
        opened.git("hash-object", "-w", str(tmp_path / "partial" / "d.py"))
        with pytest.raises(MissingObjects, match=r"lacks the content of e\.py$") as raised:
            changes_between(opened, "HEAD~1", "HEAD")
        assert raised.value.counted == [FileChange("d.py", 1, 0)]
        with pytest.raises(MissingObjects, match="and 2 more files"):
            changes_between(opened, "", "HEAD")


ODD = "one\nno newline at the end"


@pytest.mark.parametrize(
    ("before", "after", "added"),
    [
        ("a\n", "a\nb\n", {2: b"b"}),
        (ODD, ODD + "\nmore", {2: b"no newline at the end", 3: b"more"}),
        (ODD, "one\nother", {2: b"other"}),
        (ODD, "one\nother\n", {2: b"other"}),
        ("one\nother\n", ODD, {2: b"no newline at the end"}),
        (ODD, "zero\none\nno newline at the end", {1: b"zero"}),
        ("a\nb\nc\n", "x\na\nc\ny\nz\n", {1: b"x", 4: b"y", 5: b"z"}),
        ("a\n", "+++ b/evil\n@@ -1 +1 @@\ncommit " + "0" * 40 + "\n", None),
        ("a\n", "", {}),
    ],
)
def test_added_lines_are_those_of_the_commit(
    repo: GitRepo, before: str, after: str, added: dict[int, bytes] | None
) -> None:
    repo.commit("before", {"a.py": before})
    oid = repo.commit("after", {"a.py": after})
    wanted = dict(enumerate(after.encode().split(b"\n")[:-1], 1)) if added is None else added
    with Repo.open(repo.path) as opened:
        assert added_lines(opened, [oid, "0" * 40]) == {oid: {b"a.py": wanted} if wanted else {}}
        assert added_lines(opened, []) == {}


def test_added_lines_of_several_files_and_commits(repo: GitRepo) -> None:
    one = repo.commit("one", {"ä b.py": "x\n", "c.py": "y\n"})
    two = repo.commit("two", {"c.py": "y\nz\n"})
    with Repo.open(repo.path) as opened:
        assert added_lines(opened, [two, one]) == {
            two: {b"c.py": {2: b"z"}},
            one: {"ä b.py".encode(): {1: b"x"}, b"c.py": {1: b"y"}},
        }


def test_a_removed_file_adds_nothing() -> None:
    out = b"commit " + b"1" * 40 + b"\n--- a/x\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n+++ b/y\n@@ -0,0 +3 @@\n+q\n"
    assert _parse(out) == {"1" * 40: {b"y": {3: b"q"}}}


# --- selection ---


def test_git_selects(history: tuple[GitRepo, list[str]]) -> None:
    repo, (one, two, three) = history
    here = repo.path
    with Repo.open(here) as opened:
        assert select_commits(opened, Selection(here)) == [three, two, one]
        assert select_commits(opened, Selection(here, ("--max-count=2",))) == [three, two]
        assert select_commits(opened, Selection(here, (), (two,))) == [two, one]
        assert select_commits(opened, Selection(here, (), (), ("b.bin",))) == [one]
        assert select_commits(opened, Selection(here / "nowhere", ("-1",))) == [three]
        assert commits_of_file(opened, "c.py") == [(three, "c.py"), (two, "a.py"), (one, "a.py")]
        assert commits_of_file(opened, "a.py", two) == [(two, "a.py"), (one, "a.py")]
        assert commits_of_file(opened, "nothing") == []
        with pytest.raises(UnknownRevision, match="nothing"):
            select_commits(opened, Selection(here, (), ("nothing",)))
        repo.git("branch", "b.bin")
        with pytest.raises(Ambiguous, match="both a revision and a file"):
            select_commits(opened, Selection(here, (), ("b.bin",)))


def test_everything_is_all_but_our_own_refs(history: tuple[GitRepo, list[str]]) -> None:
    repo, oids = history
    repo.git("update-ref", "refs/story/data", repo.git("commit-tree", "HEAD^{tree}", "-m", "own"))
    with Repo.open(repo.path) as opened:
        assert set(select_commits(opened, Selection(repo.path, everything=True))) == set(oids)


# --- dates ---


@pytest.mark.parametrize(
    ("date", "seconds"), [("@1700000000", 1_700_000_000), ("2023-11-14 22:13:20 +0000", 1_700_000_000)]
)
def test_a_date_is_what_git_makes_of_it(repo: GitRepo, date: str, seconds: float) -> None:
    with Repo.open(repo.path) as opened:
        assert since_time(opened, date) == seconds
        check_dates(opened, date, None, "yesterday", "2 weeks ago")


@pytest.mark.parametrize("date", ["", "  ", "rubbish", "nothing of it"])
def test_what_git_takes_for_now_is_no_date(repo: GitRepo, date: str) -> None:
    with Repo.open(repo.path) as opened, pytest.raises(GitStoryError, match="no date"):
        since_time(opened, date)


@pytest.mark.parametrize("date", ["now", "Today", "0 seconds ago", "1 second ago"])
def test_now_is_a_date(repo: GitRepo, date: str) -> None:
    with Repo.open(repo.path) as opened:
        assert abs(since_time(opened, date) - time.time()) < 86_400


def test_author_dates_are_printed_in_a_form(history: tuple[GitRepo, list[str]]) -> None:
    repo, (one, two, _) = history
    with Repo.open(repo.path) as opened:
        assert formatted_dates(opened, [two, one], "unix") == {one: str(NOON), two: str(NOON + 60)}
        assert formatted_dates(opened, [one], "format:%Y %m")[one] == "2026 05"
        assert formatted_dates(opened, [], "unix") == {}


# --- work that waits ---


def test_what_was_begun_is_waited_for() -> None:
    assert Later(lambda: 5).result() == 5

    def fails() -> int:
        raise GitStoryError("no")

    with pytest.raises(GitStoryError, match="no"):
        Later(fails).result()
