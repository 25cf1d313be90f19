"""Keeping things to oneself: off and on, one conversation, a word in a prompt; detail levels; failing closed."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from tests.claude_session import ClaudeSession
from tests.cli import Said
from tests.cli import story as run
from tests.gitrepo import GitRepo
from tests.integration.everything import traces_of

BASE = "".join(f"line number {n} of the base\n" for n in range(1, 21))
HUSH = "nobody shall read of the purple heron"


@pytest.fixture
def begun() -> int:
    """An hour ago: `off` and `on` go by the clock on the wall."""
    return int(time.time()) - 3600


@pytest.fixture
def project(repo: GitRepo, begun: int) -> GitRepo:
    repo.commit("base", {"base.txt": BASE}, at=begun - 1000)
    git_story(repo, "enable", "--no-hooks")
    git_story(repo, "drain")
    return repo


def git_story(project: GitRepo, *args: str, code: int = 0) -> Said:
    said = run(project.path, *args)
    assert said.code == code, (said.out, said.err)
    return said


def shown(project: GitRepo, rev: str = "HEAD") -> dict[str, Any]:
    found: dict[str, Any] = json.loads(git_story(project, "show", "--json", rev).out)
    return found


def linked(project: GitRepo, rev: str = "HEAD") -> list[str]:
    return [one["id"] for one in shown(project, rev)["conversations"]]


def turns_of_lines(project: GitRepo, path: str, rev: str = "HEAD") -> dict[int, str]:
    ranges = [one for file in shown(project, rev)["files"] if file["path"] == path for one in file["ranges"]]
    return {line: one["turn"] for one in ranges for line in range(one["start"], one["end"] + 1)}


def spoken(home: Path, project: GitRepo, at: int, name: str, file: str, prompt: str = HUSH) -> ClaudeSession:
    session = ClaudeSession(home, project.path, at, name)
    session.prompt(prompt)
    session.write(file, f"written_by = '{name} in {file}'\n")
    return session


# --- off and on ---------------------------------------------------------------------------------------------------


def test_what_is_committed_while_off_is_never_recorded(project: GitRepo, home: Path, begun: int) -> None:
    before = spoken(home, project, begun, "aaaaaaaa-1", "before.py", "Said before it was switched off")
    project.commit("before", at=begun + 100)
    assert "nothing is recorded here since" in git_story(project, "off").out
    assert linked(project) == [before.id]  # made before, recorded before
    now = int(time.time())
    spoken(home, project, now - 1, "bbbbbbbb-2", "hidden.py")
    hidden = project.commit("hidden", at=now)
    status = git_story(project, "status").out
    assert "switched off since" in status and "problem" not in status
    git_story(project, "drain")
    assert linked(project) == []
    assert "recording again" in git_story(project, "on").out
    for again in (("drain",), ("backfill", "--all"), ("heal",)):
        git_story(project, *again)
        assert linked(project, hidden) == []
    later = int(time.time()) + 60
    after = spoken(home, project, later, "cccccccc-3", "after.py", "Said after it was switched on")
    project.commit("after", at=later + 5)
    assert linked(project) == [after.id]
    assert traces_of(project, HUSH) == []


def test_commits_made_while_off_are_not_picked_up_by_on(project: GitRepo, home: Path, begun: int) -> None:
    """Nothing drained meanwhile, and the commit's date says nothing: it is passed over all the same."""
    git_story(project, "off")
    spoken(home, project, begun + 10, "bbbbbbbb-2", "hidden.py")
    project.commit("hidden, dated back", at=begun + 20)
    git_story(project, "on")
    git_story(project, "drain")
    assert linked(project) == []


def test_what_was_said_while_off_does_not_come_in_by_a_later_commit(project: GitRepo, home: Path) -> None:
    """Lines written meanwhile are nobody's, and nobody else gets them."""
    git_story(project, "off")
    now = int(time.time())
    session = spoken(home, project, now, "bbbbbbbb-2", "kept.py")
    project.git("config", "--local", "--unset-all", "story.capture.privatePeriods")
    project.git("config", "story.capture.privatePeriods", f"{now - 5}..{now + 30}")
    session.time = now + 60
    open_turn = session.prompt("Said after it was switched on")
    session.edit("kept.py", "kept.py'\n", "kept.py'\nand_this = 'was written in the open'\n")
    project.commit("both", at=now + 100)
    assert turns_of_lines(project, "kept.py") == {2: open_turn}
    assert [turn["id"] for turn in shown(project)["conversations"][0]["turns"]] == [open_turn]
    assert traces_of(project, HUSH) == []


def test_off_twice_and_on_twice(project: GitRepo) -> None:
    first = git_story(project, "off").out
    assert git_story(project, "off").out == first
    assert "recording again" in git_story(project, "on").out
    assert git_story(project, "on").out == "recording was on\n"
    assert project.git("config", "--get-all", "story.capture.privatePeriods").count("..") == 1


def test_a_period_that_nobody_understands_stops_recording(project: GitRepo, home: Path, begun: int) -> None:
    project.git("config", "story.capture.privatePeriods", "since tuesday")
    spoken(home, project, begun, "aaaaaaaa-1", "a.py")
    project.commit("a", at=begun + 100)
    git_story(project, "drain", code=1)
    assert traces_of(project, HUSH) == []
    assert "capture.private_periods holds 'since tuesday'" in git_story(project, "status").out


# --- one conversation ---------------------------------------------------------------------------------------------


def test_one_conversation(project: GitRepo, home: Path, begun: int) -> None:
    quiet = spoken(home, project, begun, "aaaaaaaa-1", "quiet.py")
    loud = spoken(home, project, begun + 5, "bbbbbbbb-2", "loud.py", "This one is open")
    assert "aaaaaaaa-1 (claude-code) is private now" in git_story(project, "off", "--conversation", "aaaa").out
    project.commit("both", at=begun + 100)
    git_story(project, "backfill", "--all")
    assert linked(project) == [loud.id]
    assert traces_of(project, HUSH) == []
    assert git_story(project, "on", "--conversation", quiet.id).out.endswith("is recorded again, from now on\n")
    quiet.time = int(time.time()) + 60
    turn = quiet.prompt("Now in the open")
    quiet.write("open.py", "written_in_the_open = True\n")
    project.commit("open", at=quiet.time + 10)
    git_story(project, "backfill", "--all")
    assert linked(project) == [quiet.id] and turns_of_lines(project, "open.py") == {1: turn}
    assert linked(project, "HEAD~1") == [loud.id]
    assert traces_of(project, HUSH) == []


def test_the_running_conversation(project: GitRepo, home: Path, begun: int, monkeypatch: pytest.MonkeyPatch) -> None:
    session = spoken(home, project, begun, "aaaaaaaa-1", "quiet.py")
    assert "hint: name it" in git_story(project, "off", "--conversation", code=1).err
    monkeypatch.setenv("CLAUDE_CODE_SESSION_ID", session.id)
    assert "aaaaaaaa-1 (claude-code) is private now" in git_story(project, "off", "--conversation").out
    assert "private already" in git_story(project, "off", "--conversation").out
    session.commit(project, "by the agent itself")
    assert linked(project) == []


def test_what_was_stored_before_is_pointed_at(project: GitRepo, home: Path, begun: int) -> None:
    session = spoken(home, project, begun, "aaaaaaaa-1", "a.py")
    project.commit("a", at=begun + 100)
    assert linked(project) == [session.id]
    assert "`git story forget aaaaaaaa-1` removes them" in git_story(project, "off", "--conversation", "aaaa").err


def test_what_was_stored_before_is_found_again_after_on(project: GitRepo, home: Path, begun: int) -> None:
    session = spoken(home, project, begun, "aaaaaaaa-1", "a.py", "Write about the heron")
    project.commit("a", at=begun + 100)
    assert linked(project) == [session.id]
    assert "aaaaaaaa" in git_story(project, "search", "heron").out
    git_story(project, "off", "--conversation", "aaaa")
    assert "aaaaaaaa" not in git_story(project, "search", "heron", code=1).out
    git_story(project, "on", "--conversation", "aaaa")
    assert "aaaaaaaa" in git_story(project, "search", "heron").out


# --- a word in a prompt -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("prompt", [f"#private {HUSH}", f"{HUSH} #private", f"{HUSH}\n#PRIVATE\n", f"{HUSH} #private."])
def test_the_marker_hides_the_rest(project: GitRepo, home: Path, begun: int, prompt: str) -> None:
    session = ClaudeSession(home, project.path, begun, "aaaaaaaa-1")
    open_turn = session.prompt("Mark the start")
    session.edit("base.txt", "line number 2 of the base\n", "line number 2 of the base\nthe start was marked here\n")
    session.prompt(prompt)
    session.edit("base.txt", "line number 9 of the base\n", "line number 9 of the base\nthis line is private\n")
    session.say(f"{HUSH}: done")
    session.prompt("And the end, as we said of the purple heron")
    session.edit("base.txt", "line number 19 of the base\n", "line number 19 of the base\nthe end was marked here\n")
    project.commit("all", at=begun + 100)
    git_story(project, "backfill", "--all")
    assert turns_of_lines(project, "base.txt") == {3: open_turn}
    assert [turn["id"] for turn in shown(project)["conversations"][0]["turns"]] == [open_turn]
    assert traces_of(project, "purple heron") == []


def test_private_lines_fall_to_no_other_turn(project: GitRepo, home: Path, begun: int) -> None:
    """Another conversation goes on from the private text, and writes the whole file again."""
    quiet = ClaudeSession(home, project.path, begun, "aaaaaaaa-1")
    quiet.prompt("#private")
    quiet.write("both.py", "first_line = 'written in private'\nsecond_line = 'written in private'\n")
    loud = ClaudeSession(home, project.path, begun + 50, "bbbbbbbb-2")
    turn = loud.prompt("Add a third line")
    text = (project.path / "both.py").read_text()
    loud.write("both.py", text + "third_line = 'written in the open'\n")
    project.commit("both", at=begun + 100)
    assert turns_of_lines(project, "both.py") == {3: turn}
    assert linked(project) == [loud.id]


def test_a_private_turn_that_commits_is_not_the_turn_before(project: GitRepo, home: Path, begun: int) -> None:
    session = ClaudeSession(home, project.path, begun, "aaaaaaaa-1")
    session.prompt("What is this project?")
    session.say("A list of lines.")
    session.prompt(f"Commit it #private, {HUSH}")
    project.write("mine.txt", "typed by hand, not by an agent\n")
    session.commit(project, "by a private turn")
    assert linked(project) == [] and traces_of(project, HUSH) == []


def test_words_that_only_look_like_it(project: GitRepo, home: Path, begun: int) -> None:
    session = spoken(home, project, begun, "aaaaaaaa-1", "a.py", "Make x#private and #privately public")
    project.commit("a", at=begun + 100)
    assert linked(project) == [session.id]


def test_another_word_and_none(project: GitRepo, home: Path, begun: int) -> None:
    """A new word counts also for what was read before."""
    one = spoken(home, project, begun, "aaaaaaaa-1", "a.py", "psst! #private")
    two = spoken(home, project, begun + 10, "bbbbbbbb-2", "b.py", "hush! quietly")
    project.commit("a and b", at=begun + 100)
    assert linked(project) == [two.id]
    project.git("config", "story.capture.privateMarker", "hush!")
    git_story(project, "backfill", "--all")
    assert linked(project) == [one.id]


def test_the_team_cannot_change_the_word(project: GitRepo, home: Path, begun: int) -> None:
    project.write(".gitstory/config.toml", '[capture]\nprivate_marker = "never-typed"\n')
    spoken(home, project, begun, "aaaaaaaa-1", "a.py", f"{HUSH} #private")
    project.commit("a", at=begun + 100)
    assert linked(project) == [] and traces_of(project, HUSH) == []


# --- detail levels ------------------------------------------------------------------------------------------------

PARTS = {
    "prompt": "the prompt speaks of amber",
    "answer": "the answer speaks of basalt",
    "thinking": "the thinking speaks of cobalt",
    "input": "echo the-command-speaks-of-dolomite",
    "output": "the output speaks of emerald",
    "edit": "the_edit = 'speaks of feldspar'",
}


def detailed(home: Path, project: GitRepo, at: int) -> ClaudeSession:
    session = ClaudeSession(home, project.path, at, "dddddddd-4")
    session.prompt(PARTS["prompt"])
    session._assistant({"type": "thinking", "thinking": PARTS["thinking"], "signature": "x"})
    session.say(PARTS["answer"])
    session.bash(PARTS["input"], PARTS["output"])
    session.write("detail.py", PARTS["edit"] + "\n")
    project.commit("detail", at=at + 100)
    git_story(project, "drain")
    return session


@pytest.mark.parametrize(
    ("settings", "kept"),
    [
        ({}, {"prompt", "answer", "thinking", "input", "output", "edit"}),
        ({"detail": "full", "thinking": "false"}, {"prompt", "answer", "input", "output", "edit"}),
        ({"detail": "prompts+answers"}, {"prompt", "answer"}),
        ({"detail": "prompts"}, {"prompt"}),
        ({"outputLimit": "0"}, {"prompt", "answer", "thinking", "input", "edit"}),
    ],
    ids=["full", "no-thinking", "answers", "prompts", "no-output"],
)
def test_detail(project: GitRepo, home: Path, begun: int, settings: dict[str, str], kept: set[str]) -> None:
    """What is left out is in no byte; lines are linked at every level."""
    for name, value in settings.items():
        project.git("config", f"story.capture.{name}", value)
    session = detailed(home, project, begun)
    found = {part for part, text in PARTS.items() if traces_of(project, text)}
    assert found == kept
    assert linked(project) == [session.id] and turns_of_lines(project, "detail.py") == {1: session.turn}


def test_ignored_paths_agents_and_branches(project: GitRepo, home: Path, begun: int) -> None:
    project.git("config", "story.capture.ignorePaths", "vendor/")
    session = ClaudeSession(home, project.path, begun, "dddddddd-4")
    session.prompt("Vendor it")
    session.write("vendor/lib.py", "the_vendored = 'speaks of garnet'\n")
    project.commit("vendored", at=begun + 100)
    assert linked(project) == []
    session.write("own.py", "the_own = 'file of the project'\n")
    project.commit("own", at=begun + 200)
    assert linked(project) == [session.id] and traces_of(project, "speaks of garnet") == []
    project.git("config", "story.capture.ignoreAgents", "claude-code")
    session.write("more.py", "more_of_it = 'by an ignored agent'\n")
    project.commit("more", at=begun + 300)
    assert linked(project) == []
    project.git("config", "--unset", "story.capture.ignoreAgents")
    project.git("config", "story.capture.ignoreBranches", "wip/*")
    project.git("checkout", "-q", "-b", "wip/try")
    session.write("try.py", "tried_on_a_branch = True\n")
    project.commit("try", at=begun + 400)
    assert linked(project) == []


# --- failing closed -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("broken", ["rule", "engine"])
def test_nothing_is_stored_unredacted(
    project: GitRepo, home: Path, begun: int, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    """The commit succeeds, `status` says why nothing came of it, and once mended all is made up for."""
    session = spoken(home, project, begun, "aaaaaaaa-1", "a.py")
    with monkeypatch.context() as patch:
        if broken == "rule":
            project.git("config", "story.redact.rules.own", "(unfinished")
        else:
            from gitstory.redact import engine

            def fails(*_args: object) -> None:
                raise ZeroDivisionError(HUSH)

            patch.setattr(engine.Redactor, "texts", fails)
        oid = project.commit("a", at=begun + 100)
        assert git_story(project, "drain", code=1).err.startswith("warning: ")
        assert traces_of(project, HUSH) == [] and traces_of(project, oid[:12] + "XX") == []
        assert project.git("for-each-ref", "refs/story", "refs/notes") == ""
        status = git_story(project, "status").out
        assert ("nothing stored: " if broken == "rule" else "could not be processed") in status and HUSH not in status
    if broken == "rule":
        project.git("config", "--unset", "story.redact.rules.own")
    git_story(project, "drain")
    assert linked(project) == [session.id]
    assert "nothing stored" not in git_story(project, "status").out


def test_a_real_commit_succeeds_meanwhile(repo: GitRepo, home: Path, begun: int) -> None:
    """With the hooks in place, the committed rule of a colleague broken, and the worker run by the hook."""
    repo.commit("base", {"base.txt": BASE, ".gitstory/config.toml": "[redact.rules]\nx = '(a+)+$'\n"}, at=begun - 1000)
    git_story(repo, "enable")
    session = spoken(home, repo, begun, "aaaaaaaa-1", "a.py")
    repo.commit("a", at=begun + 100)
    git_story(repo, "drain", code=1)
    assert "x" in git_story(repo, "status").out and traces_of(repo, HUSH) == []
    repo.commit("mend", {".gitstory/config.toml": ""}, at=begun + 200)
    git_story(repo, "drain")
    assert linked(repo, "HEAD~1") == [session.id]
