"""Other tools' claims beside the transcripts they name: which turns are told, and when none is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gitstory.interop.formats.git_ai import session_key
from tests.claude_session import ClaudeSession
from tests.gitrepo import GitRepo
from tests.integration.story_of import git_story, story
from tests.integration.test_foreign_beside import put_note
from tests.integration.test_search_foreign import checkpoint

NOON = 1_780_000_000
OWN = "11111111-aaaa-4bbb-8ccc-000000000001"
HERONS = "heron_lands_at = 'seven'\nheron_leaves_at = 'nine'\n"
EGRETS = "egret_lands_at = 'eight'\n"
FORMATTED = "storks_and_cranes = None\n"


def note(ranges: str, ident: str = OWN) -> str:
    """As git-ai writes it today: the conversation, and not one word of it."""
    key = session_key("claude", ident)
    body = {"sessions": {key: {"agent_id": {"tool": "claude", "id": ident, "model": "m"}}}, "prompts": {}}
    return f"a.py\n  {key}::t_01 {ranges}\n---\n{json.dumps(body)}"


def work(repo: GitRepo, home: Path, cwd: Path | None = None) -> ClaudeSession:
    """A conversation of three turns that wrote all but the last line of what is then committed."""
    session = ClaudeSession(home, cwd or repo.path, NOON, OWN)
    session.prompt("Say when the heron lands")
    session.write("a.py", HERONS)
    session.prompt("And the egret, please")
    session.edit("a.py", HERONS, HERONS + EGRETS)
    session.prompt("Thank you for that")
    session.say("Any time.")
    return session


@pytest.fixture
def joined(repo: GitRepo, home: Path) -> GitRepo:
    repo.commit("base", {"b.py": "x\n"}, at=NOON - 1000)
    session = work(repo, home)
    repo.commit("birds", {"a.py": HERONS + EGRETS + FORMATTED}, at=session.time + 60)
    put_note(repo, note("1-4"))
    return repo


def test_show_tells_the_turns(joined: GitRepo) -> None:
    (one,) = story(joined.path)["conversations"]
    assert (one["id"], one["evidence"], one["lines"]) == (OWN, "files", 4)
    assert (one["recorded_by"], one["turns_from"]) == ("git-ai", "transcript")
    assert [(turn["index"], turn["prompt"], turn["evidence"]) for turn in one["turns"]] == [
        (1, "Say when the heron lands", "files"),
        (2, "And the egret, please", "files"),
        (3, "Thank you for that", "context"),
    ]
    said = git_story(joined.path, "show").stdout
    assert "git-ai attributes all 4 added lines to it; its turns are from its transcript on this machine" in said
    assert "> Say when the heron lands" in said


def test_a_line_has_a_turn_where_an_edit_of_it_bears_that_out(joined: GitRepo) -> None:
    ids = {turn["index"]: turn["id"] for turn in story(joined.path)["conversations"][0]["turns"]}
    (file,) = story(joined.path)["files"]
    assert [(one["start"], one["end"], one["turn"]) for one in file["ranges"]] == [
        (1, 2, ids[1]),
        (3, 3, ids[2]),
        (4, 4, None),
    ]
    rows = [json.loads(row) for row in git_story(joined.path, "blame", "--json", "a.py").stdout.splitlines()]
    assert [(row["turn"], row["prompt"], row["recorded_by"]) for row in rows] == [
        (ids[1], "Say when the heron lands", "git-ai"),
        (ids[1], "Say when the heron lands", "git-ai"),
        (ids[2], "And the egret, please", "git-ai"),
        (None, None, "git-ai"),
    ]


def test_why_tells_the_request_and_the_edit(joined: GitRepo) -> None:
    said = git_story(joined.path, "why", "a.py:3").stdout
    assert "11111111#2" in said and "git-ai says so" in said
    assert "#2  And the egret, please" in said and "+egret_lands_at = 'eight'" in said
    assert "which turn it was is not recorded" in git_story(joined.path, "why", "a.py:4").stdout


def test_without_the_transcript_it_is_the_bare_id(joined: GitRepo, home: Path) -> None:
    next((home / ".claude").rglob("*.jsonl")).unlink()
    (one,) = story(joined.path)["conversations"]
    assert (one["id"], one["turns"], "turns_from" in one) == (OWN, [], False)


def test_the_person_changed_all_lines(repo: GitRepo, home: Path) -> None:
    repo.commit("base", {"b.py": "x\n"}, at=NOON - 1000)
    session = work(repo, home)
    repo.commit("birds", {"a.py": "nothing_of_that = True\nis_left_in_here = 1\n"}, at=session.time + 60)
    put_note(repo, note("1-2"))
    (one,) = story(repo.path)["conversations"]
    assert {turn["evidence"] for turn in one["turns"]} == {"context"}
    assert [each["turn"] for file in story(repo.path)["files"] for each in file["ranges"]] == [None]


def test_lines_the_tool_does_not_ascribe_stay_nobodys(joined: GitRepo) -> None:
    put_note(joined, note("3"))
    (file,) = story(joined.path)["files"]
    assert [(one["start"], one["end"]) for one in file["ranges"]] == [(3, 3)]


def test_log_tells_each_commit_its_turn(joined: GitRepo, home: Path) -> None:
    session = ClaudeSession(home, joined.path, NOON + 10_000, OWN)
    session.prompt("Now the storks in a file of their own")
    session.write("c.py", "stork_lands_at = 'twelve'\n")
    joined.commit("storks", at=session.time + 60)
    put_note(joined, note("1").replace("a.py", "c.py", 1))
    rows = [json.loads(row) for row in git_story(joined.path, "log", "--json").stdout.splitlines()]
    told = {
        row["subject"]: [turn["index"] for turn in row["conversations"][0]["turns"] if turn["evidence"] == "files"]
        for row in rows
    }
    assert told == {"birds": [1, 2], "storks": [4]}


def test_a_conversation_of_another_repository_is_not_shown(repo: GitRepo, home: Path, tmp_path: Path) -> None:
    other = GitRepo.init(tmp_path / "elsewhere")
    other.commit("base", {"b.py": "x\n"}, at=NOON - 1000)
    work(other, home)
    repo.commit("birds", {"a.py": HERONS + EGRETS}, at=NOON + 100)
    put_note(repo, note("1-3"))
    for shown in (["show", "--json"], ["show", "--full"], ["log"], ["blame", "--json", "a.py"], ["why", "a.py:1"]):
        assert "when the heron lands" not in git_story(repo.path, *shown).stdout
    (one,) = story(repo.path)["conversations"]
    assert (one["id"], one["turns"]) == (OWN, [])


def test_what_is_private_or_off_is_not_joined(joined: GitRepo, home: Path) -> None:
    joined.git("config", "story.capture.ignoreAgents", "claude-code")
    assert story(joined.path)["conversations"][0]["turns"] == []
    joined.git("config", "--unset", "story.capture.ignoreAgents")
    path = next((home / ".claude").rglob("*.jsonl"))
    path.write_text(path.read_text().replace("And the egret, please", "And the egret, please #private"))
    (one,) = story(joined.path)["conversations"]
    assert [turn["index"] for turn in one["turns"] if turn["evidence"] == "files"] == [1]
    assert "the egret" not in git_story(joined.path, "show", "--full").stdout
    (file,) = story(joined.path)["files"]
    assert [each["turn"] is None for each in file["ranges"]] == [False, True]


def test_a_tool_that_names_no_lines(joined: GitRepo) -> None:
    joined.git("notes", "--ref=ai", "remove", "HEAD")
    said = {"v": 1, "sessions": [{"tool": "claude-code", "id": OWN, "path": "x"}]}
    joined.git("notes", "--ref=prompt-story", "add", "-m", json.dumps(said))
    (one,) = story(joined.path)["conversations"]
    assert (one["recorded_by"], one["evidence"]) == ("git-prompt-story", "files")
    assert [turn["evidence"] for turn in one["turns"]] == ["files", "files", "context"]
    assert story(joined.path)["files"] == [], "it ascribes no line, and neither do we on its word"


def test_a_checkpoint(joined: GitRepo) -> None:
    joined.git("notes", "--ref=ai", "remove", "HEAD")
    checkpoint(joined, "0123456789ab", "Say when the heron lands", OWN)
    joined.git("commit", "-q", "--amend", "-m", "birds\n\nEntire-Checkpoint: 0123456789ab")
    ref = "entire/checkpoints/v1:01/23456789ab/0/metadata.json"
    assert json.loads(joined.git("show", ref))["agent"] == "Codex"
    (one,) = story(joined.path)["conversations"]
    assert [turn["prompt"] for turn in one["turns"]] == ["Say when the heron lands"], "Codex has no such conversation"


def test_import_keeps_what_the_tool_says_and_no_more(joined: GitRepo) -> None:
    git_story(joined.path, "import", "git-ai")
    assert "heron lands" not in joined.git("log", "-p", "refs/story/data", "refs/notes/story")
