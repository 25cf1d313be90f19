"""The calls of Cline's and Roo Code's tools: what they say and which files they changed."""

from __future__ import annotations

import re
from typing import Any

from msgspec import structs

from gitstory.agents.cline.tags import refused, replacements
from gitstory.agents.conversation_builder import CallDraft
from gitstory.agents.json_values import text
from gitstory.agents.tool_table import ToolTable, tools

TOOLS = ToolTable(
    tools(
        shell=("execute_command",),
        patch=("apply_patch",),
        write=("write_to_file",),
        insert=("insert_content",),
        replace=("replace_in_file", "apply_diff", "search_and_replace", "search_replace", "edit_file", "edit"),
    ),
    shown=("command", "path", "file_path", "regex", "query", "url", "message"),
    folder=("cwd",),
    path=("path", "file_path"),
    patch=("patch", "input"),
    lists=(),
    old=("search", "old_string"),
    new=("replace", "new_string"),
)
_EXIT = re.compile(r"Exit code: (-?\d+)")
_BY_HAND = "The user made the following updates to your content"


def finished(call: CallDraft, output: str, broken: bool = False) -> None:
    """Take in a call's result."""
    if call.answered:
        return
    given, action = call.arguments, TOOLS.action(call.tool)
    code = _EXIT.search(output[:400]) if action == "shell" else None
    unused = broken or refused(call.tool, output)
    # A regular expression has no text.
    does = "name" if action == "replace" and given.get("use_regex") in (True, "true") else action
    failed = unused or (code is not None and int(code[1]) != 0)
    TOOLS.close(call, output, failed, action=does, ran=not unused, everywhere="search" in given)
    if action in ("write", "insert", "replace"):
        facts: dict[str, Any] = {"user_modified": _BY_HAND in output[:2000]}
        if action == "replace" and (pairs := replacements(text(given.get("diff")))):
            facts["replacements"] = pairs
        call.edits = tuple(structs.replace(edit, **facts) for edit in call.edits)
