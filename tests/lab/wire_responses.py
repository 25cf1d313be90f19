"""The OpenAI Responses API, as far as Codex 0.169 needs it (always streamed)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from tests.lab.plan import Block, Reply

RESULTS = {"function_call_output", "custom_tool_call_output", "local_shell_call_output"}


def history(body: dict[str, Any]) -> Iterator[Block]:
    for item in body.get("input", []):
        if item.get("type") in RESULTS:
            yield Block("result")
        elif item.get("type", "message") == "message" and item.get("role") == "user":
            content = item.get("content")
            parts = [{"text": content}] if isinstance(content, str) else content or []
            for part in parts:
                yield Block("text", part.get("text", ""))
        else:
            yield Block("other")


def offers_tools(body: dict[str, Any]) -> bool:
    """Code-mode models (gpt-5.6 and later in Codex 0.169) are told of their tools by an item of the input."""
    return bool(body.get("tools")) or any(item.get("type") == "additional_tools" for item in body.get("input", []))


def items(reply: Reply, serial: int) -> list[dict[str, Any]]:
    """The output items of one response; `serial` makes their ids unique and repeatable."""
    found: list[dict[str, Any]] = []
    if reply.thinking:
        summary = [{"type": "summary_text", "text": reply.thinking}]
        found.append(
            {"type": "reasoning", "id": f"rs_{serial:06d}", "summary": summary, "encrypted_content": "c2NyaXB0"}
        )
    if reply.text:
        content = [{"type": "output_text", "text": reply.text, "annotations": []}]
        found.append(
            {
                "type": "message",
                "id": f"msg_{serial:06d}",
                "role": "assistant",
                "status": "completed",
                "content": content,
            }
        )
    for place, call in enumerate(reply.calls):
        common = {"status": "completed", "name": call.tool, "call_id": f"call_{serial:06d}{place:02d}"}
        if call.free is not None:
            found.append(
                {"type": "custom_tool_call", "id": f"ctc_{serial:06d}{place:02d}", "input": call.free, **common}
            )
        else:
            arguments = json.dumps(dict(call.input))
            found.append(
                {"type": "function_call", "id": f"fc_{serial:06d}{place:02d}", "arguments": arguments, **common}
            )
    return found


def stream(output: list[dict[str, Any]], serial: int, model: str) -> bytes:
    """One response as server-sent events."""
    head = {"id": f"resp_{serial:08d}", "object": "response", "model": model, "status": "in_progress", "output": []}
    usage = {
        "input_tokens": 100,
        "input_tokens_details": {"cached_tokens": 0},
        "output_tokens": 20,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": 120,
    }
    events: list[dict[str, Any]] = [{"type": "response.created", "response": head}]
    for index, item in enumerate(output):
        events.append({"type": "response.output_item.added", "output_index": index, "item": _announced(item)})
        if item["type"] == "message":
            text = item["content"][0]["text"]
            place = {"output_index": index, "content_index": 0, "item_id": item["id"]}
            events.append({"type": "response.output_text.delta", **place, "delta": text})
        events.append({"type": "response.output_item.done", "output_index": index, "item": item})
    events.append(
        {"type": "response.completed", "response": {**head, "status": "completed", "output": output, "usage": usage}}
    )
    return b"".join(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode() for event in events)


def _announced(item: dict[str, Any]) -> dict[str, Any]:
    empty: dict[str, Any] = {
        "message": {"content": []},
        "reasoning": {"summary": []},
        "function_call": {"arguments": ""},
    }
    return {**item, "status": "in_progress", **empty.get(item["type"], {"input": ""})}
