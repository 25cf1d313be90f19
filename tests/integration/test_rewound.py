"""Turns that the person went back behind: what a commit contains of them was not taken back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.claude_session import ClaudeSession
from tests.gitrepo import GitRepo
from tests.integration.story_of import git_story, links
from tests.integration.test_commits import BASE, NOON

KEPT = "def kept(name):\n    return f'kept {name}'\n"
GONE = "def gone(name):\n    return f'gone {name}'\n"


@pytest.fixture
def session(repo: GitRepo, home: Path) -> ClaudeSession:
    """Two turns that each wrote a file, both rewound in the conversation alone; the second's file was removed."""
    repo.commit("base", {"base.txt": BASE}, at=NOON - 1000)
    git_story(repo.path, "enable", "--no-hooks")
    made = ClaudeSession(home, repo.path, NOON)
    made.prompt("Begin")
    made.say("Begun.")
    begun = made._parent
    made.prompt("Write what is kept")
    made.write("kept.py", KEPT)
    made.prompt("Write what goes")
    made.write("gone.py", GONE)
    (repo.path / "gone.py").unlink()
    made._parent = begun
    made.prompt("Another way")
    made.write("other.py", "def other(name):\n    return f'other {name}'\n")
    made.say("Done.")
    repo.commit("kept and other", at=made.time + 5)
    git_story(repo.path, "drain")
    return made


def shown(repo: GitRepo, session: ClaudeSession) -> list[dict[str, Any]]:
    turns: list[dict[str, Any]] = json.loads(git_story(repo.path, "show", session.id, "--json").stdout)["turns"]
    return turns


def test_content_outranks_the_chain_of_messages(repo: GitRepo, session: ClaudeSession) -> None:
    assert links(repo.path) == {session.id: "lines"}
    assert [(one["prompt"], one["abandoned"]) for one in shown(repo, session)] == [
        ("Begin", False),
        ("Write what is kept", False),
        ("Write what goes", True),
        ("Another way", False),
    ]


def test_a_brief_names_only_what_is_gone(repo: GitRepo, session: ClaudeSession) -> None:
    dropped = json.loads(git_story(repo.path, "review", "HEAD", "--json").stdout)["dropped"]
    assert [(one["why"], one["files"]) for one in dropped] == [("taken back", ["gone.py"])]


def test_commit_history_file_and_context_say_the_same(repo: GitRepo, session: ClaudeSession) -> None:
    assert git_story(repo.path, "show", "HEAD").stdout.count("abandoned") <= 1
    git_story(repo.path, "history", "write")
    [path] = (repo.path / ".gitstory" / "history").glob("*.md")
    parts = path.read_text().split("## Turn ")
    assert ["taken back" in part for part in parts[1:]] == [False, False, True, False]
    context = git_story(repo.path, "resume", session.id, "--context").stdout
    assert "Write what is kept" in context
    assert "Write what goes" not in context
