"""A commit that is made where HOME is not set."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.claude_session import ClaudeSession
from tests.gitrepo import GitRepo
from tests.integration.story_of import git_story, links
from tests.integration.test_commits import BASE, NOON


@pytest.mark.parametrize("home_is", ["unset", "empty", "relative", "a file", "not there"])
def test_its_story_is_found_by_the_next_run_that_has_it(repo: GitRepo, home: Path, home_is: str) -> None:
    repo.commit("base", {"base.txt": BASE}, at=NOON - 1000)
    git_story(repo.path, "enable", "--no-hooks")
    session = ClaudeSession(home, repo.path, NOON)
    session.prompt("Write a greeting")
    session.write("hello.py", "print('hello, this is new')\n")
    commit = repo.commit("greet", at=session.time + 5)
    env = {name: value for name, value in os.environ.items() if name != "HOME"}
    if home_is != "unset":
        env["HOME"] = {"empty": "", "relative": home.name, "a file": __file__}.get(home_is, f"{home}-gone")
    repo.git("config", "user.name", "Dev One")
    repo.git("config", "user.email", "dev@example.com")
    env["PYTHONPATH"] = str(Path(__file__).resolve().parents[2])
    program = [sys.executable, "-P", "-m", "gitstory", "drain"]
    done = subprocess.run(program, cwd=repo.path, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    git_story(repo.path, "show", commit)
    assert links(repo.path) == {session.id: "lines"}
