"""Files whose names are unusual, written by an agent: they are linked, and every reader prints them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.claude_session import ClaudeSession
from tests.gitrepo import GitRepo
from tests.integration.story_of import git_story
from tests.integration.test_commits import BASE, NOON

NAMES = [
    os.fsdecode(b"not \xff utf\xfe.py"),
    'quote"and\\backslash.py',
    "tab\there.py",
    "été 日本.py",
    " lead.py",
]
READERS = [
    ["show"],
    ["show", "--json"],
    ["show", "--markdown"],
    ["log"],
    ["log", "--json", "--all"],
    ["stats"],
    ["stats", "--json"],
    ["heal"],
    ["explain"],
    ["explain", "--json"],
    ["review", "HEAD~1..HEAD"],
    ["review", "HEAD~1..HEAD", "--json"],
    ["tell", "HEAD~1..HEAD", "--as", "post"],
    ["tell", "HEAD~1..HEAD", "--as", "handoff"],
    ["check", "HEAD~1..HEAD", "--json"],
    ["search", "writes", "--json"],
    ["conversations"],
    ["history", "write"],
    ["status", "--json"],
    ["export", "--agent-trace"],
    ["backfill", "--all"],
]


@pytest.mark.skipif(os.name != "posix" or os.uname().sysname == "Darwin", reason="names that are no Unicode")
@pytest.mark.parametrize("name", NAMES, ids=["bytes", "quote", "tab", "unicode", "blank"])
def test_a_file_of_an_odd_name_is_linked_and_printed(repo: GitRepo, home: Path, name: str) -> None:
    repo.commit("base", {"base.txt": BASE}, at=NOON - 1000)
    git_story(repo.path, "enable", "--no-hooks")
    session = ClaudeSession(home, repo.path, NOON)
    session.prompt("Somebody writes a file of that name")
    session.write(name, "first_line_of_it = 'long enough'\nsecond_line_of_it = 'as long'\n")
    repo.commit("odd", at=session.time + 5)
    git_story(repo.path, "drain")
    assert "wrote 2 of 2" in repo.git("notes", "--ref=story", "show", "HEAD")
    for args in READERS:
        done = git_story(repo.path, *args, check=False)
        assert done.returncode == 0 and "Traceback" not in done.stderr, (args, done.stderr)
    repo.commit("more", {"base.txt": BASE + "more\n"}, at=NOON + 500)
    repo.git("checkout", "-q", "-b", "other", "HEAD~2")
    repo.git("cherry-pick", "main~1")
    for args in (["show"], ["log"], ["heal"], ["blame", "--", name], ["why", f"{name}:1"]):
        assert git_story(repo.path, *args, check=False).returncode == 0, args
