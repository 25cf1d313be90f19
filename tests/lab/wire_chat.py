"""OpenAI's Chat Completions API, as far as OpenCode, Qwen Code, Copilot CLI, Cline, Pi, Continue and Aider need it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from tests.lab.plan import Block, Reply, ToolCall

USAGE = {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}


def history(body: dict[str, Any]) -> Iterator[Block]:
    for message in body.get("messages", []):
        role, content = message.get("role"), message.get("content")
        if role == "tool":
            yield Block("result")
        elif role == "user":
            parts = [{"text": content}] if isinstance(content, str) else content or []
            for part in parts:
                yield Block("text", part.get("text", ""))
        else:
            yield Block("other")


def offers_tools(body: dict[str, Any]) -> bool:
    return bool(body.get("tools"))


def message(reply: Reply, serial: int) -> dict[str, Any]:
    """The assistant's message; `serial` makes the ids of its calls unique and repeatable."""
    calls = [_call(call, f"call_{serial:06d}{place:02d}") for place, call in enumerate(reply.calls)]
    return {"role": "assistant", "content": reply.text, **({"tool_calls": calls} if calls else {})}


def _call(call: ToolCall, ident: str) -> dict[str, Any]:
    """A call of a function, or of a tool that takes free text (Copilot CLI's `apply_patch`)."""
    if call.free is not None:
        return {"id": ident, "type": "custom", "custom": {"name": call.tool, "input": call.free}}
    function = {"name": call.tool, "arguments": json.dumps(dict(call.input))}
    return {"id": ident, "type": "function", "function": function}


def whole(said: dict[str, Any], serial: int, model: str) -> dict[str, Any]:
    """The answer to a request that did not ask for a stream."""
    choice = {"index": 0, "message": said, "finish_reason": _finish(said)}
    return {**_head(serial, model, "chat.completion"), "choices": [choice], "usage": USAGE}


def stream(said: dict[str, Any], serial: int, model: str) -> bytes:
    """The same message as server-sent events; arguments come in two pieces, as they do from the real service."""
    head = _head(serial, model, "chat.completion.chunk")
    deltas: list[dict[str, Any]] = [{"role": "assistant", "content": ""}, {"content": said["content"]}]
    for index, call in enumerate(said.get("tool_calls", [])):
        kind, key = call["type"], "input" if call["type"] == "custom" else "arguments"
        text, half = call[kind][key], len(call[kind][key]) // 2
        opened = {"index": index, "id": call["id"], "type": kind}
        deltas.append({"tool_calls": [{**opened, kind: {"name": call[kind]["name"], key: text[:half]}}]})
        deltas.append({"tool_calls": [{"index": index, kind: {key: text[half:]}}]})
    chunks = [{**head, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]} for delta in deltas]
    chunks.append({**head, "choices": [{"index": 0, "delta": {}, "finish_reason": _finish(said)}]})
    chunks.append({**head, "choices": [], "usage": USAGE})
    return b"".join(f"data: {json.dumps(chunk)}\n\n".encode() for chunk in chunks) + b"data: [DONE]\n\n"


def _finish(said: dict[str, Any]) -> str:
    return "tool_calls" if said.get("tool_calls") else "stop"


def _head(serial: int, model: str, kind: str) -> dict[str, Any]:
    return {"id": f"chatcmpl-{serial:08d}", "object": kind, "created": 1750000000, "model": model}
