"""What calls tell beside their work, in the shapes of several agents, and through their readers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gitstory.agents.call_annotations import Exchanges
from gitstory.agents.codex import AGENT as CODEX
from gitstory.agents.codex.store import source as codex_source
from gitstory.agents.conversation_builder import CallDraft, Draft
from gitstory.agents.copilot_cli import AGENT as COPILOT
from gitstory.agents.cursor.parse import BubbleReader
from gitstory.agents.opencode.parse import OpenCodeSession
from gitstory.model import Call, Conversation, Edit, Mark, Say

OPTIONS = [{"label": "Redis", "description": "a server"}, {"label": "Disk", "description": "a file"}]
STORE: dict[str, Any] = {"question": "Which store?", "header": "Store", "id": "store", "options": OPTIONS}
SIZE: dict[str, Any] = {"question": "How big?", "header": "Size", "id": "size", "options": []}


def words(tool: str, given: dict[str, Any], output: str, *, failed: bool = False, answers: object = None) -> list[Mark]:
    return list(Exchanges().take(tool, "c1", given, output, failed=failed, answers=answers).words)


@pytest.mark.parametrize(
    ("tool", "given", "output", "answers"),
    [
        ("request_user_input", {"questions": [STORE]}, '{"answers":{"store":{"answers":["Disk"]}}}', None),
        ("ask_user", {"questions": [STORE]}, '{"answers":{"0":"Disk"}}', None),
        ("ask_user", {"question": "Which store?", "choices": ["Redis", "Disk"]}, "User selected: Disk", None),
        ("ask_user", {"question": "Which store?"}, "User responded: Disk", None),
        ("question", {"questions": [STORE]}, "", [["Disk"]]),
        ("question", {"questions": [STORE]}, 'User has answered your questions: "Which store?"="Disk". Go on.', None),
        ("ask_followup_question", {"question": "Which store?"}, "<answer>\nDisk\n</answer>", None),
        ("ask_question", {"questions": [STORE]}, '{"answers":[{"questionId":"store","freeformText":"Disk"}]}', None),
        ("mcp__host__AskUserQuestion", {"questions": [STORE]}, '{"answers":{"Which store?":"Disk"}}', None),
    ],
)
def test_an_answer_in_every_shape(tool: str, given: dict[str, Any], output: str, answers: object) -> None:
    [mark] = words(tool, given, output, answers=answers)
    assert (mark.text, mark.question, mark.occasion, mark.call) == ("Disk", "Which store?", "question", "c1")
    assert mark.option in ("", "Disk: a file")
    assert bool(mark.option) == ("questions" in given)


def test_several_questions_keep_their_answers_apart() -> None:
    output = '{"answers":{"store":{"answers":["Redis","Disk"]},"size":{"answers":["1 GB"]}}}'
    assert [
        (mark.question, mark.text) for mark in words("request_user_input", {"questions": [STORE, SIZE]}, output)
    ] == [
        ("Which store?", "Redis\nDisk"),
        ("How big?", "1 GB"),
    ]


def test_ids_of_options_become_their_labels() -> None:
    asked = {
        "id": "q",
        "prompt": "Which store?",
        "options": [{"id": "a", "label": "Redis"}, {"id": "b", "label": "Disk"}],
    }
    [mark] = words("ask_question", {"questions": [asked]}, '{"answers":[{"questionId":"q","selectedOptionIds":["b"]}]}')
    assert (mark.question, mark.text) == ("Which store?", "Disk")


@pytest.mark.parametrize(
    "output",
    [
        "",
        "User dismissed ask_user dialog without answering.",
        "The user declined to answer",
        "Skipped",
        '{"answers":{}}',
    ],
)
def test_no_answer_is_none(output: str) -> None:
    assert words("ask_user", {"questions": [STORE]}, output) == []


def test_other_tools_answer_nothing() -> None:
    assert words("bash", {"command": "ask"}, 'User has answered your questions: "Which store?"="Disk"') == []


@pytest.mark.parametrize(
    ("tool", "output", "said"),
    [
        (
            "edit",
            "The user rejected permission to use this specific tool call with the following feedback: Keep it",
            "Keep it",
        ),
        ("exit_plan_mode", "Plan rejected. User feedback: Keep it\n\nThe plan is stored at: /p.md", "Keep it"),
        (
            "write",
            "The user denied this operation and provided the following feedback:\n<feedback>\nKeep it\n</feedback>",
            "Keep it",
        ),
        ("exec", "rejected by user", ""),
        ("write", "[Operation Cancelled] Reason: User denied execution.", ""),
        ("bash", "error: the build failed, reason: no such file", ""),
    ],
)
def test_the_reason_of_a_refusal(tool: str, output: str, said: str) -> None:
    assert [mark.text for mark in words(tool, {}, output, failed=True)] == [said] * bool(said)


@pytest.mark.parametrize(
    ("tool", "given"),
    [
        ("update_plan", {"plan": [{"step": "One", "status": "completed"}, {"step": "Two", "status": "in_progress"}]}),
        ("write_todos", {"todos": [{"description": "Two", "status": "in_progress"}]}),
        ("todowrite", {"todos": [{"id": "1", "content": "Two", "status": "in_progress"}]}),
        ("manage_todo_list", {"todoList": [{"id": 1, "title": "Two", "status": "in-progress"}]}),
        ("update_todo_list", {"todos": "[x] One\n[-] Two\n[ ] Three"}),
        ("todo_write", {"todos": [{"content": "Two", "status": "TODO_STATUS_IN_PROGRESS"}]}),
    ],
)
def test_the_item_in_progress_in_every_shape(tool: str, given: dict[str, Any]) -> None:
    exchanges = Exchanges()
    exchanges.take(tool, "", given, "")
    assert exchanges.doing == "Two"
    exchanges.take(tool, "", {"todos": [], "plan": [{"step": "Two", "status": "completed"}]}, "")
    assert exchanges.doing == ""


def test_a_plan_by_its_text_and_by_the_file_it_was_written_to() -> None:
    exchanges = Exchanges()
    assert exchanges.take("exit_plan_mode", "", {"plan": "# Plan"}, "ok").plan == "# Plan"
    written = (Edit("/home/dev/.gemini/tmp/x/plans/cache.md", after="# Cache\n"),)
    exchanges.take("write_file", "", {}, "ok", edits=written)
    assert exchanges.take("exit_plan_mode", "", {"plan_filename": "cache.md"}, "Plan approved").plan == "# Cache\n"
    assert exchanges.take("plan_exit", "", {}, "User approved").plan == "# Cache\n"


def test_calls_of_a_subagent_do_not_change_the_main_agents_list() -> None:
    draft = Draft("copilot-cli", "c", "")
    draft.prompt("Do it")
    todo = {"todos": [{"content": "Mine", "status": "in_progress"}]}
    draft.call(CallDraft("todo_write", "1", arguments=todo))
    draft.call(CallDraft("todo_write", "2", arguments={"todos": []}, agent="h"))
    draft.call(CallDraft("edit", "3", edits=(Edit("a.py"),)))
    assert [call.todo for call in draft.finished().turns[0].calls] == ["", "", "Mine"]
    assert [call.todo for call in draft.finished().turns[0].calls] == ["", "", "Mine"], "finishing twice is the same"


def test_an_answer_that_the_reader_made_a_turn_of_is_not_kept_twice() -> None:
    draft = Draft("cline", "c", "")
    draft.prompt("Add a cache")
    made = draft.call(CallDraft("ask_followup_question", "1", arguments={"question": "Which store?"}))
    made.output = "<answer>\nDisk\n</answer>"
    draft.prompt("Disk")
    first, second = draft.finished().turns
    assert list(first.words) == []
    assert second.kind == "answer"


def lines(path: Path, *records: dict[str, Any]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return path


def codex(tmp_path: Path, *payloads: tuple[str, dict[str, Any]]) -> Conversation:
    head = (
        "session_meta",
        {"id": "019b8000-0000-7000-8000-000000000009", "cwd": "/w", "timestamp": "2026-05-01T10:00:00Z"},
    )
    records = [
        {"type": kind, "payload": payload, "timestamp": f"2026-05-01T10:00:{at:02d}Z"}
        for at, (kind, payload) in enumerate([head, *payloads])
    ]
    path = lines(tmp_path / "rollout-2026-05-01T10-00-00-019b8000-0000-7000-8000-000000000009.jsonl", *records)
    (conversation,) = CODEX.read(codex_source(path)).conversations
    return conversation


def test_codex_keeps_answers_plans_and_what_is_sent_while_it_works(tmp_path: Path) -> None:
    plan = {"plan": [{"step": "Write the cache", "status": "in_progress"}]}
    patch = "*** Begin Patch\n*** Add File: a.py\n+a\n*** End Patch"
    one = codex(
        tmp_path,
        ("event_msg", {"type": "task_started", "turn_id": "t1"}),
        ("event_msg", {"type": "user_message", "message": "Add a cache"}),
        (
            "response_item",
            {
                "type": "function_call",
                "call_id": "1",
                "name": "request_user_input",
                "arguments": json.dumps({"questions": [STORE]}),
            },
        ),
        (
            "response_item",
            {"type": "function_call_output", "call_id": "1", "output": '{"answers":{"store":{"answers":["Disk"]}}}'},
        ),
        (
            "response_item",
            {"type": "function_call", "call_id": "2", "name": "update_plan", "arguments": json.dumps(plan)},
        ),
        ("response_item", {"type": "function_call_output", "call_id": "2", "output": "Plan updated"}),
        ("response_item", {"type": "custom_tool_call", "call_id": "3", "name": "apply_patch", "input": patch}),
        ("response_item", {"type": "custom_tool_call_output", "call_id": "3", "output": "Success"}),
        ("event_msg", {"type": "user_message", "message": "and test it"}),
        (
            "response_item",
            {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "Done."}]},
        ),
        ("event_msg", {"type": "task_started", "turn_id": "t2"}),
        ("event_msg", {"type": "user_message", "message": "Now the docs"}),
    )
    first, second, third = one.turns
    assert [(mark.text, mark.question, mark.option) for mark in first.words] == [
        ("Disk", "Which store?", "Disk: a file")
    ]
    assert [call.todo for call in first.calls if call.edits] == ["Write the cache"]
    assert [turn.added_to for turn in (first, second, third)] == ["", first.id, ""]


def test_copilot_keeps_what_subagents_say_under_their_call(tmp_path: Path) -> None:
    def event(kind: str, **data: Any) -> dict[str, Any]:
        agent = data.pop("agent", None)
        return {
            "type": kind,
            "data": data,
            "timestamp": "2026-05-01T10:00:00Z",
            **({"agentId": agent} if agent else {}),
        }

    task = {"agent_type": "explore", "description": "look", "prompt": "Look at every reader"}
    path = lines(
        tmp_path / "7b2c0001-0000-4000-8000-00000000000c" / "events.jsonl",
        event("session.start", sessionId="x", context={"cwd": "/w"}),
        event("user.message", content="Look into it"),
        event(
            "assistant.message",
            content="I ask a helper",
            toolRequests=[{"toolCallId": "t1", "name": "task", "arguments": task}],
        ),
        event("tool.execution_start", toolCallId="t1", toolName="task", arguments=task),
        event("subagent.started", toolCallId="t1", agentName="explore", agentDisplayName="Explore"),
        event("assistant.message", content="It is in kinds.py", parentToolCallId="t1"),
        event(
            "assistant.message",
            content="",
            toolRequests=[{"toolCallId": "q1", "name": "ask_user", "arguments": {"question": "Which store?"}}],
        ),
        event("tool.execution_complete", toolCallId="q1", success=True, result={"content": "User responded: Disk"}),
        event("assistant.message", content="The helper found it"),
    )
    [source] = list(COPILOT.sources(tmp_path))
    assert source.path == path
    (one,) = COPILOT.read(source).conversations
    [turn] = one.turns
    assert list(turn.answers) == ["I ask a helper", "The helper found it"]
    [helpers] = [step for step in turn.steps if isinstance(step, Say) and step.agent]
    [mark] = [step for step in turn.steps if isinstance(step, Mark) and step.kind == "subagent"]
    assert (helpers.text, helpers.agent, mark.call, mark.agent) == ("It is in kinds.py", "t1", "t1", "t1")
    assert mark.task == "Look at every reader"
    assert [said.text for said in turn.words] == ["Disk"]


def test_opencode_keeps_answers_and_the_session_a_task_started() -> None:
    session = OpenCodeSession("ses_1", "")
    session.message({"role": "user", "id": "m1"}, [{"type": "text", "text": "Add a cache"}])
    asked = {
        "status": "completed",
        "input": {"questions": [STORE]},
        "output": "answered",
        "metadata": {"answers": [["Disk"]]},
    }
    given = {"description": "look", "prompt": "Look at every reader"}
    task = {"status": "completed", "input": given, "output": "found", "metadata": {"sessionId": "ses_2"}}
    refused = {
        "status": "error",
        "input": {"filePath": "/a"},
        "error": "The user rejected permission to use this specific tool call with the following feedback: Keep it",
    }
    parts = [
        {"type": "tool", "tool": "question", "callID": "1", "state": asked},
        {"type": "tool", "tool": "task", "callID": "2", "state": task},
        {"type": "tool", "tool": "edit", "callID": "3", "state": refused},
    ]
    session.message({"role": "assistant", "id": "m2"}, parts)
    [turn] = session.finished().turns
    assert [(mark.text, mark.occasion) for mark in turn.words] == [("Disk", "question"), ("Keep it", "refusal")]
    assert [call.spawned for call in turn.calls] == ["", "ses_2", ""]


def test_cursor_names_the_task_of_a_subagent() -> None:
    draft = Draft("cursor", "c", "")
    draft.prompt("Look into it")
    params = json.dumps({"description": "look", "prompt": "Look at every reader"})
    told = {"name": "task_v2", "toolCallId": "t1", "status": "completed", "params": params, "result": "{}"}
    BubbleReader(draft).message({"type": 2, "toolFormerData": told}, {"type": 2})
    [call, mark] = draft.finished().turns[0].steps
    assert isinstance(call, Call)
    assert isinstance(mark, Mark)
    assert (mark.text, mark.call, mark.task) == ("look", "t1", "Look at every reader")
