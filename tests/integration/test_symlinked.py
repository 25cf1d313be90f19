"""A checkout that people and agents reach through a symbolic link."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.claude_session import ClaudeSession
from tests.gitrepo import GitRepo
from tests.integration.story_of import git_story, links, story
from tests.integration.test_commits import BASE, NOON

HELLO = "def greet(name):\n    return f'hello {name}'\n"


@pytest.fixture
def session(repo: GitRepo, home: Path) -> ClaudeSession:
    """A session whose every path goes through a link, its folder's name too."""
    repo.commit("base", {"base.txt": BASE, "src/a.py": "a = 1\n"}, at=NOON - 1000)
    git_story(repo.path, "enable", "--no-hooks")
    link = repo.path.parent / "by-link"
    link.symlink_to(repo.path)
    made = ClaudeSession(home, link, NOON)
    made.path = home / ".claude" / "projects" / "-by-link" / made.path.name
    made.path.parent.mkdir(parents=True)
    return made


def test_the_commit_is_linked_and_paths_are_the_repositorys(session: ClaudeSession, repo: GitRepo) -> None:
    turn = session.prompt("Add the greeting")
    session.write("src/hello.py", HELLO)
    repo.commit("greeting", at=session.time + 5)
    git_story(repo.path, "drain")
    assert links(repo.path) == {session.id: "lines"}
    told = json.loads(git_story(repo.path, "show", session.id, "--json").stdout)
    assert told["turns"][0]["id"] == turn
    edits = [edit for step in told["turns"][0]["steps"] for edit in step.get("edits", ())]
    assert [edit["path"] for edit in edits] == ["src/hello.py"]


def test_shell_commands_in_the_linked_directory_count(session: ClaudeSession, repo: GitRepo) -> None:
    session.prompt("Write the note")
    text = "a note that nobody else would write like this\n"
    (repo.path / "src" / "note.txt").write_text(text)
    session.bash(f"cd {session.cwd}/src && cat > note.txt <<'EOF'\n{text}EOF")
    repo.commit("note", at=session.time + 5)
    git_story(repo.path, "drain")
    assert links(repo.path) == {session.id: "lines"}
    assert [file["path"] for file in story(repo.path)["files"]] == ["src/note.txt"]


def test_it_is_a_conversation_of_the_repository(session: ClaudeSession, repo: GitRepo) -> None:
    session.prompt("Only a question about the repository")
    session.say("An answer.")
    listed = [json.loads(row) for row in git_story(repo.path, "conversations", "--json").stdout.splitlines()]
    assert [one["id"] for one in listed] == [session.id]
    agents = json.loads(git_story(repo.path, "agents", "--json").stdout)["agents"]
    assert {one["agent"]: one["here"] for one in agents if one["found"]} == {"claude-code": 1}
    found = git_story(repo.path, "search", "question", "--json").stdout.splitlines()
    assert [json.loads(one)["conversation"] for one in found] == [session.id]
