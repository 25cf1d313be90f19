"""`git story agents`: what was found, what of it is of this repository, and what could not be read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.claude_session import ClaudeSession
from tests.gitrepo import GitRepo
from tests.integration.story_of import git_story
from tests.integration.test_commits import BASE, NOON
from tests.unit.agents.test_registry import PLUGIN, install


def agents(where: Path) -> dict[str, dict[str, Any]]:
    found = json.loads(git_story(where, "agents", "--json").stdout)
    assert found["schema"] == "gitstory.agents/1"
    return {one["agent"]: one for one in found["agents"]}


@pytest.fixture
def project(repo: GitRepo, home: Path) -> GitRepo:
    """A conversation here, with two records nobody understands, and one elsewhere."""
    repo.commit("base", {"base.txt": BASE}, at=NOON - 1000)
    session = ClaudeSession(home, repo.path, NOON)
    session.prompt("Say hello")
    session.write("hello.py", "print('hello')\n")
    with session.path.open("a") as file:
        file.write('{"type": "hologram"}\n{"type": broken\n')
    other = GitRepo.init(repo.path.parent / "other")
    ClaudeSession(home, other.path, NOON).prompt("Something else")
    return repo


def test_conversations_versions_and_unreadable_records_are_counted(project: GitRepo) -> None:
    found = agents(project.path)["claude-code"]
    assert (found["here"], found["conversations"]) == (1, 2)
    assert found["versions"] == [{"version": "2.1.197", "conversations": 1, "unreadable": 2}]
    assert (found["unreadable"], found["plugin"], found["problem"]) == (2, False, None)
    said = git_story(project.path, "agents").stdout
    assert "Claude Code        1       2" in said
    assert "2 records could not be understood (version 2.1.197)" in said
    assert not (project.path / ".git" / "gitstory").exists()


def test_the_places_searched_are_shown_when_asked_for(project: GitRepo, home: Path) -> None:
    said = git_story(project.path, "agents", "-v").stdout
    assert f"  {home}/.claude/projects\n" in said
    assert f"  {home}/.codex/sessions (not there)" in said
    assert ".codex" not in git_story(project.path, "agents").stdout


def test_it_answers_outside_of_a_repository(project: GitRepo, tmp_path: Path) -> None:
    found = agents(tmp_path)["claude-code"]
    assert (found["here"], found["conversations"], found["versions"]) == (0, 2, [])


def test_plugins_are_there_and_broken_ones_named(project: GitRepo, tmp_path: Path) -> None:
    plugins = tmp_path / "plugins"
    install(
        plugins,
        {"other": "gitstory_other:AGENT", "broken": "gitstory_broken:AGENT"},
        gitstory_other=PLUGIN.format(name="other").replace(
            "roots = sources = places = folder_of = read = None",
            "roots = lambda self, env, home: [home]\n    sources = lambda self, root: iter(())\n"
            "    places = folder_of = read = lambda self, *of: None",
        ),
        gitstory_broken="raise RuntimeError('no licence')",
    )
    root = str(Path(__file__).resolve().parents[2])
    done = git_story(project.path, "agents", PYTHONPATH=f"{root}:{plugins}")
    assert "Other (plug-in)" in done.stdout
    assert "problem: the reader 'broken' cannot be used: RuntimeError: no licence" in done.stdout


def test_an_agent_that_is_left_out_is_said_to_be(project: GitRepo) -> None:
    git_story(project.path, "config", "set", "capture.ignore_agents", "claude-code")
    assert agents(project.path)["claude-code"]["ignored"] is True
    assert "left out by the setting capture.ignore_agents" in git_story(project.path, "agents").stdout


def test_status_names_the_version_that_was_not_understood(project: GitRepo) -> None:
    git_story(project.path, "enable", "--no-hooks")
    project.commit("hello", at=NOON + 60)
    git_story(project.path, "drain")
    said = git_story(project.path, "status").stdout
    assert "problem: 2 records in transcripts could not be understood: 2 of Claude Code 2.1.197" in said
