"""Conversations of the first engine, each one JSON text in `data.sqlite3`.

`conversations_v2` has a row for each; `conversations`, older, one a directory without times. A long conversation loses
its beginning, so turns go by the ids of their first answers, which stay.
"""

from __future__ import annotations

from collections.abc import Mapping
from sqlite3 import Connection
from typing import Any

from gitstory.agents.conversation_builder import Draft
from gitstory.agents.json_values import items, mapping, mappings, seconds, text
from gitstory.agents.kiro import tools
from gitstory.agents.prompt_text import clean
from gitstory.agents.stores import json_document, row_sources
from gitstory.model import Conversation
from gitstory.sqlite_files import live_database

NAME = "data.sqlite3"
_NEW, _OLD = "conversations_v2", "conversations"
_COLUMNS = ("key", "conversation_id", "value", "created_at", "updated_at")
_ID = "CASE WHEN json_valid(value) THEN json_extract(value, '$.conversation_id') END"


def find(connection: Connection) -> tuple[list[row_sources.Row], bool]:
    found_rows: list[row_sources.Row] = []
    new, old = (
        live_database.has(connection, _NEW, *_COLUMNS),
        live_database.has(connection, _OLD, "key", "value"),
    )
    damaged = not new and not old
    if new:
        sql = "SELECT conversation_id, key, updated_at, length(value) FROM conversations_v2 ORDER BY updated_at DESC"
        listed = live_database.Rows(connection, sql)
        found_rows += [row_sources.Row(row[0], row[2:], seconds(row[2]), text(row[1]) or None) for row in listed]
        damaged = damaged or listed.damage is not None
    if old:
        listed = live_database.Rows(connection, f"SELECT {_ID}, key, length(value) FROM conversations ORDER BY key")
        found_rows += [row_sources.Row(row[0], row[2:], None, text(row[1]) or None) for row in listed]
        damaged = damaged or listed.damage is not None
    return found_rows, damaged


def conversation(connection: Connection, name: str) -> Conversation | None:
    row = None
    if live_database.has(connection, _NEW, *_COLUMNS):
        sql = (
            "SELECT key, value, created_at, updated_at FROM conversations_v2 WHERE conversation_id = ? "
            "ORDER BY updated_at DESC LIMIT 1"
        )
        row = connection.execute(sql, (name,)).fetchone()
    if row is None and live_database.has(connection, _OLD, "key", "value"):
        sql = f"SELECT key, value, NULL, NULL FROM conversations WHERE {_ID} = ? ORDER BY key LIMIT 1"
        row = connection.execute(sql, (name,)).fetchone()
    if row is None:
        return None
    place, value, created, updated = row
    draft = Draft("kiro", name, "")
    draft.started, draft.updated = seconds(created), seconds(updated)
    draft.seen_in(text(place))
    fields, lost = json_document.document(text(value).encode("utf-8", "replace"))
    draft.skipped += lost
    model = text(mapping((fields or {}).get("model_info")).get("model_id"))
    for entry in items((fields or {}).get("history")):
        _entry(draft, entry, model)
    if all(turn.time is None for turn in draft.turns):
        draft.times = "bounds"
    elif draft.started is None:
        draft.span()
    return draft.finished()


def _entry(draft: Draft, entry: Any, model: str) -> None:
    """What was asked or came back, and the answer to it; a pair in the oldest versions."""
    pair = [*mappings(entry), {}, {}]
    fields = mapping(entry) if isinstance(entry, dict) else {"user": pair[0], "assistant": pair[1]}
    user, assistant = mapping(fields.get("user")), mapping(fields.get("assistant"))
    answer = mapping(assistant.get("ToolUse")) or mapping(assistant.get("Response"))
    request = mapping(fields.get("request_metadata"))
    begun = seconds(user.get("timestamp")) or seconds(request.get("request_start_timestamp_ms"))
    draft.seen_in(text(mapping(mapping(user.get("env_context")).get("env_state")).get("current_working_directory")))
    _user_message(draft, user, begun, text(answer.get("message_id")))
    if not answer:
        draft.skipped += not assistant.keys() <= {"ToolUse", "Response"}
        return
    ended = seconds(request.get("stream_end_timestamp_ms"))
    draft.used(text(request.get("model_id")) or model, time=ended)
    draft.say(text(answer.get("content")), ended)
    for use in mappings(answer.get("tool_uses")):
        tools.called(draft, text(use.get("name")), text(use.get("id")), use.get("args"), ended)


def _user_message(draft: Draft, user: Mapping[str, Any], time: float | None, ident: str) -> None:
    content = mapping(user.get("content"))
    cancelled = mapping(content.get("CancelledToolUses"))
    results = cancelled or mapping(content.get("ToolUseResults"))
    for result in mappings(results.get("tool_use_results")):
        status = "Cancelled" if cancelled else result.get("status")
        tools.answered(draft.calls.get(text(result.get("tool_use_id"))), result.get("content"), status, time)
    words = clean(text((mapping(content.get("Prompt")) or cancelled).get("prompt")))
    images = len(items(user.get("images")))
    draft.user_message(words, images, ident, time)
    draft.skipped += not content.keys() & {"Prompt", "ToolUseResults", "CancelledToolUses"}
