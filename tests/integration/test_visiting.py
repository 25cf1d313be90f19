"""Conversations that took place in another directory and wrote into this repository."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gitstory.agents.claude_code import AGENT
from gitstory.environment import Surroundings
from gitstory.git.repo import Repo
from gitstory.linking.collect_traces import gather
from gitstory.linking.repo_match import here
from gitstory.linking.repo_mentions import Effort
from gitstory.linking.trace_cache import TraceCache
from tests.claude_session import ClaudeSession
from tests.gitrepo import GitRepo
from tests.integration.story_of import git_story, lines, links, story
from tests.integration.test_commits import BASE, NOON

CLIENT = "def connect(host):\n    return open_socket(host, 8443)\n"
SERVER = "def listen():\n    return serve(on='zanzibar', port=8443)\n"


@pytest.fixture
def other(repo: GitRepo) -> GitRepo:
    """A second repository beside the first one."""
    repo.commit("base", {"base.txt": BASE}, at=NOON - 1000)
    git_story(repo.path, "enable", "--no-hooks")
    made = GitRepo.init(repo.path.parent / "neighbour")
    made.commit("base", {"other.txt": "other\n"}, at=NOON - 1000)
    return made


def visit(home: Path, other: GitRepo, repo: GitRepo) -> tuple[ClaudeSession, str]:
    """A session in `other` with three turns, of which the second wrote into `repo`; and that turn."""
    session = ClaudeSession(home, other.path, NOON)
    session.prompt("Plan the payroll of zanzibar")
    session.say("A plan.")
    turn = session.prompt("Fix the client too")
    session.write("server.py", SERVER)
    session.write(str(repo.path / "client.py"), CLIENT)
    session.say("Both are fixed.")
    session.prompt("Now pay zanzibar")
    session.say("Paid.")
    return session, turn


def stored(repo: GitRepo, session: ClaudeSession) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(git_story(repo.path, "show", session.id, "--json").stdout)
    return found


def test_it_is_linked_by_its_lines(home: Path, other: GitRepo, repo: GitRepo) -> None:
    session, turn = visit(home, other, repo)
    repo.commit("client", at=session.time + 5)
    git_story(repo.path, "drain")
    assert links(repo.path) == {session.id: "lines"}
    assert lines(repo.path, "client.py") == {1: turn, 2: turn}
    assert [one["id"] for one in story(repo.path)["conversations"][0]["turns"]] == [turn]


def test_backfill_links_it_as_well(home: Path, other: GitRepo, repo: GitRepo) -> None:
    session, turn = visit(home, other, repo)
    repo.commit("client", at=session.time + 5)
    git_story(repo.path, "backfill", "--all")
    assert lines(repo.path, "client.py") == {1: turn, 2: turn}


def test_only_the_turns_with_evidence_are_kept_and_of_these_what_is_of_here(
    home: Path, other: GitRepo, repo: GitRepo
) -> None:
    session, turn = visit(home, other, repo)
    repo.commit("client", at=session.time + 5)
    git_story(repo.path, "drain")
    told = stored(repo, session)
    assert [one["id"] for one in told["turns"]] == [turn]
    edits = [edit for step in told["turns"][0]["steps"] for edit in step.get("edits", ())]
    assert [edit["path"] for edit in edits] == ["client.py"]
    kept = repo.git("archive", "--format=tar", "refs/story/data") + repo.git("notes", "--ref=story", "show", "HEAD")
    assert "8443" in kept
    assert "zanzibar" not in kept
    assert other.path.name not in kept


def test_search_and_history_show_no_more_than_that(home: Path, other: GitRepo, repo: GitRepo) -> None:
    session, _ = visit(home, other, repo)
    assert not git_story(repo.path, "search", "zanzibar", "--json", check=False).stdout
    found = git_story(repo.path, "search", "client", "--json").stdout.splitlines()
    assert [json.loads(one)["conversation"] for one in found] == [session.id]
    git_story(repo.path, "history", "write")
    [path] = (repo.path / ".gitstory" / "history").glob("*.md")
    assert "zanzibar" not in path.read_text()
    [row] = git_story(repo.path, "conversations", "--json").stdout.splitlines()
    assert json.loads(row)["prompt"] == "Fix the client too"


def test_a_shell_that_went_into_the_repository_counts(home: Path, other: GitRepo, repo: GitRepo) -> None:
    session = ClaudeSession(home, other.path, NOON)
    turn = session.prompt("Write the note over there")
    text = "a note that nobody else would write like this\n"
    (repo.path / "note.txt").write_text(text)
    session.bash(f"cd ../{repo.path.name} && cat > note.txt <<'EOF'\n{text}EOF")
    repo.commit("note", at=session.time + 5)
    git_story(repo.path, "drain")
    assert lines(repo.path, "note.txt") == {1: turn}


def test_the_same_file_of_another_repository_is_no_evidence(home: Path, other: GitRepo, repo: GitRepo) -> None:
    session = ClaudeSession(home, other.path, NOON)
    session.prompt(f"Add the client as {repo.path} has it")
    session.write("client.py", CLIENT)
    repo.commit("client", {"client.py": CLIENT}, at=session.time + 5)
    git_story(repo.path, "drain")
    git_story(repo.path, "backfill", "--all")
    assert links(repo.path) == {}


def test_one_that_began_above_both_keeps_the_other_for_itself(home: Path, other: GitRepo, repo: GitRepo) -> None:
    session = ClaudeSession(home, repo.path.parent, NOON)
    session.prompt("Plan the payroll of zanzibar")
    session.write(f"{other.path.name}/server.py", SERVER)
    turn = session.prompt("Fix the client too")
    session.write(f"{repo.path.name}/client.py", CLIENT)
    repo.commit("client", at=session.time + 5)
    git_story(repo.path, "drain")
    assert [one["id"] for one in stored(repo, session)["turns"]] == [turn]


def test_one_that_began_above_and_stayed_here_is_told_whole(home: Path, other: GitRepo, repo: GitRepo) -> None:
    session = ClaudeSession(home, repo.path.parent, NOON)
    first = session.prompt("Think about the client")
    second = session.prompt("Write it")
    session.write(f"{repo.path.name}/client.py", CLIENT)
    repo.commit("client", at=session.time + 5)
    git_story(repo.path, "drain")
    assert [one["id"] for one in stored(repo, session)["turns"]] == [first, second]


def test_one_whose_directory_is_gone_keeps_the_other_for_itself(home: Path, other: GitRepo, repo: GitRepo) -> None:
    session, turn = visit(home, other, repo)
    other.path.rename(other.path.with_name("moved-away"))
    repo.commit("client", at=session.time + 5)
    git_story(repo.path, "drain")
    assert [one["id"] for one in stored(repo, session)["turns"]] == [turn]


def gathered(repo: GitRepo, home: Path, effort: Effort) -> int:
    """How many conversations one run finds, with what the runs before it remember."""
    at = here(Repo.open(repo.path))
    cache = TraceCache(repo.path.parent / "traces.db", at.scope)
    found = gather([AGENT], Surroundings({}, home), at, cache, effort=effort)
    cache.close()
    return len(found.traces)


def test_what_names_this_repository_nowhere_is_searched_once(home: Path, other: GitRepo, repo: GitRepo) -> None:
    session = ClaudeSession(home, other.path, NOON)
    session.prompt("Something else")
    session.write("server.py", SERVER)
    first, second = Effort(1, 1), Effort(1, 1)
    assert (gathered(repo, home, first), gathered(repo, home, second)) == (0, 0)
    assert first.search < 1
    assert (second.search, second.read) == (1, 1)


def test_what_one_run_has_no_room_for_is_left_to_the_next(home: Path, other: GitRepo, repo: GitRepo) -> None:
    for _ in range(3):
        visit(home, other, repo)
    assert [gathered(repo, home, Effort(1, 1)) for _ in range(4)] == [1, 2, 3, 3]
