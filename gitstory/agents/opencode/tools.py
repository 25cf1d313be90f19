"""OpenCode's tool parts: what was asked, what came of it, and the edits it made."""

from __future__ import annotations

from typing import Any, Literal

from gitstory.agents.conversation_builder import CallDraft, changed
from gitstory.agents.json_values import cut, items, mapping, seconds, text
from gitstory.agents.tool_table import ToolTable, tools
from gitstory.effects import patches
from gitstory.model import Edit

SHELLS = ("bash", "shell")
_TOOLS = ToolTable(
    tools(shell=SHELLS, patch=("apply_patch", "patch"), write=("write",), replace=("edit", "multiedit")),
    shown=("command", "filePath", "path", "pattern", "url", "description"),
    folder=("workdir",),
    path=("filePath",),
    patch=("patchText",),
    old=("oldString",),
    new=("newString", "content"),
    everywhere=("replaceAll",),
    empty="write",
)
_OPS: dict[str, Literal["create", "modify", "delete"]] = {"add": "create", "update": "modify", "delete": "delete"}


def call(part: dict[str, Any], cwd: str | None) -> CallDraft:
    """The call of a tool part. One that waits, runs or failed made no edits."""
    state = mapping(part.get("state"))
    given, fields = mapping(state.get("input")), mapping(state.get("metadata"))
    status, tool = text(state.get("status")), text(part.get("tool"))
    began, ident = seconds(mapping(state.get("time")).get("start")), text(part.get("callID"))
    draft = _TOOLS.requested(tool, ident, given, cwd, began)
    draft.answers, draft.spawned = fields.get("answers"), text(fields.get("sessionId") or fields.get("sessionID"))
    output, printed = text(state.get("output")), text(state.get("output")) or text(fields.get("output"))
    draft.answered, draft.failed = status in ("completed", "error"), status == "error"
    draft.output = cut(output or text(state.get("error")))
    if status == "completed":
        code = fields.get("exit")
        failed, action = tool in SHELLS and isinstance(code, int) and code != 0, _TOOLS.action(tool)
        if action == "write" and fields.get("exists") is False:
            action = "new"
        diff = text(fields.get("diff")) or text(mapping(fields.get("filediff")).get("patch"))
        _TOOLS.close(draft, draft.output, failed, action=action, printed=printed, diff=diff)
        draft.edits = _exact(tool, fields, draft) or draft.edits
    return draft


def _exact(tool: str, fields: dict[str, Any], draft: CallDraft) -> tuple[Edit, ...]:
    """What the result says of the files: whole texts where the version kept them."""
    file = mapping(fields.get("filediff"))
    before, after = file.get("before"), file.get("after")
    if tool == "edit" and draft.edits and isinstance(before, str) and isinstance(after, str) and (before or after):
        return (changed(draft.edits[0].path, before, after, draft.time),)
    listed = items(fields.get("files")) if _TOOLS.action(tool) == "patch" else []
    return tuple(edit for one in listed if (edit := _patched(mapping(one), draft)))


def _patched(file: dict[str, Any], draft: CallDraft) -> Edit | None:
    """One file of an `apply_patch`, from its metadata."""
    path = patches.absolute(text(file.get("filePath")) or text(file.get("relativePath")), draft.cwd)
    kind, after, before = text(file.get("type")), file.get("after"), file.get("before")
    hunks = patches.hunks(text(file.get("diff")) or text(file.get("patch")))
    moved = patches.absolute(text(file.get("movePath")), draft.cwd) if text(file.get("movePath")) else ""
    if not path:
        return None
    if kind == "move" and moved:
        return Edit(moved, "rename", hunks=hunks, moved_from=path, time=draft.time)
    if kind not in _OPS:
        return None
    old = before if isinstance(before, str) else None
    if kind == "delete":
        return Edit(path, "delete", before=old, time=draft.time)
    if isinstance(after, str) and (old is not None or kind == "add"):
        return Edit(path, _OPS[kind], before="" if kind == "add" else old, after=after, time=draft.time)
    return Edit(path, _OPS[kind], hunks=hunks, time=draft.time) if hunks else None
