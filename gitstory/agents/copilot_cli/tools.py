"""The calls of Copilot CLI's tools: what they say, what came of them, and the edits they made.

Seen in 1.0.64 to 1.0.102. Diffs in results are of texts with one empty line too many; the arguments are exact.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from gitstory.agents.conversation_builder import CallDraft
from gitstory.agents.json_values import mapping, text
from gitstory.agents.stores.jsonl import embedded
from gitstory.agents.tool_table import Action, ToolTable, tools
from gitstory.effects import shell

SHELLS = ("bash", "powershell", "shell", "local_shell")
_LATER = ("read_bash", "read_powershell", "write_bash", "write_powershell")
_TOOLS = ToolTable(
    tools(shell=SHELLS, patch=("apply_patch",), new=("create",), replace=("edit", "str_replace"), insert=("insert",)),
    shown=("path", "command", "pattern", "query", "url", "shellId", "description", "prompt"),
    patch=("input", "patch", "patchText"),
    whole=("file_text",),
    old=("old_str",),
    new=("new_str",),
    everywhere=(),
    named=False,
)
_OPTIONAL: Mapping[Action, str] = {"new": "file_text", "replace": "new_str"}
"""Arguments that stand for an empty text where they are left out."""
_ENDED = re.compile(r"<(?:shellId: \S{1,80}|command) (?:completed|exited) with exit code (-?\d{1,10})>\s*\Z")
_SHELL = re.compile(r"<(?:shellId:|command (?:with|started in background with) shellId:) (\S{1,80}?)[ >]")


def requested_call(tool: str, ident: str, arguments: Any, cwd: str | None, time: float | None) -> CallDraft:
    """A call as the model made it; `arguments` as an object, as JSON, or the text of a patch."""
    raw = text(arguments)
    given = mapping(arguments) or (embedded(raw) if raw.startswith("{") else {})
    if tool == "apply_patch" and raw and not given:
        given = {"input": raw}
    return _TOOLS.requested(tool, ident, given, cwd, time, "" if given else raw)


def answered(call: CallDraft, fields: dict[str, Any], shells: dict[str, str]) -> None:
    """Take in what came of a call. `shells` are the commands that were left running, by the ids of their shells."""
    if call.answered:
        return
    given, result, error = call.arguments, mapping(fields.get("result")), mapping(fields.get("error"))
    output, refused = text(result.get("content")) or text(error.get("message")), fields.get("success") is not True
    action = _TOOLS.action(text(given.get("command")) if call.tool == "str_replace_editor" else call.tool)
    if name := _OPTIONAL.get(action):
        call.arguments = {**given, name: text(given.get(name))}
    failed = refused or (action == "shell" and _code(output, mapping(fields.get("shellExecution"))) != 0)
    _TOOLS.close(call, output, failed, action=action, ran=not refused)
    if action == "shell" and not refused and not _ENDED.search(output[-200:]):
        if running := _SHELL.search(output[-400:]):
            shells[running[1]] = text(given.get("command"))
    elif call.tool in _LATER:
        call.commits = shell.commits_made(shells.get(text(given.get("shellId")), ""), output)


def _code(output: str, execution: dict[str, Any]) -> int:
    ended, code = _ENDED.search(output[-200:]), execution.get("exitCode")
    return code if isinstance(code, int) else int(ended[1]) if ended else 0
