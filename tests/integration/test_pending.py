"""Lines not committed yet in `git story blame` and `why`: from the agents' stores, and nothing of it is stored."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.claude_session import ClaudeSession
from tests.gitrepo import GitRepo
from tests.integration.story_of import git_story
from tests.integration.test_commits import BASE, NOON


@pytest.fixture
def project(repo: GitRepo) -> GitRepo:
    repo.commit("base", {"base.txt": BASE}, at=NOON - 1000)
    git_story(repo.path, "enable", "--no-hooks")
    return repo


def blamed(project: GitRepo, *args: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in git_story(project.path, "blame", "--json", *args).stdout.splitlines()]


def turns(project: GitRepo, *args: str) -> dict[int, str]:
    return {one["line"]: one["turn"] for one in blamed(project, *args) if one["turn"] is not None}


def test_an_uncommitted_line_has_its_turn(project: GitRepo, home: Path) -> None:
    session = ClaudeSession(home, project.path, NOON)
    turn = session.prompt("Mark the third line")
    session.edit("base.txt", "line number 3 of the base\n", "line number 3 was marked by the agent\n")
    project.write("base.txt", (project.path / "base.txt").read_text() + "typed by a person at the end\n")
    found = blamed(project, "base.txt")
    assert turns(project, "base.txt") == {3: turn}
    assert found[2]["agent"] == "claude-code"
    assert found[2]["conversation"] == session.id
    assert found[2]["prompt"] == "Mark the third line"
    assert set(found[2]["commit"]) == {"0"}
    assert found[20]["turn"] is None
    shown = git_story(project.path, "blame", "base.txt").stdout.splitlines()[3]
    assert shown == f"Claude Code {session.id[:8]}#1  Mark the third line"
    porcelain = git_story(project.path, "blame", "--porcelain", "base.txt").stdout
    assert porcelain.count(f"story-turn {turn}\n") == 1
    assert turns(project, "-L", "3,4", "base.txt") == {3: turn}
    assert turns(project, "-L", "5,9", "base.txt") == {}


def test_nothing_of_a_pending_turn_is_stored(project: GitRepo, home: Path) -> None:
    session = ClaudeSession(home, project.path, NOON)
    session.prompt("A request that is nobody's business yet")
    session.edit("base.txt", "line number 3 of the base\n", "line number 3 was marked by the agent\n")
    before = project.git("count-objects", "-v"), project.git("for-each-ref")
    assert "nobody's business" in git_story(project.path, "blame", "--json", "base.txt").stdout
    assert (project.git("count-objects", "-v"), project.git("for-each-ref")) == before
    kept = [path for path in (project.path / ".git" / "gitstory").rglob("*") if path.is_file()]
    assert not [path for path in kept if b"nobody's business" in path.read_bytes()]


def test_a_committed_turn_and_a_pending_one_of_one_conversation(project: GitRepo, home: Path) -> None:
    session = ClaudeSession(home, project.path, NOON)
    first = session.prompt("Mark the third line")
    session.edit("base.txt", "line number 3 of the base\n", "line number 3 was marked by the agent\n")
    project.commit("third", at=NOON + 50)
    session.time = NOON + 60
    second = session.prompt("Mark the ninth line, too")
    session.edit("base.txt", "line number 9 of the base\n", "line number 9 was marked as well\n")
    found = {one["line"]: (one["turn"], one["prompt"]) for one in blamed(project, "base.txt") if one["turn"]}
    assert found == {3: (first, "Mark the third line"), 9: (second, "Mark the ninth line, too")}


def test_a_committed_line_typed_again_is_the_persons(project: GitRepo, home: Path) -> None:
    session = ClaudeSession(home, project.path, NOON)
    session.prompt("Mark the third line")
    session.edit("base.txt", "line number 3 of the base\n", "line number 3 was marked by the agent\n")
    marked = (project.path / "base.txt").read_text()
    project.commit("third", at=NOON + 50)
    project.commit("taken back", {"base.txt": BASE}, at=NOON + 100)
    project.write("base.txt", marked)
    assert turns(project, "base.txt") == {}


def test_a_file_renamed_and_changed_since(project: GitRepo, home: Path) -> None:
    session = ClaudeSession(home, project.path, NOON)
    turn = session.prompt("Mark the third line")
    session.edit("base.txt", "line number 3 of the base\n", "line number 3 was marked by the agent\n")
    project.git("mv", "base.txt", "moved.txt")
    assert turns(project, "moved.txt") == {3: turn}


def test_a_new_file_that_was_only_staged(project: GitRepo, home: Path) -> None:
    session = ClaudeSession(home, project.path, NOON)
    turn = session.prompt("Write a module")
    session.write("pkg/new.py", "first = 'line of a new file'\nsecond = 'line of a new file'\n")
    project.git("add", "-A")
    assert turns(project, "pkg/new.py") == {1: turn, 2: turn}
    assert "#1  Write a module  2026" in git_story(project.path, "why", "pkg/new.py:2").stdout


def test_other_line_endings_in_the_work_tree(project: GitRepo, home: Path) -> None:
    session = ClaudeSession(home, project.path, NOON)
    turn = session.prompt("Mark the third line")
    session.edit("base.txt", "line number 3 of the base\n", "line number 3 was marked by the agent\n")
    text = (project.path / "base.txt").read_text()
    project.write("base.txt", text.replace("\n", "\r\n"))
    project.git("config", "core.autocrlf", "true")
    assert turns(project, "base.txt") == {3: turn}


def test_why_an_uncommitted_line_is_there(project: GitRepo, home: Path) -> None:
    session = ClaudeSession(home, project.path, NOON)
    session.prompt("Mark the third line")
    session.say("The third line needs a mark, so I put one there.")
    session.edit("base.txt", "line number 3 of the base\n", "line number 3 was marked by the agent\n")
    shown = git_story(project.path, "why", "base.txt:3").stdout
    assert "not committed yet" in shown
    assert "#1  Mark the third line  2026" in shown
    assert "The third line needs a mark" in shown
    assert "+line number 3 was marked by the agent" in shown
    [answer] = json.loads(git_story(project.path, "why", "--json", "base.txt:3").stdout)["answers"]
    assert (answer["recorded"], answer["turn"]["id"]) == (True, session.turn)


def test_a_repository_gitstory_was_never_enabled_in_is_left_alone(repo: GitRepo, home: Path) -> None:
    repo.commit("base", {"base.txt": BASE}, at=NOON - 1000)
    session = ClaudeSession(home, repo.path, NOON)
    session.prompt("Mark the third line")
    session.edit("base.txt", "line number 3 of the base\n", "line number 3 was marked by the agent\n")
    assert turns(repo, "base.txt") == {}
    assert not (repo.path / ".git" / "gitstory").exists()
