"""How a transcript's last records end a turn."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gitstory.agents.turn_state import ending


def claude(kind: str, content: Any = "", **more: Any) -> dict[str, Any]:
    return {"type": kind, "message": {"role": kind, "content": content, **more}}


TEXT = [{"type": "text", "text": "Done."}]
CALL = [{"type": "tool_use", "id": "t", "name": "Bash", "input": {}}]
RESULT = [{"type": "tool_result", "tool_use_id": "t", "content": "ok"}]
SIDE = {"type": "file-history-snapshot"}

CLAUDE = [
    ([claude("user", "Hello")], "running"),
    ([claude("user", "Hello"), claude("assistant", TEXT)], "answered"),
    ([claude("user", "Hello"), claude("assistant", TEXT), SIDE, {"type": "last-prompt"}], "answered"),
    ([claude("assistant", TEXT, stop_reason="end_turn")], "ended"),
    ([claude("assistant", TEXT, stop_reason="tool_use")], "running"),
    ([claude("assistant", TEXT), claude("assistant", CALL)], "running"),
    ([claude("assistant", CALL), claude("user", RESULT)], "running"),
    ([claude("assistant", [{"type": "thinking", "thinking": "Hm"}])], "running"),
    ([claude("assistant", TEXT), {"type": "system", "subtype": "turn_duration"}], "ended"),
    ([claude("assistant", CALL), claude("user", [{"type": "text", "text": "[Request interrupted by user]"}])], "ended"),
    ([{**claude("assistant", TEXT), "isSidechain": True}], "running"),
    ([SIDE], None),
    ([], None),
]


def event(kind: str, **more: Any) -> dict[str, Any]:
    return {"type": "event_msg", "payload": {"type": kind, **more}}


ANSWER = {"type": "response_item", "payload": {"type": "message", "role": "assistant", "content": []}}
SHELL = {"type": "response_item", "payload": {"type": "function_call", "name": "shell"}}
CODEX = [
    ([event("task_started"), event("user_message"), event("agent_message")], "running"),
    ([event("task_started"), event("agent_message"), event("task_complete")], "ended"),
    ([event("task_started"), event("turn_aborted")], "ended"),
    ([event("task_complete"), event("task_started")], "running"),
    ([event("user_message"), ANSWER], "answered"),
    ([event("user_message"), ANSWER, SHELL], None),
]


def written(path: Path, records: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(one) + "\n" for one in records))
    return path


@pytest.mark.parametrize(("records", "how"), CLAUDE)
def test_claude_code(tmp_path: Path, records: list[dict[str, Any]], how: str | None) -> None:
    assert ending("claude-code", written(tmp_path / "a.jsonl", records)) == how


@pytest.mark.parametrize(("records", "how"), CODEX)
def test_codex(tmp_path: Path, records: list[dict[str, Any]], how: str | None) -> None:
    assert ending("codex", written(tmp_path / "a.jsonl", records)) == how


def test_half_a_record_is_being_written(tmp_path: Path) -> None:
    path = written(tmp_path / "a.jsonl", [claude("assistant", TEXT, stop_reason="end_turn")])
    path.write_bytes(path.read_bytes()[:-1])
    assert ending("claude-code", path) == "running"


def test_only_the_end_is_read(tmp_path: Path) -> None:
    long = [claude("assistant", [{"type": "text", "text": "x" * 300_000}]) for _ in range(3)]
    path = written(tmp_path / "a.jsonl", [*long, claude("assistant", TEXT, stop_reason="end_turn")])
    assert ending("claude-code", path) == "ended"


def test_what_is_no_record_tells_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"[" * 5000 + b"\n\xff\xfe\n12\n{}\n")
    assert ending("claude-code", path) is None
    assert ending("claude-code", tmp_path / "gone.jsonl") is None
    assert ending("goose", path) is None and ending("claude-code", tmp_path / "x.db") is None
