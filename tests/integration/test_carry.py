"""Squashes and rebases that nobody told of, seen from a clone without transcripts, old commits or pull-request refs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.claude_session import ClaudeSession
from tests.gitrepo import GitRepo
from tests.integration.story_of import git_story, lines, links, story

NOON = 1_780_000_000
BASE = "".join(f"line number {n} of the base\n" for n in range(1, 21))


@pytest.fixture
def project(repo: GitRepo) -> GitRepo:
    repo.commit("base", {"base.txt": BASE}, at=NOON - 1000)
    git_story(repo.path, "enable", "--no-hooks")
    return repo


@pytest.fixture
def squashed(project: GitRepo, home: Path, tmp_path: Path) -> tuple[GitRepo, ClaudeSession, list[str]]:
    """A clone in which a branch of two commits came in as one, and which got the stories of the two."""
    project.git("checkout", "-q", "-b", "feature")
    session = ClaudeSession(home, project.path, NOON)
    first = session.prompt("Add a helper")
    session.write("helper.py", "def helper():\n    return 'from the first turn'\n")
    project.commit("helper", at=NOON + 100)
    session.time = NOON + 110
    second = session.prompt("Use it")
    session.edit(
        "base.txt", "line number 3 of the base\n", "line number 3 of the base\nhelper() is used in this place\n"
    )
    project.commit("use it", at=NOON + 200)
    git_story(project.path, "drain")
    branch = project.git("rev-parse", "feature")
    project.git("checkout", "-q", "main")
    project.git("merge", "-q", "--squash", "feature")
    project.time = NOON + 5000
    project.git("-c", "user.name=Some Server", "-c", "user.email=server@example.com", "commit", "-qm", "Feature (#1)")
    clone = GitRepo.init(tmp_path / "clone")
    clone.git("fetch", "-q", str(project.path), "main:refs/remotes/origin/main", "refs/story/data:refs/story/data")
    clone.git("checkout", "-q", "-b", "main", "refs/remotes/origin/main")
    assert clone.git("cat-file", "-t", branch, check=False) == ""
    for transcript in (home / ".claude").rglob("*.jsonl"):
        transcript.unlink()
    return clone, session, [first, second]


def test_readers_find_the_story_of_a_squash(squashed: tuple[GitRepo, ClaudeSession, list[str]]) -> None:
    clone, session, [first, second] = squashed
    assert links(clone.path) == {session.id: "lines"}
    assert lines(clone.path, "helper.py") == {1: first, 2: first}
    assert lines(clone.path, "base.txt") == {4: second}
    assert len(story(clone.path)["carried_from"]) == 2
    blame = git_story(clone.path, "blame", "--porcelain", "base.txt").stdout
    assert blame.count(f"story-turn {second}\n") == 1
    assert "Use it" in git_story(clone.path, "why", "base.txt:4").stdout


def test_heal_makes_it_permanent(squashed: tuple[GitRepo, ClaudeSession, list[str]]) -> None:
    clone, session, _ = squashed
    head = clone.git("rev-parse", "HEAD")
    said = git_story(clone.path, "heal", "--dry-run").stdout
    assert "1 story would be carried" in said
    assert clone.git("ls-tree", "-r", "--name-only", "refs/story/data").count(head[2:]) == 0
    git_story(clone.path, "heal")
    assert head[2:] in clone.git("ls-tree", "-r", "--name-only", "refs/story/data")
    assert "Claude Code" in clone.git("log", "-1", "--notes=story")
    assert links(clone.path) == {session.id: "lines"}
    assert "0 stories carried" in git_story(clone.path, "heal").stdout


def test_what_only_looks_alike_carries_nothing(squashed: tuple[GitRepo, ClaudeSession, list[str]]) -> None:
    clone, _, _ = squashed
    clone.commit("by hand", {"other.txt": "typed by hand, in another file\n"}, at=NOON + 6000)
    clone.commit("by hand", {"base.txt": BASE + "typed by hand, at the end\n"}, at=NOON + 6100)
    assert links(clone.path) == {}
    assert links(clone.path, "HEAD~1") == {}


def test_a_rebase_of_a_commit_whose_transcript_is_gone(project: GitRepo, home: Path) -> None:
    session = ClaudeSession(home, project.path, NOON)
    turn = session.prompt("Add it")
    session.write("kept.py", "this_line = 'must keep its story'\n")
    project.commit("kept", at=NOON + 100)
    git_story(project.path, "drain")
    session.path.unlink()
    project.git("checkout", "-q", "-b", "upstream", "HEAD~1")
    project.commit("upstream", {"up.txt": "upstream moved on\n"}, at=NOON + 200)
    project.git("checkout", "-q", "main")
    project.time = NOON + 300
    project.git("rebase", "-q", "upstream")
    git_story(project.path, "drain")
    assert lines(project.path, "kept.py") == {1: turn}
    assert links(project.path) == {session.id: "lines"}
