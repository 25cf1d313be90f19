"""`history.commit`: history files that are part of the commit they tell of, by real git through the real hooks."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.claude_session import ClaudeSession
from tests.gitrepo import GitRepo
from tests.integration.hooked import BYE, FILE, ONE, again, enable, greet, make_program, make_project, message
from tests.integration.story_of import git_story

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="runs the shims as programs")


@pytest.fixture
def program(tmp_path: Path) -> Path:
    return make_program(tmp_path)


@pytest.fixture
def project(repo: GitRepo, program: Path) -> GitRepo:
    return make_project(repo, program, "story.history.commit", "true")


@pytest.fixture
def session(project: GitRepo, home: Path) -> ClaudeSession:
    return greet(project, home)


def committed(repo: GitRepo, rev: str = "HEAD") -> set[str]:
    """The files a commit changed."""
    return set(repo.git("show", "--format=", "--name-only", "--root", rev).splitlines())


def rest(repo: GitRepo) -> str:
    return repo.git("status", "--porcelain", "--untracked-files=all")


@pytest.mark.usefixtures("session")
def test_staged_commit(project: GitRepo) -> None:
    project.git("commit", "-q", "-m", "Add greeting")
    assert committed(project) == {"hello.py", FILE} and rest(project) == ""
    assert "## Turn 1" in project.git("show", f"HEAD:{FILE}")


def test_all_of_what_is_tracked(project: GitRepo, session: ClaudeSession) -> None:
    project.git("commit", "-q", "-m", "Add greeting")
    session.prompt("Be friendlier")
    session.edit("hello.py", "hello", "hello and welcome here")
    session.say("Friendlier.")
    project.git("commit", "-q", "-a", "-m", "Friendlier")
    assert committed(project) == {"hello.py", FILE} and rest(project) == ""
    assert "## Turn 2" in project.git("show", f"HEAD:{FILE}")


def test_one_file_of_many(project: GitRepo, session: ClaudeSession) -> None:
    again(session, project)
    project.write("base.txt", "changed, and neither staged nor to be committed\n")
    project.git("commit", "-q", "-m", "Only this", "--", "bye.py")
    assert committed(project) == {"bye.py", FILE}
    assert rest(project).splitlines() == [" M base.txt", "A  hello.py"]
    project.git("commit", "-q", "-m", "And that")
    assert "hello.py" in committed(project) and "bye.py" not in committed(project)
    assert project.git("show", "HEAD:bye.py") == BYE.rstrip("\n")


def test_included_with_what_is_staged(project: GitRepo, session: ClaudeSession) -> None:
    project.git("add", "hello.py")
    project.write("base.txt", "changed by the person\n")
    project.git("commit", "-q", "-m", "Both", "--include", "base.txt")
    assert committed(project) == {"base.txt", "hello.py", FILE} and rest(project) == ""


@pytest.mark.usefixtures("session")
def test_another_index(project: GitRepo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = project.git("ls-files")
    with monkeypatch.context() as patch:
        patch.setenv("GIT_INDEX_FILE", str(tmp_path / "index"))
        project.git("read-tree", "HEAD")
        project.git("add", "hello.py")
        project.git("commit", "-q", "-m", "Add greeting")
    assert committed(project) == {"hello.py", FILE}
    assert project.git("ls-files") == before


@pytest.mark.usefixtures("session")
def test_with_trailers(project: GitRepo, program: Path) -> None:
    project.git("config", "story.link.mode", "both")
    enable(project, program)
    project.git("commit", "-q", "-m", "Add greeting")
    assert committed(project) == {"hello.py", FILE} and message(project) == f"Add greeting\n\n{ONE}"
    git_story(project.path, "drain")
    assert rest(project) == ""


def test_a_turn_that_goes_on_is_there_too(project: GitRepo, session: ClaudeSession) -> None:
    session.prompt("Something long")
    session.write("bye.py", BYE)
    project.git("add", "bye.py")
    project.git("commit", "-q", "-m", "In the middle")
    assert "## Turn 2" in project.git("show", f"HEAD:{FILE}")


@pytest.mark.usefixtures("session")
def test_amend(project: GitRepo) -> None:
    project.git("config", "story.history.commit", "false")
    project.git("commit", "-q", "-m", "Add greeting")
    project.git("config", "story.history.commit", "true")
    project.git("commit", "-q", "--amend", "--no-edit")
    assert committed(project) == {"hello.py", FILE} and rest(project) == ""


@pytest.mark.usefixtures("session")
def test_what_no_agent_wrote_brings_nothing(project: GitRepo) -> None:
    project.write("mine.txt", "a line of the person's own, that no agent wrote\n")
    project.git("reset", "-q")
    project.git("add", "mine.txt")
    project.git("commit", "-q", "-m", "Mine")
    assert committed(project) == {"mine.txt"}
    assert not (project.path / ".gitstory").exists()


@pytest.mark.usefixtures("session")
def test_a_gitignore_is_respected(project: GitRepo) -> None:
    project.write(".gitignore", ".gitstory/\n")
    project.git("add", ".gitignore")
    project.git("commit", "-q", "-m", "Add greeting")
    assert committed(project) == {"hello.py", ".gitignore"}


@pytest.mark.usefixtures("session")
def test_no_more_time_than_is_given(project: GitRepo) -> None:
    project.git("config", "story.link.wait", "1")
    project.git("commit", "-q", "-m", "Add greeting")
    assert committed(project) == {"hello.py"} and not (project.path / ".git/index.lock").exists()


def test_a_copy_stages_nothing_new(project: GitRepo, session: ClaudeSession) -> None:
    project.git("checkout", "-q", "-b", "topic")
    project.git("commit", "-q", "-m", "Add greeting")
    project.git("checkout", "-q", "main")
    project.commit("Mine", {"mine.txt": "a line of the person's own, that no agent wrote\n"}, at=session.time + 9)
    project.git("rebase", "-q", "main", "topic")
    assert committed(project) == {"hello.py", FILE} and rest(project) == ""


@pytest.mark.usefixtures("session")
def test_a_pre_commit_hook_that_was_there_decides(project: GitRepo, program: Path) -> None:
    hook = project.path / ".git/hooks/pre-commit"
    hook.unlink()
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    enable(project, program)
    project.git("commit", "-q", "-m", "Add greeting", check=False)
    assert project.git("log", "-1", "--format=%s") == "base"
    hook.with_name("pre-commit.gitstory-previous").write_text("#!/bin/sh\nexit 0\n")
    project.git("commit", "-q", "-m", "Add greeting")
    assert committed(project) == {"hello.py", FILE}
