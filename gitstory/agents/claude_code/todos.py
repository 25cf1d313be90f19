"""Which to-do item Claude Code has in progress: by whole lists (`TodoWrite`), or item by item (`TaskCreate`, 2.1.x)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from gitstory.agents.json_values import mapping, text


class Todos(Struct):
    """The agent's to-do list: the item in progress, and the items of a list that is kept one by one, by their ids."""

    doing: str = ""
    items: dict[str, str] = {}
    number: str = ""
    """The id of the item in progress."""

    def note_call(self, tool: str, given: Mapping[str, Any]) -> None:
        """Take what a call says of the list: it holds from then on, for agents call and go on."""
        if tool == "TodoWrite" and isinstance(given.get("todos"), list):
            self.doing = in_progress(given["todos"])
        elif tool == "TaskUpdate":
            number, status = text(given.get("taskId")).strip(), given.get("status")
            if subject := text(given.get("subject")).strip():
                self.items[number] = subject
            if status == "in_progress":
                self.number, self.doing = number, self.items.get(number, "")
            elif status in ("completed", "deleted", "pending") and number == self.number:
                self.number, self.doing = "", ""

    def note_result(self, tool: str, given: Mapping[str, Any], result: Mapping[str, Any]) -> None:
        """Learn the id that an item got when it was made."""
        value = mapping(result.get("task")) if tool == "TaskCreate" else {}
        if number := text(value.get("id")).strip():
            self.items[number] = text(value.get("subject")).strip() or text(given.get("subject")).strip()


def in_progress(items: list[Any]) -> str:
    """The first item of a list that is in progress, "" for none."""
    doing = (item for item in map(mapping, items) if item.get("status") == "in_progress")
    named = (text(item.get("content")).strip() or text(item.get("activeForm")).strip() for item in doing)
    return next(filter(None, named), "")
