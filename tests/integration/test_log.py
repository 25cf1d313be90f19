"""`git story log` on real repositories."""

from __future__ import annotations

import json

import pytest

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
    assert (said.code, said.out) == (0, "") and "no commit here has a story" in said.err


@pytest.mark.parametrize("rev", ["nope", "nope..HEAD"])
def test_unknown_revisions(told: Told, rev: str) -> None:
    said = story(told.repo.path, "log", rev)
    assert said.code == 1 and "unknown revision" in said.err and "hint:" in said.err


def test_no_commits_yet(repo: GitRepo) -> None:
    said = story(repo.path, "log")
    assert said.code == 1 and "no commits yet" in said.err
