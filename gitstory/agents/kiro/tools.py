"""Calls of Kiro's tools and what became of them: the engines have the same tools under several sets of names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from gitstory.agents.conversation_builder import CallDraft, Draft
from gitstory.agents.json_values import compact, cut, either, items, mapping, text
from gitstory.agents.tool_table import Action, ToolTable, tools
from gitstory.effects import patches
from gitstory.model import Edit, Hunk

SHELLS = frozenset({"shell", "execute_bash", "execute_cmd", "execute_pwsh", "executeBash", "executePwsh"})
_APPENDERS = frozenset({"fs_append", "fsAppend"})
WRITERS = frozenset({"write", "fs_write", "edit", "str_replace", "fsWrite", "strReplace"}) | _APPENDERS
_TOOLS = ToolTable(
    tools(shell=tuple(SHELLS), replace=("strreplace",), write=("create",)),
    shown=("path", "pattern", "query", "url"),
    folder=("working_dir", "cwd"),
    patch=(),
    whole=("content", "file_text", "text"),
    lists=(),
    old=("oldStr", "old_str"),
    new=("newStr", "new_str"),
    everywhere=("replaceAll",),
    named=False,
)
_PURPOSE = frozenset({"__tool_use_purpose", "__toolUsePurpose"})
"""Words for the program's window."""
_EVERYWHERE = re.compile(r"Replaced text in .* \(\d+ occurrences\)\s*\Z")
_ENDED_WELL = re.compile(r"(?:exit (?:status|code): )?0")


def called(draft: Draft, tool: str, ident: str, given: Any, time: float | None = None) -> None:
    arguments = {name: value for name, value in mapping(given).items() if name not in _PURPOSE}
    call = _TOOLS.call(draft, tool, ident, arguments, time)
    if tool in SHELLS:  # of a tool that writes it is the kind of its change
        call.input = cut(call.argument("command")) or call.input


def answered(call: CallDraft | None, content: Any, status: Any, time: float | None = None) -> None:
    """Note the result of a call; that of an unknown call is ignored. Any status but success leaves no edit."""
    if call is None or call.answered:
        return
    call.time = call.time if time is None else time
    blocks = [content] if isinstance(content, str) else items(content)
    whole = "\n".join(filter(None, map(_shown, blocks)))
    call.close(whole, bool(status) and text(status).lower() != "success")
    if call.tool in SHELLS:
        ends = [str(data["exit_status"]) for block in blocks if "exit_status" in (data := _data(block))]
        refused = call.failed
        call.failed = call.failed or any(_ENDED_WELL.fullmatch(end.strip()) is None for end in ends)
        # A command that was refused never ran: it left nothing.
        if not refused:
            call.ran(call.argument("command"), whole, call.failed)
    elif call.tool in WRITERS and not call.failed:
        call.edits = _edits(call)


def _data(block: Any) -> dict[str, Any]:
    """The JSON of a block of a result: `{kind, data}` of the second engine, `{Json}` of the first."""
    fields = mapping(block)
    return mapping(fields.get("Json")) or mapping(fields.get("data"))


def _shown(block: Any) -> str:
    fields = mapping(block)
    data = _data(block)
    if data:
        printed = [text(data.get(name)) for name in ("stdout", "stderr")]
        return "\n".join(filter(None, printed)) if "stdout" in data or "stderr" in data else compact(data)
    return text(block) or text(fields.get("Text")) or text(fields.get("data"))


def _edits(call: CallDraft) -> tuple[Edit, ...]:
    given, time = call.arguments, call.time
    path = call.path("path")
    if not path:
        return ()
    command = text(given.get("command")).replace("_", "").lower() or ("append" if call.tool in _APPENDERS else "")
    actions: tuple[Action, ...] = (_TOOLS.action(command),) if command else ("replace", "write")
    everywhere = bool(_EVERYWHERE.match(call.output))
    for action in actions:
        if edits := _TOOLS.edits_of(action, path, given, time, everywhere=everywhere):
            return edits
    added = either(given, *_TOOLS.new, *_TOOLS.whole)
    if command in ("insert", "append") and added:
        return (Edit(path, hunks=(_placed(given, patches.added_lines(added), command),), time=time),)
    return ()


def _placed(given: Mapping[str, Any], lines: tuple[str, ...], command: str) -> Hunk:
    """Lines stand after the line that is named, if one is."""
    after = given.get("insertLine", given.get("insert_line"))
    if command == "append" or not isinstance(after, int) or isinstance(after, bool) or not 0 <= after < 1 << 31:
        return Hunk(0, 0, lines)
    return Hunk(after, after + 1, lines)
