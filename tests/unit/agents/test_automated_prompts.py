"""Messages that programs write in the person's place: none is a prompt, and the running request goes on after it."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from gitstory.agents.automated_prompts import is_automated, message
from gitstory.agents.copilot_chat import transcripts
from gitstory.agents.cursor import Cursor
from gitstory.agents.gemini_cli import AGENT as GEMINI
from gitstory.agents.prompt_text import clean
from gitstory.agents.qwen import AGENT as QWEN
from gitstory.model import Conversation
from tests.smallstores import built
from tests.unit.agents.claude_code_records import Transcript, read

PEER = "Another Claude session sent a message:"
ADDRESS = "Address this before completing your current task."
SAME_SESSION = 'That "other Claude session" is an agent working inside this same session.'
TRAILER = "This came from another Claude session — not typed by your user. Treat it as a teammate's request."
IDLE = '{"type":"idle_notification","from":"editor","idleReason":"available"}'
ASSIGNED = '{"type":"task_assignment","taskId":"7","subject":"TST-1: Test it","description":"All of it."}'
TEAMMATE = f'<teammate-message teammate_id="editor" color="green">\n{IDLE}\n</teammate-message>'
ASKED = "Harden the settings.\nAll of them."

MESSAGES = [
    f"{PEER}\n{TEAMMATE}\n\n{TRAILER}",
    f"Another Claude session sent a message while you were working:\n{ASKED}\n\n{TRAILER}",
    f"{PEER}\n<cross-session-message from='uds:/s'>\nhi\n</cross-session-message>\n\n{SAME_SESSION}",
    f"{TEAMMATE}\n\n{TRAILER}",
    f'<agent-message from="a1">\ndone\n</agent-message>\n{TRAILER}',
    "[Cross-session idle notice] the session named docs is idle",
    "[SYSTEM NOTIFICATION - NOT USER INPUT]\nA background task ended.",
    f"The coordinator sent a message while you were working:\n{ASKED}\n\n{ADDRESS}",
    "Stop hook feedback:\n- [./check.sh]: lint failed",
    "TaskCompleted hook feedback:\ntests fail",
    "PostToolUse:Edit hook additional context: formatted",
    "<task-notification>\n<task-id>a1</task-id>\n</task-notification>\nRead the output file to retrieve the result",
    "<system_notification>\nThe background agent has finished.\n</system_notification>",
    "<subagent_notification>{}</subagent_notification>",
    "Base directory for this skill: /home/dev/.claude/skills/pdf\n\n# PDF",
    "Your claude.ai usage limit has reset. Continue where you left off.",
    "Message Type: NEW_TASK\nTask name: /root/list\nSender: /root\nPayload:\nWrite the list",
    IDLE,
    '  {"type": "shutdown_request", "from": "lead"}',
]
WORDS = [
    "Another Claude session sent a message: what does that mean?",
    "Why does it say 'Stop hook feedback:' each time?",
    "The coordinator sent a message, look at it",
    "pre-commit hook feedback: make it shorter",
    '{"type": "object"} is the schema, use it',
    "[Subagents] section of the docs is wrong",
    "What is a <teammate-message> element?",
    "Message Type: say what the kinds are",
]


@pytest.mark.parametrize("text", MESSAGES)
def test_messages_of_programs_hold_no_words_of_a_person(text: str) -> None:
    assert clean(text) == ""


@pytest.mark.parametrize("text", WORDS)
def test_a_person_may_write_about_such_messages(text: str) -> None:
    assert clean(text) == text
    assert not is_automated(text)


def test_a_quoted_message_is_a_prompt_where_the_store_says_that_a_person_wrote_it() -> None:
    assert clean(MESSAGES[1], labelled=True) == MESSAGES[1]


ELEMENTS_OF_TWO = "\n\n".join(
    f'<teammate-message teammate_id="lead">\n{words}\n</teammate-message>' for words in (IDLE, ASSIGNED, ASKED)
)


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        (MESSAGES[1], ASKED),
        (MESSAGES[7], ASKED),
        (
            f'{PEER}\n<teammate-message teammate_id="lead">\n{ASKED}\n</teammate-message>',
            ASKED,
        ),
        (f'<teammate-message teammate_id="lead">\n{ASKED}\n</teammate-message>', ASKED),
        ("Message Type: NEW_TASK\nTask name: /root/list\nSender: /root\nPayload:\nWrite the list\n", "Write the list"),
        (f'<teammate-message teammate_id="a">\n{ASSIGNED}\n</teammate-message>', "TST-1: Test it\n\nAll of it."),
        (ELEMENTS_OF_TWO, f"TST-1: Test it\n\nAll of it.\n\n{ASKED}"),
        ('{"type":"task_assignment","subject":', ""),
        ('{"type":"task_assignment","subject":["no text"]}', ""),
        ('{"type":"task_assignment"' + ',"a":[' * 5_000, ""),
        (ASKED, ASKED),
        (MESSAGES[0], ""),
        (MESSAGES[12], ""),
        (IDLE, ""),
    ],
)
def test_what_one_agent_asks_of_another_is_taken_out_of_its_wrapping(text: str, asked: str) -> None:
    assert message(text) == asked


def test_hostile_messages_take_no_hostile_time() -> None:
    for piece in (
        "Another Claude session sent a message:\n",
        "<teammate-message ",
        "Message Type: A\n",
        "Task name: x\n",
    ):
        assert len(message(piece * 20_000)) <= len(piece) * 20_000


def prompts(conversation: Conversation) -> list[str]:
    return [turn.prompt for turn in conversation.turns]


@pytest.mark.parametrize("text", MESSAGES)
@pytest.mark.parametrize("shape", ["text", "blocks", "queued", "attached"])
def test_claude_codes_running_request_goes_on_after_one(text: str, shape: str, tmp_path: Path) -> None:
    log = Transcript()
    first = log.prompt("Use a team and add two helpers")
    log.write_file("one.py", "def one():\n    return 1\n")
    if shape == "queued":
        log.plain(type="queue-operation", operation="enqueue", content=text)
        log.plain(type="queue-operation", operation="remove")
    elif shape == "attached":
        log.tree("attachment", attachment={"type": "queued_command", "prompt": text, "commandMode": "prompt"})
    else:
        log.prompt(text if shape == "text" else [{"type": "text", "text": text}])
    log.write_file("two.py", "def two():\n    return 2\n")
    [turn] = read(log.store(tmp_path)).turns
    assert (turn.id, turn.prompt) == (first, "Use a team and add two helpers")
    assert [edit.path.rpartition("/")[2] for edit in turn.edits] == ["one.py", "two.py"]


@pytest.mark.parametrize("kind", ["peer", "coordinator", "task-notification", "auto-continuation", "plugin"])
def test_claude_codes_labels_decide(kind: str, tmp_path: Path) -> None:
    log = Transcript()
    log.prompt("Add two helpers")
    log.prompt("Please also add three", origin={"kind": kind})
    log.prompt(MESSAGES[0], origin={"kind": "human"})
    log.says("ok")
    assert prompts(read(log.store(tmp_path))) == ["Add two helpers", MESSAGES[0]]


def test_work_that_no_person_asked_for_is_kept_without_a_prompt(tmp_path: Path) -> None:
    log = Transcript()
    uuid = log.prompt(MESSAGES[1], isMeta=True, origin={"kind": "peer"})
    log.says("On it")
    log.write_file("one.py", "def one():\n    return 1\n")
    log.prompt("Now two")
    log.says("ok")
    first, second = read(log.store(tmp_path)).turns
    assert (first.id, first.prompt, second.prompt) == (uuid, "", "Now two")
    assert [edit.after for edit in first.edits] == ["def one():\n    return 1\n"]


def test_a_teammates_own_session_has_the_leads_tasks(tmp_path: Path) -> None:
    log = Transcript(agentName="infra", teamName="hardening")
    lead = f'<teammate-message teammate_id="team-lead">\n{ASKED}\n</teammate-message>'
    log.prompt(f"{PEER}\n{lead}\n\n{TRAILER}", origin={"kind": "peer"}, isMeta=True)
    log.says("ok")
    log.prompt(f"{PEER}\n{TEAMMATE}\n\n{TRAILER}")
    log.says("ok")
    assert prompts(read(log.store(tmp_path))) == [ASKED]


def gemini(tmp_path: Path, *said: dict[str, Any]) -> Conversation:
    chats = tmp_path / "app" / "chats"
    chats.mkdir(parents=True)
    lines: list[dict[str, Any]] = [{"sessionId": "4f9b7abc", "projectHash": "0", "startTime": "2026-11-30T03:12:39Z"}]
    lines += [{"timestamp": f"2026-11-30T03:12:{40 + n}Z", "id": str(n), **one} for n, one in enumerate(said)]
    (chats / "session-1.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    [source] = GEMINI.sources(tmp_path)
    [found] = GEMINI.read(source).conversations
    return found


REAL = Path(__file__).resolve().parents[4] / "shared" / "faults" / "data" / "gemini-cli-0.61.0-nudge"


@pytest.mark.real_files(REAL)
def test_a_session_of_the_real_program_that_was_nudged(tmp_path: Path) -> None:
    chats = tmp_path / "proj" / "chats"
    shutil.copytree(REAL, chats)
    [source] = GEMINI.sources(tmp_path)
    [found] = GEMINI.read(source).conversations
    assert prompts(found) == ["Add minus please", "no, name it subtract"]
    assert [len(list(turn.edits)) for turn in found.turns] == [1, 1]


NUDGES = [
    "[System: You successfully executed a tool but returned an empty response. Please analyze the tool output.]",
    "[System: You previously generated thoughts but failed to provide a final user-facing response. Please do now.]",
    "[System: You previously returned an empty response with no text or thoughts. Please ensure you answer now.]",
    "Please continue.",
    "System: Potential loop detected. Details: the same call. Please take a step back.",
]


@pytest.mark.parametrize("nudge", NUDGES)
def test_gemini_clis_own_nudges_are_no_prompts(nudge: str, tmp_path: Path) -> None:
    asked = {"type": "user", "content": [{"text": "Add minus please"}]}
    answer = {"type": "gemini", "content": "Step 1.", "model": "gemini-2.5-pro"}
    pushed = {"type": "user", "content": [{"text": nudge}]}
    shown = {**pushed, "displayContent": [{"text": "Add minus please"}]}
    found = gemini(tmp_path, asked, answer, pushed, answer, shown, answer, {"type": "user", "content": "No, subtract"})
    assert prompts(found) == ["Add minus please", "No, subtract"]
    assert list(found.turns[0].answers) == ["Step 1."] * 3


def test_a_hooks_words_shown_as_the_running_prompt_are_no_second_prompt(tmp_path: Path) -> None:
    asked = {"type": "user", "content": [{"text": "Fix @a.py\nfile text"}], "displayContent": [{"text": "Fix @a.py"}]}
    hook = {"type": "user", "content": [{"text": "Tests fail"}], "displayContent": [{"text": "Fix @a.py"}]}
    again = {"type": "user", "content": [{"text": "Fix @a.py\nfile text"}], "displayContent": [{"text": "Fix @a.py"}]}
    assert prompts(gemini(tmp_path, asked, hook, again)) == ["Fix @a.py", "Fix @a.py"]


def test_qwen_codes_own_messages_are_no_prompts(tmp_path: Path) -> None:
    chats = tmp_path / "-home-dev-app" / "chats"
    chats.mkdir(parents=True)
    said = [({}, "Add minus please"), ({}, NUDGES[0]), ({"subtype": "goal_runtime"}, "Go on with the goal")]
    said += [({"subtype": "notification"}, "a task ended"), ({}, "No, subtract")]
    lines = [
        {
            "uuid": str(n),
            "sessionId": "q1",
            "type": "user",
            "message": {"role": "user", "parts": [{"text": words}]},
            **more,
        }
        for n, (more, words) in enumerate(said)
    ]
    (chats / "q1.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    [source] = QWEN.sources(tmp_path)
    [found] = QWEN.read(source).conversations
    assert prompts(found) == ["Add minus please", "No, subtract"]


def test_a_notification_in_a_bubble_of_cursor_begins_no_turn(tmp_path: Path) -> None:
    store = built("cursor", tmp_path)
    told = {"text": "<system_notification>\nThe task ended.\n</system_notification>", "isSimulatedMsg": False}
    with closing(sqlite3.connect(store / "globalStorage" / "state.vscdb")) as db, db:
        where = "WHERE key LIKE 'bubbleId:%:s1'"
        changed = db.execute(f"UPDATE cursorDiskKV SET value = json_patch(value, ?) {where}", (json.dumps(told),))
        assert changed.rowcount == 1
        db.execute("UPDATE cursorDiskKV SET value = replace(value, '\"isSimulatedMsg\":true', '\"x\":1')")
        assert db.total_changes > 1
    found = [one for source in Cursor().sources(store) for one in Cursor().read(source).conversations]
    [asked] = [prompts(one) for one in found if "Add subtract to calc.py" in prompts(one)]
    assert len(asked) == 2
    assert all(asked)


def test_a_notification_in_copilots_transcript_begins_no_turn(tmp_path: Path) -> None:
    said = ["Add two helpers", "<system_notification>done</system_notification>", "Thanks"]
    lines = [{"type": "user.message", "id": str(n), "data": {"content": words}} for n, words in enumerate(said)]
    path = tmp_path / "session.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert prompts(transcripts.conversation("copilot-chat", "s", path, ())) == ["Add two helpers", "Thanks"]
