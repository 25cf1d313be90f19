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
from gitstory.agents import patches
from gitstory.agents.base import Reader, Reading, Source
from gitstory.agents.conversation_builder import CallDraft, Draft
from gitstory.agents.json_values import blocks as blocks_of
from gitstory.agents.json_values import items, joined, mapping, seconds, text
from gitstory.agents.prompt_text import clean
from gitstory.agents.stores import files
from gitstory.agents.stores.jsonl import decode, embedded, head, records
from gitstory.agents.token_usage import count, counted_apart
from gitstory.model import Edit, Replacement

_SUMMARY_ARGUMENTS = ("command", "file_path", "folder_path", "pattern", "path", "url", "query", "prompt")
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
        draft = Draft(self.name, source.id or source.path.stem, str(source.path))
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
        if draft.turns:
            draft.mark("compacted")
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
    content = message.get("content")
    blocks = blocks_of(content)
    if message.get("role") == "assistant":
        draft.used(text(message.get("modelId")) or text(message.get("model")), time=time)
        for block in blocks:
            _assistant_block(draft, block, time)
    elif message.get("role") == "user":
        results = [block for block in blocks if block.get("type") == "tool_result"]
        for block in results:
            _close(draft.unanswered(text(block.get("tool_use_id"))), block)
        if not (
            message.get("visibility") == "llm_only" or "hookEventName" in message or "userMessageSource" in message
        ):
            _user_message(draft, text(record.get("id")), blocks, time, new=not results)
    else:
        draft.skipped += message.get("role") != "system"


def _user_message(draft: Draft, ident: str, blocks: list[dict[str, Any]], time: float | None, *, new: bool) -> None:
    written = [text(block.get("text")) for block in blocks if block.get("type") == "text"]
    words = "\n".join(plain for one in written if not _ATTACHED.match(one) and (plain := clean(one)))
    images = sum(block.get("type") == "image" for block in blocks)
    draft.user_message(words, images, ident, time, beside_result=not new)


def _assistant_block(draft: Draft, block: Mapping[str, Any], time: float | None) -> None:
    kind, given = block.get("type"), mapping(block.get("input"))
    if kind == "tool_use":
        draft.tool_use(block, "input", _SUMMARY_ARGUMENTS, patches.summary(text(given.get("input"))), time)
    elif not draft.answer(block, time) and kind not in _BLOCKS:
        draft.skipped += 1


def _close(call: CallDraft | None, result: Mapping[str, Any]) -> None:
    if call is None:
        return
    content = result.get("content")
    output = content if isinstance(content, str) else joined(content, "text")
    printed = embedded(output) if output.startswith("{") else {}
    call.close(output, result.get("is_error") is True or printed.get("success") is False)
    if call.tool == "Execute":
        call.ran(call.argument("command"), output, call.failed)
    elif not call.failed:
        call.edits = _edits(call)


def _edits(call: CallDraft) -> tuple[Edit, ...]:
    given, time = call.arguments, call.time
    if call.tool == "ApplyPatch":
        return patches.edits(call.argument("input", "patch"), call.cwd, time=time)
    path = call.path("file_path")
    if not path:
        return ()
    if call.tool == "Create" and isinstance(given.get("content"), str):
        return (Edit(path, "create", after=given["content"], time=time),)
    if call.tool not in ("Edit", "MultiEdit"):
        return ()
    several = items(given.get("changes")) or items(given.get("edits")) or [given]
    pairs = tuple(pair for one in several if (pair := _replacement(mapping(one))) is not None)
    return (Edit(path, replacements=pairs, time=time),)


def _replacement(given: Mapping[str, Any]) -> Replacement | None:
    old, new = given.get("old_str", given.get("old_string")), given.get("new_str", given.get("new_string"))
    if not isinstance(old, str) or not isinstance(new, str) or old == new:
        return None
    return Replacement(old, new, given.get("change_all") is True or given.get("replace_all") is True)


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
