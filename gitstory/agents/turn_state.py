"""Whether an agent's turn has ended, from the last records of its file, without reading the rest.

Claude Code 2.1 writes `system` records (`turn_duration`, `stop_hook_summary`) after some turns, and puts the model's
`stop_reason` into some answers; most answers say nothing, as do those that a tool call follows seconds later. Codex
writes `task_complete` or `turn_aborted` after each turn since it writes `task_started`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec

from gitstory import safe_open

Ending = Literal["ended", "answered", "running"]
"""`ended`: the agent says so; `answered`: it said something last, and may go on; `running`: it surely goes on."""

_TAIL = 1 << 18
_RECORDS = 60
_OVER = ("end_turn", "stop_sequence", "max_tokens", "refusal")
_AFTER_TURNS = ("turn_duration", "stop_hook_summary")
_INTERRUPTED = "[Request interrupted"


def ending(agent: str, path: Path) -> Ending | None:
    """How a transcript ends; None where that takes reading it (databases, other agents, files that are gone)."""
    judge = _JUDGES.get(agent)
    if judge is None or path.suffix != ".jsonl":
        return None
    try:
        with safe_open.opened(path) as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - _TAIL))
            data = file.read(_TAIL)
    except OSError:
        return None
    if data and not data.endswith(b"\n"):
        return "running"  # the agent is just writing: half a record is none
    lines = data.split(b"\n")[1 if size > _TAIL else 0 :]
    return judge(_records(reversed(lines)))


def _records(lines: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    left = _RECORDS
    for line in lines:
        if left == 0:
            return
        if not line.strip():
            continue
        left -= 1
        try:
            record = msgspec.json.decode(line)
        except (msgspec.MsgspecError, UnicodeError, RecursionError):
            continue
        if isinstance(record, dict):
            yield record


def _claude(records: Iterable[dict[str, Any]]) -> Ending | None:
    for record in records:
        kind = record.get("type")
        if record.get("isSidechain"):
            return "running"
        if kind == "system" and record.get("subtype") in _AFTER_TURNS:
            return "ended"
        message = record.get("message")
        if kind == "user":
            return "ended" if _INTERRUPTED in _first_text(message) else "running"
        if kind == "assistant" and isinstance(message, dict):
            return _ending_of(message)
    return None


def _ending_of(message: Mapping[str, Any]) -> Ending:
    content, reason = message.get("content"), message.get("stop_reason")
    last = content[-1] if isinstance(content, list) and content else content
    if reason in _OVER:
        return "ended"
    value = isinstance(last, str) or (isinstance(last, dict) and last.get("type") == "text")
    return "answered" if value and reason is None else "running"


def _first_text(message: object) -> str:
    content = message.get("content") if isinstance(message, dict) else None
    first = content[0] if isinstance(content, list) and content else content
    text = first.get("text") if isinstance(first, dict) else first
    return text if isinstance(text, str) else ""


def _codex(records: Iterable[dict[str, Any]]) -> Ending | None:
    answered = False
    for number, record in enumerate(records):
        payload = record.get("payload")
        kind = payload.get("type") if isinstance(payload, dict) else None
        if kind in ("task_complete", "turn_complete", "turn_aborted"):
            return "ended"
        if kind in ("task_started", "turn_started"):
            return "running"
        if number == 0 or kind == "token_count":
            answered = answered or kind == "agent_message" or _is_answer(payload)
    # Versions that mark nothing, or a turn that began further up.
    return "answered" if answered else None


def _is_answer(payload: object) -> bool:
    return isinstance(payload, dict) and payload.get("type") == "message" and payload.get("role") == "assistant"


_JUDGES: Mapping[str, Callable[[Iterable[dict[str, Any]]], Ending | None]] = {"claude-code": _claude, "codex": _codex}
