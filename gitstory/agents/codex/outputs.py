"""The parts of a tool's output: the text itself, how the command ended, whether it failed.

Codex wraps what it hands to the model. Seen: `{"output": ..., "metadata": {"exit_code": ...}}` as a JSON string
(2025, 0.118), `Exit code: 0` / `Wall time: ...` / `Output:` (0.118 to 0.14x), `Chunk ID: ...` / `Process exited with
code 0` / `Output:` (0.140 to 0.169, exec_command), and in 0.169 one such wrapper inside another.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from gitstory.agents.json_values import items, mapping, text
from gitstory.agents.stores.jsonl import decode

_WRAPPER = re.compile(
    r"\A(?:(?:Chunk ID|Wall time|Exit code|Original token count|Total output lines|Process exited with code"
    r"|Process running with session ID|Token count|Warning)\b[^\n]*\n){1,9}\n?Output:(?:\n|\Z)"
)
_EXIT = re.compile(r"^(?:Exit code:|Process exited with code) (-?\d{1,10})\s*$", re.MULTILINE)
_SESSION = re.compile(r"^Process running with session ID (\d{1,18})\s*$", re.MULTILINE)
_FAILED = re.compile(
    r"\A\s*(?:apply_patch verification failed|apply_patch handler|patch rejected|patch application failed"
    r"|aborted\b|execution error|exec_command failed|write_stdin failed|failed to|unsupported (?:call|custom tool)"
    r"|unknown process id|command timed out|rejected by user|exec command rejected|sandbox (?:error|denied)"
    r"|Error invoking|err: |invalid patch|Invalid Context|This tool call was|error: )",
    re.IGNORECASE,
)


class Output(NamedTuple):
    """`session` names the process that is still running; `failed` is None where nothing was said about it.

    `refused`: it failed before, or without, running to an end of its own.
    """

    text: str
    failed: bool | None = None
    session: str | None = None
    refused: bool = False


def output(value: Any) -> Output:
    """Make sense of the `output` of a `*_output` record: a string, content blocks, or an object."""
    plain = _plain(value)
    session: str | None = None
    for _ in range(3):
        wrapper = _WRAPPER.match(plain)
        if wrapper is None:
            break
        plain = plain[wrapper.end() :]
        ended, running = _EXIT.search(wrapper[0]), _SESSION.search(wrapper[0])
        session = running[1] if running else session
        if ended or running:
            return Output(plain, int(ended[1]) != 0 if ended else None, session)
    refused = _FAILED.match(plain) is not None
    return _object(plain) or Output(plain, refused or None, session, refused)


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        value = value.get("content", value.get("output", value.get("text")))
    if isinstance(value, list):
        return "\n".join(text(mapping(block).get("text")) for block in items(value))
    return text(value)


def _object(plain: str) -> Output | None:
    if not plain.startswith("{") or '"metadata"' not in plain:
        return None
    value = decode(plain.encode("utf-8", "replace")) or {}
    code = mapping(value.get("metadata")).get("exit_code")
    if not isinstance(value.get("output"), str) or not isinstance(code, int):
        return None
    return Output(value["output"], code != 0)
