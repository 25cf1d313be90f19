"""Goose: `sessions.db` since 1.10, one JSONL file a session before (first line the session's head).

Its developer tools are `write` and `edit` since 1.4x, `text_editor` before, and the shell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from sqlite3 import Connection
from typing import Any

from gitstory import safe_open
from gitstory.agents.base import FolderReader, Reading, Source
from gitstory.agents.conversation_builder import CallDraft, Draft
from gitstory.agents.json_values import compact, cut, joined, mapping, mappings, seconds, text
from gitstory.agents.prompt_text import clean
from gitstory.agents.stores import files, row_sources
from gitstory.agents.stores.jsonl import decode, embedded, head, records
from gitstory.agents.token_usage import count, tokens
from gitstory.agents.tool_table import ToolTable, tools
from gitstory.effects import patches
from gitstory.model import Conversation, Edit
from gitstory.sqlite_files import live_database


class Goose(FolderReader):
    name = "goose"

    def sources(self, root: Path) -> Iterator[Source]:
        """Sessions of the database, then files: Goose leaves those it took over where they were."""
        existing: set[str | None] = set()
        path = root if safe_open.is_file(root) else root / DATABASE
        if safe_open.is_file(path):
            for source in row_sources.sources(self.name, path, _find):
                existing.add(source.id)
                yield source
        older = safe_open.globbed(root, "*.jsonl")[::-1] if root.is_dir() else []
        yield from files.sources(self.name, (path for path in older if path.stem not in existing))

    def places(self, source: Source) -> tuple[str, ...]:
        if source.path.suffix == ".jsonl":
            return files.places(text(head(source.path).get("working_dir")))
        return super().places(source)

    def read(self, source: Source) -> Reading:
        if source.path.suffix == ".jsonl":
            return Reading((_conversation_of_file(source),))
        return row_sources.read(source, _conversation)


DATABASE = "sessions.db"
_QUIET = frozenset({"toolConfirmationRequest", "actionRequired", "redactedThinking", "frontendToolRequest", "image"})
_WANTED = ("id", "name", "description", "session_type", "working_dir", "created_at", "updated_at", "model_config_json")
_COUNTS = ("accumulated_input_tokens", "accumulated_output_tokens")


def _find(connection: Connection) -> tuple[list[row_sources.Row], bool]:
    """Sessions with their versions. A compaction replaces messages: the largest row id changes with it."""
    if not live_database.has(connection, "sessions", "id", "working_dir", "updated_at"):
        return [], True
    counts, joined = row_sources.of_messages(connection, "session_id", ["count(*)", "max(rowid)"])
    listed = live_database.Rows(
        connection, f"SELECT s.id, s.working_dir, s.updated_at, {counts} FROM sessions s{joined}"
    )
    found_rows = [row_sources.Row(row[0], row[2:], seconds(row[2]), text(row[1]) or None) for row in listed]
    return found_rows, listed.damage is not None


def _conversation(connection: Connection, name: str) -> Conversation | None:
    session = live_database.record(connection, "sessions", "id", name, (*_WANTED, *_COUNTS))
    if session is None:
        return None
    draft = _begun(name, session)
    if not live_database.has(connection, "messages", "session_id", "role", "content_json", "created_timestamp"):
        draft.skipped += 1
        return draft.finished()
    there = live_database.columns(connection, "messages")
    extra = [one for one in ("message_id", "metadata_json") if one in there]
    columns = ["role", "content_json", "created_timestamp", *extra]
    sql = f"SELECT {', '.join(columns)} FROM messages WHERE session_id = ? ORDER BY rowid"
    messages = live_database.Rows(connection, sql, (name,))
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


def _conversation_of_file(source: Source) -> Conversation:
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
            draft.call(requested_call(block, draft.cwd, time))
        elif kind == "toolResponse":
            answered(draft.calls.get(text(block.get("id"))), block)
        elif kind in ("contextLengthExceeded", "summarizationRequested", "conversationCompacted"):
            draft.mark("compacted")
        elif kind == "systemNotification":
            continue
        elif kind not in _QUIET:
            draft.skipped += 1


_TOOLS = ToolTable(
    tools(shell=("shell",), write=("write",), replace=("edit", "str_replace"), insert=("insert",)),
    shown=("path", "query", "url"),
    patch=(),
    whole=("content", "file_text"),
    lists=(),
    old=("before", "old_str"),
    new=("after", "new_str"),
    everywhere=(),
    empty="write",
    named=False,
    plain=lambda tool: tool.rpartition("__")[2],
)
_FILE = re.compile(r"^(?:--- [^\n]*\n)\+\+\+ (?:b/)?([^\t\n]++)[^\n]*+\n", re.MULTILINE)


def requested_call(block: dict[str, Any], cwd: str | None, time: float | None) -> CallDraft:
    """The call of a `toolRequest`; one that could not be parsed has failed already."""
    call = mapping(block.get("toolCall"))
    value = mapping(call.get("value"))
    given = mapping(value.get("arguments"))
    draft = _TOOLS.requested(text(value.get("name")), text(block.get("id")), given, cwd, time)
    command = draft.argument("command") if _TOOLS.action(draft.tool) == "shell" else ""
    draft.input = cut(command) or draft.input or compact(given)
    draft.failed = call.get("status") == "error"
    draft.answered = draft.failed
    return draft


def answered(draft: CallDraft | None, block: dict[str, Any]) -> None:
    """Note the result of a call; that of an unknown call is ignored."""
    if draft is None or draft.answered:
        return
    result = mapping(block.get("toolResult"))
    value = result.get("value")
    content = mapping(value).get("content") if isinstance(value, dict) else value
    printed = joined(content, "text") or text(value) or text(result.get("error"))
    failed = result.get("status") == "error" or mapping(value).get("isError") is True
    if _TOOLS.plain(draft.tool) != "text_editor":
        _TOOLS.close(draft, printed, failed)
        return
    verb = _TOOLS.action(draft.argument("command"))
    _TOOLS.close(draft, printed, failed, action=verb if verb != "shell" else "")
    # From 1.10 to 1.25 a diff wins over the texts, and it may change several files.
    if not failed and (diff := draft.argument("diff")):
        draft.edits = _of_diff(diff, draft.path("path"), draft)


def _of_diff(diff: str, path: str, draft: CallDraft) -> tuple[Edit, ...]:
    heads = list(_FILE.finditer(diff))
    if len(heads) <= 1:
        hunks = patches.hunks(diff)
        return (Edit(path, hunks=hunks, time=draft.time),) if hunks and path else ()
    ends = [*(head.start() for head in heads[1:]), len(diff)]
    parts = [
        (patches.absolute(head[1], path or draft.cwd), diff[head.end() : end])
        for head, end in zip(heads, ends, strict=True)
    ]
    return tuple(Edit(name, hunks=hunks, time=draft.time) for name, part in parts if (hunks := patches.hunks(part)))


AGENT = Goose()
