"""One conversation in several files that are halves of it."""

from __future__ import annotations

import json
from pathlib import Path

from tests.claude_session import ClaudeSession
from tests.gitrepo import GitRepo
from tests.integration.story_of import git_story, lines, links
from tests.integration.test_commits import BASE, NOON

MAIN = "def helper():\n    return 'in the main checkout'\n"
FEATURE = "def feature():\n    return 'in the work tree'\n"


def told(repo: GitRepo, session: ClaudeSession) -> list[str]:
    return [turn["prompt"] for turn in json.loads(git_story(repo.path, "show", session.id, "--json").stdout)["turns"]]


def listed(repo: GitRepo) -> list[tuple[str, int]]:
    rows = git_story(repo.path, "conversations", "--json").stdout.splitlines()
    return [(one["id"], one["turns"]) for one in map(json.loads, rows)]


def test_a_session_that_enters_a_work_tree_in_the_middle_of_a_turn(repo: GitRepo, home: Path) -> None:
    repo.commit("base", {"base.txt": BASE}, at=NOON - 1000)
    git_story(repo.path, "enable", "--no-hooks")
    session = ClaudeSession(home, repo.path, NOON)
    first = session.prompt("Add the helper")
    session.write("helper.py", MAIN)
    tree = repo.path / ".trees" / "feature"
    repo.git("worktree", "add", "-q", "-b", "feature", str(tree))
    second = session.prompt("Add the feature in a work tree")
    session.say("I enter it.")
    session.path = session.path.parent.parent / "-the-work-tree" / session.path.name
    session.path.parent.mkdir()
    session.cwd = tree
    session.write("feature.py", FEATURE)
    repo.time = session.time + 5
    repo.git("add", "helper.py")
    repo.git("commit", "-q", "-m", "helper")
    repo.git("-C", str(tree), "add", "-A")
    repo.git("-C", str(tree), "commit", "-q", "-m", "feature")
    git_story(repo.path, "drain")
    assert lines(repo.path, "helper.py", "main") == {1: first, 2: first}
    assert lines(repo.path, "feature.py", "feature") == {1: second, 2: second}
    assert told(repo, session) == ["Add the helper", "Add the feature in a work tree"]
    assert listed(repo) == [(session.id, 2)]
    found = git_story(repo.path, "search", "feature", "--json").stdout.splitlines()
    assert [json.loads(one)["turn"]["id"] for one in found] == [second]


def test_a_store_that_was_moved_between_two_turns(repo: GitRepo, home: Path) -> None:
    repo.commit("base", {"base.txt": BASE}, at=NOON - 1000)
    git_story(repo.path, "enable", "--no-hooks")
    session = ClaudeSession(home, repo.path, NOON)
    first = session.prompt("Add the helper")
    session.write("helper.py", MAIN)
    repo.commit("helper", at=session.time + 5)
    git_story(repo.path, "drain")
    session.path = home / ".config" / "claude" / "projects" / session.path.parent.name / session.path.name
    session.path.parent.mkdir(parents=True)
    session.time += 10
    second = session.prompt("Add the feature")
    session.write("feature.py", FEATURE)
    repo.commit("feature", at=session.time + 5)
    git_story(repo.path, "drain")
    assert links(repo.path, "HEAD~1") == links(repo.path) == {session.id: "lines"}
    assert lines(repo.path, "helper.py", "HEAD~1") == {1: first, 2: first}
    assert lines(repo.path, "feature.py") == {1: second, 2: second}
    assert told(repo, session) == ["Add the helper", "Add the feature"]
    assert listed(repo) == [(session.id, 2)]
