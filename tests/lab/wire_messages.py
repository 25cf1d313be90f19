"""The Anthropic Messages API, as far as Claude Code 2.1 needs it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from tests.lab.plan import Block, Reply


def history(body: dict[str, Any]) -> Iterator[Block]:
    for message in body.get("messages", []):
        content = message.get("content")
        parts = [{"type": "text", "text": content}] if isinstance(content, str) else content or []
        for part in parts:
            if message.get("role") != "user":
                yield Block("other")
            elif part.get("type") == "tool_result":
                yield Block("result")
            else:
                yield Block("text", part.get("text", ""))


def offers_tools(body: dict[str, Any]) -> bool:
    return bool(body.get("tools"))


def message(reply: Reply, serial: int, model: str) -> dict[str, Any]:
    """A whole message object; `serial` makes its ids unique and repeatable."""
    content: list[dict[str, Any]] = []
    if reply.thinking:
        content.append({"type": "thinking", "thinking": reply.thinking, "signature": "c2NyaXB0ZWQ="})
    if reply.text:
        content.append({"type": "text", "text": reply.text})
    for place, call in enumerate(reply.calls):
        name = f"toolu_{serial:06d}{place:02d}"
        content.append({"type": "tool_use", "id": name, "name": call.tool, "input": dict(call.input)})
    return {
        "id": f"msg_{serial:08d}",
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": content,
        "stop_reason": "tool_use" if reply.calls else "end_turn",
        "stop_sequence": None,
        "usage": {
            "input_tokens": 100,
            "output_tokens": 20,
            "cache_creation_input_tokens": 0,
            "cache_read_input_tokens": 0,
        },
    }


def stream(whole: dict[str, Any]) -> bytes:
    """The same message as server-sent events."""
    events: list[dict[str, Any]] = []
    head = {**whole, "content": [], "stop_reason": None}
    events.append({"type": "message_start", "message": head})
    for index, block in enumerate(whole["content"]):
        start, deltas = _opened(block)
        events.append({"type": "content_block_start", "index": index, "content_block": start})
        events += [{"type": "content_block_delta", "index": index, "delta": delta} for delta in deltas]
        events.append({"type": "content_block_stop", "index": index})
    delta = {"stop_reason": whole["stop_reason"], "stop_sequence": None}
    events.append({"type": "message_delta", "delta": delta, "usage": whole["usage"]})
    events.append({"type": "message_stop"})
    return b"".join(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode() for event in events)


def _opened(block: dict[str, Any]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """A block as it is announced, and the pieces that fill it."""
    if block["type"] == "thinking":
        pieces = [
            {"type": "thinking_delta", "thinking": block["thinking"]},
            {"type": "signature_delta", "signature": block["signature"]},
        ]
        return {"type": "thinking", "thinking": "", "signature": ""}, pieces
    if block["type"] == "text":
        return {"type": "text", "text": ""}, [{"type": "text_delta", "text": block["text"]}]
    text = json.dumps(block["input"])
    half = len(text) // 2
    pieces = [{"type": "input_json_delta", "partial_json": part} for part in (text[:half], text[half:])]
    return {**block, "input": {}}, pieces
