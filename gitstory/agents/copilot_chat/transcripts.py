"""`GitHub.copilot-chat/transcripts/<id>.jsonl`: events as they come, of the last twenty sessions (2026); no models.

Copilot writes them where its extension runs: on the far side of a remote window they are all there is.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gitstory.agents.conversation_builder import Draft
from gitstory.agents.copilot_chat import tools
from gitstory.agents.json_values import items, mapping, mappings, seconds, text
from gitstory.agents.prompt_text import clean, is_injected
from gitstory.agents.stores.jsonl import records
from gitstory.model import Conversation

_QUIET = frozenset({"assistant.turn_start", "assistant.turn_end", "session.end"})


def conversation(agent: str, name: str, path: Path, places: tuple[str, ...]) -> Conversation:
    draft = Draft(agent, name, str(path), version="transcript")
    draft.seen_in(*places)
    for record in records(path, draft):
        _take(draft, record)
    return draft.finished()


def _take(draft: Draft, record: dict[str, Any]) -> None:
    kind, fields, time = text(record.get("type")), mapping(record.get("data")), seconds(record.get("timestamp"))
    draft.dated(time)
    if kind == "session.start":
        draft.seen_in(text(mapping(fields.get("context")).get("cwd")))
        version = text(fields.get("copilotVersion"))
        draft.version = f"transcript {version}" if version else draft.version
        draft.started = seconds(fields.get("startTime")) or draft.started
    elif kind == "user.message":
        images = sum(mapping(one).get("type") == "image" for one in items(fields.get("attachments")))
        words = text(fields.get("content"))
        if not (draft.turns and is_injected(words) and not images):
            draft.prompt(clean(words), text(record.get("id")), time, images)
    elif kind == "assistant.message":
        draft.think(text(fields.get("reasoningText")), time)
        draft.say(text(fields.get("content")), time)
        draft.used("", time=time)
        for call in mappings(fields.get("toolRequests")):
            draft.call(tools.requested_call({**call, "id": call.get("toolCallId")}, draft.cwd, time))
    elif kind == "tool.execution_start":
        _started(draft, fields, time)
    elif kind == "tool.execution_complete":
        open_call = draft.calls.get(text(fields.get("toolCallId")))
        if open_call is not None:
            output = text(mapping(fields.get("result")).get("content"))
            tools.answered(open_call, output, {}, fields.get("success") is True)
    elif kind not in _QUIET:
        draft.skipped += 1


def _started(draft: Draft, fields: dict[str, Any], time: float | None) -> None:
    """A call is carried out: its arguments may be known only now, and its time is now."""
    ident = text(fields.get("toolCallId"))
    open_call = draft.calls.get(ident)
    if open_call is None:
        call = {"name": fields.get("toolName"), "id": ident, "arguments": fields.get("arguments")}
        draft.call(tools.requested_call(call, draft.cwd, time))
    else:
        open_call.time = time if time is not None else open_call.time
        open_call.arguments = open_call.arguments or mapping(fields.get("arguments"))
