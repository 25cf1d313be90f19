"""A subagent that is given another task: what it does then belongs to the turn that gave it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gitstory.agents.claude_code import AGENT
from gitstory.model import Conversation, Mark
from tests.unit.agents.claude_code_records import SESSION, Transcript, read

REAL = Path(__file__).resolve().parents[4] / "shared" / "faults" / "data" / "claude-code-2.1.332-sendmessage"
SECOND = "Now write the second list"
PEER = "Another Claude session sent a message:"
ADDRESS = "Address this before completing your current task."
DELIVERED = f"The coordinator sent a message while you were working:\n{SECOND}\n\n{ADDRESS}"
COORDINATOR: dict[str, Any] = {"isMeta": True, "origin": {"kind": "coordinator"}}


def main(*prompts: str) -> Transcript:
    """Turns of the main thread, ten seconds apart; the first one starts the subagent."""
    log = Transcript()
    for number, prompt in enumerate(prompts):
        log.prompt(prompt, promptId=f"p{number}")
        if number == 0:
            call = log.call(
                "Agent", {"description": "list", "prompt": "Write the first list", "run_in_background": True}
            )
            log.result(call, "launched", {"agentId": "abc", "status": "async_launched"})
        log.says("ok")
    return log


def helper(follow_up: Any = DELIVERED, **fields: Any) -> Transcript:
    log = Transcript(isSidechain=True, agentId="abc")
    log.session = "fade"
    log.prompt("Write the first list", promptId="p0")
    log.write_file("/home/dev/work/app/one.txt", "first\n")
    log.says("Finished.")
    log.prompt(follow_up, **fields)
    log.says("On it.")
    log.write_file("/home/dev/work/app/two.txt", "second\n")
    for record in log.records:
        record["sessionId"] = SESSION
    return log


def stored(log: Transcript, own: Transcript, tmp_path: Path) -> Conversation:
    own.store(tmp_path / SESSION / "subagents", "agent-abc")
    return read(log.store(tmp_path))


def written(conversation: Conversation) -> list[list[str]]:
    return [[edit.path.rpartition("/")[2] for edit in turn.edits] for turn in conversation.turns]


def tasks(conversation: Conversation) -> list[list[str]]:
    marks = [[step for step in turn.steps if isinstance(step, Mark)] for turn in conversation.turns]
    return [[step.text for step in one if step.kind == "subagent"] for one in marks]


def test_what_it_does_stands_behind_the_message_that_asked_for_it(tmp_path: Path) -> None:
    log = main("Let a helper write a list")
    log.prompt("Tell the helper to add a second list")
    call = log.call("SendMessage", {"to": "abc", "message": SECOND, "summary": "second"})
    log.result(call, "{}", {"success": True, "resumedAgentId": "abc"})
    log.says("Told.")
    log.prompt("Thanks")
    found = stored(log, helper(**COORDINATOR), tmp_path)
    assert written(found) == [["one.txt"], ["two.txt"], []]
    assert tasks(found) == [["Write the first list"], [SECOND], []]
    assert [type(step).__name__ for step in found.turns[1].steps] == ["Call", "Mark", "Say", "Call", "Say"]


def test_without_the_message_the_prompt_that_was_running_decides(tmp_path: Path) -> None:
    found = stored(main("one", "two", "three"), helper(**COORDINATOR, promptId="p1"), tmp_path)
    assert written(found) == [["one.txt"], ["two.txt"], []]


def test_without_either_the_time_decides(tmp_path: Path) -> None:
    own = helper(**COORDINATOR)
    for record in own.records[4:]:
        record["timestamp"] = "2026-05-01T11:00:00.000Z"
    assert written(stored(main("one", "two", "three"), own, tmp_path)) == [["one.txt"], [], ["two.txt"]]


@pytest.mark.parametrize(
    ("follow_up", "fields"),
    [
        (SECOND, {}),
        (SECOND, {"origin": {"kind": "human"}}),
        ([{"type": "text", "text": DELIVERED}], COORDINATOR),
        (DELIVERED, {"isMeta": True}),
        (
            f"{PEER}\n<agent-message from='x'>\n{SECOND}\n</agent-message>",
            {"isMeta": True},
        ),
    ],
)
def test_follow_ups_of_all_versions_are_known(follow_up: Any, fields: dict[str, Any], tmp_path: Path) -> None:
    found = stored(main("one", "two", "three"), helper(follow_up, promptId="p2", **fields), tmp_path)
    assert written(found) == [["one.txt"], [], ["two.txt"]]
    assert tasks(found)[2] == [SECOND]


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("<system-reminder>be brief</system-reminder>", {"isMeta": True}),
        ("<task-notification>\n<task-id>b1</task-id>\n</task-notification>", {}),
        ("SubagentStop hook feedback:\nnot done", {"isMeta": True}),
        (
            "This session is being continued from a previous conversation.",
            {"isCompactSummary": True},
        ),
        ("[Request interrupted by user]", {}),
        ("", {}),
    ],
)
def test_what_asks_for_nothing_begins_no_task(text: str, fields: dict[str, Any], tmp_path: Path) -> None:
    found = stored(main("one", "two", "three"), helper(text, promptId="p2", **fields), tmp_path)
    assert written(found) == [["one.txt", "two.txt"], [], []]


def test_an_agent_that_is_resumed_stays_where_it_was_started(tmp_path: Path) -> None:
    log = main("Let a helper write a list", "Again")
    call = log.call("Agent", {"resume": "abc", "prompt": SECOND})
    log.result(call, "launched", {"agentId": "abc"})
    assert written(stored(log, helper(SECOND), tmp_path)) == [["one.txt"], ["two.txt"]]


def test_a_result_that_comes_late_is_of_the_call_it_answers(tmp_path: Path) -> None:
    own = helper(**COORDINATOR, promptId="p1")
    own.records.insert(5, own.records.pop(2))
    found = stored(main("one", "two"), own, tmp_path)
    assert written(found) == [["one.txt"], ["two.txt"]]


def test_tasks_that_name_each_other_are_not_lost(tmp_path: Path) -> None:
    """The text of a follow-up may be one that the subagent itself sent on."""
    own = helper(**COORDINATOR, promptId="p1")
    sent = Transcript(isSidechain=True, agentId="abc")
    sent.session = "beef"
    sent.call("SendMessage", {"to": "def", "message": SECOND})
    own.records += [{**record, "sessionId": SESSION, "uuid": f"x{n}"} for n, record in enumerate(sent.records)]
    assert written(stored(main("one", "two"), own, tmp_path)) == [["one.txt"], ["two.txt"]]


@pytest.mark.real_files(REAL)
def test_the_real_program(tmp_path: Path) -> None:
    sources = [source for folder in REAL.iterdir() for path in folder.glob("*.jsonl") for source in AGENT.sources(path)]
    [found] = AGENT.read(sources[0]).conversations
    assert [turn.prompt for turn in found.turns] == [
        "Let a helper write the list",
        "Tell the helper to add a second list",
    ]
    assert written(found) == [["one.txt"], ["two.txt"]]
    assert found.skipped == 0
