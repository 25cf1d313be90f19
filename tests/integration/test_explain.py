"""`git story explain`: every conversation that could have had a part, and what became of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.claude_session import ClaudeSession
from tests.gitrepo import GitRepo
from tests.integration.story_of import git_story
from tests.integration.test_commits import BASE, NOON


@pytest.fixture
def project(repo: GitRepo) -> GitRepo:
    repo.commit("base", {"base.txt": BASE}, at=NOON - 1000)
    git_story(repo.path, "enable", "--no-hooks")
    return repo


def explained(project: GitRepo, rev: str = "HEAD") -> dict[str, Any]:
    found: dict[str, Any] = json.loads(git_story(project.path, "explain", "--json", rev).stdout)
    return found


def wrote(project: GitRepo, home: Path) -> ClaudeSession:
    session = ClaudeSession(home, project.path, NOON)
    session.prompt("Mark the third line")
    session.edit("base.txt", "line number 3 of the base\n", "line number 3 was marked by the agent\n")
    return session


def test_a_link_is_shown_with_its_lines_and_their_weight(project: GitRepo, home: Path) -> None:
    session = wrote(project, home)
    project.commit("change", at=NOON + 50)
    found = explained(project)
    [one] = found["candidates"]
    assert (one["id"], one["linked"], one["evidence"], one["lines"]) == (session.id, True, "lines", 2)
    assert one["weight"] >= one["least"] == 4
    assert one["turns"] == [{"index": 1, "lines": 2}]
    assert [(r["path"], r["start"], r["end"], r["removed"], r["texts"]) for r in one["ranges"]] == [
        ("base.txt", 3, 3, False, ["line number 3 was marked by the agent"]),
        ("base.txt", 3, 3, True, ["line number 3 of the base"]),
    ]
    assert found["window"]["start"] < found["window"]["end"]
    assert (found["recorded"], found["differences"], found["own"]) == (True, [], True)
    shown = git_story(project.path, "explain").stdout
    assert "lines: 2 lines of the commit were written or removed by it; score" in shown
    assert "turn 1  base.txt:3\n      + line number 3 was marked by the agent\n" in shown
    assert "says the same" in shown


def test_lines_that_could_be_anyones_are_shown_and_not_linked(project: GitRepo, home: Path) -> None:
    session = ClaudeSession(home, project.path, NOON)
    session.prompt("Close the block")
    session.edit("base.txt", "line number 20 of the base\n", "line number 20 of the base\n}\n")
    project.commit("change", at=NOON + 50)
    [one] = explained(project)["candidates"]
    assert (one["id"], one["linked"], one["lines"]) == (session.id, False, 1)
    assert one["reason"] == "it shares only lines that could be anyone's"
    assert one["weight"] < one["least"]
    assert one["ranges"][0]["texts"] == ["}"]


def test_an_edit_that_did_not_survive_is_named(project: GitRepo, home: Path) -> None:
    session = wrote(project, home)
    project.commit("my own way", {"base.txt": BASE + "typed by a person instead\n"}, at=NOON + 50)
    [one] = explained(project)["candidates"]
    assert (one["id"], one["linked"]) == (session.id, False)
    assert one["reason"] == "it edited base.txt, but none of its lines is in the commit"


def test_a_conversation_that_was_only_at_work_is_named(project: GitRepo, home: Path) -> None:
    session = ClaudeSession(home, project.path, NOON)
    session.prompt("Explain the base to me")
    project.commit("my own", {"mine.txt": "typed by a person\n"}, at=NOON + 50)
    [one] = explained(project)["candidates"]
    assert (one["id"], one["reason"]) == (session.id, "it was at work at the time, but edited no file of the commit")


def test_older_conversations_of_the_files_are_counted(project: GitRepo, home: Path) -> None:
    wrote(project, home)
    project.commit("change", at=NOON + 50)
    project.commit("mine", {"base.txt": BASE + "typed by a person\n"}, at=NOON + 5000)
    found = explained(project)
    assert (found["candidates"], found["older"]) == ([], 1)
    assert "and 1 older conversation that edited these files" in git_story(project.path, "explain").stdout


def test_a_conversation_of_another_directory_is_named_without_its_words(
    project: GitRepo, home: Path, tmp_path: Path
) -> None:
    other = GitRepo.init(tmp_path / "unrelated")
    other.commit("base", {"base.txt": BASE}, at=NOON - 1000)
    session = ClaudeSession(home, other.path, NOON)
    session.prompt("A matter of the other repository")
    session.edit("base.txt", "line number 3 of the base\n", "the very same sentence in both\n")
    late = ClaudeSession(home, other.path, NOON + 900_000)
    late.prompt("Much later")
    project.write("base.txt", BASE.replace("line number 3 of the base\n", "the very same sentence in both\n"))
    project.commit("change", at=NOON + 50)
    found = explained(project)
    assert found["candidates"] == []
    assert [(one["id"], one["place"]) for one in found["elsewhere"]] == [(session.id, str(other.path))]
    shown = git_story(project.path, "explain").stdout
    assert str(other.path) in shown
    assert "A matter of" not in shown


def test_what_was_read_is_said_and_what_could_not_be(project: GitRepo, home: Path) -> None:
    session = wrote(project, home)
    with session.path.open("a") as file:
        file.write('{"type": "user", "message": {"broken\n')
    project.commit("change", at=NOON + 50)
    found = explained(project)
    stores = {one["agent"]: one for one in found["stores"]}
    assert stores["claude-code"]["roots"] == [(home / ".claude" / "projects").as_posix()]
    assert (stores["claude-code"]["transcripts"], stores["claude-code"]["here"]) == (1, 1)
    assert stores["codex"]["roots"] == []
    assert [one["skipped"] for one in found["candidates"]] == [1]
    shown = git_story(project.path, "explain").stdout
    assert "other agents on this machine" in shown and "Codex" not in shown
    assert "1 record of it could not be read" in shown


def test_a_record_whose_transcript_is_gone(project: GitRepo, home: Path) -> None:
    session = wrote(project, home)
    project.commit("change", at=NOON + 50)
    git_story(project.path, "drain")
    session.path.unlink()
    found = explained(project)
    assert found["candidates"] == []
    [one] = found["differences"]
    assert (one["kind"], one["id"]) == ("only recorded", session.id)
    assert "its transcript is not on this machine any more" in one["text"]


def test_a_commit_without_a_record_names_the_way_to_one(project: GitRepo, home: Path) -> None:
    session = wrote(project, home)
    project.commit("change", at=NOON + 50)
    git_story(project.path, "drain")
    project.git("update-ref", "-d", "refs/story/data")
    found = explained(project)
    assert found["recorded"] is False
    assert [(one["kind"], one["id"]) for one in found["differences"]] == [("only found", session.id)]
    oid = project.git("rev-parse", "HEAD")[:10]
    assert f"`git story backfill {oid}^!` links it" in git_story(project.path, "explain").stdout


def test_a_word_of_a_person_is_told(project: GitRepo, home: Path) -> None:
    session = wrote(project, home)
    project.commit("change", at=NOON + 50)
    git_story(project.path, "unlink", "HEAD", session.id)
    found = explained(project)
    assert [one["linked"] for one in found["candidates"]] == [True]
    assert [(one["kind"], one["text"]) for one in found["differences"]] == [("by hand", "a person untied it")]


def test_a_story_carried_over_a_squash_says_from_where(project: GitRepo, home: Path) -> None:
    project.git("checkout", "-q", "-b", "side")
    session = wrote(project, home)
    oid = project.commit("change", at=NOON + 50)
    git_story(project.path, "drain")
    session.path.unlink()
    project.git("checkout", "-q", "main")
    project.git("merge", "-q", "--squash", "side")
    project.commit("squashed", at=NOON + 100)
    project.git("branch", "-q", "-D", "side")
    [one] = explained(project)["differences"]
    assert (one["kind"], one["id"]) == ("only recorded", session.id)
    assert f"carried over from {oid[:10]}" in one["text"]


def test_a_merge_says_that_only_changes_of_its_own_count(project: GitRepo, home: Path) -> None:
    project.git("checkout", "-q", "-b", "side")
    project.commit("side", {"side.txt": "one\n"}, at=NOON + 10)
    project.git("checkout", "-q", "main")
    project.commit("main", {"main.txt": "two\n"}, at=NOON + 20)
    project.git("merge", "-q", "--no-commit", "side")
    project.commit("merged", at=NOON + 30)
    assert "a merge without changes of its own" in git_story(project.path, "explain").stdout
    (project.path / "side.txt").write_text("another\n")
    project.git("add", "-A")
    project.git("commit", "-q", "--amend", "--no-edit")
    assert "a merge with changes of its own in 1 file" in git_story(project.path, "explain").stdout


def test_somebody_elses_commit_is_said_to_be_one(project: GitRepo, home: Path) -> None:
    wrote(project, home)
    project.git("add", "-A")
    project.time = NOON + 50
    project.git("-c", "user.name=Dev Two", "-c", "user.email=two@example.com", "commit", "-q", "-m", "change")
    assert explained(project)["own"] is False
    assert "by another author" in git_story(project.path, "explain").stdout


def test_nothing_a_terminal_obeys_is_printed(project: GitRepo, home: Path) -> None:
    session = ClaudeSession(home, project.path, NOON)
    session.prompt("Mark \x1b]0;title\x07 it \x1b[31mred")
    session.edit("base.txt", "line number 3 of the base\n", "line \x1b[2Jnumber 3 was marked by the agent\n")
    project.commit("change", at=NOON + 50)
    assert "\x1b" not in git_story(project.path, "explain").stdout
    assert "\x1b" not in git_story(project.path, "conversations").stdout


def test_a_root_commit_and_one_without_conversations(repo: GitRepo, home: Path) -> None:
    repo.commit("root", {"base.txt": BASE}, at=NOON)
    found = explained(repo)
    assert found["window"]["start"] is None
    assert found["candidates"] == []
    assert not (repo.path / ".git" / "gitstory").exists()
    done = git_story(repo.path, "explain", "nowhere", check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("error: unknown revision: nowhere\nhint: ")


def crlf(project: GitRepo, path: str) -> None:
    file = project.path / path
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))


def test_line_ends_somebody_changed_are_said(project: GitRepo, home: Path) -> None:
    session = ClaudeSession(home, project.path, NOON)
    session.prompt("Write a module")
    session.write("module.py", "one = 'written by the agent'\ntwo = 'and this as well'\n")
    crlf(project, "module.py")
    project.commit("module", at=NOON + 50)
    [one] = explained(project)["candidates"]
    assert [(r["path"], r["start"], r["end"], r["drift"]) for r in one["ranges"]] == [
        ("module.py", 1, 2, "line-endings")
    ]
    assert "module.py:1-2, line ends differ" in git_story(project.path, "explain").stdout
    assert "line ends differ in 2" in git_story(project.path, "show").stdout


def test_line_ends_of_a_file_that_always_had_them_are_not(project: GitRepo, home: Path) -> None:
    crlf(project, "base.txt")
    project.commit("windows", at=NOON - 500)
    session = ClaudeSession(home, project.path, NOON)
    session.prompt("Mark the third line")
    session.edit("base.txt", "line number 3 of the base\n", "line number 3, now marked, of the base\n")
    crlf(project, "base.txt")  # as the tool does: the model sees LF, the file keeps its own
    project.commit("change", at=NOON + 50)
    [one] = explained(project)["candidates"]
    assert {r["drift"] for r in one["ranges"]} == {""}
    assert "line ends" not in git_story(project.path, "show").stdout


def test_line_ends_git_converts_are_not(project: GitRepo, home: Path) -> None:
    project.git("config", "core.autocrlf", "true")
    session = ClaudeSession(home, project.path, NOON)
    session.prompt("Write a module")
    session.write("module.py", "one = 'written by the agent'\r\ntwo = 'and this as well'\r\n")
    project.commit("module", at=NOON + 50)
    [one] = explained(project)["candidates"]
    assert {r["drift"] for r in one["ranges"]} == {""}
