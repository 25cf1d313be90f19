"""Goose's developer tools: `write` and `edit` since 1.4x, `text_editor` before, and the shell."""

from __future__ import annotations

import re
from typing import Any

from gitstory.agents.conversation_builder import CallDraft
from gitstory.agents.json_values import compact, cut, joined, mapping, text
from gitstory.agents.tool_table import ToolTable, tools
from gitstory.effects import patches
from gitstory.model import Edit

_TOOLS = ToolTable(
    tools(shell=("shell",), write=("write",), replace=("edit", "str_replace"), insert=("insert",)),
    shown=("path", "query", "url"),
    patch=(),
    whole=("content", "file_text"),
    lists=(),
    old=("before", "old_str"),
    new=("after", "new_str"),
    everywhere=(),
    empty="write",
    named=False,
    plain=lambda tool: tool.rpartition("__")[2],
)
_FILE = re.compile(r"^(?:--- [^\n]*\n)\+\+\+ (?:b/)?([^\t\n]++)[^\n]*+\n", re.MULTILINE)


def requested_call(block: dict[str, Any], cwd: str | None, time: float | None) -> CallDraft:
    """The call of a `toolRequest`; one that could not be parsed has failed already."""
    call = mapping(block.get("toolCall"))
    value = mapping(call.get("value"))
    given = mapping(value.get("arguments"))
    draft = _TOOLS.requested(text(value.get("name")), text(block.get("id")), given, cwd, time)
    command = draft.argument("command") if _TOOLS.action(draft.tool) == "shell" else ""
    draft.input = cut(command) or draft.input or compact(given)
    draft.failed = call.get("status") == "error"
    draft.answered = draft.failed
    return draft


def answered(draft: CallDraft | None, block: dict[str, Any]) -> None:
    """Note the result of a call; that of an unknown call is ignored."""
    if draft is None or draft.answered:
        return
    result = mapping(block.get("toolResult"))
    value = result.get("value")
    content = mapping(value).get("content") if isinstance(value, dict) else value
    printed = joined(content, "text") or text(value) or text(result.get("error"))
    failed = result.get("status") == "error" or mapping(value).get("isError") is True
    if _TOOLS.plain(draft.tool) != "text_editor":
        _TOOLS.close(draft, printed, failed)
        return
    verb = _TOOLS.action(draft.argument("command"))
    _TOOLS.close(draft, printed, failed, action=verb if verb != "shell" else "")
    # From 1.10 to 1.25 a diff wins over the texts, and it may change several files.
    if not failed and (diff := draft.argument("diff")):
        draft.edits = _of_diff(diff, draft.path("path"), draft)


def _of_diff(diff: str, path: str, draft: CallDraft) -> tuple[Edit, ...]:
    heads = list(_FILE.finditer(diff))
    if len(heads) <= 1:
        hunks = patches.hunks(diff)
        return (Edit(path, hunks=hunks, time=draft.time),) if hunks and path else ()
    ends = [*(head.start() for head in heads[1:]), len(diff)]
    parts = [
        (patches.absolute(head[1], path or draft.cwd), diff[head.end() : end])
        for head, end in zip(heads, ends, strict=True)
    ]
    return tuple(Edit(name, hunks=hunks, time=draft.time) for name, part in parts if (hunks := patches.hunks(part)))
