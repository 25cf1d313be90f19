"""`git story conversations`: the record and the stores together."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.claude_session import ClaudeSession
from tests.gitrepo import GitRepo
from tests.integration.story_of import git_story
from tests.integration.test_commits import BASE, NOON

IDS = (
    "11111111-aaaa-4bbb-8ccc-000000000001",
    "11111111-abcd-4bbb-8ccc-000000000002",
    "22222222-aaaa-4bbb-8ccc-000000000003",
)


@pytest.fixture
def project(repo: GitRepo, home: Path) -> GitRepo:
    """Two conversations with commits and one without, and one of another repository."""
    repo.commit("base", {"base.txt": BASE}, at=NOON - 1000)
    git_story(repo.path, "enable", "--no-hooks")
    for n, name in enumerate(IDS):
        session = ClaudeSession(home, repo.path, NOON + 1000 * n, name)
        session.prompt(f"Request number {n}\nwith a second line")
        if n < 2:
            session.write(f"module{n}.py", f"content_of_module_{n} = 'written by the agent'\n")
            repo.commit(f"module {n}", at=session.time + 5)
    git_story(repo.path, "drain")
    other = GitRepo.init(repo.path.parent / "other")
    ClaudeSession(home, other.path, NOON, "99999999-aaaa-4bbb-8ccc-000000000009").prompt("Something else")
    return repo


def listed(project: GitRepo, *args: str) -> list[dict[str, Any]]:
    return [json.loads(row) for row in git_story(project.path, "conversations", "--json", *args).stdout.splitlines()]


def test_stored_and_local_ones_are_listed_the_last_first(project: GitRepo) -> None:
    found = listed(project)
    assert [one["id"] for one in found] == list(reversed(IDS))
    assert [one["stored"] for one in found] == [False, True, True]
    assert [one["commits"] for one in found] == [
        [],
        [project.git("rev-parse", "HEAD")],
        [project.git("rev-parse", "HEAD~1")],
    ]
    assert {one["turns"] for one in found} == {1}
    assert found[0]["prompt"] == "Request number 2\nwith a second line"


def test_ids_are_shown_as_short_as_they_are_clear(project: GitRepo) -> None:
    rows = git_story(project.path, "conversations").stdout.splitlines()
    assert [row.split()[0] for row in rows] == ["22222222", "11111111-ab", "11111111-aa"]
    assert "not linked" in rows[0]
    assert "1 commit" in rows[1]
    assert "Request number 1" in rows[1]
    git_story(project.path, "link", "HEAD", "11111111-aa")
    assert len(listed(project)[2]["commits"]) == 2


@pytest.mark.parametrize(
    "args",
    [
        ("show", "{}"),
        ("resume", "{}"),
        ("link", "HEAD", "{}"),
        ("unlink", "HEAD", "{}"),
        ("history", "write", "--running", "{}"),
        ("save", "{}"),
        ("off", "--conversation", "{}"),
        ("forget", "{}", "--dry-run"),
    ],
    ids=lambda args: args[0],
)
def test_every_command_takes_the_agent_in_front_of_an_id(project: GitRepo, args: tuple[str, ...]) -> None:
    named, unknown = (
        git_story(project.path, *(one.format(f"{agent}:11111111-ab") for one in args), check=False)
        for agent in ("claude-code", "codex")
    )
    assert (named.returncode, IDS[1][:12] in named.stdout + named.stderr) == (0, True), named
    assert unknown.returncode == 1 and "codex:11111111-ab" in unknown.stderr


def test_a_stored_one_is_told_after_its_transcript_is_gone(project: GitRepo, home: Path) -> None:
    for path in (home / ".claude" / "projects").rglob(f"{IDS[0]}.jsonl"):
        path.unlink()
    found = {one["id"]: one for one in listed(project)}
    assert (found[IDS[0]]["local"], found[IDS[0]]["prompt"]) == (False, "Request number 0\nwith a second line")
    assert "(only stored)" in git_story(project.path, "conversations").stdout


def test_only_those_asked_for(project: GitRepo) -> None:
    assert [one["id"] for one in listed(project, "--since", f"@{NOON + 1500}")] == [IDS[2]]
    assert len(listed(project, "--agent", "claude-code")) == 3
    assert listed(project, "--agent", "codex") == []
    for args, said in (
        (("--agent", "nobody"), "error: unknown agent 'nobody'\nhint: known agents: "),
        (("--since", "no such day"), "error: no date: 'no such day'\nhint: try"),
    ):
        done = git_story(project.path, "conversations", *args, check=False)
        assert done.returncode == 1
        assert said in done.stderr


def test_the_time_is_that_of_the_last_word(repo: GitRepo, home: Path) -> None:
    repo.commit("base", {"base.txt": BASE}, at=NOON - 1000)
    long, short = (ClaudeSession(home, repo.path, NOON + at) for at in (0, 3600))
    long.prompt("Begin")
    short.prompt("Something else")
    long.time = NOON + 7200
    long.say("Done at last.")
    times = [" ".join(row.split()[3:5]) for row in git_story(repo.path, "conversations").stdout.splitlines()]
    told = [datetime.fromisoformat(time).timestamp() for time in times]
    assert told == sorted(told, reverse=True) and told[0] - told[1] == 3600


def test_the_last_twenty_unless_all_are_asked_for(project: GitRepo, home: Path) -> None:
    for n in range(25):
        ClaudeSession(home, project.path, NOON + 5000 + n * 10).prompt(f"Question {n}")
    rows = git_story(project.path, "conversations").stdout.splitlines()
    assert len(rows) == 21
    assert rows[-1] == "and 8 more (-n 0 lists them)"
    assert len(listed(project, "-n", "0")) == 28


def test_those_of_all_repositories(project: GitRepo) -> None:
    found = listed(project, "--all")
    assert {one["id"][:8] for one in found} == {"11111111", "22222222", "99999999"}
    places = {one["id"][:8]: one["place"] for one in found}
    assert places["99999999"] == str(project.path.parent / "other")
    assert sorted(one["stored"] for one in found) == [False, False, True, True]
    rows = git_story(project.path, "conversations", "--all", "-n", "1").stdout.splitlines()
    assert (len(rows), rows[-1]) == (3, "and 3 more (-n 0 lists them)")
    assert listed(project, "--all", "--agent", "codex") == []


def test_a_repository_without_any(repo: GitRepo) -> None:
    repo.commit("base", {"base.txt": BASE})
    done = git_story(repo.path, "conversations")
    assert done.stdout.startswith("no conversation of this repository is stored or on this machine; --all")
    assert not (repo.path / ".git" / "gitstory").exists()


@pytest.mark.parametrize("columns", [60, 80, 120])
def test_rows_fit_the_screen(project: GitRepo, columns: int) -> None:
    env = {"COLUMNS": str(columns), "GIT_PAGER_IN_USE": "1"}
    rows = git_story(project.path, "conversations", **env).stdout.splitlines()
    assert max(map(len, rows)) <= columns
    assert sum("Request number" in row for row in rows) == 3
    assert len(rows) == (3 if columns == 120 else 6)
