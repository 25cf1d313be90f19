"""A tool call as Cursor keeps it with its result in one record (`toolFormerData`); both are JSON in texts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gitstory.agents.conversation_builder import CallDraft, changed
from gitstory.agents.cursor import edits
from gitstory.agents.json_values import compact, cut, mapping, text
from gitstory.agents.stores import editors
from gitstory.agents.stores.jsonl import decode
from gitstory.effects.patches import absolute
from gitstory.model import Edit

EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
"""The digest of an empty text: the file was not there before."""
_NAMES = {5: "read_file", 7: "edit_file", 15: "run_terminal_cmd", 38: "edit_file_v2"}
"""Tools by number, for records that do not name them."""

Content = Callable[[str], str | None]
"""The text of a file as it was before or after an edit, by its key."""


def call(fields: dict[str, Any], places: list[str], time: float | None, content: Content) -> CallDraft | None:
    """The call in a record; None for the empty records beside many messages."""
    number = fields.get("tool")
    name = text(fields.get("name")) or _NAMES.get(number if isinstance(number, int) else 0, "")
    if not name:
        return None
    given = {**_object(fields.get("rawArgs")), **_object(fields.get("params"))}
    result, status = _object(fields.get("result")), text(fields.get("status"))
    draft = CallDraft(
        name, text(fields.get("toolCallId")), time=time, cwd=places[0] if places else None, arguments=given
    )
    path = _path(edits.path_in(given), places)
    draft.input = edits.main_argument(name, given, path)
    draft.answered = status in ("completed", "error", "cancelled")
    rejected = fields.get("userDecision") == "rejected" or result.get("rejected") is True
    draft.failed = status in ("error", "cancelled") or rejected or result.get("applyFailed") is True
    draft.output = cut(_output(fields, result))
    if edits.plain(name) in edits.SHELLS:
        _ran(draft, given, result, status == "completed" and not rejected)
    elif status == "completed" and not draft.failed:
        draft.edits = _edits(draft, fields, result, path, content)
    return draft


def _object(value: Any) -> dict[str, Any]:
    if isinstance(value, str) and value[:1] == "{":
        return decode(value.encode("utf-8", "replace")) or {}
    # Some models' arguments are the bare patch.
    return {"patch": value} if isinstance(value, str) and value.startswith("*** Begin Patch") else mapping(value)


def _path(named: str, places: list[str]) -> str:
    """Return an absolute path; a relative one starts at the window's folder, with its name if there are several."""
    if not named:
        return ""
    path = editors.path_of(named)
    if path:
        return path
    top, _, rest = named.replace("\\", "/").removeprefix("./").partition("/")
    root = next((one for one in places if one.rpartition("/")[2] == top), None) if len(places) > 1 and rest else None
    return absolute(rest, root) if root else absolute(named.replace("\\", "/"), places[0] if places else None)


def _output(fields: dict[str, Any], result: dict[str, Any]) -> str:
    for key in ("output", "contents", "resultForModel"):
        if isinstance(result.get(key), str):
            return text(result[key])
    error = fields.get("error")
    words = text(error) or text(mapping(error).get("clientVisibleErrorMessage")) or text(mapping(error).get("message"))
    return words or text(fields.get("result")) or (compact(result) if result else "")


def _ran(draft: CallDraft, given: dict[str, Any], result: dict[str, Any], ran: bool) -> None:
    place = text(given.get("cwd")) or text(given.get("working_directory"))
    if place:
        draft.cwd = absolute(place, draft.cwd)
    code = next((result[key] for key in ("exitCodeV2", "exitCode") if isinstance(result.get(key), int)), 0)
    draft.failed = draft.failed or code != 0
    if ran:
        draft.ran(text(given.get("command")), text(result.get("output")), draft.failed)


def _edits(
    draft: CallDraft, fields: dict[str, Any], result: dict[str, Any], path: str, content: Content
) -> tuple[Edit, ...]:
    """Whole texts where Cursor still has them, else what was asked for, else the comparison it made."""
    given, time = draft.arguments, draft.time
    after = content(text(result.get("afterContentId")))
    if path and after is not None:
        key = text(result.get("beforeContentId"))
        return (changed(path, "" if key.endswith(EMPTY) else content(key), after, time),)
    current = edits.edits_of_call(draft.tool, given, path, draft.cwd, time)
    if any(edit.op == "delete" or edit.after is not None or edit.hunks or edit.replacements for edit in current):
        return current
    if edits.plain(draft.tool) not in ("editfile", "reapply", "searchreplace", "write", "multiedit") or not path:
        return current
    streamed = text(given.get("streamingContent"))
    difference = mapping(mapping(fields.get("additionalData")).get("precomputedDiff")).get("lines")
    hunks = edits.chunks(mapping(result.get("diff")).get("chunks")) or edits.compared(difference)
    if hunks or not streamed:
        return (Edit(path, hunks=hunks, time=time),)
    return edits.streamed(streamed, path, draft.cwd, time)
