"""`globalStorage/github.copilot-chat/agent-traces.db`: what Copilot records of its own work for OpenTelemetry, where a
person switched that on (2026). A row is a span: a request to the agent, a model's answer, a tool, a hook.

It has the content of a session's file, also for deleted files.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from sqlite3 import Connection
from typing import Any, NamedTuple

from gitstory import safe_open
from gitstory.agents.base import Reading, Source
from gitstory.agents.conversation_builder import Draft
from gitstory.agents.copilot_chat import tools
from gitstory.agents.json_values import mappings, seconds, text
from gitstory.agents.prompt_text import clean
from gitstory.agents.stores import row_sources, sqlite
from gitstory.agents.stores.jsonl import decode, embedded
from gitstory.agents.token_usage import count, tokens
from gitstory.model import Conversation

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
    if not sqlite.has(connection, "spans", "chat_session_id", *_SPANS):
        return [], True
    begun = sqlite.Rows(
        connection,
        "SELECT DISTINCT chat_session_id, value FROM spans JOIN span_attributes USING (span_id)"
        " WHERE operation_name = 'invoke_agent' AND key = ?",
        (_PARENT,),
    )
    texts = existing | {name for name, parent in begun if parent in existing}
    listed = sqlite.Rows(
        connection,
        "SELECT chat_session_id, count(*), max(end_time_ms) FROM spans WHERE chat_session_id IS NOT NULL"
        " GROUP BY chat_session_id HAVING max(operation_name = 'invoke_agent')",
    )
    found_rows = [row_sources.Row(row[0], row[1:], seconds(row[2])) for row in listed if row[0] not in texts]
    return found_rows, listed.damage is not None or begun.damage is not None


class _Span(NamedTuple):
    id: str
    parent: str
    operation: str
    time: float | None
    ended: float | None
    failed: bool
    model: str
    used: tuple[Any, Any, Any]
    tool: str
    call: str
    stored: dict[str, str]


def _conversation(agent: str, connection: Connection, name: str) -> Conversation | None:
    draft = Draft(agent, name, "", version="traces")
    stated: dict[str, dict[str, None]] = {}
    seen: set[str] = set()
    spans = sqlite.Rows(
        connection,
        f"SELECT {', '.join(_SPANS)} FROM spans WHERE chat_session_id = ? ORDER BY start_time_ms, spans.rowid",
        (name,),
    )
    for row in spans:
        span = _span(connection, row)
        _take(draft, span, nested=span.parent in seen)
        seen.add(span.id)
        for key, value in span.stored.items():
            stated.setdefault(key, {})[value] = None
    if not seen and spans.damage is None:
        return None
    draft.skipped += spans.damage is not None
    draft.started_by(next(iter(stated.get(_PARENT, ())), ""))
    draft.remotes, draft.heads = (list(stated.get(key, ())) for key in _WANTED["invoke_agent"][1:3])
    return draft.finished()


def _span(connection: Connection, row: tuple[Any, ...]) -> _Span:
    ident, parent, operation, began, ended, status, model, read, written, cached, tool, call = row
    wanted = _WANTED.get(operation, ()) if isinstance(operation, str) else ()
    attributes = sqlite.Rows(
        connection,
        f"SELECT key, value FROM span_attributes WHERE span_id = ? AND key IN ({', '.join('?' * len(wanted))})",
        (ident, *wanted),
    )
    by_name = {key: value for key, value in attributes if isinstance(value, str) and value}
    return _Span(
        text(ident),
        text(parent),
        text(operation),
        seconds(began),
        seconds(ended),
        status == _ERROR,
        text(model),
        (read, written, cached),
        text(tool),
        text(call),
        by_name,
    )


def _take(draft: Draft, span: _Span, nested: bool) -> None:
    if span.time is not None:
        draft.started = span.time if draft.started is None else min(span.time, draft.started)
        draft.updated = max(span.ended or span.time, draft.updated or span.time)
    if span.operation == "invoke_agent":
        request = clean(span.stored.get("copilot_chat.user_request", ""))
        if nested:
            draft.mark("subagent", request)
        else:
            draft.prompt(request, span.id, span.time)
    elif span.operation == "chat":
        _answered(draft, span)
    elif span.operation == "execute_tool":
        _ran(draft, span)
    elif span.operation == "execute_hook":
        draft.seen_in(text(embedded(span.stored.get("copilot_chat.hook_input")).get("cwd")))
    elif span.operation not in _QUIET:
        draft.skipped += 1


def _answered(draft: Draft, span: _Span) -> None:
    draft.think(span.stored.get("copilot_chat.reasoning_content", ""), span.time)
    encoded = span.stored.get("gen_ai.output.messages", "")
    messages = decode(_bytes(f'{{"messages":{encoded}}}')) if encoded else {}
    draft.skipped += messages is None
    for message in mappings((messages or {}).get("messages")):
        for part in mappings(message.get("parts")):
            kind = part.get("type")
            if kind == "text":
                draft.say(text(part.get("content")), span.time)
            elif kind == "tool_call":
                draft.call(tools.requested_call(part, draft.cwd, span.ended))
            elif kind != "reasoning":
                draft.skipped += 1
    read, written, cached = map(count, span.used)
    draft.used(span.model, tokens(read, written, cached), span.ended)


def _ran(draft: Draft, span: _Span) -> None:
    """Account for a tool call, recorded after the answer that makes it; calls without an id are the editor's own."""
    if not span.call:
        return
    given, result = (span.stored.get(key) for key in _WANTED["execute_tool"])
    call = draft.calls.get(span.call)
    if call is None:
        by_name = {"name": span.tool, "id": span.call, "arguments": given}
        call = draft.call(tools.requested_call(by_name, draft.cwd, span.time))
    call.time = span.time if span.time is not None else call.time
    call.cwd = call.cwd or draft.cwd
    call.arguments = call.arguments or embedded(given)
    tree = decode(_bytes(result)) if result else None
    # A span is written when its tool is done; what it gave back is left out where contents are.
    tools.answered(call, tools.printed(tree) if tree is not None else result or "", {}, not span.failed)


def _bytes(encoded: str) -> bytes:
    return encoded.encode("utf-8", "replace")
