"""The calls of Copilot's tools in VS Code: what was asked, what came of it, and the edits they made.

The model's calls stand in the result of a request, with their arguments; what VS Code showed of them stands in the
response, under the same id (since 2026) or one of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from gitstory.agents.conversation_builder import CallDraft
from gitstory.agents.json_values import cut, items, mapping, mappings, text
from gitstory.agents.stores import editors
from gitstory.agents.stores.jsonl import decode
from gitstory.agents.tool_table import ToolTable, tools
from gitstory.effects import patches
from gitstory.model import Edit, Hunk

TERMINALS = frozenset({"run_in_terminal", "runInTerminal", "copilot_runInTerminal"})
_TOOLS = ToolTable(
    tools(
        patch=("apply_patch", "copilot_applyPatch"),
        replace=("replace_string_in_file", "multi_replace_string_in_file"),
        new=("create_file",),
        name=("insert_edit_into_file", "edit_notebook_file"),
    ),
    shown=("command", "filePath", "path", "dirPath", "query", "url", "prompt", "description", "includePattern"),
    patch=("input",),
    lists=("replacements",),
    old=("oldString",),
    new=("newString",),
    everywhere=(),
    empty="new",
    named=False,
)
_REFUSED = re.compile(
    r"\s*(?:ERROR while calling tool|ERROR\b|Error:|The user (?:cancelled|skipped|chose|declined)"
    r"|Invalid (?:input|patch)|File already exists|Could not find|Failed to)",
)
"""Beginnings of results of calls that were not carried out."""
_EXIT = re.compile(r"(?:exited with (?:exit )?code|Exit code:?)\s*(-?\d+)")
_DENIED = (0, 5)
"""`ToolConfirmKind`: denied, skipped."""
_DEEPEST = 10_000
"""Parts of a result that are looked at."""


def requested_call(fields: dict[str, Any], cwd: str | None, time: float | None) -> CallDraft:
    """A call as the model made it."""
    tool, raw = text(fields.get("name")), fields.get("arguments")
    given = decode(raw.encode("utf-8", "replace")) if isinstance(raw, str) else mapping(raw)
    ident = text(fields.get("id")) or text(fields.get("toolCallId"))
    return _TOOLS.requested(tool, ident, given or {}, cwd, time, "" if given else text(raw))


def answered(call: CallDraft, output: str | None, shown: dict[str, Any], success: bool | None = None) -> None:
    """Take in a call's result, and what VS Code `shown` of it. None: no result was kept, as of one broken off."""
    if call.answered:
        return
    terminal = mapping(shown.get("toolSpecificData"))
    printed = output if output is not None else text(mapping(terminal.get("terminalCommandOutput")).get("text"))
    confirmed = shown.get("isConfirmed")
    kind = mapping(confirmed).get("type")
    denied = confirmed is False or (isinstance(kind, int) and kind in _DENIED)
    # Without a result an edit may have come to nothing; what was written then stands in the response.
    call.answered = output is not None or shown.get("isComplete") is True
    call.output = cut(printed)
    call.failed = denied or success is False or bool(_REFUSED.match(printed[:300]))
    if call.tool in TERMINALS:
        _ran(call, printed, terminal, denied)
    elif call.answered and not call.failed:
        call.edits = _edits(call)


def _ran(call: CallDraft, printed: str, terminal: dict[str, Any], denied: bool) -> None:
    state, line = mapping(terminal.get("terminalCommandState")), mapping(terminal.get("commandLine"))
    code = state.get("exitCode")
    match = _EXIT.search(printed[:200]) or _EXIT.search(printed[-200:])
    number = code if isinstance(code, int) else int(match[1]) if match else 0
    refused = denied or call.failed
    call.failed = refused or number != 0
    command = text(line.get("userEdited")) or text(line.get("toolEdited")) or text(call.arguments.get("command"))
    place = editors.path_of(terminal.get("cwd"))
    call.cwd = place or call.cwd
    if call.answered and not refused:
        call.ran(command, printed, call.failed)


def _edits(call: CallDraft) -> tuple[Edit, ...]:
    """Several replacements may be in files of their own."""
    given, action = call.arguments, _TOOLS.action(call.tool)
    if action == "patch":
        return _TOOLS.edits(call, action)
    by_file: dict[str, list[dict[str, Any]]] = {}
    for pair in mappings(given.get("replacements")) if call.tool.startswith("multi_") else [given]:
        by_file.setdefault(text(pair.get("filePath")) or text(given.get("filePath")), []).append(pair)
    return tuple(
        edit
        for named, several in by_file.items()
        if named
        for edit in _TOOLS.edits_of(action, _path(named, call.cwd), {**given, "replacements": several}, call.time)
    )


def _path(named: str, cwd: str | None) -> str:
    return editors.path_of(named) or patches.absolute(named.replace("\\", "/"), cwd)


def grouped(parts: Iterable[dict[str, Any]]) -> dict[str, tuple[Hunk, ...]]:
    """What the response says was written into each file: new lines without the old ones, which it does not tell."""
    hunks_by_path: dict[str, list[Hunk]] = {}
    for part in parts:
        path = editors.path_of(part.get("uri")) if part.get("kind") == "textEditGroup" else ""
        for edit in (mapping(one) for batch in items(part.get("edits")) for one in items(batch)) if path else ():
            lines = _lines(text(edit.get("text")), mapping(edit.get("range")))
            if lines:
                hunks_by_path.setdefault(path, []).append(Hunk(0, 0, lines))
    return {path: tuple(hunks) for path, hunks in hunks_by_path.items()}


def _lines(written: str, where: dict[str, Any]) -> tuple[str, ...]:
    """The whole lines of a text that was put at a place, marked as added."""
    lines = [line.removesuffix("\r") for line in written.split("\n")]
    start = where.get("startColumn")
    if isinstance(start, int) and start > 1:
        del lines[0]
    if lines and not lines[-1]:
        del lines[-1]
    return tuple("+" + line for line in lines) if any(line.strip() for line in lines) else ()


def printed(output: Any) -> str:
    """The text of a result: plain, or the tree that prompts are made of."""
    texts: list[str] = []
    waiting: list[Any] = [output]
    for _ in range(_DEEPEST):
        if not waiting:
            break
        each = waiting.pop()
        if isinstance(each, str):
            texts.append(each)
        elif isinstance(each, list):
            waiting += reversed(each)
        elif isinstance(each, dict):
            if each.get("lineBreakBefore") is True and texts:
                texts.append("\n")
            if isinstance(each.get("text"), str):
                texts.append(each["text"])
            waiting += [each[key] for key in ("children", "node", "value", "content") if key in each]
    return "".join(texts)
