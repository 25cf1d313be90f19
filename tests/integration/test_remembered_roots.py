"""Stores that only an agent's own environment names: found again when the person commits."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from gitstory.recording import remembered_agent_roots as roots
from tests.claude_session import ClaudeSession
from tests.gitrepo import GitRepo
from tests.integration.story_of import git_story, links
from tests.integration.test_commits import BASE, NOON


def moved(home: Path, elsewhere: Path) -> None:
    """Claude Code's store as CLAUDE_CONFIG_DIR puts it."""
    elsewhere.mkdir()
    (home / ".claude" / "projects").rename(elsewhere / "projects")


def test_a_persons_commit_finds_what_the_agents_own_commit_named(repo: GitRepo, home: Path, tmp_path: Path) -> None:
    repo.commit("base", {"base.txt": BASE}, at=NOON - 1000)
    git_story(repo.path, "enable", "--no-hooks")
    session = ClaudeSession(home, repo.path, NOON)
    session.prompt("Write two modules")
    session.write("one.py", "def one(name):\n    return f'one {name}'\n")
    session.write("two.py", "def two(name):\n    return f'two {name}'\n")
    store = tmp_path / "claude"
    moved(home, store)
    repo.git("add", "one.py")
    repo.time = NOON + 100
    repo.git("commit", "-q", "-m", "the agent's")
    agents_own = {"CLAUDE_CONFIG_DIR": str(store)}
    git_story(repo.path, "hook", "post-commit", **agents_own)
    git_story(repo.path, "drain", **agents_own)
    assert list(links(repo.path).values()) == ["lines"]
    repo.git("add", "two.py")
    repo.time = NOON + 200
    repo.git("commit", "-q", "-m", "the person's")
    git_story(repo.path, "drain")
    assert list(links(repo.path).values()) == ["lines"]
    assert roots.load(repo.path / ".git" / "gitstory") == {"claude-code": [str(store / "projects")]}
    said = {one["agent"]: one for one in json.loads(git_story(repo.path, "agents", "--json").stdout)["agents"]}
    assert said["claude-code"]["remembered"] == [str(store / "projects")]
    assert said["claude-code"]["conversations"] == 1
    assert f"a hook named the store {store / 'projects'}" in git_story(repo.path, "agents").stdout
    assert "1 of 1 " in git_story(repo.path, "status").stdout
    assert "Write two modules" in git_story(repo.path, "search", "modules").stdout


def test_only_a_place_of_ones_own_that_is_there_is_remembered(repo: GitRepo, tmp_path: Path) -> None:
    home = repo.path / ".git" / "gitstory"
    home.mkdir()
    (tmp_path / "mine").mkdir()
    known = {"claude-code": [str(tmp_path / "mine"), "relative/folder", str(tmp_path / "gone"), "/a\0b"]}
    if os.getuid() == 0:
        (tmp_path / "another's").mkdir()
        os.chown(tmp_path / "another's", 12345, 12345)
        known["claude-code"].append(str(tmp_path / "another's"))
    (home / roots.NAME).write_text(json.dumps(known))
    assert roots.load(home) == {"claude-code": [str(tmp_path / "mine")]}


@pytest.mark.parametrize("content", [b"", b"[]", b'{"codex": 1}', b"\xff", b'{"codex": ["/x"]'])
def test_a_list_that_is_damaged_is_none(content: bytes, repo: GitRepo) -> None:
    home = repo.path / ".git" / "gitstory"
    home.mkdir()
    (home / roots.NAME).write_bytes(content)
    assert roots.load(home) == {}


def test_no_more_are_remembered_than_a_few(repo: GitRepo, tmp_path: Path) -> None:
    from gitstory.agents.registry import agent
    from gitstory.environment import Surroundings

    home = repo.path / ".git" / "gitstory"
    home.mkdir()
    where = Surroundings({}, tmp_path)
    for number in range(100):
        (tmp_path / str(number) / "projects").mkdir(parents=True)
        roots.remember(home, [agent("claude-code")], where, [{"CLAUDE_CONFIG_DIR": str(tmp_path / str(number))}])
    [(name, known)] = roots.load(home).items()
    assert (name, len(known), known[0]) == ("claude-code", roots.MOST, str(tmp_path / "99" / "projects"))
