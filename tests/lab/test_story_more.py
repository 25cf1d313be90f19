"""The less usual ways agents work: at once, through subagents, side by side, forked, in worktrees of their own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.gitrepo import GitRepo
from tests.lab.agents import ClaudeCode, Codex
from tests.lab.bench import CALC, Bench, ranges, strong_turns
from tests.lab.plan import ToolCall
from tests.lab.programs import CODEX, Package

pytestmark = pytest.mark.lab

FIRST = "Add subtract and note it down"
SECOND = "Add multiply too"
MULTIPLY = "\n\ndef multiply(a, b):\n    return a * b\n"


def test_edit_and_commit_in_one_answer(enabled: Bench) -> None:
    """The commit follows the edit within milliseconds, so the hook comes before the store has the edit's result."""
    read, edit, write, commit = enabled.add_subtract(enabled.commit_call("Add subtract"))
    enabled.turn(FIRST, read, (edit, write, commit))
    assert enabled.repo.git("log", "-1", "--format=%s") == "Add subtract"
    story = enabled.show()
    (conversation,) = story["conversations"]
    assert strong_turns(conversation) == [(1, FIRST, "lines")]
    assert ranges(story, "calc.py") == [(3, 6)]
    assert ranges(story, "notes.md") == [(1, 3)]


def test_two_commits_in_one_turn(enabled: Bench) -> None:
    read, edit, write = enabled.add_subtract()
    commits = [enabled.commit_call(text) for text in ("Add subtract", "Add notes")]
    enabled.turn(FIRST, read, edit, commits[0], write, commits[1])
    assert ranges(enabled.show("HEAD~1"), "calc.py") == [(3, 6)]
    assert ranges(enabled.show(), "notes.md") == [(1, 3)]
    assert [file["path"] for file in enabled.show()["files"]] == ["notes.md"]


def test_agent_amends_its_commit(enabled: Bench) -> None:
    enabled.turn(FIRST, *enabled.add_subtract(enabled.commit_call("Add subtract")))
    calc, line = enabled.repo.path / "calc.py", "    return a - b\n"
    amend = enabled.agent.shell("git commit -q -a --amend --no-edit")
    edit = enabled.agent.edit(calc, line, line + MULTIPLY)
    enabled.turn(SECOND, enabled.agent.read(calc), edit, amend, session="resume")
    assert enabled.repo.git("rev-list", "--count", "HEAD") == "2"
    (conversation,) = enabled.show()["conversations"]
    assert strong_turns(conversation) == [(1, FIRST, "lines"), (2, SECOND, "lines")]
    assert ranges(enabled.show(), "calc.py") == [(3, 6), (7, 10)]


def test_agent_commits_from_a_subdirectory(enabled: Bench) -> None:
    folder = enabled.repo.path / "deep" / "down"
    folder.mkdir(parents=True)
    write = enabled.agent.write(folder / "list.txt", "first entry\nsecond entry\n")
    commit = enabled.agent.shell("git add . && git commit -m 'Add a list'")
    enabled.turn("List two things", write, commit, cwd=folder)
    (conversation,) = enabled.show()["conversations"]
    assert strong_turns(conversation) == [(1, "List two things", "lines")]
    assert ranges(enabled.show(), "deep/down/list.txt") == [(1, 2)]


def test_fork_does_not_take_the_credit(enabled: Bench) -> None:
    """A forked conversation carries a copy of the first turn; the commit of that turn stays the original's."""
    enabled.turn(FIRST, *enabled.add_subtract(enabled.commit_call("Add subtract")))
    original = enabled.conversation
    calc, line = enabled.repo.path / "calc.py", "    return a - b\n"
    enabled.turn(SECOND, enabled.agent.read(calc), enabled.agent.edit(calc, line, line + MULTIPLY), session="fork")
    enabled.commit_by_hand("Add multiply")
    (forked,) = enabled.show()["conversations"]
    assert forked["id"] != original
    assert [(prompt, evidence) for _, prompt, evidence in strong_turns(forked)] == [(SECOND, "lines")]
    enabled.story("backfill", "--all")
    assert [one["id"] for one in enabled.show("HEAD~1")["conversations"]] == [original]


def test_subagents_work_is_the_conversations(enabled: Bench) -> None:
    if not isinstance(enabled.agent, ClaudeCode):
        pytest.skip("Claude Code's Agent tool")
    task = "Do the subtract task as told"
    enabled.script(task, *enabled.add_subtract(), answer="Subtask done.")
    ask = {"description": "subtract", "prompt": task, "subagent_type": "general-purpose", "run_in_background": False}
    enabled.turn("Delegate subtract", ToolCall("Agent", ask))
    enabled.commit_by_hand("Add subtract")
    story = enabled.show()
    (conversation,) = story["conversations"]
    assert conversation["id"] == enabled.conversation
    assert strong_turns(conversation) == [(1, "Delegate subtract", "lines")]
    assert ranges(story, "calc.py") == [(3, 6)]


@pytest.fixture
def pair(enabled: Bench, installed: Callable[[Package], Path]) -> tuple[Bench, Bench]:
    """Claude Code and Codex in the same repository, with the same home and model."""
    if not isinstance(enabled.agent, ClaudeCode):
        pytest.skip("one run of the pair is enough")
    agent = Codex(installed(CODEX), enabled.agent.home, enabled.model.url, model="gpt-6-astra")
    return enabled, Bench(enabled.repo, agent, enabled.model)


def test_two_agents_in_one_commit(pair: tuple[Bench, Bench]) -> None:
    claude, codex = pair
    claude.turn(FIRST, *claude.add_subtract())
    calc, line = claude.repo.path / "calc.py", "    return a - b\n"
    codex.turn(SECOND, codex.agent.edit(calc, line, line + MULTIPLY))
    claude.commit_by_hand("Add subtract and multiply")
    story = claude.show()
    assert {one["agent"]: strong_turns(one) for one in story["conversations"]} == {
        "claude-code": [(1, FIRST, "lines")],
        "codex": [(1, SECOND, "lines")],
    }
    assert ranges(story, "calc.py") == [(3, 6), (7, 10)]
    agents = [line["agent"] for line in claude.blame("calc.py")]
    assert agents == [None] * 2 + ["claude-code"] * 4 + ["codex"] * 4


def test_one_agent_commits_anothers_work(pair: tuple[Bench, Bench]) -> None:
    claude, codex = pair
    claude.turn(FIRST, *claude.add_subtract())
    codex.turn("Commit everything", codex.commit_call("Add subtract"))
    story = claude.show()
    assert {one["agent"]: strong_turns(one) for one in story["conversations"]} == {
        "claude-code": [(1, FIRST, "lines")],
        "codex": [(1, "Commit everything", "command")],
    }
    assert {line["agent"] for line in claude.blame("calc.py")} == {None, "claude-code"}


def test_agent_reverts_its_commit(enabled: Bench) -> None:
    enabled.turn(FIRST, *enabled.add_subtract(enabled.commit_call("Add subtract")))
    enabled.turn("Take it back", enabled.agent.shell("git revert --no-edit HEAD"), session="resume")
    assert enabled.repo.git("show", "HEAD:calc.py") + "\n" == CALC
    (conversation,) = enabled.show()["conversations"]
    assert strong_turns(conversation) == [(2, "Take it back", "command")]


def test_work_in_a_neighbouring_repository(enabled: Bench) -> None:
    """Started here, sent next door: the story belongs to the repository whose files were edited."""
    door = GitRepo.init(enabled.repo.path.parent / "next door")
    door.commit("Add calc", {"calc.py": CALC})
    enabled.story("enable", cwd=door.path)
    commit = enabled.agent.shell(f"cd '{door.path}' && git add -A && git commit -q -m 'Add subtract'")
    enabled.turn(FIRST, *enabled.add_subtract(commit, root=door.path))
    story = enabled.show(cwd=door.path)
    assert story["subject"] == "Add subtract"
    (conversation,) = story["conversations"]
    assert strong_turns(conversation) == [(1, FIRST, "lines")]
    assert enabled.show()["conversations"] == []


def test_two_conversations_at_once(enabled: Bench) -> None:
    """A second conversation edits another file while the first one waits for its model."""
    other = enabled.repo.path / "other.txt"

    def meanwhile() -> None:
        plan = dict(enabled.model.plan)
        enabled.turn(SECOND, enabled.agent.write(other, "from the second\nconversation\n"))
        enabled.model.plan = {**plan, **enabled.model.plan}

    enabled.turn(FIRST, *enabled.add_subtract(), before_answer=meanwhile)
    enabled.commit_by_hand("Add it all")
    story = enabled.show()
    told = {strong_turns(one)[0][1]: one["id"] for one in story["conversations"]}
    assert sorted(told) == sorted((FIRST, SECOND))
    assert {file["path"]: {part["conversation"] for part in file["ranges"]} for file in story["files"]} == {
        "calc.py": {told[FIRST]},
        "notes.md": {told[FIRST]},
        "other.txt": {told[SECOND]},
    }
