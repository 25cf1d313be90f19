"""What the command line says of slips: one line that names it, and a hint that helps where the person is."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.cli import story
from tests.gitrepo import GitRepo

NOON = 1_780_000_000


@pytest.fixture
def project(repo: GitRepo) -> GitRepo:
    repo.commit("base", {"a.txt": "1\n"}, at=NOON)
    repo.commit("more", {"a.txt": "1\n2\n"}, at=NOON + 60)
    return repo


@pytest.mark.parametrize("command", ["review", "check"])
def test_on_the_main_branch_another_range_is_named_than_the_empty_one(project: GitRepo, command: str) -> None:
    said = story(project.path, command)
    assert said.code == 1 and "no commits in main" in said.err and "`HEAD` is the last commit" in said.err
    assert "main..HEAD" not in said.err and "shallow" not in said.err
    assert story(project.path, command, "HEAD").code == 0


@pytest.mark.parametrize("command", [("review",), ("review", "HEAD~1..HEAD"), ("log", "HEAD~1"), ("explain", "HEAD~1")])
def test_a_shallow_clone_is_named_where_it_lacks_history(
    project: GitRepo, tmp_path: Path, command: tuple[str, ...]
) -> None:
    project.git("clone", "-q", "--depth", "1", project.path.as_uri(), str(tmp_path / "shallow"))
    said = story(tmp_path / "shallow", *command)
    assert said.code == 1 and "`git fetch --unshallow`" in said.err


def test_a_file_named_head(project: GitRepo) -> None:
    project.commit("odd", {"HEAD": "x\n"}, at=NOON + 120)
    said = story(project.path, "log", "--all", "--include-empty", "--oneline")
    assert said.code == 0 and len(said.out.splitlines()) == 3
    said = story(project.path, "log", "HEAD")
    assert said.code == 1 and "HEAD is both a revision and a file" in said.err
    assert "odd" in story(project.path, "log", "--include-empty", "HEAD", "--").out
    assert "odd" in story(project.path, "log", "--include-empty", "--", "HEAD").out


@pytest.mark.parametrize("command", ["stats", "log", "backfill"])
def test_a_date_that_git_makes_nothing_of_is_refused(project: GitRepo, command: str) -> None:
    said = story(project.path, command, "--since", "garbage")
    assert said.code == 1 and said.err.startswith("error: no date: 'garbage'\nhint: ")
    assert story(project.path, command, "--since", "2020-01-01").code == 0


def test_today_is_a_date(project: GitRepo) -> None:
    """git takes a day without a time for that day at this time of the day."""
    for date in (time.strftime("%Y-%m-%d"), "today", "now", "1 second ago"):
        assert "no date" not in story(project.path, "search", "--since", date, "word").err


def test_a_setting_of_an_agent_that_is_not_known_is_refused(project: GitRepo) -> None:
    said = story(project.path, "config", "set", "agents.nosuch.roots", "x")
    assert said.code == 1 and "unknown agent 'nosuch'" in said.err and "claude-code" in said.err
    assert story(project.path, "config", "set", "agents.codex.roots", "x").code == 0


def test_a_pattern_that_is_none_is_said_so_in_one_line(project: GitRepo) -> None:
    said = story(project.path, "redact", "(")
    assert said.code == 1 and "no regular expression" in said.err and "hint: `\\(` matches" in said.err


def test_no_file_before_the_colon(project: GitRepo) -> None:
    assert "no file is named in :2" in story(project.path, "why", ":2").err
