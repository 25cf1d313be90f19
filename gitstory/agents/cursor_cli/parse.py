"""One session of Cursor's program, message by message. No message has a time."""

from __future__ import annotations

import re
from pathlib import Path
from sqlite3 import Connection
from typing import Any

from gitstory.agents.base import Source
from gitstory.agents.conversation_builder import CallDraft, Draft, changed
from gitstory.agents.cursor import edits
from gitstory.agents.cursor_cli import chat_database
from gitstory.agents.json_values import cut, items, joined, mapping, mappings, seconds, text
from gitstory.agents.prompt_text import clean
from gitstory.agents.stores.editors import path_of
from gitstory.agents.stores.jsonl import decode, stored
from gitstory.effects import patches
from gitstory.model import Conversation, Edit
from gitstory.sqlite_files import live_database

_PLACE = re.compile(r"^Workspace Path: (\S[^\n]*)", re.MULTILINE)
_EXIT = re.compile(r"Exit code: (-?\d+)\s*(?:Command output:\s*)?")
_REFUSED = re.compile(
    r"\s*(?:Error\b|Failed|Could not|Rejected|The user (?:rejected|cancelled|denied)|User rejected|Tool .* not found"
    r"|The string to replace was not found|String to replace not found|old_string (?:was )?not found|Aborted)",
    re.IGNORECASE,
)
"""Beginnings of results of calls that changed nothing, for versions that say so in words alone."""


def beside(path: Path) -> dict[str, Any]:
    """`meta.json`, which newer versions keep beside the store."""
    return stored(path.with_name("meta.json")) or {}


def place(connection: Connection, path: Path) -> str:
    """The directory a session was begun in."""
    named = text(beside(path).get("cwd"))
    if named:
        return patches.absolute(named, None)
    _, texts, _ = chat_database.order(connection, text(chat_database.meta(connection).get("latestRootBlobId")))
    return path_of(chat_database.workspace(texts))


def conversation(connection: Connection, source: Source) -> Conversation:
    draft = Draft(source.agent, source.id or source.path.parent.name, str(source.path), times="bounds")
    outside = beside(source.path)
    if not live_database.has(connection, "blobs", "id", "data") or not live_database.has(
        connection, "meta", "key", "value"
    ):
        draft.skipped += 1
        return draft.finished()
    meta = chat_database.meta(connection)
    draft.skipped += not meta
    listed, texts, whole = chat_database.order(connection, text(meta.get("latestRootBlobId")))
    draft.skipped += not whole
    title = text(outside.get("title")) or text(meta.get("name"))
    draft.title = "" if title == "New Agent" else title
    version = outside.get("schemaVersion")
    draft.version = f"store {version}" if isinstance(version, int) else "store"
    draft.started = seconds(meta.get("createdAt")) or seconds(outside.get("createdAtMs"))
    draft.updated = max(source.modified, draft.started or 0.0)
    draft.subagent = outside.get("isSubagent") is True
    draft.seen_in(text(outside.get("cwd")), path_of(chat_database.workspace(texts)))
    for review_turn in listed:
        message = chat_database.message(connection, review_turn.id)
        if message is None:
            draft.skipped += 1
        elif message:
            _message(draft, message, review_turn.abandoned)
    model = text(meta.get("lastUsedModel"))
    draft.by_model(model if model != "default" else "")
    return draft.finished()


def _message(draft: Draft, fields: dict[str, Any], abandoned: bool) -> None:
    role, content = fields.get("role"), fields.get("content")
    about = mapping(mapping(fields.get("providerOptions")).get("cursor"))
    if role == "user":
        _user_message(draft, content, about, abandoned)
    elif role == "assistant":
        draft.used(text(about.get("modelName")))
        if isinstance(content, str):
            draft.say(content)
        for block in mappings(content):
            _answered(draft, block)
    elif role == "tool":
        for block in mappings(content):
            _finished(draft, block, mapping(about.get("highLevelToolCallResult")))
    elif role is not None:
        draft.skipped += role != "system"


def _user_message(draft: Draft, content: Any, about: dict[str, Any], abandoned: bool) -> None:
    words = content if isinstance(content, str) else joined(content, "text")
    named = _PLACE.search(words) if "<user_info>" in words[:200] else None
    if named:
        draft.seen_in(named[1].strip())
    images = sum(mapping(block).get("type") in ("image", "file") for block in items(content))
    if about.get("isSummary") is True:
        draft.happened("compacted")
    elif "loopReminder" not in about and ((cleaned := clean(words)) or images):
        draft.prompt(cleaned, text(about.get("requestId")), images=images).abandoned = abandoned


def _answered(draft: Draft, block: dict[str, Any]) -> None:
    kind = block.get("type")
    draft.used(text(mapping(mapping(block.get("providerOptions")).get("cursor")).get("modelName")))
    if kind == "text":
        draft.say(text(block.get("text")))
    elif kind == "reasoning":
        draft.think(text(block.get("text")))
    elif kind == "tool-call":
        _called(draft, text(block.get("toolName")), text(block.get("toolCallId")), block.get("args"))
    elif kind != "redacted-reasoning":
        draft.skipped += 1


def _called(draft: Draft, tool: str, ident: str, value: Any) -> None:
    bare = decode(value.encode("utf-8", "replace")) if isinstance(value, str) else mapping(value)
    given = bare if bare is not None else {"patch": value}
    place = text(given.get("working_directory")) or text(given.get("workingDirectory")) or text(given.get("cwd"))
    cwd = draft.directory(place)
    named = edits.path_in(given)
    path = patches.absolute(named, cwd) if named else ""
    call = CallDraft(tool, ident, edits.main_argument(tool, given, path), cwd=cwd, arguments=given)
    draft.call(call)
    if edits.plain(tool) == "task":
        draft.mark("subagent", text(given.get("description"))[:200])


def _finished(draft: Draft, block: dict[str, Any], level: dict[str, Any]) -> None:
    call = draft.unanswered(text(block.get("toolCallId")))
    if call is None:
        return
    result = block.get("result")
    printed = result if isinstance(result, str) else joined(block.get("experimental_content"), "text")
    level_output = mapping(level.get("output"))
    success = mapping(level_output.get("success"))
    call.answered, call.output = True, cut(printed)
    broken = True in (level.get("isError"), level_output.get("isError"), block.get("isError"))
    if edits.plain(call.tool) in edits.SHELLS:
        code = _EXIT.match(printed)
        refused = broken or (code is None and not success and bool(_REFUSED.match(printed)))
        call.failed = refused or (code is not None and int(code[1]) != 0)
        if not refused or code is not None:
            call.ran(text(call.arguments.get("command")), printed[code.end() :] if code else printed, call.failed)
        return
    call.failed = broken or (not success and bool(_REFUSED.match(printed)))
    if not call.failed:
        call.edits = _edits(call, success)


def _edits(call: CallDraft, success: dict[str, Any]) -> tuple[Edit, ...]:
    """Whole texts if the result has them, else its diff, else the arguments."""
    named = edits.path_in(call.arguments) or text(success.get("path"))
    path = patches.absolute(named, call.cwd) if named else ""
    before, after = success.get("beforeFullFileContent"), success.get("afterFullFileContent")
    if path and isinstance(after, str):
        return (changed(path, before if isinstance(before, str) else "", after),)
    requested_edits = edits.edits_of_call(call.tool, call.arguments, path, call.cwd, None)
    hunks = patches.hunks(text(success.get("diffString")))
    if hunks and path and not any(edit.after is not None for edit in requested_edits):
        return (Edit(path, hunks=hunks),)
    if len(requested_edits) == 1 and requested_edits[0].op == "delete" and isinstance(success.get("prevContent"), str):
        return (Edit(path, "delete", before=success["prevContent"]),)
    return requested_edits
