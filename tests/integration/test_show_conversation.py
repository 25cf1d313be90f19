"""`git story show CONVERSATION`: one whole, recorded or not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.claude_session import ClaudeSession
from tests.gitrepo import GitRepo
from tests.integration.story_of import git_story
from tests.integration.test_commits import BASE, NOON

STORED, LOCAL, OTHER = (f"{n}{n}{n}{n}aaaa-0000-4bbb-8ccc-00000000000{n}" for n in (1, 2, 3))
SECRET = "ghp_" + "A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8"[:36]


@pytest.fixture
def project(repo: GitRepo, home: Path) -> GitRepo:
    """One conversation recorded with a commit, one not, one of another repository."""
    repo.commit("base", {"base.txt": BASE}, at=NOON - 1000)
    git_story(repo.path, "enable", "--no-hooks")
    first = ClaudeSession(home, repo.path, NOON, STORED)
    first.prompt("Write a greeting")
    first.write("hello.py", "print('hello, this is new')\n")
    first.say("It greets now.")
    first.prompt("Make it louder")
    first.edit("hello.py", "hello", "HELLO")
    repo.commit("greet", at=first.time + 5)
    git_story(repo.path, "drain")
    second = ClaudeSession(home, repo.path, NOON + 500, LOCAL)
    second.prompt(f"Keep {SECRET} to yourself")
    second.say("I \x1b[31mwill\x1b[0m.")
    other = GitRepo.init(repo.path.parent / "other")
    ClaudeSession(home, other.path, NOON, OTHER).prompt("Something else")
    return repo


def shown(project: GitRepo, name: str, *args: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(git_story(project.path, "show", name, "--json", *args).stdout)
    return found


def test_a_recorded_one_is_shown_with_its_commits(project: GitRepo) -> None:
    found = shown(project, "1111")
    assert (found["schema"], found["id"], found["stored"]) == ("gitstory.transcript/1", STORED, True)
    assert found["commits"] == [project.git("rev-parse", "HEAD")]
    assert [turn["prompt"] for turn in found["turns"]] == ["Write a greeting", "Make it louder"]
    edits = [edit for turn in found["turns"] for step in turn["steps"] for edit in step.get("edits", ())]
    assert [edit["path"] for edit in edits] == ["hello.py", "hello.py"]
    assert "+print('HELLO, this is new')" in edits[1]["hunks"][0]["lines"]
    said = git_story(project.path, "show", "1111").stdout
    assert said.startswith(f"Claude Code  {STORED}\n")
    assert "> Make it louder" in said
    assert "It greets now." in said
    assert "edited hello.py +1" in said


def test_one_that_was_never_recorded_is_read_from_its_store_and_redacted(project: GitRepo) -> None:
    found = shown(project, "claude-code:2222")
    assert (found["stored"], found["commits"]) == (False, [])
    for args in ([], ["--full"], ["--markdown"], ["--markdown", "--full"], ["--json"]):
        said = git_story(project.path, "show", "2222", *args).stdout
        assert "to yourself" in said
        assert SECRET not in said
        assert "\x1b[31m" not in said
    assert git_story(project.path, "show", "2222").stdout.count("not recorded") == 1


def test_one_of_another_repository_is_found_by_its_name(project: GitRepo) -> None:
    assert [turn["prompt"] for turn in shown(project, "3333")["turns"]] == ["Something else"]


def test_one_turn_alone(project: GitRepo) -> None:
    assert [turn["index"] for turn in shown(project, "1111#2")["turns"]] == [2]
    done = git_story(project.path, "show", "1111#9", check=False)
    assert (done.returncode, "has no turn 9" in done.stderr) == (1, True)


def test_markdown_fences_what_was_said(project: GitRepo) -> None:
    said = git_story(project.path, "show", "1111", "--markdown", "--full").stdout
    assert "# Claude Code: " in said
    assert "```text\nWrite a greeting\n```" in said
    assert "-print('hello, this is new')\n+print('HELLO, this is new')" in said


def test_what_is_neither_is_said_to_be_neither(project: GitRepo) -> None:
    done = git_story(project.path, "show", "no-such-thing", check=False)
    assert done.returncode == 1
    assert "unknown revision: no-such-thing, and no conversation's id starts with no-such-thing" in done.stderr
    assert "unknown revision" in git_story(project.path, "show", "nothing", "--notes-text", check=False).stderr


def test_a_revision_comes_before_a_conversation(project: GitRepo) -> None:
    project.git("branch", "1111")
    assert json.loads(git_story(project.path, "show", "1111", "--json").stdout)["schema"] == "gitstory.story/1"
