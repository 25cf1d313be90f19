"""The calls of Cline's and Roo Code's tools: what they say and which files they changed."""

from __future__ import annotations

import re
from typing import Any

from gitstory.agents import patches
from gitstory.agents.call_summary import summary
from gitstory.agents.cline.tags import refused, replacements
from gitstory.agents.conversation_builder import CallDraft, changed
from gitstory.agents.json_values import cut, text
from gitstory.model import Edit, Hunk, Replacement

_MAIN_ARGUMENTS = ("command", "path", "file_path", "regex", "query", "url", "message")
_EXIT = re.compile(r"Exit code: (-?\d+)")
_BY_HAND = "The user made the following updates to your content"


def opened(tool: str, ident: str, given: dict[str, Any], cwd: str | None, time: float | None) -> CallDraft:
    shown = summary(given, _MAIN_ARGUMENTS, patches.summary(text(given.get("patch"))))
    place = text(given.get("cwd")) if tool == "execute_command" else ""
    at = patches.absolute(place, cwd) if place else cwd
    return CallDraft(tool, ident, shown, time=time, cwd=at, arguments=given)


def finished(call: CallDraft, output: str, broken: bool = False) -> None:
    if call.answered:
        return
    code = _EXIT.search(output[:400])
    call.answered, call.output = True, cut(output)
    call.failed = broken or refused(call.tool, output)
    if call.tool == "execute_command":
        if not call.failed:
            call.failed = code is not None and int(code[1]) != 0
            call.ran(text(call.arguments.get("command")), output, call.failed)
    elif not call.failed:
        call.edits = _edits(call, _BY_HAND in output[:2000])


def _edits(call: CallDraft, by_hand: bool) -> tuple[Edit, ...]:
    given, time = call.arguments, call.time
    if call.tool == "apply_patch":
        return patches.edits(text(given.get("patch")) or text(given.get("input")), call.cwd, time=time)
    named = text(given.get("path")) or text(given.get("file_path"))
    if not named:
        return ()
    path = patches.absolute(named, call.cwd)
    content = given.get("content")
    if call.tool == "write_to_file" and isinstance(content, str):
        edit = changed(path, None, content, time)
        return (Edit(path, edit.op, after=content, time=time, user_modified=by_hand),)
    if call.tool == "insert_content" and isinstance(content, str):
        added = patches.added_lines(content.replace("\r\n", "\n"))
        return (Edit(path, hunks=(Hunk(0, 0, added),), time=time, user_modified=by_hand),)
    if call.tool not in ("replace_in_file", "apply_diff", "search_and_replace", "search_replace", "edit_file", "edit"):
        return ()
    pairs = replacements(text(given.get("diff"))) or _pair(given)
    return (Edit(path, replacements=pairs, time=time, user_modified=by_hand),)


def _pair(given: dict[str, Any]) -> tuple[Replacement, ...]:
    """One pair of arguments; a regular expression has no text."""
    old, new = given.get("search", given.get("old_string")), given.get("replace", given.get("new_string"))
    regular = given.get("use_regex") in (True, "true")
    if regular or not isinstance(old, str) or not isinstance(new, str) or not old or old == new:
        return ()
    return (Replacement(old, new, "search" in given or given.get("replace_all") is True),)
