"""The tools of Gemini CLI, and of Qwen Code that was made of it: what a call says and which files it changed.

A result of an edit shows the file before and after (Gemini CLI 0.1x to 0.61, Qwen Code 0.15); the arguments are read
where it does not, or where it says that it shows a part of a large file only.
"""

from __future__ import annotations

import re
from typing import Any

from msgspec import structs

from gitstory.agents.conversation_builder import CallDraft, changed
from gitstory.agents.json_values import cut, either, first, items, mapping, text
from gitstory.agents.token_usage import count, tokens
from gitstory.agents.tool_table import ToolTable, tools
from gitstory.effects import patches
from gitstory.model import Edit, Tokens

SHELL = "run_shell_command"
_TOOLS = ToolTable(
    tools(shell=(SHELL,), write=("write_file",), replace=("replace", "edit")),
    shown=("command", "file_path", "absolute_path", "path", "dir_path", "pattern", "query", "url", "prompt"),
    path=("file_path", "absolute_path", "path"),
    patch=(),
    lists=(),
    everywhere=("replace_all", "allow_multiple"),
    empty="new",
    named=False,
)
_PLACES = ("dir_path", "directory")
_EXIT = re.compile(r"^Exit Code: (-?\d+)\s*$", re.MULTILINE)
_WHERE = re.compile(r" \[current working directory ([^\]\n]{1,4096}+)\]")
_NUDGE = re.compile(
    r"\s*(?:\[System: You (?:successfully executed a tool but|previously (?:generated|returned)) [^\]]*\]"
    r"|System: (?:Potential loop detected\.|the same tool execution has failed|this turn was terminated) .*"
    r"|Please continue\.)\s*",
    re.DOTALL,
)
"""What the program says to the model in the person's place, so that it goes on (Gemini CLI 0.61, Qwen Code 0.24)."""


def is_nudge(words: str) -> bool:
    """Whether a user-role message is the program's own, which makes the model continue with the request."""
    return _NUDGE.fullmatch(words) is not None


def requested_call(fields: dict[str, Any], cwd: str | None, time: float | None) -> CallDraft:
    """A call as the model made it: `id`, `name` and `args`, with a `description` where it was carried out."""
    given = mapping(fields.get("args"))
    call = _TOOLS.requested(text(fields.get("name")), text(fields.get("id")), given, cwd, time)
    if call.tool == SHELL:
        named = first(given, _PLACES)
        shown = _WHERE.search(text(fields.get("description")))
        place = patches.absolute(shown[1] if shown and not cwd else named, cwd)
        call.cwd = place or cwd
    return call


def answered(call: CallDraft, status: str, output: str, display: Any) -> None:
    """Take in what came of a call; `display` is what the person was shown, a text or the change of a file."""
    if call.answered:
        return
    shown = mapping(display)
    call.answered, call.failed = True, status in ("error", "cancelled")
    call.output = cut(output or text(display) or text(shown.get("fileDiff")))
    if call.tool == SHELL:
        if not call.failed:
            code = _EXIT.search(output)
            call.failed = code is not None and int(code[1]) != 0
            call.ran(text(call.arguments.get("command")), text(display) or output, call.failed)
    elif not call.failed and (_TOOLS.action(call.tool) or "fileDiff" in shown):
        call.edits = _edits(call, shown)


def _edits(call: CallDraft, shown: dict[str, Any]) -> tuple[Edit, ...]:
    given, time = call.arguments, call.time
    named = text(shown.get("filePath")) or call.argument(*_TOOLS.path)
    if not named:
        return ()
    path, stat = patches.absolute(named, call.cwd), mapping(shown.get("diffStat"))
    by_hand = given.get("modified_by_user") is True or bool(count(stat.get("user_added_lines")))
    by_hand = by_hand or bool(count(stat.get("user_removed_lines")))
    before, after, diff = (_whole(shown, name) for name in ("originalContent", "newContent", "fileDiff"))
    if shown.get("isNewFile") is True:
        before = ""
    hunks = patches.hunks(diff or "")
    if after is not None:
        edit = changed(path, before, after, time)
        return (structs.replace(edit, hunks=() if before is not None else hunks, user_modified=by_hand),)
    if hunks:
        return (Edit(path, hunks=hunks, time=time, user_modified=by_hand),)
    if _TOOLS.action(call.tool) == "write":
        return _TOOLS.edits_of("write", path, given, time) or (Edit(path, time=time),)
    if either(given, *_TOOLS.old) is None:
        return ()
    everywhere = count(given.get("expected_replacements")) > 1
    return _TOOLS.edits_of("replace", path, given, time, everywhere=everywhere)


def _whole(shown: dict[str, Any], name: str) -> str | None:
    """A text that a result shows, None where it is left out or cut."""
    value = shown.get(name)
    return value if isinstance(value, str) and shown.get(f"{name}Truncated") is not True else None


def printed(response: Any) -> tuple[str, bool]:
    """The text of a `functionResponse`, and whether it is an error."""
    fields = mapping(mapping(response).get("response"))
    broken = text(fields.get("error"))
    return broken or text(fields.get("output")) or text(fields.get("content")), bool(broken)


def responses(parts: Any) -> list[dict[str, Any]]:
    """The `functionResponse`s among parts of a message."""
    listed = [mapping(part).get("functionResponse") for part in items(parts)]
    return [one for one in listed if isinstance(one, dict)]


def counted(read: Any, written: Any, thought: Any, cached: Any) -> Tokens | None:
    """Thinking is counted apart from what was written, what came from the cache within what was read."""
    return tokens(count(read), count(written) + count(thought), count(cached))
