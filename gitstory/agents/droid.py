"""Droid, of Factory: one file of JSON lines a session below `~/.factory/sessions`, its settings in a file beside it.

Seen in sessions of version 2 (2026). Tokens are counted for a whole session only, so they are the turn's where there is
one turn; the settings name the model that was chosen last, the messages of newer versions their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from gitstory import safe_open
from gitstory.agents.base import Reader, Reading, Source
from gitstory.agents.conversation_builder import CallDraft, Draft
from gitstory.agents.json_values import blocks as blocks_of
from gitstory.agents.json_values import joined, mapping, seconds, text
from gitstory.agents.prompt_text import clean
from gitstory.agents.stores import files
from gitstory.agents.stores.jsonl import decode, embedded, head, records
from gitstory.agents.token_usage import count, counted_apart
from gitstory.agents.tool_table import ToolTable, tools

_TOOLS = ToolTable(
    tools(shell=("Execute",), patch=("ApplyPatch",), create=("Create",), replace=("Edit", "MultiEdit")),
    shown=("command", "file_path", "folder_path", "pattern", "path", "url", "query", "prompt"),
    path=("file_path",),
    lists=("changes", "edits"),
    old=("old_str", "old_string"),
    new=("new_str", "new_string"),
    everywhere=("change_all", "replace_all"),
    empty="keep",
)
_ATTACHED = re.compile(r"Contents of [^\n]{1,2000} \(lines \d+-\d+ of \d+\):\n")
"""The head of a file the person pointed at, which Droid puts in a block of its own."""
_COUNTS = ("inputTokens", "cacheReadTokens", "cacheCreationTokens", "outputTokens")
_BLOCKS = ("redacted_thinking", "document")
_QUIET = ("todo_state", "session_settings", "agent_turn_outcome", "session_end")
"""Records without anything that the messages do not have."""


class Droid(Reader):
    name = "droid"

    def sources(self, root: Path) -> Iterator[Source]:
        paths = safe_open.globbed(root, "*.jsonl", "*/*.jsonl")
        return files.sources(self.name, paths, beside=lambda path: safe_open.stamp(_settings(path)))

    def places(self, source: Source) -> tuple[str, ...]:
        return files.places(_directory(head(source.path)))

    def read(self, source: Source) -> Reading:
        draft = Draft.of(source)
        for record in records(source.path, draft):
            _take(draft, record)
        _set(draft, _settings(source.path))
        if draft.started is None and draft.updated is None:
            draft.bounded(source.modified)
        return Reading((draft.finished(),))


def _settings(path: Path) -> Path:
    return path.with_name(f"{path.stem}.settings.json")


def _directory(head: Mapping[str, Any]) -> str:
    return text(head.get("cwd")) or text(head.get("workspace_root"))


def _take(draft: Draft, record: Mapping[str, Any]) -> None:
    kind = text(record.get("type"))
    time = seconds(record.get("timestamp"))
    draft.dated(time)
    if kind == "session_start":
        _began(draft, record)
    elif kind == "message":
        _message(draft, record, time)
    elif kind == "compaction_state":
        draft.happened("compacted")
    elif kind not in _QUIET:
        draft.skipped += 1


def _began(draft: Draft, head: Mapping[str, Any]) -> None:
    draft.title = text(head.get("title")) or text(head.get("sessionTitle"))
    draft.version = str(count(head.get("version")) or "")
    draft.seen_in(_directory(head))
    draft.parent = text(head.get("callingSessionId")) or text(head.get("parent")) or None
    draft.subagent = bool(text(head.get("callingSessionId")))


def _message(draft: Draft, record: Mapping[str, Any], time: float | None) -> None:
    message = mapping(record.get("message"))
    blocks = blocks_of(message.get("content"))
    if message.get("role") == "assistant":
        draft.used(text(message.get("modelId")) or text(message.get("model")), time=time)
        _TOOLS.answer(draft, blocks, time, _BLOCKS)
    elif message.get("role") == "user":
        for block in blocks:
            if block.get("type") == "tool_result":
                _close(draft.unanswered(text(block.get("tool_use_id"))), block)
        if not (
            message.get("visibility") == "llm_only" or "hookEventName" in message or "userMessageSource" in message
        ):
            own = lambda words: "" if _ATTACHED.match(words) else clean(words)  # noqa: E731
            draft.user_blocks(blocks, text(record.get("id")), time, own)
    else:
        draft.skipped += message.get("role") != "system"


def _close(call: CallDraft | None, result: Mapping[str, Any]) -> None:
    if call is not None:
        content = result.get("content")
        output = content if isinstance(content, str) else joined(content, "text")
        printed = embedded(output) if output.startswith("{") else {}
        _TOOLS.close(call, output, result.get("is_error") is True or printed.get("success") is False)


def _set(draft: Draft, path: Path) -> None:
    """Copy settings of the whole session to the turns that they certainly apply to."""
    try:
        data = safe_open.content(path)
    except FileNotFoundError:
        return
    except OSError:
        draft.skipped += 1
        return
    settings = decode(data)
    draft.skipped += settings is None
    if not draft.turns or settings is None:
        return
    if text(settings.get("model")) and not draft.turn.models:
        draft.turn.models.append(text(settings.get("model")))
    if len(draft.turns) == 1:
        draft.turn.tokens = counted_apart(mapping(settings.get("tokenUsage")), *_COUNTS)


AGENT = Droid()
