"""`git story log` on real repositories."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from gitstory.git import log_selection
from gitstory.git.repo import Repo
from gitstory.queries import log
from gitstory.queries.log import log_views
from gitstory.sources.chain import with_carried
from tests.cli import story
from tests.gitrepo import GitRepo
from tests.golden import check
from tests.stories import Told


@pytest.fixture
def told(repo: GitRepo) -> Told:
    return Told(repo)


def commits(text: str) -> list[str]:
    return [json.loads(line)["commit"] for line in text.splitlines()]


def test_what_it_prints(told: Told) -> None:
    check("log.txt", story(told.repo.path, "log", "--include-empty").out)


def test_only_commits_with_a_story_newest_first(told: Told) -> None:
    assert commits(story(told.repo.path, "log", "--json").out) == [told.third, told.second]
    assert commits(story(told.repo.path, "log", "--json", "--include-empty").out) == [
        told.third,
        told.second,
        told.first,
    ]


def test_a_count_counts_what_is_shown(told: Told) -> None:
    told.repo.commit("Nothing recorded", {"z.py": "1\n"})
    assert commits(story(told.repo.path, "log", "--json", "-n", "1").out) == [told.third]
    assert commits(story(told.repo.path, "log", "--json", "-n", "0").out) == []


def test_ranges_and_all_branches(told: Told) -> None:
    told.repo.git("checkout", "-q", "-b", "old", told.first)
    assert commits(story(told.repo.path, "log", "--json").out) == []
    assert commits(story(told.repo.path, "log", "--json", "--all").out) == [told.third, told.second]
    assert commits(story(told.repo.path, "log", "--json", "main~2..main~1").out) == [told.second]
    assert commits(story(told.repo.path, "log", "--json", "main", "^main~1").out) == [told.third]


def test_all_leaves_our_own_refs_out(told: Told) -> None:
    shown = commits(story(told.repo.path, "log", "--json", "--all", "--include-empty").out)
    assert shown == [told.third, told.second, told.first]


def test_one_object_is_that_of_show(told: Told) -> None:
    first = story(told.repo.path, "log", "--json").out.splitlines()[0]
    assert first == story(told.repo.path, "show", "--json").out.rstrip("\n")


def test_nothing_to_tell_is_no_error(repo: GitRepo) -> None:
    repo.commit("One", {"a": "1\n"})
    said = story(repo.path, "log")
    assert (said.code, said.out) == (0, "") and "no selected commit has a story" in said.err


@pytest.mark.parametrize("rev", ["nope", "nope..HEAD"])
def test_unknown_revisions(told: Told, rev: str) -> None:
    said = story(told.repo.path, "log", rev)
    assert said.code == 1 and "unknown revision" in said.err and "hint:" in said.err


def test_no_commits_yet(repo: GitRepo) -> None:
    said = story(repo.path, "log")
    assert said.code == 1 and "no commits yet" in said.err


def test_commits_are_selected_as_by_git_log(told: Told) -> None:
    where = told.repo.path
    (where / "sub").mkdir()
    told.repo.commit("Move it", {"sub/other.txt": "x\n"})

    def selected(*args: str, at: Path = where) -> list[str]:
        said = story(at, "log", "--json", *args)
        assert (said.code, said.err) == (0, ""), (args, said.err)
        return commits(said.out)

    both = [told.third, told.second]
    assert selected("--", "calc.py") == selected("calc.py") == selected("HEAD", "--", "calc.py") == both
    assert selected("--", "../calc.py", at=where / "sub") == both
    assert selected("--", "sub/other.txt") == []
    assert selected("--grep", "guard", "-i") == [told.third] and selected("--grep=guard") == []
    assert selected("--grep", "guard", "--invert-grep", "-i") == [told.second]
    assert selected("--author", "Dev One") == both and selected("--author", "Nobody") == []
    assert selected("-S", "ZeroDivisionError") == [told.third] and selected("-Gdef divide") == [told.second]
    assert selected("--since", "2025-11-20T00:57:00Z") == [told.third]
    assert selected("--until", "2025-11-20T00:57:00Z") == [told.second]
    assert selected("--reverse") == both[::-1] and selected("-1", "--reverse") == [told.third]
    assert selected("--merges") == [] and selected("--no-merges", "--first-parent") == both
    told.repo.git("mv", "calc.py", "moved.py")
    told.repo.commit("Rename it")
    assert selected("--", "moved.py") == [] and selected("--follow", "moved.py") == both


def test_one_line_a_commit(told: Told) -> None:
    rows = story(told.repo.path, "log", "--oneline").out.splitlines()
    assert [row[:10] for row in rows] == [told.third[:10], told.second[:10]]
    assert "Guard the division  0c9f3a52#5 No, raise" in rows[0]
    assert max(map(len, rows)) <= 80


@pytest.mark.parametrize("columns", [64, 66, 70])
def test_one_line_a_commit_fits_the_terminal(told: Told, monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    rows = story(told.repo.path, "log", "--oneline").out.splitlines()
    assert any(row.endswith("…") for row in rows) and max(map(len, rows)) <= columns


@pytest.mark.parametrize("args", [("--graph",), ("-p",), ("--format=%H",), ("--", "nowhere.py"), ("nowhere.py",)])
def test_what_git_log_takes_and_this_does_not(told: Told, args: tuple[str, ...]) -> None:
    said = story(told.repo.path, "log", *args)
    assert said.code == {"--": 0, "nowhere.py": 1}.get(args[0], 2) and said.out == ""
    assert said.err.count("\n") <= 3 and "Traceback" not in said.err


def test_the_names_it_prints_are_taken_by_show(told: Told) -> None:
    for args in (["log"], ["show"], ["why", "calc.py:6"], ["blame", "calc.py"]):
        found = re.findall(r"\b0c9f3a52(?:#\d)?", story(told.repo.path, *args).out)
        assert found, args
        for name in set(found):
            assert story(told.repo.path, "show", name).code == 0


def test_a_count_walks_no_further_than_it_needs(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    listed: list[int] = []

    def selected(*args: Any) -> list[str]:
        oids = log_selection.select_commits(*args)
        listed.append(len(oids))
        return oids

    def latest(count: int) -> list[str]:
        listed.clear()
        with Repo.open(told.repo.path) as repo:
            chosen = log_selection.Selection(told.repo.path)
            return [view.commit.oid for view in log_views(repo, with_carried(repo), chosen, limit=count)]

    monkeypatch.setattr(log, "select_commits", selected)
    stream = "".join(
        f"commit refs/heads/main\nmark :{n}\ncommitter A <a@example.com> {1_800_000_000 + n} +0000\ndata 1\nc\n"
        + (f"from {told.third}\n" if n == 1 else f"from :{n - 1}\n")
        for n in range(1, 1001)
    )
    told.repo.git("fast-import", "--quiet", "--force", input=stream.encode())
    assert latest(1) == [told.third] and latest(2) == [told.third, told.second]
    assert listed == [100, 800, 1003]
    told.repo.git("reset", "-q", "--hard", told.third)
    assert latest(1) == [told.third] and listed == [3]
