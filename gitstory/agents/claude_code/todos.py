"""Which to-do item Claude Code has in progress: by whole lists (`TodoWrite`), or item by item (`TaskCreate`, 2.1.x)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gitstory.agents.claude_code.transcript_log import Todos


def note_call(todos: Todos, tool: str, given: Mapping[str, Any]) -> None:
    """Take what a call says of the list: it holds from then on, for agents call and go on."""
    if tool == "TodoWrite" and isinstance(given.get("todos"), list):
        todos.doing = in_progress(given["todos"])
    elif tool == "TaskUpdate":
        number, status = _text(given.get("taskId")), given.get("status")
        if subject := _text(given.get("subject")):
            todos.items[number] = subject
        if status == "in_progress":
            todos.number, todos.doing = number, todos.items.get(number, "")
        elif status in ("completed", "deleted", "pending") and number == todos.number:
            todos.number, todos.doing = "", ""


def note_result(todos: Todos, tool: str, given: Mapping[str, Any], result: object) -> None:
    """Learn the id that an item got when it was made."""
    value = result.get("task") if isinstance(result, dict) and tool == "TaskCreate" else None
    if isinstance(value, dict) and (number := _text(value.get("id"))):
        todos.items[number] = _text(value.get("subject")) or _text(given.get("subject"))


def in_progress(items: list[Any]) -> str:
    """The first item of a list that is in progress, "" for none."""
    doing = (item for item in items if isinstance(item, dict) and item.get("status") == "in_progress")
    return next((text for item in doing if (text := _text(item.get("content")) or _text(item.get("activeForm")))), "")


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""
