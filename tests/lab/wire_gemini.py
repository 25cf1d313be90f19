"""The Gemini API's generateContent and streamGenerateContent, as far as Gemini CLI 0.61 needs them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from tests.lab.plan import Block, Reply


def history(body: dict[str, Any]) -> Iterator[Block]:
    for content in body.get("contents", []):
        for part in content.get("parts", []):
            if content.get("role") != "user":
                yield Block("other")
            elif "functionResponse" in part:
                yield Block("result")
            else:
                yield Block("text", part.get("text", ""))


def offers_tools(body: dict[str, Any]) -> bool:
    return any(tool.get("functionDeclarations") for tool in body.get("tools") or [])


def answer(reply: Reply, serial: int, model: str) -> dict[str, Any]:
    """A GenerateContentResponse; `serial` makes the ids of its calls unique and repeatable."""
    parts: list[dict[str, Any]] = []
    if reply.thinking:
        parts.append({"text": reply.thinking, "thought": True})
    if reply.text:
        parts.append({"text": reply.text})
    for place, call in enumerate(reply.calls):
        asked = {"id": f"call_{serial:06d}{place:02d}", "name": call.tool, "args": dict(call.input)}
        parts.append({"functionCall": asked, "thoughtSignature": "c2NyaXB0ZWQ="})
    return {
        "candidates": [{"content": {"role": "model", "parts": parts}, "finishReason": "STOP", "index": 0}],
        "usageMetadata": {"promptTokenCount": 100, "candidatesTokenCount": 20, "totalTokenCount": 120},
        "modelVersion": model,
        "responseId": f"lab-{serial:08d}",
    }


def stream(whole: dict[str, Any]) -> bytes:
    """The same answer as the one server-sent event of its stream."""
    return f"data: {json.dumps(whole)}\r\n\r\n".encode()
