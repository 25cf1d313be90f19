"""A session of Cline's command line program: `<id>.json` says what it is, `<id>.messages.json` holds the messages.

Both are rewritten as a whole. Seen in 3.0.65.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from gitstory import safe_open
from gitstory.agents import patches
from gitstory.agents.base import Source
from gitstory.agents.conversation_builder import CallDraft, Draft, changed
from gitstory.agents.json_values import blocks as blocks_of
from gitstory.agents.json_values import items, mapping, mappings, seconds, text
from gitstory.agents.prompt_text import clean
from gitstory.agents.stores import files, json_document
from gitstory.agents.stores.jsonl import decode
from gitstory.agents.token_usage import count, tokens
from gitstory.delimited_parts import enclosed, without
from gitstory.model import Conversation, Edit, Replacement, Tokens

_SUFFIX = ".messages.json"
_NOTICE = ("<mode_notice>", "</mode_notice>")
"""Said by the program where the person switched between planning and acting."""


def sources(agent: str, root: Path) -> Iterator[Source]:
    paths = safe_open.globbed(root, f"*/*{_SUFFIX}")
    beside = lambda path: safe_open.stamp(_head_of(path))  # noqa: E731
    return files.sources(agent, paths, lambda path: path.name.removesuffix(_SUFFIX), beside=beside)


def places(source: Source) -> tuple[str, ...]:
    return _places(json_document.read(_head_of(source.path))[0] or {})


def conversation(source: Source) -> Conversation:
    draft = Draft(source.agent, source.id or source.path.name.removesuffix(_SUFFIX), str(source.path))
    (head, unread), (session, lost) = json_document.read(_head_of(source.path)), json_document.read(source.path)
    draft.skipped = unread + lost
    head, session = head or {}, session or {}
    for place in _places(head):
        draft.seen_in(place)
    metadata = mapping(head.get("metadata"))
    draft.title = text(metadata.get("title"))
    draft.parent = text(head.get("parent_session_id")) or None
    draft.subagent = draft.parent is not None
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
    role, content, time = message.get("role"), message.get("content"), seconds(message.get("ts"))
    blocks = blocks_of(content)
    draft.dated(time)
    if role == "assistant":
        model = text(mapping(message.get("modelInfo")).get("id"))
        draft.used(model, _tokens(mapping(message.get("metrics"))), time)
        for block in blocks:
            _assistant_block(draft, block, time)
    elif role == "user":
        results = [block for block in blocks if block.get("type") == "tool_result"]
        for block in results:
            _close(draft.unanswered(text(block.get("tool_use_id"))), block)
        _user_message(draft, text(message.get("id")), blocks, time, new=not results)
    else:
        draft.skipped += role != "system"


def _unnoticed(words: str) -> str:
    return without(words, enclosed(words, *_NOTICE))


def _user_message(draft: Draft, ident: str, blocks: list[dict[str, Any]], time: float | None, *, new: bool) -> None:
    written = [clean(_unnoticed(text(block.get("text")))) for block in blocks if block.get("type") == "text"]
    words = "\n".join(one for one in written if one)
    images = sum(block.get("type") == "image" for block in blocks)
    draft.user_message(words, images, ident, time, beside_result=not new)


def _assistant_block(draft: Draft, block: Mapping[str, Any], time: float | None) -> None:
    kind, given = block.get("type"), mapping(block.get("input"))
    if kind == "tool_use":
        shown = "\n".join(_commands(given)) or text(given.get("path")) or patches.summary(text(given.get("input")))
        draft.tool_use(block, "input", (), shown, time)
    elif not draft.answer(block, time) and kind != "redacted_thinking":
        draft.skipped += 1


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
    call.close("\n".join(printed), not parts or any(broken))
    if call.tool == "run_commands":
        _ran(call, list(zip(_commands(call.arguments), printed, broken, strict=False)))
    elif not call.failed:
        call.edits = _edits(call)


def _ran(call: CallDraft, commands: list[tuple[str, str, bool]]) -> None:
    for command, printed, failed in commands:
        single = CallDraft(call.tool, cwd=call.cwd, time=call.time)
        single.ran(command, printed, failed)
        call.edits += single.edits
        call.commits += single.commits


def _edits(call: CallDraft) -> tuple[Edit, ...]:
    given, time = call.arguments, call.time
    if call.tool == "apply_patch":
        return patches.edits(call.argument("input", "patch"), call.cwd, time=time)
    path = call.path("path")
    old, new = given.get("old_text"), given.get("new_text")
    if call.tool != "editor" or not path or not isinstance(new, str):
        return ()
    if isinstance(old, str) and old:
        return (Edit(path, replacements=(Replacement(old, new),), time=time),)
    if isinstance(given.get("insert_line"), int):
        return (patches.inserted(path, new.replace("\r\n", "\n"), time=time),)
    if "created" in call.output:
        return (Edit(path, "create", after=new, time=time),)
    return (changed(path, None, new, time),)


def _tokens(used: Mapping[str, Any]) -> Tokens | None:
    """Some providers count what came from the cache within the input, some apart: then it can be the greater."""
    read, cached = count(used.get("inputTokens")), count(used.get("cacheReadTokens"))
    written = count(used.get("cacheWriteTokens"))
    read = read if read >= cached + written else read + cached + written
    return tokens(read, count(used.get("outputTokens")), cached)
