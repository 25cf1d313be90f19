"""Clones that left content with their remote: what is missing is said, and nothing is fetched unasked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli import story
from tests.gitrepo import GitRepo

NOON = 1_780_000_000


@pytest.fixture(params=["blob:none", "tree:0"])
def clone(repo: GitRepo, tmp_path: Path, request: pytest.FixtureRequest) -> GitRepo:
    repo.git("config", "uploadpack.allowFilter", "true")
    repo.git("config", "uploadpack.allowAnySHA1InWant", "true")
    for number in range(1, 5):
        text = "".join(f"line {n}\n" for n in range(number * 30))
        repo.commit(f"change {number}", {"grows.txt": text, f"one{number}.txt": f"{number}\n"}, at=NOON + number)
    where = tmp_path / "clone"
    repo.git("clone", "-q", f"--filter={request.param}", repo.path.as_uri(), str(where))
    return GitRepo(where)


def objects(clone: GitRepo) -> str:
    return "\n".join(sorted(clone.git("cat-file", "--batch-all-objects", "--batch-check").splitlines()))


@pytest.mark.parametrize("how", [(), ("--json",), ("--markdown",)])
def test_review_goes_on_without_what_is_not_here(clone: GitRepo, how: tuple[str, ...]) -> None:
    before = objects(clone)
    said = story(clone.path, "review", *how, "HEAD~2..HEAD")
    assert said.code == 0 and said.out
    assert "this clone lacks the content of" in said.err and "hint: " in said.err
    assert objects(clone) == before


@pytest.mark.parametrize("command", [("show", "HEAD~1"), ("log",)])
def test_other_readers_fetch_nothing_and_go_on(clone: GitRepo, command: tuple[str, ...]) -> None:
    before = objects(clone)
    said = story(clone.path, *command)
    assert said.code == 0, said.err
    assert objects(clone) == before


def test_explain_says_what_it_cannot(clone: GitRepo) -> None:
    before = objects(clone)
    said = story(clone.path, "explain", "HEAD~1")
    assert said.code == 0 or (said.code == 1 and "not in this clone" in said.err)
    assert objects(clone) == before


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (("check", "HEAD~2..HEAD"), 0),
        (("check", "HEAD~2..HEAD", "--min-coverage", "0"), 1),
        (("stats",), 0),
        (("stats", "--json"), 0),
    ],
)
def test_what_counts_says_what_it_leaves_out(clone: GitRepo, command: tuple[str, ...], code: int) -> None:
    """A gate does not pass where lines are unknown."""
    before = objects(clone)
    said = story(clone.path, *command)
    assert (said.code, "Traceback" in said.err) == (code, False), said.err
    assert said.out and "this clone lacks the content of" in said.err
    assert objects(clone) == before


def test_stats_count_the_commits_whose_content_is_here(clone: GitRepo) -> None:
    clone.git("config", "user.name", "Dev One")
    clone.git("config", "user.email", "dev@example.com")
    clone.commit("change 5", {"five.txt": "5\n5\n"}, at=NOON + 9)
    said = story(clone.path, "stats", "--json")
    found = json.loads(said.out)
    assert (said.code, found["commits"]) == (0, 5)
    assert "of 5 commits" in said.err
    if clone.git("config", "remote.origin.partialclonefilter") == "blob:none":  # else no folder tells what changed
        assert "5 of 5" not in said.err
        assert "five.txt" in [one["name"] for one in found["files"]]


@pytest.mark.parametrize(
    "command", [("why", "HEAD~1:grows.txt:2"), ("why", "grows.txt:2"), ("blame", "HEAD~1", "grows.txt")]
)
def test_what_a_person_asks_for_is_fetched_and_where_that_fails_the_lack_is_named(
    clone: GitRepo, repo: GitRepo, command: tuple[str, ...]
) -> None:
    away = repo.path.rename(repo.path.with_name("away"))
    said = story(clone.path, *command)
    assert said.code == 1 and said.err.count("\n") == 2
    assert "this clone lacks" in said.err and "`git fetch --refetch --no-filter`" in said.err
    away.rename(repo.path)
    assert story(clone.path, *command).code == 0


def test_no_warning_of_git_is_taken_for_its_error(clone: GitRepo, repo: GitRepo) -> None:
    repo.path.rename(repo.path.with_name("away"))
    for command in (("why", "grows.txt"), ("backfill",), ("heal",)):
        said = story(clone.path, *command)
        assert said.code == 0 or (said.code == 1 and "this clone lacks" in said.err), said
