"""Qwen Code: a file of JSON lines a session below `~/.qwen/projects/<directory>/chats`, subagents' beside them.

Seen in 0.15 to 0.24. Files only grow; what was undone stays. A fork is a copy under another id that says where it
came from. Versions of 2025 kept sessions as Gemini CLI does, which it was made of.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gitstory import safe_open
from gitstory.agents.base import Reading, Source
from gitstory.agents.conversation_builder import Draft
from gitstory.agents.gemini_cli import GeminiCli, tools
from gitstory.agents.json_values import items, mapping, seconds, text
from gitstory.agents.prompt_text import clean
from gitstory.agents.stores import files
from gitstory.agents.stores.jsonl import head, records
from gitstory.agents.token_usage import count

_NOT_TYPED = ("notification", "cron", "goal_runtime")
_ENCODED = re.compile(r"[^a-zA-Z0-9]")


class Qwen(GeminiCli):
    name = "qwen"

    def sources(self, root: Path) -> Iterator[Source]:
        yield from super().sources(root)
        paths = safe_open.globbed(root, "*/chats/*.jsonl", "*/subagents/*/*.jsonl")
        newer = (path for path in paths if not _is_older(path))
        yield from files.sources(self.name, newer, folder=lambda path: path.relative_to(root).parts[0])

    def places(self, source: Source) -> tuple[str, ...]:
        if _is_older(source.path):
            return super().places(source)
        return files.places(text(head(source.path).get("cwd")))

    def folder_of(self, directory: Path) -> str | None:
        named = str(directory)
        return _ENCODED.sub("-", named.lower() if named[1:2] == ":" else named)

    def read(self, source: Source) -> Reading:
        if _is_older(source.path):
            return super().read(source)
        session = _Session(Draft.of(source))
        for record in records(source.path, session.draft):
            session.take(record)
        draft = session.draft
        draft.subagent = "subagents" in source.path.parts[-3:]
        if draft.subagent:
            draft.parent = session.name or source.path.parent.name
        return draft.reading(source.modified)


def _is_older(path: Path) -> bool:
    return path.name.startswith("session-")


class _Session:
    """The state after the records read so far; `seen` is the number of turns after each record."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.name = ""
        self.cwd: str | None = None
        self.seen: dict[str, int] = {}

    def take(self, record: dict[str, Any]) -> None:
        draft = self.draft
        kind, time = text(record.get("type")), seconds(record.get("timestamp"))
        draft.dated(time)
        self.name = self.name or text(record.get("sessionId"))
        self.cwd = draft.seen_in(text(record.get("cwd"))) or self.cwd
        draft.version = text(record.get("version")) or draft.version
        draft.parent = draft.parent or text(mapping(record.get("forkedFrom")).get("sessionId")) or None
        if kind == "user":
            self._prompt(record, time)
        elif kind == "assistant":
            self._answered(record, time)
        elif kind == "tool_result":
            self._finished(record)
        elif kind == "system":
            self._system(record)
        else:
            draft.skipped += 1
        if ident := text(record.get("uuid")):
            self.seen[ident] = len(draft.turns)

    def _prompt(self, record: dict[str, Any], time: float | None) -> None:
        if record.get("subtype") in _NOT_TYPED:
            return
        parts = _parts(record)
        joined_text = "".join(text(part.get("text")) for part in parts)
        if self.draft.turns and tools.is_nudge(joined_text):
            return
        whole = clean(joined_text)
        words = text(mapping(record.get("systemPayload")).get("displayText")).strip() or whole
        images = sum(text(mapping(part.get("inlineData")).get("mimeType")).startswith("image/") for part in parts)
        self.draft.user_message(words, images, text(record.get("uuid")), time)

    def _answered(self, record: dict[str, Any], time: float | None) -> None:
        draft, used = self.draft, mapping(record.get("usageMetadata"))
        read, written = count(used.get("promptTokenCount")), count(used.get("candidatesTokenCount"))
        # Some providers count thinking within what was written: the total decides.
        apart = count(used.get("totalTokenCount")) > read + written
        thought = used.get("thoughtsTokenCount") if apart else 0
        took = tools.counted(read, written, thought, used.get("cachedContentTokenCount"))
        draft.used(text(record.get("model")), took, time)
        for part in _parts(record):
            if part.get("thought") is True:
                draft.think(text(part.get("text")), time)
            else:
                draft.say(text(part.get("text")), time)
            call = mapping(part.get("functionCall"))
            if text(call.get("name")):
                draft.call(tools.requested_call(call, self.cwd, time))

    def _finished(self, record: dict[str, Any]) -> None:
        fields, parts = mapping(record.get("toolCallResult")), _parts(record)
        time = seconds(record.get("timestamp"))
        for response in tools.responses(parts):
            call = self.draft.calls.get(text(response.get("id")) or text(fields.get("callId")))
            if call is None:
                continue
            output, broken = tools.printed(response)
            broken = broken or mapping(response.get("response")).get("success") is False
            call.time = time if time is not None else call.time
            tools.answered(
                call, text(fields.get("status")) or ("error" if broken else ""), output, fields.get("resultDisplay")
            )

    def _system(self, record: dict[str, Any]) -> None:
        draft, fields = self.draft, mapping(record.get("systemPayload"))
        kind = record.get("subtype")
        if kind == "custom_title":
            draft.title = text(fields.get("customTitle")) or draft.title
        elif kind == "chat_compression":
            draft.happened("compacted")
        elif kind == "rewind":
            parent = record.get("parentUuid")
            for turn in draft.turns[self.seen.get(parent, len(draft.turns)) if isinstance(parent, str) else 0 :]:
                turn.abandoned = True


def _parts(record: dict[str, Any]) -> list[dict[str, Any]]:
    return [mapping(part) for part in items(mapping(record.get("message")).get("parts"))]


AGENT = Qwen()
