"""Agents that only sign a commit: one honest line, and nothing else made of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.claude_session import ClaudeSession
from tests.gitrepo import GitRepo
from tests.integration.story_of import git_story, story
from tests.integration.test_foreign import git, mirror

NOON = 1_780_000_000
AIDER = "Co-authored-by: aider (gpt-4o) <aider@aider.chat>"
CLAUDE = "Co-Authored-By: Claude Opus 4.6 <noreply@anthropic.com>"
SAID = "Co-authored by aider (gpt-4o); no conversation found."


@pytest.fixture
def signed(repo: GitRepo) -> GitRepo:
    repo.commit("base", {"b.py": "x\n"}, at=NOON - 1000)
    repo.commit(f"birds\n\nMore of them.\n\n{AIDER}", {"a.py": "heron_lands_at = 'seven'\n"}, at=NOON)
    return repo


def test_show_and_log_say_so(signed: GitRepo) -> None:
    shown = git_story(signed.path, "show").stdout
    assert SAID in shown and "no conversation is recorded" not in shown
    assert SAID in git_story(signed.path, "log", "--include-empty").stdout
    assert SAID in git_story(signed.path, "show", "--markdown").stdout.replace("<!-- -->", "")
    assert story(signed.path)["took_part"] == [{"agent": "aider", "model": "gpt-4o", "by": "message"}]
    assert "took_part" not in story(signed.path, "HEAD~1")


def test_nothing_else_is_made_of_it(signed: GitRepo) -> None:
    told = story(signed.path)
    assert (told["conversations"], told["files"]) == ([], [])
    assert git_story(signed.path, "log").stdout == ""
    (line,) = (json.loads(row) for row in git_story(signed.path, "blame", "--json", "a.py").stdout.splitlines())
    assert (line["agent"], line["conversation"]) == (None, None)
    stats = json.loads(git_story(signed.path, "stats", "--json").stdout)
    assert (stats["agents"], stats["explained"], stats["commits_with_story"]) == ([], 0, 0)
    assert git_story(signed.path, "check", "HEAD~1..HEAD", "--min-coverage", "1", check=False).returncode != 0
    assert git_story(signed.path, "import", "git-ai").stdout == "0 stories taken over from git-ai\n"


def test_where_the_agents_conversation_is_known(repo: GitRepo, home: Path) -> None:
    repo.commit("base", {"b.py": "x\n"}, at=NOON - 1000)
    git_story(repo.path, "enable", "--no-hooks")
    session = ClaudeSession(home, repo.path, NOON)
    session.prompt("Say when the heron lands")
    session.write("a.py", "heron_lands_at = 'seven'\nheron_leaves_at = 'nine'\n")
    repo.commit(f"birds\n\n{CLAUDE}\n{AIDER}", at=NOON + 100)
    told = story(repo.path)
    assert [one["agent"] for one in told["conversations"]] == ["claude-code"]
    assert told["took_part"] == [{"agent": "aider", "model": "gpt-4o", "by": "message"}]
    for command in ("show", "log"):
        said = git_story(repo.path, command).stdout
        assert "Co-authored by aider (gpt-4o); no conversation of it found." in said
        assert "Claude (Opus" not in said


def test_a_hostile_model_is_made_harmless(repo: GitRepo) -> None:
    repo.commit("one\n\nCo-authored-by: aider (\x1b[31mred\x1b]0;t\x07) <aider@aider.chat>", {"a.py": "x\n"})
    said = git_story(repo.path, "show").stdout
    assert "Co-authored by" in said and "\x1b" not in said and "\x07" not in said


def told(where: Path) -> dict[str, list[dict[str, Any]]]:
    rows = git_story(where, "log", "--json", "--all", "--include-empty").stdout.splitlines()
    return {row["commit"]: row for row in map(json.loads, rows)}


@pytest.mark.foreign
@pytest.mark.parametrize("name", ["entireio+cli", "specstoryai+getspecstory"])
def test_what_git_takes_for_trailers(name: str) -> None:
    """Every commit that git finds Claude's line in says so, unless a conversation of Claude Code is known of it."""
    where = mirror(name)
    form = "--format=%H %(trailers:key=Co-authored-by,valueonly,separator=%x20)"
    lines = git(where, "log", "--all", "--exclude=refs/notes/*", form).splitlines()
    named = {line.split()[0] for line in lines if "<noreply@anthropic.com>" in line}
    rows = told(where)
    named &= rows.keys()
    known = {oid for oid in named if any(one["agent"] == "claude-code" for one in rows[oid]["conversations"])}
    by = {oid for oid, row in rows.items() if any(one["agent"] == "claude" for one in row.get("took_part", ()))}
    assert len(named) > 50
    assert {oid for oid in by if rows[oid]["took_part"][0]["by"] == "message"} >= named - known
