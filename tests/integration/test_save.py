"""`git story save`: by id, and picked on a real terminal."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from gitstory.store.archive import Archive
from tests.claude_session import ClaudeSession
from tests.gitrepo import GitRepo
from tests.integration.story_of import git_story
from tests.terminal import Terminal
from tests.watcher import histories

ONE, TWO = "aaaaaaaa-1111-4222-8333-000000000001", "bbbbbbbb-1111-4222-8333-000000000002"


@pytest.fixture
def project(repo: GitRepo, home: Path) -> GitRepo:
    repo.commit("base", {"base.txt": "one\n"})
    git_story(repo.path, "enable", "--no-hooks")
    for name, what in ((ONE, "marmalade"), (TWO, "cucumber")):
        session = ClaudeSession(home, repo.path, int(time.time()) - 100, name)
        session.prompt(f"Tell me about {what}")
        session.say(f"It is about {what}.")
    return repo


def archived(project: GitRepo) -> list[str]:
    return sorted(meta.id for meta in Archive(project.path / ".git/gitstory").metas())


def test_by_id(project: GitRepo) -> None:
    said = git_story(project.path, "save", ONE[:8]).stdout
    assert said.startswith(f"saved {ONE} (1 turn): ") and said.rstrip().endswith(f"{ONE}.md")
    assert "marmalade" in histories(project.path) and "cucumber" not in histories(project.path)
    assert archived(project) == [ONE]
    assert git_story(project.path, "save", ONE[:8]).stdout.startswith(f"nothing new in {ONE}")
    told = json.loads(git_story(project.path, "save", TWO, "--json").stdout)
    assert (told["schema"], told["id"], told["turns"], told["changed"]) == ("gitstory.save/1", TWO, 1, True)


def test_found_when_the_agent_has_nothing_any_more(project: GitRepo, home: Path) -> None:
    git_story(project.path, "save", ONE)
    for path in (home / ".claude").rglob("*.jsonl"):
        path.unlink()
    assert "marmalade" in git_story(project.path, "show", ONE).stdout
    assert git_story(project.path, "show", TWO, check=False).returncode == 1


def test_what_may_not_be_saved(project: GitRepo) -> None:
    git_story(project.path, "off", "--conversation", ONE)
    refused = git_story(project.path, "save", ONE, TWO, check=False)
    assert refused.returncode == 1 and refused.stderr.startswith("error: ") and archived(project) == []
    git_story(project.path, "off")
    assert "recording is off" in git_story(project.path, "save", TWO, check=False).stderr
    assert not (project.path / ".gitstory").exists()


def test_nobody_to_pick(project: GitRepo) -> None:
    refused = git_story(project.path, "save", check=False)
    assert refused.returncode == 1 and "no terminal to pick one on" in refused.stderr


@pytest.fixture
def terminal(project: GitRepo, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    one = Terminal(tmp_path_factory.mktemp("t") / "s", project.path, 120, 24)
    yield one
    one.close()


def test_pick_two(project: GitRepo, terminal: Terminal) -> None:
    terminal.run("save")
    terminal.wait("Tell me about marmalade", "Tell me about cucumber")
    terminal.keys("C-a")
    terminal.keys("Enter")
    terminal.wait(f"saved {ONE}", f"saved {TWO}")
    assert archived(project) == [ONE, TWO]


def test_pick_by_typing_and_leave(project: GitRepo, terminal: Terminal) -> None:
    terminal.run("save")
    terminal.wait("Tell me about marmalade", "Tell me about cucumber")
    terminal.keys("-l", "cucum")
    terminal.wait("It is about cucumber.", gone="Tell me about marmalade")
    terminal.keys("Enter")
    terminal.wait(f"saved {TWO}")
    assert archived(project) == [TWO]
    terminal.run("save")
    terminal.wait("Tell me about marmalade", "esc: leave")
    terminal.keys("Escape")
    terminal.wait("$", gone="esc: leave")
    assert archived(project) == [TWO]
