"""The calls of Copilot CLI's tools: what they say, what came of them, and the edits they made.

Seen in 1.0.64 to 1.0.102. Diffs in results are of texts with one empty line too many; the arguments are exact.
"""

from __future__ import annotations

import re
from typing import Any

from gitstory.agents import patches, shell
from gitstory.agents.conversation_builder import CallDraft, changed
from gitstory.agents.json_values import compact, cut, first, mapping, text
from gitstory.agents.stores.jsonl import embedded
from gitstory.model import Edit, Replacement

SHELLS = ("bash", "powershell", "shell", "local_shell")
_LATER = ("read_bash", "read_powershell", "write_bash", "write_powershell")
_MAIN_ARGUMENTS = ("path", "command", "pattern", "query", "url", "shellId", "description", "prompt")
_ENDED = re.compile(r"<(?:shellId: \S{1,80}|command) (?:completed|exited) with exit code (-?\d{1,10})>\s*\Z")
_SHELL = re.compile(r"<(?:shellId:|command (?:with|started in background with) shellId:) (\S{1,80}?)[ >]")


def requested_call(tool: str, ident: str, arguments: Any, cwd: str | None, time: float | None) -> CallDraft:
    """A call as the model made it; `arguments` as an object, as JSON, or the text of a patch."""
    raw = text(arguments)
    given = mapping(arguments) or (embedded(raw) if raw.startswith("{") else {})
    if tool == "apply_patch" and raw and not given:
        given = {"input": raw}
    shown = first(given, _MAIN_ARGUMENTS)
    shown = patches.summary(_patch(given)) or shown or (compact(given) if given else raw)
    return CallDraft(tool, ident, cut(shown), time=time, cwd=cwd, arguments=given)


def answered(call: CallDraft, fields: dict[str, Any], shells: dict[str, str]) -> None:
    """Take in what came of a call. `shells` are the commands that were left running, by the ids of their shells."""
    if call.answered:
        return
    result, error = mapping(fields.get("result")), mapping(fields.get("error"))
    output = text(result.get("content")) or text(error.get("message"))
    call.close(output, fields.get("success") is not True)
    if call.tool in SHELLS:
        _ran(call, output, mapping(fields.get("shellExecution")), shells)
    elif call.tool in _LATER:
        call.commits = shell.commits_made(shells.get(text(call.arguments.get("shellId")), ""), output)
    elif not call.failed:
        call.edits = _edits(call)


def _ran(call: CallDraft, output: str, execution: dict[str, Any], shells: dict[str, str]) -> None:
    command, refused = text(call.arguments.get("command")), call.failed
    if refused:
        return
    ended, running = _ENDED.search(output[-200:]), _SHELL.search(output[-400:])
    code = execution.get("exitCode")
    number = code if isinstance(code, int) else int(ended[1]) if ended else 0
    call.failed = number != 0
    if running and not ended:
        shells[running[1]] = command
    call.ran(command, output, call.failed)


def _patch(given: dict[str, Any]) -> str:
    return next(
        (each for key in ("input", "patch", "patchText") if patches.BEGIN in (each := text(given.get(key)))), ""
    )


def _edits(call: CallDraft) -> tuple[Edit, ...]:
    given, time = call.arguments, call.time
    if call.tool == "apply_patch":
        return patches.edits(_patch(given), call.cwd, time=time)
    named = text(given.get("path"))
    verb = text(given.get("command")) if call.tool == "str_replace_editor" else call.tool
    if not named or verb not in ("create", "edit", "str_replace", "insert"):
        return ()
    path = patches.absolute(named, call.cwd)
    whole, old, new = given.get("file_text"), given.get("old_str"), given.get("new_str")
    if verb == "create":
        return (changed(path, "", whole if isinstance(whole, str) else "", time),)
    if verb == "insert" and isinstance(new, str):
        return (patches.inserted(path, new.replace("\r\n", "\n"), time=time),)
    if not isinstance(old, str) or old == new or not old:
        return ()
    return (Edit(path, replacements=(Replacement(old, text(new)),), time=time),)
