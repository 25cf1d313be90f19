"""`git story stats` on real repositories."""

from __future__ import annotations

import json

import pytest

from gitstory.model import FileStory, Range, Story, TurnLink
from tests.cli import story
from tests.gitrepo import GitRepo
from tests.golden import check
from tests.stories import AGENT, ID, Told, link, store


@pytest.fixture
def told(repo: GitRepo) -> Told:
    return Told(repo)


def test_what_it_prints(told: Told) -> None:
    check("stats.txt", story(told.repo.path, "stats").out)


def test_sums_are_those_of_git(told: Told) -> None:
    told.repo.commit("A person's file", {"by hand.txt": "1\n2\n3\n"})
    found = json.loads(story(told.repo.path, "stats", "--json").out)
    lines = told.repo.git("log", "--numstat", "--format=").splitlines()
    assert found["added"] == sum(int(line.split("\t")[0]) for line in lines if line)
    assert found["commits"] == 4 and found["commits_with_story"] == 2
    assert {one["name"]: one["explained"] for one in found["files"]}["by hand.txt"] == 0
    assert 0 < found["explained"] < found["added"]


def test_a_renamed_file_is_its_new_name(told: Told) -> None:
    told.repo.git("mv", "calc.py", "sums and\ttabs.py")
    told.repo.git("commit", "-q", "-m", "Rename")
    found = json.loads(story(told.repo.path, "stats", "--json", "-n", "1").out)
    assert {one["name"]: one["added"] for one in found["files"]}["sums and\ttabs.py"] == 0


def test_ranges_authors_dates_and_paths(told: Told) -> None:
    def commits(*args: str) -> int:
        return int(json.loads(story(told.repo.path, "stats", "--json", *args).out)["commits"])

    assert commits("HEAD~1..HEAD") == 1
    assert commits("--author", "nobody at all") == 0
    assert commits("--since", "2100-01-01") == 0
    assert commits("--path", "no such file") == 0
    assert commits("--all") == 3


def test_what_was_counted_before_counts_as_long_as_the_story_stays(told: Told) -> None:
    home = told.repo.path / ".git" / "gitstory"
    home.mkdir(exist_ok=True)

    def counted() -> str:
        return story(told.repo.path, "stats", "--json").out

    first = counted()
    assert (home / "record.db").exists() and counted() == first
    told.repo.commit("A person's file", {"by hand.txt": "1\n2\n3\n"})
    more = json.loads(counted())
    assert more["added"] == json.loads(first)["added"] + 3 and more["explained"] == json.loads(first)["explained"]
    assert story(told.repo.path, "unlink", told.third, ID[:8]).code == 0
    less = counted()
    assert json.loads(less)["explained"] < more["explained"]
    (home / "record.db").unlink()
    assert counted() == less


def test_nothing_recorded_is_no_error(repo: GitRepo) -> None:
    repo.commit("One", {"a": "1\n"})
    said = story(repo.path, "stats")
    assert said.code == 0 and said.out.startswith("0 % of 1 added line ")


@pytest.mark.parametrize("rev", ["nope", "--output=x"])
def test_unknown_revisions(told: Told, rev: str) -> None:
    said = story(told.repo.path, "stats", "--", rev)
    assert said.code == 1 and "unknown revision" in said.err and "hint:" in said.err


def test_no_commits_yet(repo: GitRepo) -> None:
    said = story(repo.path, "stats")
    assert said.code == 1 and "no commits yet" in said.err


def test_lines_that_the_commit_does_not_bear_out_do_not_count(told: Told) -> None:
    """A record of a remote may claim anything."""
    oid = told.repo.commit("A person's file", {"by hand.txt": "1\n2\n3\n"})
    before = json.loads(story(told.repo.path, "stats", "--json").out)
    forged = tuple(Range(1 + 9 * at, 9 + 9 * at, AGENT, ID, "t2", f"{at:016x}") for at in range(20_000))
    link_ = link(TurnLink("t2", 2, "lines", 180_000), lines=180_000)
    store(told.repo.path, [Story(oid, (link_,), (FileStory("by hand.txt", 3, 0, forged),))])
    after = json.loads(story(told.repo.path, "stats", "--json").out)
    assert after["explained"] == before["explained"] and after["commits_with_story"] == before["commits_with_story"]
    assert "no conversation explains this line" in story(told.repo.path, "why", "by hand.txt:2").out
