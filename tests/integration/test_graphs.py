"""What people see of our refs in `git log --all`, and the documented ways to leave them out."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from tests.claude_session import ClaudeSession
from tests.gitrepo import GitRepo
from tests.integration.story_of import git_story
from tests.integration.test_commits import BASE, NOON

DOCS = Path(__file__).resolve().parents[2] / "docs" / "sharing.md"
SUBJECTS = {
    "Notes by gitstory: the story of each commit, to be read",
    "Notes by gitstory: stories and conversations, the data",
}


def shared(repo: GitRepo, home: Path, tmp_path: Path) -> None:
    git_story(repo.path, "enable", "--no-hooks")
    repo.commit("base", {"base.txt": BASE}, at=NOON - 1000)
    repo.git("clone", "-q", "--bare", ".", str(tmp_path / "origin.git"))
    repo.git("remote", "add", "origin", str(tmp_path / "origin.git"))
    for number in (1, 2):
        session = ClaudeSession(home, repo.path, NOON + 1000 * number)
        session.prompt("Write a greeting")
        session.write(f"hello{number}.py", f"def greet{number}(name):\n    return f'hello {{name}}'\n")
        repo.commit("greet", at=session.time + 5)
        git_story(repo.path, "sync", "--yes", "origin")


def test_subjects_say_what_they_are(repo: GitRepo, home: Path, tmp_path: Path) -> None:
    shared(repo, home, tmp_path)
    ours = set(repo.git("log", "--all", "--format=%s").splitlines()) - {"base", "greet"}
    assert ours == SUBJECTS
    there = GitRepo(tmp_path / "origin.git")
    assert set(there.git("log", "--all", "--format=%s").splitlines()) - {"base"} == SUBJECTS


def test_the_documented_ways_leave_them_out(repo: GitRepo, home: Path, tmp_path: Path) -> None:
    shared(repo, home, tmp_path)
    section = DOCS.read_text().partition("## Graphs without story refs")[2].partition("\n## ")[0]
    commands = [shlex.split(line) for line in re.findall(r"(?m)^git (log .*)$", section)]
    commands.append(shlex.split(re.findall(r"`git (log --branches[^`]*)`", section)[0]))
    assert len(commands) == 2
    for words in commands:
        assert set(repo.git(*words, "--format=%s", "--no-graph").splitlines()) == {"base", "greet"}, words
    for pattern in ("refs/story*", "refs/notes/*"):
        repo.git("config", "--add", "log.excludeDecoration", pattern)
    assert "story" not in repo.git("log", "--all", "--decorate=full", "--format=%D")
