"""Sessions of Goose, rows of a database or lines of a file, as conversations."""

from __future__ import annotations

from collections.abc import Mapping
from sqlite3 import Connection
from typing import Any

from gitstory.agents.base import Source
from gitstory.agents.conversation_builder import Draft
from gitstory.agents.goose import tools
from gitstory.agents.json_values import mapping, mappings, seconds, text
from gitstory.agents.prompt_text import clean
from gitstory.agents.stores import row_sources, sqlite
from gitstory.agents.stores.jsonl import decode, embedded, records
from gitstory.agents.token_usage import count, tokens
from gitstory.model import Conversation

DATABASE = "sessions.db"
_QUIET = frozenset({"toolConfirmationRequest", "actionRequired", "redactedThinking", "frontendToolRequest", "image"})
_WANTED = ("id", "name", "description", "session_type", "working_dir", "created_at", "updated_at", "model_config_json")
_COUNTS = ("accumulated_input_tokens", "accumulated_output_tokens")


def find(connection: Connection) -> tuple[list[row_sources.Row], bool]:
    """Sessions with their versions. A compaction replaces messages: the largest row id changes with it."""
    if not sqlite.has(connection, "sessions", "id", "working_dir", "updated_at"):
        return [], True
    counts, joined = row_sources.of_messages(connection, "session_id", ["count(*)", "max(rowid)"])
    listed = sqlite.Rows(connection, f"SELECT s.id, s.working_dir, s.updated_at, {counts} FROM sessions s{joined}")
    found_rows = [row_sources.Row(row[0], row[2:], seconds(row[2]), text(row[1]) or None) for row in listed]
    return found_rows, listed.damage is not None


def conversation(connection: Connection, name: str) -> Conversation | None:
    session = sqlite.record(connection, "sessions", "id", name, (*_WANTED, *_COUNTS))
    if session is None:
        return None
    draft = _begun(name, session)
    if not sqlite.has(connection, "messages", "session_id", "role", "content_json", "created_timestamp"):
        draft.skipped += 1
        return draft.finished()
    there = sqlite.columns(connection, "messages")
    extra = [one for one in ("message_id", "metadata_json") if one in there]
    columns = ["role", "content_json", "created_timestamp", *extra]
    sql = f"SELECT {', '.join(columns)} FROM messages WHERE session_id = ? ORDER BY rowid"
    messages = sqlite.Rows(connection, sql, (name,))
    for values in messages:
        fields = dict(zip(columns, values, strict=True))
        content = decode(b'{"content":' + (text(fields["content_json"]) or "0").encode("utf-8", "replace") + b"}")
        metadata = embedded(text(fields.get("metadata_json")))
        if content is None:
            draft.skipped += 1
            continue
        record = {"role": fields["role"], "created": fields["created_timestamp"], "id": fields.get("message_id")}
        _message(draft, {**record, **content, "metadata": metadata})
    draft.skipped += messages.damage is not None
    return _ended(draft, session)


def conversation_of_file(source: Source) -> Conversation:
    draft, session = _begun(source.id or source.path.stem, {}), {}
    draft.source = str(source.path)
    for record in records(source.path, draft):
        if "role" in record:
            _message(draft, record)
        elif "working_dir" in record:
            session = record
            draft.title = text(record.get("description"))
            draft.seen_in(text(record.get("working_dir")))
        else:
            draft.skipped += 1
    draft.span(source.modified)
    if draft.times == "bounds":
        draft.started, draft.updated = None, source.modified
    return _ended(draft, session)


def _begun(name: str, session: Mapping[str, Any]) -> Draft:
    draft = Draft("goose", name, "", title=text(session.get("name")) or text(session.get("description")))
    draft.subagent = text(session.get("session_type")) == "sub_agent"
    draft.started, draft.updated = seconds(session.get("created_at")), seconds(session.get("updated_at"))
    draft.seen_in(text(session.get("working_dir")))
    return draft


def _ended(draft: Draft, session: Mapping[str, Any]) -> Conversation:
    """Tokens are counted for the session only: they belong to the last turn, so that the sum is right."""
    model = embedded(text(session.get("model_config_json")))
    if draft.turns:
        draft.used(text(model.get("model_name")), tokens(*(count(session.get(one)) for one in _COUNTS)))
    return draft.finished()


def _message(draft: Draft, record: dict[str, Any]) -> None:
    """What the person is not shown is Goose's own: summaries for the model, and words put in the person's mouth."""
    role, time = record.get("role"), seconds(record.get("created"))
    blocks = mappings(record.get("content"))
    shown = mapping(record.get("metadata")).get("userVisible") is not False
    if role not in ("user", "assistant"):
        draft.skipped += 1
        return
    if role == "user" and shown:
        words = clean("\n".join(text(block.get("text")) for block in blocks if block.get("type") == "text"))
        images = sum(block.get("type") == "image" for block in blocks)
        draft.user_message(words, images, text(record.get("id")), time)
    elif role == "assistant":
        draft.used("", time=time)
    for block in blocks:
        kind = text(block.get("type"))
        if kind == "text":
            if role == "assistant" and shown:
                draft.say(text(block.get("text")), time)
        elif kind in ("thinking", "reasoning"):
            draft.think(text(block.get("thinking")) or text(block.get("text")), time)
        elif kind == "toolRequest":
            draft.call(tools.requested_call(block, draft.cwd, time))
        elif kind == "toolResponse":
            tools.answered(draft.calls.get(text(block.get("id"))), block)
        elif kind in ("contextLengthExceeded", "summarizationRequested", "conversationCompacted"):
            draft.mark("compacted")
        elif kind == "systemNotification":
            continue
        elif kind not in _QUIET:
            draft.skipped += 1
