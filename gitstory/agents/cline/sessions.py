"""A session of Cline's command line program: `<id>.json` says what it is, `<id>.messages.json` holds the messages.

Both are rewritten as a whole. Seen in 3.0.65.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from gitstory import safe_open
from gitstory.agents.base import Source
from gitstory.agents.conversation_builder import CallDraft, Draft
from gitstory.agents.json_values import blocks as blocks_of
from gitstory.agents.json_values import cut, items, mapping, mappings, seconds, text
from gitstory.agents.prompt_text import clean
from gitstory.agents.stores import files, json_document
from gitstory.agents.stores.jsonl import decode
from gitstory.agents.token_usage import counted_either_way
from gitstory.agents.tool_table import Action, ToolTable, tools
from gitstory.delimited_parts import enclosed, without
from gitstory.model import Conversation

_SUFFIX = ".messages.json"
_NOTICE = ("<mode_notice>", "</mode_notice>")
"""Said by the program where the person switched between planning and acting."""
_TOOLS = ToolTable(
    tools(patch=("apply_patch",), replace=("editor",)),
    shown=("path",),
    whole=("new_text",),
    old=("old_text",),
    new=("new_text",),
    named=False,
)
_COUNTS = ("inputTokens", "cacheReadTokens", "cacheWriteTokens", "outputTokens")


def sources(agent: str, root: Path) -> Iterator[Source]:
    paths = safe_open.globbed(root, f"*/*{_SUFFIX}")
    beside = lambda path: safe_open.stamp(_head_of(path))  # noqa: E731
    return files.sources(agent, paths, lambda path: path.name.removesuffix(_SUFFIX), beside=beside)


def places(source: Source) -> tuple[str, ...]:
    return _places(json_document.read(_head_of(source.path))[0] or {})


def conversation(source: Source) -> Conversation:
    draft = Draft.of(source)
    (head, unread), (session, lost) = json_document.read(_head_of(source.path)), json_document.read(source.path)
    draft.skipped = unread + lost
    head, session = head or {}, session or {}
    draft.seen_in(*_places(head))
    metadata = mapping(head.get("metadata"))
    draft.title = text(metadata.get("title"))
    draft.started_by(text(head.get("parent_session_id")))
    draft.version = text(mapping(session.get("origin")).get("version"))
    for message in mappings(session.get("messages")):
        _message(draft, message)
    draft.started = seconds(head.get("started_at")) or draft.started
    if draft.updated is None:
        draft.bounded(source.modified)
    return draft.finished()


def _head_of(path: Path) -> Path:
    return path.with_name(path.name.removesuffix(_SUFFIX) + ".json")


def _places(head: Mapping[str, Any]) -> tuple[str, ...]:
    return files.places(text(head.get("cwd")), text(head.get("workspace_root")))


def _message(draft: Draft, message: Mapping[str, Any]) -> None:
    role, blocks, time = message.get("role"), blocks_of(message.get("content")), seconds(message.get("ts"))
    draft.dated(time)
    if role == "assistant":
        model = text(mapping(message.get("modelInfo")).get("id"))
        draft.used(model, counted_either_way(mapping(message.get("metrics")), *_COUNTS), time)
        _TOOLS.answer(draft, blocks, time, ("redacted_thinking",))
        for call in (draft.calls.get(text(block.get("id"))) for block in blocks):
            if call is not None and (commands := "\n".join(_commands(call.arguments))):
                call.input = cut(commands)
    elif role == "user":
        for block in blocks:
            if block.get("type") == "tool_result":
                _close(draft.unanswered(text(block.get("tool_use_id"))), block)
        own = lambda words: clean(without(words, enclosed(words, *_NOTICE)))  # noqa: E731
        draft.user_blocks(blocks, text(message.get("id")), time, own)
    else:
        draft.skipped += role != "system"


def _commands(given: Mapping[str, Any]) -> list[str]:
    """One for each of `commands`, "" for what is none, so that results stay beside theirs."""
    return [text(one) or text(mapping(one).get("command")) for one in items(given.get("commands"))]


def _close(call: CallDraft | None, block: Mapping[str, Any]) -> None:
    if call is None:
        return
    content = block.get("content")
    if isinstance(content, str):
        parsed = decode(content.encode("utf-8", "replace")) if content.startswith("{") else None
        parts = [parsed] if parsed else [{"result": content}]
    else:
        parts = mappings(content)
    printed = [text(part.get("result")) or text(part.get("error")) or text(part.get("text")) for part in parts]
    broken = [block.get("is_error") is True or part.get("success") is False for part in parts]
    output = "\n".join(printed)
    _TOOLS.close(call, output, not parts or any(broken), action=_action(call, output))
    if call.tool == "run_commands":
        _ran(call, list(zip(_commands(call.arguments), printed, broken, strict=False)))


def _ran(call: CallDraft, commands: list[tuple[str, str, bool]]) -> None:
    for command, printed, failed in commands:
        single = CallDraft(call.tool, cwd=call.cwd, time=call.time)
        single.ran(command, printed, failed)
        call.edits += single.edits
        call.commits += single.commits


def _action(call: CallDraft, output: str) -> Action:
    action, given = _TOOLS.action(call.tool), call.arguments
    if action != "replace" or text(given.get("old_text")):
        return action
    return "insert" if isinstance(given.get("insert_line"), int) else "create" if "created" in output else "write"
