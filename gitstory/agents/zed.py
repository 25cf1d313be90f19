"""Zed's own agent: `threads.db`, one JSON document a row, since 2025 packed with zstd (formats 0.1 to 0.3).

No message has a time. Unpacking needs Python 3.14 or `backports.zstd`, which is installed with gitstory; without it a
thread counts as unreadable, and its version says why. Agents that run inside Zed (ACP) have stores of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from sqlite3 import Connection
from typing import Any

from msgspec import structs

from gitstory import safe_open
from gitstory.agents.base import FolderReader, Reading, Source
from gitstory.agents.conversation_builder import CallDraft, Draft, changed
from gitstory.agents.json_values import items, mapping, mappings, seconds, text
from gitstory.agents.prompt_text import clean
from gitstory.agents.stores import json_document, row_sources
from gitstory.agents.token_usage import anthropic
from gitstory.agents.tool_table import ToolTable, tools
from gitstory.effects import patches
from gitstory.model import Conversation, Edit
from gitstory.sqlite_files import live_database

PACKED = "packed with zstd, which needs Python 3.14 or the package backports.zstd"
_DECODERS = ("compression.zstd", "backports.zstd", "zstandard")
"""Modules that unpack: Python's own since 3.14, the same for older ones (installed with gitstory), another."""
LARGEST = 256 << 20
"""Bytes of an unpacked thread; more is taken for damage."""
_TOOLS = ToolTable(
    tools(shell=("terminal",), replace=("edit_file",)),
    shown=("command", "path", "query", "url"),
    patch=(),
    old=("old_text",),
    new=("new_text",),
    everywhere=(),
)


class Zed(FolderReader):
    name = "zed"

    def sources(self, root: Path) -> Iterator[Source]:
        path = root if safe_open.is_file(root) else root / "threads.db"
        if safe_open.is_file(path):
            yield from row_sources.sources(self.name, path, _find)

    def places(self, source: Source) -> tuple[str, ...]:
        return tuple(patches.absolute(one, None) for one in (source.folder or "").split("\n") if one.strip())

    def read(self, source: Source) -> Reading:
        reading = row_sources.read(source, _conversation)
        bounds = tuple(structs.replace(one, places=one.places or self.places(source)) for one in reading.conversations)
        return Reading(bounds)


def _find(connection: Connection) -> tuple[list[row_sources.Row], bool]:
    if not live_database.has(connection, "threads", "id", "updated_at", "data"):
        return [], True
    folder = "folder_paths" if "folder_paths" in live_database.columns(connection, "threads") else "NULL"
    listed = live_database.Rows(connection, f"SELECT id, {folder}, updated_at, length(data) FROM threads")
    return [
        row_sources.Row(row[0], row[2:], seconds(row[2]), text(row[1]) or None) for row in listed
    ], listed.damage is not None


def _conversation(connection: Connection, name: str) -> Conversation | None:
    row = live_database.record(connection, "threads", "id", name)
    if row is None:
        return None
    draft = Draft("zed", name, "", title=text(row.get("summary")), times="bounds")
    draft.started_by(text(row.get("parent_id")))
    draft.started, draft.updated = seconds(row.get("created_at")), seconds(row.get("updated_at"))
    draft.seen_in(*(place.strip() for place in text(row.get("folder_paths")).split("\n")))
    data = row.get("data")
    raw = data.encode("utf-8", "replace") if isinstance(data, str) else data if isinstance(data, bytes) else b""
    if row.get("data_type") == "zstd":
        try:
            raw = _unpacked(raw)
        except LookupError:
            draft.version, raw = PACKED, b""
    thread, lost = json_document.document(raw)
    draft.skipped += lost
    if thread is not None:
        _thread(draft, thread)
    return draft.finished()


def _unpacked(data: bytes) -> bytes:
    """The content of a frame, empty where it is damaged; raises LookupError where nothing here can unpack it."""
    for name in _DECODERS:
        try:
            module = import_module(name)
        except ImportError:
            continue
        try:
            maker = module.ZstdDecompressor()
            whole = maker.decompressobj().decompress(data) if name == "zstandard" else maker.decompress(data, LARGEST)
        except Exception:  # noqa: BLE001 - each decoder has its own error for a broken frame
            return b""
        return bytes(whole)
    raise LookupError("no zstd decoder")


def _thread(draft: Draft, thread: Mapping[str, Any]) -> None:
    draft.version = text(thread.get("version"))
    draft.title = text(thread.get("title")) or text(thread.get("summary")) or draft.title
    model = text(mapping(thread.get("model")).get("model"))
    used = mapping(thread.get("request_token_usage"))
    for message in items(thread.get("messages")):
        fields = mapping(message)
        if message == "Resume":
            continue
        if "User" in fields:
            _user_message(draft, mapping(fields["User"]), anthropic(used.get(text(mapping(fields["User"]).get("id")))))
        elif "Agent" in fields:
            draft.used(model)
            _agent_message(draft, mapping(fields["Agent"]))
        elif "role" in fields:
            _older(draft, fields, model)
        else:
            draft.skipped += 1


def _user_message(draft: Draft, message: Mapping[str, Any], tokens: Any) -> None:
    """Mentions are files and other things the person pointed at: their names belong to the prompt, not their text."""
    words: list[str] = []
    images = 0
    for block in mappings(message.get("content")):
        words.append(text(block.get("Text")))
        images += "Image" in block
        if "Mention" in block:
            uri = mapping(mapping(block["Mention"]).get("uri"))
            named = mapping(next(iter(uri.values()), None))
            words.append("@" + (text(named.get("abs_path")) or text(named.get("name")) or next(iter(uri), "")))
    prompt = clean("".join(words))
    if prompt or images:
        draft.prompt(prompt, text(message.get("id")), images=images).tokens = tokens


def _agent_message(draft: Draft, message: Mapping[str, Any]) -> None:
    results = mapping(message.get("tool_results"))
    for block in mappings(message.get("content")):
        if "Text" in block:
            draft.say(text(block["Text"]))
        elif "Thinking" in block:
            draft.think(text(mapping(block["Thinking"]).get("text")))
        elif "ToolUse" in block:
            use = mapping(block["ToolUse"])
            _called(draft, use, mapping(results.get(text(use.get("id")))))
        elif "RedactedThinking" not in block:
            draft.skipped += 1


def _older(draft: Draft, message: Mapping[str, Any], model: str) -> None:
    """A message of formats 0.1 and 0.2: role, segments, tool uses, and the results of those before."""
    segments = mappings(message.get("segments"))
    role = message.get("role")
    for result in mappings(message.get("tool_results")):
        _close(draft, draft.calls.get(text(result.get("tool_use_id"))), result)
    if role == "user":
        words = clean("".join(text(segment.get("text")) for segment in segments if segment.get("type") == "text"))
        draft.user_message(words, 0)
        return
    if role != "assistant":
        draft.skipped += role != "system"
        return
    draft.used(model)
    for segment in segments:
        (draft.think if segment.get("type") == "thinking" else draft.say)(text(segment.get("text")))
    for use in mappings(message.get("tool_uses")):
        _called(draft, use, {})


def _called(draft: Draft, use: Mapping[str, Any], result: Mapping[str, Any]) -> None:
    call = _TOOLS.call(draft, text(use.get("name")), text(use.get("id")), mapping(use.get("input")))
    if result:
        _close(draft, call, result)


def _close(draft: Draft, call: CallDraft | None, result: Mapping[str, Any]) -> None:
    if call is None or call.answered:
        return
    content, given = result.get("content"), call.arguments
    call.close(text(content) or text(mapping(content).get("Text")), result.get("is_error") is True)
    if call.tool == "terminal":
        call.cwd = draft.directory(call.argument("cd"))
        call.ran(call.argument("command"), call.output, call.failed)
    elif call.tool == "edit_file" and not call.failed:
        call.edits = _edits(draft, given, mapping(result.get("output")))


def _edits(draft: Draft, given: Mapping[str, Any], output: Mapping[str, Any]) -> tuple[Edit, ...]:
    """Zed names files from the project's root, whose own name comes first."""
    path = text(given.get("path"))
    if not path:
        return ()
    root = next((place for place in draft.places if path.split("/")[0] == place.rsplit("/", 1)[-1]), None)
    where = patches.absolute(path.partition("/")[2] if root and "/" in path else path, root or draft.cwd)
    before, after = output.get("old_text"), output.get("new_text")
    if isinstance(before, str) and isinstance(after, str):
        return (changed(where, before, after),)
    return _TOOLS.edits_of("write", where, given) or _TOOLS.edits_of("replace", where, given)


AGENT = Zed()
