"""Tasks of Cline and Roo Code in editors: own small stores, and what stands between tags."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from gitstory.agents.base import Agent
from gitstory.agents.cline import AGENT as CLINE
from gitstory.agents.cline import tags
from gitstory.agents.roo import AGENT as ROO
from gitstory.model import Conversation, Hunk, Mark, Replacement, Tokens
from gitstory.testing import Expect, conformance
from tests.examples import tries
from tests.smallstores import DATA

CALC = "/home/dev/work/app/calc.py"


def read(agent: Agent) -> dict[str, Conversation]:
    return {one.id: one for source in agent.sources(DATA / agent.name) for one in agent.read(source).conversations}


def test_roo_conforms(tmp_path: Path) -> None:
    conformance(
        ROO, DATA / "roo", tmp_path, Expect(conversations=2, prompts=3, edits=3, skipped=0), readings=tries(100)
    )


def test_calls_between_tags() -> None:
    one = read(CLINE)["1767261600000"]
    first, second = one.turns
    assert (first.prompt, second.prompt) == ("Add subtract to calc.py", "Write notes.md instead, and commit")
    assert [(edit.path, edit.replacements) for edit in first.edits] == [
        (CALC, (Replacement("a = 1\n", "a = 1\nb = 2\n"),))
    ]
    assert [call.failed for call in first.calls] == [False, True]
    (written,) = second.edits
    assert (written.path, written.after) == ("/home/dev/work/app/notes.md", "Notes <b>\n")
    assert [commit for call in second.calls for commit in call.commits] == ["3c9728b"]
    assert (list(first.answers), list(second.answers)) == (["I will edit it."], ["Done."])


def test_times_and_tokens_of_what_was_shown() -> None:
    one = read(CLINE)["1767261600000"]
    assert (one.started, one.times, one.places) == (1767261600.0, "recorded", ("/home/dev/work/app",))
    assert [turn.time for turn in one.turns] == [1767261600.5, 1767261604.5]
    assert [turn.models for turn in one.turns] == [("lab-1",), ("lab-1",)]
    assert [turn.tokens for turn in one.turns] == [Tokens(66, 14, 40), Tokens(99, 21, 60)]


def test_calls_as_blocks() -> None:
    one = read(ROO)["0a1b-task"]
    first, second = one.turns
    assert (first.prompt, second.prompt, one.models) == ("Add subtract", "Thank you", ("lab-2",))
    patched, inserted, replaced = first.edits
    assert patched.replacements == (Replacement("a = 1\n", "a = 1\nb = 2\n"),)
    assert inserted.hunks == (Hunk(0, 0, ("+c = 3",)),)
    assert replaced.replacements == (Replacement("a", "z", True),)
    assert [call.failed for call in first.calls] == [False, True, False, False, False, False, False]
    assert [commit for call in first.calls for commit in call.commits] == ["3c9728b"]
    assert [step.kind for turn in one.turns for step in turn.steps if isinstance(step, Mark)] == [
        "subagent",
        "compacted",
    ]
    assert first.tokens == Tokens(100, 7, 20)


def test_a_task_another_one_started_is_a_subagents() -> None:
    one = read(ROO)["0a1b-child"]
    assert (one.parent, one.subagent, one.places) == ("0a1b-task", True, ("/home/dev/work/app",))


@pytest.mark.parametrize("agent", [CLINE, ROO], ids=["cline", "roo"])
def test_places_are_known_without_reading_all(agent: Agent) -> None:
    assert {agent.places(source) for source in agent.sources(DATA / agent.name)} == {("/home/dev/work/app",)}


def test_a_second_call_in_one_text_was_not_carried_out() -> None:
    one = "<write_to_file><path>a</path><content>\n1\n</content></write_to_file>"
    assert tags.written(one + one.replace("1", "2")).arguments == {"path": "a", "content": "1\n"}


def test_tags_within_a_files_text_stay() -> None:
    text = "<write_to_file><path>a</path><content>\n<content>x</content>\n</content></write_to_file>"
    assert tags.written(text).arguments["content"] == "<content>x</content>\n"


def test_blocks_that_break_off_change_nothing() -> None:
    assert tags.replacements("------- SEARCH\na\n=======\nb\n") == ()
    assert tags.replacements("<<<<<<< SEARCH\n-------\na\n=======\n>>>>>>> REPLACE\n") == (Replacement("a\n", ""),)


@pytest.mark.parametrize(
    ("tool", "output", "expected"),
    [
        ("execute_command", "Command executed.\nOutput:\n[main 3c9728b] Bring back what was reverted", False),
        ("execute_command", "The user denied this operation.", True),
        ("write_to_file", "<error>\nno such folder\n</error>", True),
        ("write_to_file", "Saved.\n<final_file_content path='a'>\n<error>\n</final_file_content>", False),
    ],
)
def test_a_refusal_is_told_from_what_a_file_or_command_says(tool: str, output: str, expected: bool) -> None:
    assert tags.refused(tool, output) is expected


def test_editors_made_of_vs_code_are_looked_at_where_they_are(tmp_path: Path) -> None:
    names = ("rooveterinaryinc.roo-cline", "zoocodeorganization.zoo-code", "zgsm-ai.zgsm")
    storage = [Path("User/globalStorage") / name / "tasks" for name in names]
    before = ROO.roots({}, tmp_path)
    assert before[0] == tmp_path / ".config" / "Code" / storage[0]
    assert {tmp_path / ".config" / "Code" / one for one in storage} <= set(before)
    (tmp_path / ".config" / "Cursor" / "User").mkdir(parents=True)
    assert set(ROO.roots({}, tmp_path)) - set(before) == {tmp_path / ".config" / "Cursor" / one for one in storage}


def test_a_task_that_zoo_code_took_over_is_the_same_conversation(tmp_path: Path) -> None:
    for name in ("rooveterinaryinc.roo-cline", "zoocodeorganization.zoo-code"):
        shutil.copytree(DATA / "roo", tmp_path / ".config" / "Code" / "User" / "globalStorage" / name / "tasks")
    found = [ROO.read(source) for root in ROO.roots({}, tmp_path) for source in ROO.sources(root)]
    assert len(found) == 4
    assert {(one.agent, one.id) for reading in found for one in reading.conversations} == {
        ("roo", name) for name in read(ROO)
    }
