"""Sessions of the third engine, which the editor has since 1.0 and the command line program with `--v3`:
`<workspace>/sess_<id>/messages.jsonl` is appended to, `session.json` beside it describes the whole session.

Both programs write this store. The shape of its records is what readers of it agree on that were written against real
sessions: PowerAtlas and ggshield (calls and their arguments), Orca (kiro-cli 2.27: which answers are reasoning), rimz
and deja-vu (the records of a turn), kiro-coding-metrics-collector (arguments of what writes, success of results).
Edits are those of three tools: a text put in the place of another, a whole file, lines at the end of one. What other
tools change is not read, nor what a command of several folders may mean by a relative path. Of models only the one a
session had last is told; tokens are not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from gitstory import safe_open
from gitstory.agents.base import Reading, Source
from gitstory.agents.conversation_builder import CallDraft, Draft
from gitstory.agents.json_values import items, mapping, seconds, text, texts
from gitstory.agents.kiro import session_metadata, tools
from gitstory.agents.prompt_text import clean
from gitstory.agents.stores import json_document
from gitstory.agents.stores.jsonl import records
from gitstory.effects import patches

NAME = "messages.jsonl"
_HEAD = "session.json"
_SILENT = frozenset(
    {
        "session_start",
        "session_event",
        "session_metadata",
        "turn_start",
        "turn_end",
        "usage_summary",
        "pending_interaction",
        "interaction_resolved",
        "ContextualHookInvoked",
    }
)
"""Types of records without words or actions."""
_SEALED = "..."
"""All that is there of reasoning which the service keeps to itself."""
_WROTE = re.compile(r"(?:Created|Replaced text in|Appended the text to) ")
"""Beginnings of results, which need not say whether they are a success."""
_EXIT = re.compile(r"Exit Code: (-?\d{1,9})\s*+\Z")


def is_one(path: Path) -> bool:
    return path.name == NAME and path.parent.name.startswith("sess_")


def sources(agent: str, root: Path) -> Iterator[Source]:
    """The sessions below `root`, the folder of all sessions."""
    paths = safe_open.globbed(root, f"*/sess_*/{NAME}") if root.is_dir() else []
    yield from session_metadata.sources(agent, ((path, path.with_name(_HEAD), path.parent.name) for path in paths))


def places(path: Path) -> tuple[str, ...]:
    return tuple(texts(json_document.member(path.with_name(_HEAD), "workspacePaths")))


def read(source: Source) -> Reading:
    draft = Draft.of(source)
    fields = session_metadata.head_fields(source.path.with_name(_HEAD), draft)
    draft.title = text(fields.get("title"))
    draft.seen_in(*texts(fields.get("workspacePaths")))
    for record in records(source.path, draft):
        _take(draft, record)
    _end(draft, fields, source.modified)
    return draft.reading()


def _take(draft: Draft, record: Mapping[str, Any]) -> None:
    payload, time = mapping(record.get("payload")), seconds(record.get("timestamp"))
    kind = text(payload.get("type"))
    if kind == "user":
        content = payload.get("content")
        words, images = clean(_words(content)), len(items(payload.get("images")))
        images += sum(mapping(part).get("type") == "image" for part in items(content))
        draft.user_message(words, images, text(record.get("id")), time)
    elif kind == "assistant":
        _answer(draft, payload, time)
    elif kind == "tool_call":
        _called(draft, payload, time)
    elif kind == "tool_result":
        _answered(draft, payload, time)
    elif kind not in _SILENT:
        draft.skipped += 1
    elif kind == "turn_end" and draft.turns:
        draft.used("", time=time)


def _words(content: Any) -> str:
    """A text, or the texts among the parts of one."""
    parts = [text(mapping(part).get("text")) for part in items(content) if mapping(part).get("type") == "text"]
    return content if isinstance(content, str) else "\n".join(filter(None, parts))


def _answer(draft: Draft, payload: Mapping[str, Any], time: float | None) -> None:
    words, operation = _words(payload.get("content")), payload.get("operationType", "Say")
    if operation in ("Say", "Reasoning"):
        draft.used("", time=time)
    if operation == "Say":
        draft.say(words, time)
    elif operation == "Reasoning":
        draft.think("" if words.strip() == _SEALED else words, time)
    else:
        draft.skipped += operation != "Summary"


def _called(draft: Draft, payload: Mapping[str, Any], time: float | None) -> None:
    ident = text(payload.get("toolCallId"))
    if ident in draft.calls:
        return
    tools.called(draft, text(payload.get("toolName")), ident, payload.get("args"), time)
    call = draft.calls.get(ident)
    if call is not None and len(draft.places) > 1 and call.cwd == draft.cwd:
        call.cwd = None  # nothing says in which of the folders


def _answered(draft: Draft, payload: Mapping[str, Any], time: float | None) -> None:
    call = draft.unanswered(text(payload.get("toolCallId")))
    if call is None:
        return
    words, success = _words(payload.get("content")), payload.get("success")
    content: Any = words
    if call.tool in tools.SHELLS and (ended := _EXIT.search(words)):
        printed = words[: ended.start()].rstrip().removeprefix("Output:\n")
        content = [{"data": {"stdout": printed, "exit_status": ended[1]}}]
    tools.answered(call, content, "error" if success is False else "success", time)
    if call.tool in tools.WRITERS and success is not True and not _WROTE.match(words):
        call.edits = ()
    if call.cwd is None:
        call.edits = tuple(edit for edit in call.edits if patches.absolute(edit.path, "/") == edit.path)
    draft.used("", time=time)


def _end(draft: Draft, fields: Mapping[str, Any], modified: float) -> None:
    model = text(fields.get("modelId"))
    for turn in draft.turns:
        if model and any(not isinstance(step, CallDraft) or step.answered for step in turn.steps):
            turn.models.append(model)
    session_metadata.span(draft, fields.get("createdAt"), fields.get("lastModifiedAt"), modified)
