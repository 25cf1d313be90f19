"""`globalStorage/github.copilot-chat/agent-traces.db`: what Copilot records of its own work for OpenTelemetry, where a
person switched that on (2026). A row is a span: a request to the agent, a model's answer, a tool, a hook.

It has the content of a session's file, also for deleted files.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from sqlite3 import Connection
from typing import Any

from gitstory import safe_open
from gitstory.agents.base import Reading, Source
from gitstory.agents.conversation_builder import Draft
from gitstory.agents.copilot_chat import tools
from gitstory.agents.json_values import mappings, seconds, text
from gitstory.agents.prompt_text import clean
from gitstory.agents.stores import row_sources
from gitstory.agents.stores.jsonl import decode, embedded
from gitstory.agents.token_usage import count, tokens
from gitstory.model import Conversation
from gitstory.sqlite_files import live_database

DATABASE = "globalStorage/github.copilot-chat/agent-traces.db"
_SPANS = (
    "span_id",
    "parent_span_id",
    "operation_name",
    "start_time_ms",
    "end_time_ms",
    "status_code",
    "response_model",
    "input_tokens",
    "output_tokens",
    "cached_tokens",
    "tool_name",
    "tool_call_id",
)
_Span = dict[str, Any]
"""A row, by the names of its columns."""
_PARENT = "copilot_chat.parent_chat_session_id"
_WANTED = {
    "invoke_agent": (
        "copilot_chat.user_request",
        "copilot_chat.repo.remote_url",
        "copilot_chat.repo.head_commit_hash",
        _PARENT,
    ),
    "chat": ("gen_ai.output.messages", "copilot_chat.reasoning_content"),
    "execute_tool": ("gen_ai.tool.call.arguments", "gen_ai.tool.call.result"),
    "execute_hook": ("copilot_chat.hook_input",),
}
"""What is read of a span: a model's input holds the whole conversation so far, each time."""
_QUIET = frozenset({"embeddings", "content_event"})
_ERROR = 2
"""OpenTelemetry's status."""


def sources(agent: str, database: Path, existing: frozenset[str | None]) -> Iterator[Source]:
    """Sessions that are in no file, nor begun by one that is."""
    if safe_open.is_file(database):
        yield from row_sources.sources(agent, database, partial(_find, existing=existing))


def read(source: Source) -> Reading:
    return row_sources.read(source, partial(_conversation, source.agent))


def _find(connection: Connection, existing: frozenset[str | None]) -> tuple[list[row_sources.Row], bool]:
    if not live_database.has(connection, "spans", "chat_session_id", *_SPANS):
        return [], True
    begun = live_database.Rows(
        connection,
        "SELECT DISTINCT chat_session_id, value FROM spans JOIN span_attributes USING (span_id)"
        " WHERE operation_name = 'invoke_agent' AND key = ?",
        (_PARENT,),
    )
    texts = existing | {name for name, parent in begun if parent in existing}
    listed = live_database.Rows(
        connection,
        "SELECT chat_session_id, count(*), max(end_time_ms) FROM spans WHERE chat_session_id IS NOT NULL"
        " GROUP BY chat_session_id HAVING max(operation_name = 'invoke_agent')",
    )
    found_rows = [row_sources.Row(row[0], row[1:], seconds(row[2])) for row in listed if row[0] not in texts]
    return found_rows, listed.damage is not None or begun.damage is not None


def _conversation(agent: str, connection: Connection, name: str) -> Conversation | None:
    draft = Draft(agent, name, "", version="traces")
    stated: dict[str, dict[str, None]] = {}
    seen: set[str] = set()
    spans = live_database.Rows(
        connection,
        f"SELECT {', '.join(_SPANS)} FROM spans WHERE chat_session_id = ? ORDER BY start_time_ms, spans.rowid",
        (name,),
    )
    for row in spans:
        span = dict(zip(_SPANS, row, strict=True))
        kept = _attributes(connection, span)
        _take(draft, span, kept, nested=text(span["parent_span_id"]) in seen)
        seen.add(text(span["span_id"]))
        for key, value in kept.items():
            stated.setdefault(key, {})[value] = None
    if not seen and spans.damage is None:
        return None
    draft.skipped += spans.damage is not None
    draft.started_by(next(iter(stated.get(_PARENT, ())), ""))
    draft.remotes, draft.heads = (list(stated.get(key, ())) for key in _WANTED["invoke_agent"][1:3])
    return draft.finished()


def _attributes(connection: Connection, span: _Span) -> dict[str, str]:
    """What is read of a span beside its own columns, by name."""
    wanted = _WANTED.get(text(span["operation_name"]), ())
    attributes = live_database.Rows(
        connection,
        f"SELECT key, value FROM span_attributes WHERE span_id = ? AND key IN ({', '.join('?' * len(wanted))})",
        (span["span_id"], *wanted),
    )
    return {key: value for key, value in attributes if isinstance(value, str) and value}


def _take(draft: Draft, span: _Span, kept: dict[str, str], *, nested: bool) -> None:
    operation, began, ended = text(span["operation_name"]), seconds(span["start_time_ms"]), seconds(span["end_time_ms"])
    if began is not None:
        draft.started = began if draft.started is None else min(began, draft.started)
        draft.updated = max(ended or began, draft.updated or began)
    if operation == "invoke_agent":
        request = clean(kept.get("copilot_chat.user_request", ""))
        if nested:
            draft.mark("subagent", request)
        else:
            draft.prompt(request, text(span["span_id"]), began)
    elif operation == "chat":
        _answered(draft, span, kept, began, ended)
    elif operation == "execute_tool":
        _ran(draft, span, kept, began)
    elif operation == "execute_hook":
        draft.seen_in(text(embedded(kept.get("copilot_chat.hook_input")).get("cwd")))
    elif operation not in _QUIET:
        draft.skipped += 1


def _answered(draft: Draft, span: _Span, kept: dict[str, str], began: float | None, ended: float | None) -> None:
    draft.think(kept.get("copilot_chat.reasoning_content", ""), began)
    encoded = kept.get("gen_ai.output.messages", "")
    messages = decode(_bytes(f'{{"messages":{encoded}}}')) if encoded else {}
    draft.skipped += messages is None
    for message in mappings((messages or {}).get("messages")):
        for part in mappings(message.get("parts")):
            kind = part.get("type")
            if kind == "text":
                draft.say(text(part.get("content")), began)
            elif kind == "tool_call":
                draft.call(tools.requested_call(part, draft.cwd, ended))
            elif kind != "reasoning":
                draft.skipped += 1
    read, written, cached = (count(span[name]) for name in ("input_tokens", "output_tokens", "cached_tokens"))
    draft.used(text(span["response_model"]), tokens(read, written, cached), ended)


def _ran(draft: Draft, span: _Span, kept: dict[str, str], began: float | None) -> None:
    """Account for a tool call, recorded after the answer that makes it; calls without an id are the editor's own."""
    ident = text(span["tool_call_id"])
    if not ident:
        return
    given, result = (kept.get(key) for key in _WANTED["execute_tool"])
    call = draft.calls.get(ident)
    if call is None:
        by_name = {"name": text(span["tool_name"]), "id": ident, "arguments": given}
        call = draft.call(tools.requested_call(by_name, draft.cwd, began))
    call.time = began if began is not None else call.time
    call.cwd = call.cwd or draft.cwd
    call.arguments = call.arguments or embedded(given)
    tree = decode(_bytes(result)) if result else None
    # A span is written when its tool is done; what it gave back is left out where contents are.
    tools.answered(call, tools.printed(tree) if tree is not None else result or "", {}, span["status_code"] != _ERROR)


def _bytes(encoded: str) -> bytes:
    return encoded.encode("utf-8", "replace")
