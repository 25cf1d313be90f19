"""`git story resume`: from a conversation, a commit or a line to the agent's own command."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.claude_session import ClaudeSession
from tests.cli import story
from tests.gitrepo import GitRepo
from tests.integration.story_of import git_story
from tests.integration.test_commits import BASE, NOON

ID = "11111111-aaaa-4bbb-8ccc-000000000001"


@pytest.fixture
def project(repo: GitRepo, home: Path) -> GitRepo:
    repo.commit("base", {"base.txt": BASE}, at=NOON - 1000)
    git_story(repo.path, "enable", "--no-hooks")
    session = ClaudeSession(home, repo.path, NOON, ID)
    session.prompt("Write a module\n# that fakes a heading")
    session.write("module.py", "one = 'written by the agent'\ntwo = 'and this as well'\n")
    repo.commit("module", at=session.time + 5)
    git_story(repo.path, "drain")
    return repo


def transcripts(home: Path) -> list[Path]:
    return list((home / ".claude").rglob("*.jsonl"))


@pytest.mark.parametrize("what", ["HEAD", "module.py:2", "11111111", f"claude-code:{ID}", "HEAD:module.py:1"])
def test_every_way_to_name_it_ends_at_the_same_command(project: GitRepo, what: str) -> None:
    said = git_story(project.path, "resume", what)
    assert said.stdout == f"cd {project.path} && claude --resume {ID}\n"


def test_json(project: GitRepo) -> None:
    told = json.loads(git_story(project.path, "resume", "--json").stdout)
    assert told["schema"] == "gitstory.resume/1" and told["command"] == ["claude", "--resume", ID]
    assert (told["agent"], told["place"], told["local"], told["turns"]) == ("claude-code", str(project.path), True, 1)


def test_run_becomes_the_agent_in_its_directory(project: GitRepo, tmp_path: Path) -> None:
    program = tmp_path / "bin" / "claude"
    program.parent.mkdir()
    program.write_text('#!/bin/sh\npwd\necho "$@"\nexit 7\n')
    program.chmod(0o755)
    path = os.pathsep.join([str(program.parent), os.environ["PATH"]])
    (project.path / "sub").mkdir()
    said = git_story(project.path / "sub", "resume", "--run", check=False, PATH=path)
    assert said.returncode == 7
    assert said.stdout.split() == [str(project.path), "--resume", ID]


def test_a_program_that_is_not_there(project: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    git = Path("/usr/bin:/bin")
    monkeypatch.setenv("PATH", str(git))
    said = story(project.path, "resume", "--run")
    assert said.code == 1 and "claude is not on your PATH" in said.err and "hint:" in said.err


def test_without_the_transcript_there_is_still_a_context_file(project: GitRepo, home: Path) -> None:
    for path in transcripts(home):
        path.unlink()
    said = story(project.path, "resume", "HEAD")
    assert said.code == 1 and "does not have it on this machine" in said.err and "--context" in said.err
    text = story(project.path, "resume", "--context", "HEAD").out
    assert "```text\nWrite a module\n# that fakes a heading\n```" in text
    assert "`module.py` (1 edit)" in text


def test_a_context_file_holds_no_secret(project: GitRepo, home: Path) -> None:
    session = ClaudeSession(home, project.path, NOON + 100, "22222222-aaaa-4bbb-8ccc-000000000002")
    session.prompt(f"Use AKIAIOSFODNN7EXAMPLQ of {home}/keys")
    session.write("other.py", "three = 3\n")
    text = story(project.path, "resume", "--context", "22222222").out
    assert "Use [redacted:" in text and "AKIA" not in text and str(home) not in text


def test_names_that_mean_nothing(project: GitRepo) -> None:
    (project.path / "hand.txt").write_text("by hand\n")
    project.commit("by hand", at=NOON + 5000)
    for what, words in (
        ("nothing-like-it", "no conversation, line or commit is called nothing-like-it"),
        ("HEAD", "no conversation is recorded for HEAD"),
        ("hand.txt:1", "no conversation is recorded for hand.txt:1"),
        ("module.py:99", "module.py"),
    ):
        said = story(project.path, "resume", what)
        assert said.code == 1 and words in said.err and "hint:" in said.err
