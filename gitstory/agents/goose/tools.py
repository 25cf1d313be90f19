"""Goose's developer tools: `write` and `edit` since 1.4x, `text_editor` before, and the shell."""

from __future__ import annotations

import re
from typing import Any

from gitstory.agents import call_summary, patches
from gitstory.agents.conversation_builder import CallDraft, changed
from gitstory.agents.json_values import compact, joined, mapping, text
from gitstory.model import Edit, Replacement

_MAIN_ARGUMENTS = ("command", "path", "query", "url")
_FILE = re.compile(r"^(?:--- [^\n]*\n)\+\+\+ (?:b/)?([^\t\n]++)[^\n]*+\n", re.MULTILINE)


def requested_call(block: dict[str, Any], cwd: str | None, time: float | None) -> CallDraft:
    """The call of a `toolRequest`; one that could not be parsed has failed already."""
    call = mapping(block.get("toolCall"))
    value = mapping(call.get("value"))
    given = mapping(value.get("arguments"))
    draft = CallDraft(text(value.get("name")), text(block.get("id")), time=time, cwd=cwd, arguments=given)
    shell = _plain(draft.tool) == "shell"
    matters = _MAIN_ARGUMENTS if shell else _MAIN_ARGUMENTS[1:]
    draft.input = call_summary.summary(given, matters, compact(given))
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
    draft.close(printed, result.get("status") == "error" or mapping(value).get("isError") is True)
    name = _plain(draft.tool)
    if name == "shell":
        draft.ran(draft.argument("command"), printed, draft.failed)
    elif not draft.failed:
        draft.edits = _edits(name, draft)


def _plain(tool: str) -> str:
    return tool.rpartition("__")[2]


def _edits(name: str, draft: CallDraft) -> tuple[Edit, ...]:
    given, time = draft.arguments, draft.time
    path = draft.path("path")
    command = text(given.get("command")) if name == "text_editor" else name
    # From 1.10 to 1.25 a diff wins over the texts, and it may change several files.
    if name == "text_editor" and text(given.get("diff")):
        return _of_diff(text(given.get("diff")), path, draft)
    if not path:
        return ()
    if command == "write":
        content = given.get("content", given.get("file_text"))
        return (changed(path, None, content, time),) if isinstance(content, str) else ()
    if command in ("edit", "str_replace"):
        old, new = given.get("before", given.get("old_str")), given.get("after", given.get("new_str"))
        if not isinstance(old, str) or not isinstance(new, str):
            return ()
        return (
            Edit(path, replacements=(Replacement(old, new),), time=time) if old else changed(path, None, new, time),
        )
    if command == "insert":
        return (patches.inserted(path, text(given.get("new_str")), time=time),)
    return ()


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
