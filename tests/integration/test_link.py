"""`git story link` and `unlink`: a person's word, kept through whatever is linked later."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.claude_session import ClaudeSession
from tests.gitrepo import GitRepo
from tests.integration.story_of import git_story, lines, links, removed, story
from tests.integration.test_commits import BASE, NOON

AFTER = "line number 4 of the base\nthe agent wrote this line here\n"


@pytest.fixture
def project(repo: GitRepo) -> GitRepo:
    repo.commit("base", {"base.txt": BASE}, at=NOON - 1000)
    git_story(repo.path, "enable", "--no-hooks")
    return repo


def talk(project: GitRepo, home: Path, name: str = "11111111-aaaa-4bbb-8ccc-000000000001") -> ClaudeSession:
    """A conversation that changes nothing: a discussion before the work."""
    session = ClaudeSession(home, project.path, NOON - 900, name)
    session.prompt("How should the base be laid out?")
    session.say("In twenty lines.")
    session.prompt("And what comes after the fourth?")
    session.say("A line of its own.")
    return session


def test_a_talk_that_wrote_nothing_is_linked_by_hand(project: GitRepo, home: Path) -> None:
    session = talk(project, home)
    project.commit("by hand", {"base.txt": BASE + "typed by a person, after the talk\n"}, at=NOON)
    assert links(project.path) == {}
    done = git_story(project.path, "link", "HEAD", "11111111")
    assert done.stdout.startswith(f"linked Claude Code {session.id} to ")
    found = story(project.path)["conversations"]
    assert [(one["id"], one["evidence"]) for one in found] == [(session.id, "manual")]
    assert [turn["prompt"] for turn in found[0]["turns"]] == [
        "How should the base be laid out?",
        "And what comes after the fourth?",
    ]
    assert "How should the base be laid out?" in project.git("notes", "--ref=story", "show", "HEAD")


def test_one_turn_is_linked_by_its_number(project: GitRepo, home: Path) -> None:
    session = talk(project, home)
    project.commit("by hand", {"base.txt": BASE + "typed by a person, after the talk\n"}, at=NOON)
    git_story(project.path, "link", "HEAD", "11111111#2")
    [found] = story(project.path)["conversations"]
    assert [(turn["index"], turn["evidence"]) for turn in found["turns"]] == [(2, "manual")]
    assert found["turns"][0]["id"] == session.turn


def test_a_link_by_hand_survives_backfill_and_the_end_of_the_transcript(project: GitRepo, home: Path) -> None:
    session = talk(project, home)
    project.commit("by hand", {"base.txt": BASE + "typed by a person, after the talk\n"}, at=NOON)
    git_story(project.path, "link", "HEAD", session.id)
    git_story(project.path, "backfill", "--all")
    assert links(project.path) == {session.id: "manual"}
    session.path.unlink()
    writer = ClaudeSession(home, project.path, NOON + 100)
    writer.prompt("Write")
    writer.write("new.py", "entirely_new = 'content of this file'\n")
    project.commit("new", at=NOON + 200)
    git_story(project.path, "link", "HEAD", session.id)
    git_story(project.path, "backfill", "--all")
    assert links(project.path) == {writer.id: "lines", session.id: "manual"}
    assert "And what comes after the fourth?" in project.git("notes", "--ref=story", "show", "HEAD")


def wrote(project: GitRepo, home: Path) -> ClaudeSession:
    """Two turns of one conversation, both in the commit."""
    session = ClaudeSession(home, project.path, NOON)
    session.first = session.prompt("Add a line")  # type: ignore[attr-defined]
    session.edit("base.txt", "line number 4 of the base\n", AFTER)
    session.prompt("And rewrite the last one")
    session.edit("base.txt", "line number 20 of the base\n", "the last line was rewritten too\n")
    project.commit("change", at=NOON + 500)
    git_story(project.path, "drain")
    return session


def test_what_was_unlinked_is_never_linked_again(project: GitRepo, home: Path) -> None:
    session = wrote(project, home)
    assert links(project.path) == {session.id: "lines"}
    git_story(project.path, "unlink", "HEAD", session.id[:8])
    assert links(project.path) == {}
    assert git_story(project.path, "log", "--json").stdout == ""
    assert lines(project.path, "base.txt") == {}
    assert removed(project.path, "base.txt") == {}
    project.git("notes", "--ref=story", "show", "HEAD", check=False)
    assert project.git("notes", "--ref=story", "list") == ""
    git_story(project.path, "backfill", "--all")
    session.say("and a late word")
    git_story(project.path, "drain")
    assert links(project.path) == {}


def test_one_turn_is_unlinked_and_the_other_stays(project: GitRepo, home: Path) -> None:
    session = wrote(project, home)
    git_story(project.path, "unlink", "HEAD", f"{session.id[:8]}#1")
    git_story(project.path, "backfill", "--all")
    [found] = story(project.path)["conversations"]
    assert [(turn["id"], turn["evidence"]) for turn in found["turns"]] == [(session.turn, "lines")]
    assert found["lines"] == 2
    assert set(lines(project.path, "base.txt").values()) == {session.turn}


def test_linking_again_takes_the_unlinking_back(project: GitRepo, home: Path) -> None:
    session = wrote(project, home)
    git_story(project.path, "unlink", "HEAD", session.id)
    git_story(project.path, "link", "HEAD", session.id)
    assert links(project.path) == {session.id: "manual"}
    git_story(project.path, "backfill", "--all")
    assert links(project.path) == {session.id: "lines"}
    assert len(lines(project.path, "base.txt")) == 2


def test_a_conversation_of_another_directory_is_found_by_its_id(project: GitRepo, home: Path, tmp_path: Path) -> None:
    other = GitRepo.init(tmp_path / "elsewhere")
    session = ClaudeSession(home, other.path, NOON - 500, "22222222-aaaa-4bbb-8ccc-000000000002")
    session.prompt("The plan for all our repositories")
    project.commit("by plan", {"plan.txt": "as planned\n"}, at=NOON)
    git_story(project.path, "link", "HEAD", "22222222")
    assert links(project.path) == {session.id: "manual"}


def test_secrets_do_not_come_in_with_a_link(project: GitRepo, home: Path) -> None:
    session = ClaudeSession(home, project.path, NOON - 500, "33333333-aaaa-4bbb-8ccc-000000000003")
    secret = "ghp_" + "0123456789abcdefABCDEF0123456789abcd"
    session.prompt(f"Use the token {secret} for now")
    project.commit("by hand", {"plan.txt": "typed by a person\n"}, at=NOON)
    git_story(project.path, "link", "HEAD", "33333333")
    assert secret not in git_story(project.path, "show", "--json").stdout
    assert secret not in project.git("log", "-p", "--all", "--notes=story")
    assert "Use the token" in git_story(project.path, "show", "--json").stdout


def test_what_is_wrong_is_said_in_one_line(project: GitRepo, home: Path) -> None:
    talk(project, home, "11111111-aaaa-4bbb-8ccc-000000000001")
    talk(project, home, "11111111-dddd-4bbb-8ccc-000000000002")
    for args, said in (
        (("link", "HEAD", "1111"), "error: 1111 is the beginning of 2 conversations: 11111111-aaaa"),
        (("link", "HEAD", "9999"), "error: no conversation's id starts with 9999\nhint: `git story conversations"),
        (("link", "HEAD", "11111111-a#7"), "has no turn 7\nhint: its turns are 1 to 2"),
        (("link", "HEAD", "#1"), "error: no conversation named in '#1'"),
        (("link", "nowhere", "1111"), "error: unknown revision: nowhere"),
        (("unlink", "HEAD", "1111"), "error: no conversation's id starts with 1111"),
    ):
        done = git_story(project.path, *args, check=False)
        assert done.returncode == 1
        assert said in done.stderr
        assert len(done.stderr.splitlines()) == 2
        assert done.stdout == ""


def test_unlinking_what_is_not_linked_names_what_is(project: GitRepo, home: Path) -> None:
    session = wrote(project, home)
    other = talk(project, home)
    project.commit("by hand", {"more.txt": "typed by a person\n"}, at=NOON + 600)
    git_story(project.path, "link", "HEAD", other.id)
    done = git_story(project.path, "unlink", "HEAD~1", other.id, check=False)
    assert done.returncode == 1
    assert f"is not linked to {project.git('rev-parse', 'HEAD~1')[:10]}" in done.stderr
    assert f"hint: linked are: {session.id[:12]}" in done.stderr


def test_a_letter_or_two_name_no_conversation(project: GitRepo, home: Path) -> None:
    talk(project, home)
    for command in (["link", "HEAD"], ["show"], ["save"], ["forget", "--dry-run"]):
        for name in ("1", "claude-code:11"):
            done = git_story(project.path, *command, name, check=False)
            assert done.returncode == 1 and "too short to name a conversation" in done.stderr, (command, done.stderr)
