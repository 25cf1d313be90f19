"""Subagents with conversations of their own (Codex, OpenCode): each task is of the turn that was running."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from gitstory.agents.codex import AGENT as CODEX
from gitstory.agents.opencode import AGENT as OPENCODE
from gitstory.attribution.conversation_trace import trace
from gitstory.attribution.line_ids import Lines
from gitstory.attribution.merge_traces import join
from gitstory.model import Conversation, Mark
from gitstory.recording.recorder import with_subagent

MAIN, CHILD = "01a22ac1-72e8-7d83-9fe4-44e54b674299", "01a22ac1-73b2-7722-b62b-528b18566893"
START = 1796013650


def told(parent: Conversation, child: Conversation) -> list[list[str]]:
    """Files that each turn of the parent wrote, as linking has it; what is stored must say the same."""
    [joined] = join([trace(child, Lines()), trace(parent, Lines())])
    linked = [
        [edit.path.rpartition("/")[2] for edit in joined.edits if edit.turn == number]
        for number in range(len(parent.turns))
    ]
    whole = with_subagent(parent, child)
    assert [[edit.path.rpartition("/")[2] for edit in turn.edits] for turn in whole.turns] == linked
    assert [[s.text for s in t.steps if isinstance(s, Mark)] for t in whole.turns] == [["Write one"], [], ["Write two"]]
    return linked


def rollout(folder: Path, thread: str, records: list[tuple[int, str, dict[str, Any]]]) -> Conversation:
    lines = [
        json.dumps({"timestamp": datetime.fromtimestamp(START + at, UTC).isoformat(), "type": kind, "payload": payload})
        for at, kind, payload in records
    ]
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"rollout-2026-11-30T04-40-50-{thread}.jsonl"
    path.write_text("".join(f"{line}\n" for line in lines))
    [source] = [one for one in CODEX.sources(folder) if one.path == path]
    [found] = CODEX.read(source).conversations
    return found


def agent_message(kind: str, payload: str, ident: str) -> dict[str, Any]:
    head = f"Message Type: {kind}\nTask name: /root/list\nSender: /root\nPayload:\n"
    content = [
        {"type": "input_text", "text": head + payload},
        {"type": "encrypted_content", "encrypted_content": "gA=="},
    ]
    return {"type": "agent_message", "id": ident, "author": "/root", "recipient": "/root/list", "content": content}


def patched(name: str) -> dict[str, Any]:
    change = {f"/w/{name}": {"type": "add", "content": f"{name}\n"}}
    return {
        "type": "item_completed",
        "item": {"type": "FileChange", "id": name, "changes": change, "status": "completed"},
    }


def prompted(words: str) -> dict[str, Any]:
    item = {"type": "UserMessage", "id": words, "content": [{"type": "text", "text": words}]}
    return {"type": "item_completed", "item": item}


def test_codexs_followup_task(tmp_path: Path) -> None:
    head = {"id": MAIN, "cwd": "/w", "cli_version": "0.171.0", "history_mode": "paginated"}
    parent = rollout(
        tmp_path,
        MAIN,
        [
            (0, "session_meta", head),
            (1, "event_msg", prompted("Let a helper write a list")),
            (20, "event_msg", prompted("What is the time?")),
            (25, "response_item", agent_message("FINAL_ANSWER", "Done", "amsg_0")),
            (30, "event_msg", prompted("Now a second list")),
        ],
    )
    assert [turn.prompt for turn in parent.turns] == [
        "Let a helper write a list",
        "What is the time?",
        "Now a second list",
    ]
    source = {"subagent": {"thread_spawn": {"parent_thread_id": MAIN}}}
    child = rollout(
        tmp_path,
        CHILD,
        [
            (2, "session_meta", {**head, "id": CHILD, "source": source, "parent_thread_id": MAIN}),
            (3, "response_item", agent_message("NEW_TASK", "Write one", "amsg_1")),
            (4, "event_msg", patched("one.txt")),
            (26, "event_msg", patched("late.txt")),
            (31, "event_msg", {"type": "task_started", "turn_id": "t2"}),
            (32, "inter_agent_communication_metadata", {"trigger_turn": True}),
            (33, "response_item", agent_message("NEW_TASK", "Write two", "amsg_2")),
            (34, "event_msg", patched("two.txt")),
        ],
    )
    assert [(turn.id, turn.prompt) for turn in child.turns] == [("amsg_1", "Write one"), ("amsg_2", "Write two")]
    assert (child.subagent, child.skipped) == (True, 0)
    assert told(parent, child) == [["one.txt", "late.txt"], [], ["two.txt"]]


def opencode(folder: Path, name: str, parent: str | None, said: list[tuple[int, str, str]]) -> Conversation:
    """An exported session; `said` are times, prompts, and the file that was written for each."""
    info: dict[str, Any] = {"id": name, "directory": "/w", "time": {"created": (START + said[0][0]) * 1000}}
    messages: list[dict[str, Any]] = []
    for at, words, file in said:
        when = {"created": (START + at) * 1000}
        text = {"type": "text", "text": words}
        messages.append({"info": {"id": f"msg_{at:03d}", "role": "user", "time": when}, "parts": [text]})
        given = {"filePath": f"/w/{file}", "content": f"{file}\n"}
        time = {"start": (START + at + 1) * 1000}
        state = {"status": "completed", "input": given, "metadata": {"exists": False}, "time": time}
        part = {"type": "tool", "tool": "write", "callID": file, "state": state}
        messages.append(
            {"info": {"id": f"msg_{at:03d}a", "role": "assistant", "time": when}, "parts": [part] if file else []}
        )
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.json"
    path.write_text(json.dumps({"info": {**info, **({"parentID": parent} if parent else {})}, "messages": messages}))
    [source] = OPENCODE.sources(path)
    [found] = OPENCODE.read(source).conversations
    return found


def test_opencodes_task_with_an_id(tmp_path: Path) -> None:
    asked = [(1, "Let a helper write a list", ""), (20, "What is the time?", ""), (30, "Now a second list", "")]
    parent = opencode(tmp_path / "a", "ses_main", None, asked)
    child = opencode(
        tmp_path / "b", "ses_child", "ses_main", [(3, "Write one", "one.txt"), (33, "Write two", "two.txt")]
    )
    assert child.subagent
    assert told(parent, child) == [["one.txt"], [], ["two.txt"]]
