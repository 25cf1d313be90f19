"""`git story enable --pre-commit` with the real pre-commit: its configuration, its stages, and the way back."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from gitstory.git.file_lock import single_flight
from gitstory.recording.queue_file import parse
from tests.claude_session import ClaudeSession
from tests.gitrepo import GitRepo
from tests.integration.story_of import git_story, lines
from tests.integration.test_commits import NOON

BIN = Path(sys.executable).parent
CONFIG = """# what we check
repos:
-   repo: local   # nothing to fetch
    hooks:
    -   id: marker
        name: marker
        entry: touch .git/marker-ran
        language: system
        always_run: true
        pass_filenames: false
    #   - id: not-now

default_stages: [pre-commit]
"""
STAGES = ("post-commit", "post-merge", "post-rewrite", "pre-push")


@pytest.fixture(autouse=True)
def program_on_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{BIN}{os.pathsep}{os.environ['PATH']}")


@pytest.fixture
def project(repo: GitRepo) -> GitRepo:
    repo.commit("base", {".pre-commit-config.yaml": CONFIG}, at=NOON - 1000)
    pre_commit(repo, "install")
    return repo


def pre_commit(repo: GitRepo, *args: str) -> None:
    subprocess.run([sys.executable, "-P", "-m", "pre_commit", *args], cwd=repo.path, check=True, capture_output=True)


def config(repo: GitRepo) -> bytes:
    return (repo.path / ".pre-commit-config.yaml").read_bytes()


def hooks(repo: GitRepo) -> dict[str, bytes]:
    found = (repo.path / ".git/hooks").iterdir()
    return {path.name: path.read_bytes() for path in found if path.suffix != ".sample"}


def status(repo: GitRepo) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(git_story(repo.path, "status", "--json").stdout)
    return told


def write_greeting(repo: GitRepo, home: Path) -> str:
    session = ClaudeSession(home, repo.path, NOON)
    turn = session.prompt("Write a greeting")
    session.write("hello.py", "def greet(name):\n    return f'hello {name}'\n")
    return turn


def test_there_and_back(project: GitRepo, home: Path) -> None:
    before = config(project), hooks(project), project.git("config", "--local", "--list")
    said = git_story(project.path, "enable", "--pre-commit").stdout
    assert "post-commit, post-merge, post-rewrite, pre-push run through pre-commit" in said and "stage it" in said
    assert set(hooks(project)) == {"pre-commit", *STAGES} and hooks(project)["pre-commit"] == before[1]["pre-commit"]
    assert all(b"pre-commit.com" in text for text in hooks(project).values())
    assert config(project).startswith(CONFIG.partition("\ndefault")[0].encode())
    assert config(project).endswith(b"\ndefault_stages: [pre-commit]\n")
    turn = write_greeting(project, home)
    project.commit("greet", at=NOON + 100)
    assert (project.path / ".git/marker-ran").exists()
    git_story(project.path, "drain")
    assert lines(project.path, "hello.py") == {1: turn, 2: turn}
    git_story(project.path, "disable")
    assert (config(project), hooks(project), project.git("config", "--local", "--list")) == before


def test_every_stage_records(project: GitRepo) -> None:
    git_story(project.path, "enable", "--pre-commit")
    # While somebody else holds its lock the worker waits, and the spool stays to be looked at.
    with single_flight(project.path / ".git/gitstory/worker.lock", timeout=60) as held:
        assert held
        project.git("switch", "-q", "-c", "side")
        project.commit("one", {"one.txt": "1\n"}, at=NOON)
        project.git("commit", "-q", "--amend", "-m", "again")
        project.git("switch", "-q", "main")
        project.git("merge", "-q", "--no-ff", "side")
        events, _ = parse((project.path / ".git/gitstory/spool").read_bytes())
    assert [event.name for event in events] == ["post-commit", "post-commit", "post-rewrite", "post-merge"]


def test_status_knows(project: GitRepo) -> None:
    assert status(project)["enabled"] is False
    git_story(project.path, "enable", "--pre-commit")
    found = status(project)
    assert found["enabled"] is True and found["findings"] == [
        one for one in found["findings"] if "store" in one["message"]
    ]
    assert {event: one["state"] for event, one in found["hooks"]["events"].items()} == dict.fromkeys(
        STAGES, "run by pre-commit"
    )
    assert "run through pre-commit" in git_story(project.path, "status").stdout
    pre_commit(project, "uninstall", "-t", "post-merge")
    told = git_story(project.path, "status").stdout
    assert "hooks of ours for post-merge, which pre-commit is not installed for" in told
    git_story(project.path, "enable", "--pre-commit")
    assert "post-merge" in hooks(project) and "not installed for" not in git_story(project.path, "status").stdout


def test_a_snippet_put_in_by_hand_is_known_and_left(repo: GitRepo) -> None:
    ids = "".join(
        f"    -   id: {name}\n        name: x\n        entry: git-story hook {event}\n        language: system\n"
        f"        stages: [{event}]\n        always_run: true\n        pass_filenames: false\n"
        for name, event in (("gitstory-capture", "post-commit"), ("mine", "post-merge"))
    )
    text = f"repos:\n-   repo: local\n    hooks:\n{ids}"
    repo.commit("base", {".pre-commit-config.yaml": text}, at=NOON - 1000)
    pre_commit(repo, "install", "-t", "post-commit")
    assert status(repo)["enabled"] is True
    assert "post-merge, which pre-commit is not installed for" in git_story(repo.path, "status").stdout
    said = git_story(repo.path, "enable", "--pre-commit").stdout
    assert config(repo) == text.encode() and "has hooks of ours already" in said
    assert set(hooks(repo)) == {"post-commit", "post-merge"}
    said = git_story(repo.path, "disable").stdout
    assert config(repo) == text.encode() and "put in by hand (post-commit, post-merge): take them out" in said


def test_hooks_of_ours_make_room_and_a_plain_enable_leaves_the_framework(project: GitRepo) -> None:
    git_story(project.path, "enable")
    assert b"gitstory hook" in hooks(project)["post-commit"]
    git_story(project.path, "enable", "--pre-commit")
    assert not any(b"gitstory hook" in text for text in hooks(project).values())
    assert not any("legacy" in name or "previous" in name for name in hooks(project))
    before = hooks(project)
    assert "run through pre-commit, as before" in git_story(project.path, "enable").stdout
    assert hooks(project) == before


def test_trailers_where_they_are_asked_for(project: GitRepo, home: Path) -> None:
    git_story(project.path, "enable", "--pre-commit")
    project.git("config", "story.link.wait", "600000")
    git_story(project.path, "config", "set", "link.mode", "both")
    assert {"prepare-commit-msg", "commit-msg"} <= set(hooks(project))
    write_greeting(project, home)
    project.commit("greet", at=NOON + 100)
    assert "\nStory: " in project.git("log", "-1", "--format=%B")
    git_story(project.path, "config", "set", "link.mode", "notes")
    assert b"prepare-commit-msg" not in config(project)
    git_story(project.path, "disable")
    assert set(hooks(project)) == {"pre-commit"}


def test_somebody_without_gitstory_commits_and_pushes(
    project: GitRepo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git_story(project.path, "enable", "--pre-commit")
    folders = [one for one in os.environ["PATH"].split(os.pathsep) if not (Path(one) / "git-story").exists()]
    monkeypatch.setenv("PATH", os.pathsep.join(folders))
    project.commit("without", {"a.txt": "a\n"}, at=NOON)
    project.git("clone", "-q", "--bare", ".", str(tmp_path / "origin.git"))
    project.git("push", "-q", str(tmp_path / "origin.git"), "HEAD:refs/heads/topic")
    project.git("switch", "-q", "-c", "old")
    project.git("rm", "-q", ".pre-commit-config.yaml")
    project.git("commit", "-q", "--no-verify", "-m", "a branch without the file")
    project.git("push", "-q", str(tmp_path / "origin.git"), "HEAD:refs/heads/old")


def test_where_the_framework_refuses_nothing_is_changed(project: GitRepo) -> None:
    git_story(project.path, "enable")
    before = config(project), hooks(project)
    project.git("config", "--global", "core.hooksPath", str(project.path / ".git/hooks"))
    done = git_story(project.path, "enable", "--pre-commit", check=False)
    assert done.returncode == 1 and "core.hooksPath" in done.stderr and done.stderr.count("\n") <= 2
    assert (config(project), hooks(project)) == before
    done = git_story(project.path, "enable", "--pre-commit", "--global", check=False)
    assert done.returncode == 2


def test_a_file_that_cannot_be_added_to(repo: GitRepo) -> None:
    for text, why in (("repos: [\n", "not valid YAML"), ("repos: [{repo: meta, hooks: []}]\n", "between brackets")):
        repo.write(".pre-commit-config.yaml", text)
        done = git_story(repo.path, "enable", "--pre-commit", check=False)
        assert done.returncode == 1 and why in done.stderr and "hint:" in done.stderr
        assert config(repo) == text.encode() and hooks(repo) == {}


def test_without_a_file(repo: GitRepo) -> None:
    repo.commit("base", at=NOON)
    git_story(repo.path, "enable", "--pre-commit")
    pre_commit(repo, "validate-config")
    git_story(repo.path, "disable")
    assert not (repo.path / ".pre-commit-config.yaml").exists() and hooks(repo) == {}
