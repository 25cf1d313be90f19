"""Search: what is found, in which order, what never gets in, and an index that breaks."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import stat
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import IO

import pytest

from gitstory import safe_open
from gitstory.git.repo import Repo
from gitstory.model import Conversation, Turn
from gitstory.store.store import Batch, StoryStore
from tests.claude_session import ClaudeSession
from tests.cli import story
from tests.damaged import endless_row
from tests.gitrepo import GitRepo
from tests.integration.searched import found, index, numbers
from tests.integration.story_of import git_story
from tests.integration.test_commits import BASE, NOON

ID = "11111111-aaaa-4bbb-8ccc-000000000001"


@pytest.fixture
def session(repo: GitRepo, home: Path) -> ClaudeSession:
    repo.commit("base", {"base.txt": BASE}, at=NOON - 1000)
    git_story(repo.path, "enable", "--no-hooks")
    return ClaudeSession(home, repo.path, NOON, ID)


@pytest.fixture
def project(repo: GitRepo, session: ClaudeSession) -> GitRepo:
    session.prompt("Let the retry wait longer after each failure")
    session.write("src/net.py", "def wait_with_jitter(parseConfig):\n    return exponentialBackoff\n")
    session.say("Done, with a café and 検索機能.")
    repo.commit("retry", at=session.time + 5)
    git_story(repo.path, "drain")
    session.prompt("Explain the weather")
    session.say("It rains; a failure of the sun.")
    return repo


def bytes_of(project: GitRepo) -> bytes:
    return b"".join(path.read_bytes() for path in index(project).parent.glob("search*"))


def test_a_hit_tells_where_it_led(project: GitRepo) -> None:
    (hit,) = found(project, "retry longer")
    assert (hit["schema"], hit["role"], hit["conversation"]) == ("gitstory.search/1", "prompt", ID)
    (commit,) = hit["commits"]
    assert commit["commit"] == project.git("rev-parse", "HEAD") and commit["subject"] == "retry"
    assert commit["files"] == [{"path": "src/net.py", "ranges": [{"start": 1, "end": 2}]}]
    assert [hit["snippet"][a:b] for a, b in hit["marks"]] == ["retry", "longer"]
    out = git_story(project.path, "search", "retry").stdout
    assert "src/net.py:1-2" in out and f"{ID[:8]}#1" in out


@pytest.mark.parametrize(
    ("query", "turns"),
    [
        ("failure", [1, 2]),
        ('"each failure"', [1]),
        ('"failure each"', []),
        ("expl*", [2]),
        ("expl", [2]),
        ("onentialBack", [1]),
        ("wait_with_jitter()", [1]),
        ("net.py:2", []),
        ("don't -x a:b \"", []),
        ("🎉", []),
        ("wait_with_jitter", [1]),
        ("jitter", [1]),
        ("backoff", [1]),
        ("parse_config", [1]),
        ("src/net.py", [1]),
        ("CAFE", [1]),
        ("検索", [1]),
        ("機検", []),
        ("retry weather", [2, 1]),
        ("retry weather unheard", []),
        ("why does the weather", [2]),
        ('AND OR NOT ( * " -', []),
    ],
)
def test_words_phrases_prefixes_and_names(project: GitRepo, query: str, turns: list[int]) -> None:
    assert numbers(project, "--", query) == turns


def test_where_no_turn_has_all_the_words_those_with_some_are_told(project: GitRepo) -> None:
    assert [hit["words"] for hit in found(project, "retry failure")] == ["all"]
    assert [hit["words"] for hit in found(project, "retry weather")] == ["some", "some"]
    assert [hit["words"] for hit in found(project, "explain the sun retry wait longer")] == ["some"]
    assert numbers(project, "explain the sun retry wait longer") == [1]
    assert numbers(project, "--role", "answer", "explain the sun retry wait longer") == []
    out = git_story(project.path, "search", "retry weather").stdout
    assert out.startswith("no turn has all of these words; these have some of them:\n")
    assert "no turn" not in git_story(project.path, "search", "retry failure").stdout


def test_filters(project: GitRepo) -> None:
    assert numbers(project, "failure", "--role", "answer") == [2]
    assert numbers(project, "failure", "--file", "net.py") == [1]
    assert numbers(project, "failure", "--file", "src") == [1]
    assert numbers(project, "failure", "--commit", "HEAD") == [1]
    assert numbers(project, "failure", "--commit", "HEAD~1") == []
    assert numbers(project, "failure", "--author", "Dev One") == [1]
    assert numbers(project, "failure", "--author", "Somebody") == []
    assert numbers(project, "failure", "--branch", "main") == [1, 2]
    assert numbers(project, "failure", "--branch", "other") == []
    assert numbers(project, "failure", "--agent", "codex") == []
    assert numbers(project, "failure", "-n", "1") == [1]
    assert numbers(project) == [2, 1]


def test_an_agent_nobody_knows_is_said_to_be_one(project: GitRepo) -> None:
    said = git_story(project.path, "search", "failure", "--agent", "claude", check=False)
    assert (said.returncode, said.stdout) == (1, "nothing found\n")
    assert "unknown agent 'claude'\nhint: " in said.stderr and "claude-code" in said.stderr


def test_new_turns_come_in_and_gone_ones_go(project: GitRepo, session: ClaudeSession) -> None:
    assert numbers(project, "umbrella") == []
    session.prompt("Fetch my umbrella")
    assert numbers(project, "umbrella") == [3]
    session.path.unlink()
    assert numbers(project, "umbrella") == []
    assert numbers(project, "retry") == [1], "what is recorded stays"


def test_an_agent_first_used_after_the_index_was_made(repo: GitRepo, home: Path) -> None:
    repo.commit("base", {"base.txt": BASE}, at=NOON - 1000)
    git_story(repo.path, "enable", "--no-hooks")
    assert numbers(repo, "umbrella") == []
    ClaudeSession(home, repo.path, NOON, ID).prompt("Fetch my umbrella")
    assert numbers(repo, "umbrella") == [1]


def test_only_its_reader_may_read_it(project: GitRepo) -> None:
    found(project, "retry")
    modes = {stat.S_IMODE(path.stat().st_mode) for path in index(project).parent.glob("search*")}
    assert modes == {0o600}


def test_no_secret_gets_in(project: GitRepo, session: ClaudeSession) -> None:
    session.prompt("Use AKIAIOSFODNN7EXAMPLQ for the upload")
    assert numbers(project, "upload") == [3] and numbers(project, "AKIAIOSFODNN7EXAMPLQ") == []
    assert b"AKIAIOSFODNN7".lower() not in bytes_of(project).lower()


def test_nothing_private_gets_in(project: GitRepo, session: ClaudeSession) -> None:
    session.prompt("My zebra #private")
    session.say("zebra")
    assert numbers(project, "zebra") == [] and b"zebra" not in bytes_of(project)
    assert numbers(project, "weather") == [2] and b"rains" in bytes_of(project)
    git_story(project.path, "off", "--conversation", ID)
    assert numbers(project, "weather") == [] and b"rains" not in bytes_of(project)


def test_what_is_forgotten_goes(project: GitRepo) -> None:
    assert numbers(project, "weather") == [2]
    git_story(project.path, "forget", f"{ID}#2", "--yes")
    assert index(project).exists() and b"rains" not in bytes_of(project)
    assert numbers(project, "weather") == [] and b"rains" not in bytes_of(project)
    assert numbers(project, "retry") == [1]


def test_other_repositories_stay_out(project: GitRepo, home: Path, tmp_path: Path) -> None:
    other = GitRepo.init(tmp_path / "other")
    ClaudeSession(home, other.path, NOON, "22222222-aaaa-4bbb-8ccc-000000000002").prompt("A giraffe")
    assert numbers(project, "giraffe") == []


def test_a_repository_without_gitstory_is_left_as_it_is(home: Path, tmp_path: Path) -> None:
    other = GitRepo.init(tmp_path / "other")
    other.commit("base", at=NOON)
    ClaudeSession(home, other.path, NOON, ID).prompt("A giraffe")
    assert numbers(other, "giraffe") == [1]
    assert not (other.path / ".git/gitstory").exists()


@pytest.mark.parametrize("damage", ["garbage", "torn", "middle", "endless", "other"])
def test_a_damaged_index_is_made_anew(project: GitRepo, damage: str) -> None:
    assert numbers(project, "retry") == [1]
    path = index(project)
    for beside in path.parent.glob("search.db-*"):
        beside.unlink()
    data = path.read_bytes()
    broken = {
        "garbage": b"no database at all" * 100,
        "torn": data[: len(data) // 2],
        "middle": data[:4096] + b"\xff" * (len(data) - 4096),
        "endless": endless_row(),
        "other": data,
    }[damage]
    path.write_bytes(broken)
    if damage == "other":
        with sqlite3.connect(path) as db:
            db.execute("PRAGMA user_version = 99")
    assert numbers(project, "retry") == [1]


def test_two_at_once(project: GitRepo) -> None:
    command = [sys.executable, "-m", "gitstory", "search", "--json", "retry"]
    root = str(Path(__file__).resolve().parents[2])
    env = {**os.environ, "PYTHONPATH": root}
    both = [subprocess.Popen(command, cwd=project.path, stdout=subprocess.PIPE, env=env) for _ in range(2)]
    said = [one.communicate()[0] for one in both]
    assert [one.returncode for one in both] == [0, 0] and said[0] == said[1] != b""


@pytest.mark.parametrize("where", ["search.done"])
def test_killed_in_the_middle(project: GitRepo, where: str) -> None:
    died = git_story(project.path, "search", "retry", check=False, GITSTORY_FAULT=where)
    assert died.returncode in (-signal.SIGKILL, 137), (died.returncode, died.stderr)
    assert numbers(project, "retry") == [1]


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["--agent", "codex"], "no conversation of codex is indexed here"),
        (["--branch", "nowhere"], "no turn was held on branch nowhere"),
        (["--file", "nowhere.py"], "no turn edited nowhere.py"),
        (["--since", "2031-01-01"], "no turn after 2031-01-01"),
        (["--author", "Nobody"], "no turn led to commits of Nobody"),
    ],
)
def test_a_filter_that_matches_nothing_is_named(project: GitRepo, args: list[str], words: str) -> None:
    found = [line for line in git_story(project.path, "search", "the").stdout.splitlines() if "#" in line]
    assert found
    for how in ([], ["--all-repos"], ["--json"]):
        done = git_story(project.path, "search", "the", *args, *how, check=False)
        assert done.returncode == 1 and words in done.stderr, (how, done.stderr)
    assert git_story(project.path, "search", "zyzzyva", "--agent", "claude-code", check=False).stderr == ""


def test_snippets_are_wrapped_between_words_on_a_screen(project: GitRepo, home: Path) -> None:
    session = ClaudeSession(home, project.path, NOON + 90_000)
    session.prompt("What does the heron do? " + "It stands in the shallow water and waits for fish all day. " * 5)
    env = {"COLUMNS": "60", "GIT_PAGER_IN_USE": "1"}
    rows = git_story(project.path, "search", "heron", **env).stdout.splitlines()
    assert max(map(len, rows)) <= 60 and sum(row.startswith("    ") for row in rows) >= 3
    whole = " ".join(git_story(project.path, "search", "heron").stdout.split())
    assert set(" ".join(rows).split()) - {"heron", "do?"} <= set(whole.split()) | {row.split()[-1] for row in rows}


def test_one_conversation_in_many_files_is_read_in_proportion(
    project: GitRepo, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever fills a store with files that all name one conversation does not keep every search busy."""
    [store] = (home / ".claude" / "projects").iterdir()
    record = {"type": "user", "sessionId": "same", "cwd": str(project.path), "timestamp": "2026-05-28T20:30:00Z"}
    for number in range(60):
        said = {**record, "uuid": f"{number:08}-0000-4000-8000-000000000000"}
        said["message"] = {"role": "user", "content": f"junk number {number}"}
        (store / f"{number:08}-0000-4000-8000-000000000000.jsonl").write_text(json.dumps(said) + "\n")
    opened: Counter[str] = Counter()
    real = safe_open.opened

    def counting(path: Path | str, buffering: int = -1) -> IO[bytes]:
        opened[os.fspath(path)] += 1
        return real(path, buffering)

    monkeypatch.setattr(safe_open, "opened", counting)
    said_ = story(project.path, "search", "--json", "junk", "-n", "100")
    assert len(said_.out.splitlines()) == 60
    assert sum(opened.values()) < 60 * 16, opened


def test_a_large_record_in_a_clone_that_is_not_enabled_has_a_hint(repo: GitRepo) -> None:
    repo.commit("base", {"base.txt": BASE}, at=NOON)
    with Repo.open(repo.path) as opened:
        turns = tuple(Turn(f"turn-of-its-own-{n:05}", n, f"zebra {n}", float(n)) for n in range(1, 1002))
        StoryStore(opened).write(Batch(conversations=[Conversation("codex", "c", turns)]))
    said = story(repo.path, "search", "zebra")
    assert said.code == 0 and "indexes 1,001 turns again" in said.err and "`git story enable --no-hooks`" in said.err
    assert not (repo.path / ".git/gitstory").exists()
    story(repo.path, "enable", "--no-hooks")
    assert "anew" not in story(repo.path, "search", "zebra").err


YES = 'yes → "Shall I pass the customer\'s fee through?"'


def test_a_short_prompt_is_named_by_what_it_answers(repo: GitRepo, session: ClaudeSession) -> None:
    session.prompt("Why are invoices wrong for foreign customers?")
    session.say("The fee is lost on the way.\n\nShall I pass the customer's fee through?")
    session.prompt("yes")
    session.write("fees.py", "def passed_through():\n    return surcharge\n")
    _assert_named(repo)
    repo.commit("fees", at=session.time + 5)
    git_story(repo.path, "drain")
    session.path.unlink()
    index(repo).unlink()
    _assert_named(repo)  # from the record alone
    assert YES in git_story(repo.path, "show").stdout


def _assert_named(repo: GitRepo) -> None:
    (hit,) = found(repo, "surcharge")
    assert (hit["turn"]["prompt"], hit["label"], hit["role"]) == ("yes", YES, "edit")
    assert "surcharge" in hit["snippet"]
    assert YES in git_story(repo.path, "search", "surcharge").stdout.splitlines()[0]
    (other,) = found(repo, "invoices")
    assert "label" not in other


def test_a_label_follows_the_message_that_was_answered(repo: GitRepo, session: ClaudeSession) -> None:
    session.prompt("Why are invoices wrong for foreign customers?")
    session.say("Shall I pass the customer's fee through?")
    session.prompt("yes")
    session.say("Passed on as a surcharge.")
    assert [hit["label"] for hit in found(repo, "surcharge")] == [YES]
    session.path.write_text(session.path.read_text().replace("pass the customer's fee through", "round them twice"))
    assert [hit["label"] for hit in found(repo, "surcharge")] == ['yes → "Shall I round them twice?"']
