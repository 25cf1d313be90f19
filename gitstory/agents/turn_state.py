"""Whether an agent's turn has ended, from the last records of its file, without reading the rest.

Claude Code 2.1 writes `system` records (`turn_duration`, `stop_hook_summary`) after some turns, and puts the model's
`stop_reason` into some answers; most answers say nothing, as do those that a tool call follows seconds later. Codex
writes `task_complete` or `turn_aborted` after each turn since it writes `task_started`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

from gitstory import safe_open
from gitstory.agents.json_values import blocks, mapping, text
from gitstory.agents.stores.jsonl import decode

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
        if (record := decode(line)) is not None:
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
    return text(next(iter(blocks(mapping(message).get("content"))), {}).get("text"))


def _codex(records: Iterable[dict[str, Any]]) -> Ending | None:
    answered = False
    for number, record in enumerate(records):
        payload = mapping(record.get("payload"))
        kind = payload.get("type")
        if kind in ("task_complete", "turn_complete", "turn_aborted"):
            return "ended"
        if kind in ("task_started", "turn_started"):
            return "running"
        if number == 0 or kind == "token_count":
            answered = answered or kind == "agent_message" or (kind, payload.get("role")) == ("message", "assistant")
    # Versions that mark nothing, or a turn that began further up.
    return "answered" if answered else None


_JUDGES: Mapping[str, Callable[[Iterable[dict[str, Any]]], Ending | None]] = {"claude-code": _claude, "codex": _codex}
