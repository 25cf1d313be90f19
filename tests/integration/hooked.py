"""Commits through the hooks that git waits for, with a conversation that wrote what is committed."""

from __future__ import annotations

from pathlib import Path

from gitstory.git.repo import Repo
from gitstory.hooks import setup
from tests import program as run
from tests.claude_session import ClaudeSession
from tests.gitrepo import GitRepo
from tests.integration.test_commits import BASE, NOON

ID = "11111111-aaaa-4bbb-8ccc-000000000001"
FILE = f".gitstory/history/2026-05-28_20-26Z_add-the-greeting_{ID}.md"
SHORT = f".gitstory/history/*_{ID[:23]}*.md"
ONE, TWO = f"Story: {SHORT}#turn-1", f"Story: {SHORT}#turn-2"
HELLO = "def greet(name):\n    return f'hello {name}'\n"
BYE = "def part(name):\n    return f'good bye {name}'\n"


def make_program(folder: Path) -> Path:
    """git-story as the hooks start it, but for the worker: what runs behind a commit is not looked at here."""
    program = folder / "git-story"
    program.write_text(f'#!/bin/sh\n[ "$1" != drain ] || exit 0\n{run.script()} "$@"\n')
    program.chmod(0o755)
    return program


def make_project(repo: GitRepo, program: Path, setting: str, value: str) -> GitRepo:
    """A repository with a setting that takes hooks, and no bound in the way of a busy machine."""
    repo.commit("base", {"base.txt": BASE}, at=NOON - 1000)
    repo.git("config", setting, value)
    repo.git("config", "story.link.wait", "600000")
    enable(repo, program)
    repo.time = NOON + 10_000
    return repo


def enable(repo: GitRepo, program: Path) -> None:
    setup.enable(Repo.open(repo.path), str(program))


def greet(repo: GitRepo, home: Path) -> ClaudeSession:
    """The agent has written hello.py in its turn 1, and that is staged."""
    session = ClaudeSession(home, repo.path, NOON, ID)
    session.prompt("Add the greeting")
    session.write("hello.py", HELLO)
    session.say("Done: `hello.py` greets.")
    repo.git("add", "hello.py")
    return session


def friendlier(repo: GitRepo, home: Path) -> None:
    """Two commits of the agent's turns 1 and 2: a greeting, then a friendlier one."""
    session = greet(repo, home)
    repo.git("commit", "-q", "-m", "Add greeting")
    session.prompt("Be friendlier")
    session.edit("hello.py", "hello", "hello and welcome here")
    session.say("Friendlier.")
    repo.git("commit", "-q", "-a", "-m", "Friendlier")


def again(session: ClaudeSession, repo: GitRepo) -> None:
    """The agent's second turn, with bye.py."""
    session.prompt("And the other one")
    session.write("bye.py", BYE)
    session.say("Done as well.")
    repo.git("add", "bye.py")


def message(repo: GitRepo, rev: str = "HEAD") -> str:
    return repo.git("log", "-1", "--format=%B", rev).rstrip("\n")
