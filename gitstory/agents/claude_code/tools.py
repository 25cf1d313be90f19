"""Tool calls of Claude Code and their results, which stand in a later record, maybe of a later turn."""

from __future__ import annotations

from typing import Any

import msgspec

from gitstory.agents.claude_code.edits import SHELLS, WRITERS, edits_before_failure, edits_of
from gitstory.agents.claude_code.person_replies import PLANNING
from gitstory.agents.claude_code.prompts import raw_text
from gitstory.agents.claude_code.todos import note_call, note_result
from gitstory.agents.claude_code.transcript_log import Open, Strand, TranscriptLog
from gitstory.effects.shell import commits_made
from gitstory.model import Call

OUTPUT_LIMIT = 20_000
"""Characters kept of a tool's output: half from its head, half from its tail."""

_json = msgspec.json.Encoder()
_PATHS = ("file_path", "notebook_path")


def open_call(
    log: TranscriptLog,
    strand: Strand,
    block: dict[str, Any],
    record: dict[str, Any],
    time: float | None,
    agent: str | None,
) -> None:
    """Note the call in a `tool_use` block; `agent` is the subagent that makes it."""
    tool, given, ident = block.get("name"), block.get("input"), block.get("id")
    tool = tool if isinstance(tool, str) else ""
    given = given if isinstance(given, dict) else {}
    ident = ident if isinstance(ident, str) else ""
    strand.open[ident] = Open(len(strand.steps), tool, given)
    cwd = record.get("cwd")
    strand.steps.append(
        Call(
            tool,
            ident,
            _input(tool, given),
            agent=agent,
            time=time,
            cwd=cwd if isinstance(cwd, str) else None,
            plan=_plan(given, None) if tool == PLANNING else "",
            todo=log.todos.doing if tool in WRITERS or tool in SHELLS else "",
        )
    )
    note_call(log.todos, tool, given)


def _input(tool: str, given: dict[str, Any]) -> str:
    """The telling part of a call's input; the text an edit tool puts into a file is in its edits."""
    if tool in SHELLS and isinstance(given.get("command"), str):
        return str(given["command"])
    if tool in WRITERS or tool == "Read":
        for key in _PATHS:
            if isinstance(given.get(key), str):
                return str(given[key])
    try:
        return _json.encode(given).decode() if given else ""
    except (OverflowError, UnicodeEncodeError, RecursionError):
        return ""


def close_call(
    log: TranscriptLog, strand: Strand, block: dict[str, Any], record: dict[str, Any], time: float | None
) -> bool:
    """Complete the call a `tool_result` block answers; whether it is in this strand."""
    ident = block.get("tool_use_id")
    opened = strand.open.pop(ident, None) if isinstance(ident, str) else None
    if opened is None:
        return False
    call = strand.steps[opened.step]
    if not isinstance(call, Call):
        return True
    result = record.get("toolUseResult")
    output = _output(opened.tool, block.get("content"), result)
    text = raw_text(block.get("content"))
    failed = block.get("is_error") is True or (isinstance(result, str) and result.startswith("Error"))
    failed = failed or (isinstance(result, dict) and result.get("interrupted") is True)
    if failed and opened.tool in SHELLS:
        edits = edits_before_failure(opened.tool, opened.given, text, result, call.cwd, time or call.time)
    else:
        edits = () if failed else edits_of(opened.tool, opened.given, result, call.cwd, time or call.time)
    commits = _commits(call.input, output, result) if opened.tool in SHELLS else ()
    strand.steps[opened.step] = msgspec.structs.replace(
        call,
        output=_bounded(output),
        failed=failed,
        edits=edits,
        commits=commits,
        plan=_plan(opened.given, result, strand) if opened.tool == PLANNING else "",
    )
    note_result(log.todos, opened.tool, opened.given, result)
    if isinstance(result, dict) and isinstance(result.get("agentId"), str) and ident:
        log.spawned.setdefault(result["agentId"], ident)
    return True


def file_text(result: object) -> str:
    """The text of a file in a `Read`'s result or an attachment (`file.content`), "" for pictures and errors."""
    file = result.get("file") if isinstance(result, dict) else None
    content = file.get("content") if isinstance(file, dict) else None
    return content if isinstance(content, str) else ""


def _plan(given: dict[str, Any], result: object, strand: Strand | None = None) -> str:
    """The plan put before the person: as approved (they may have changed it), else as proposed, else as written."""
    approved = result if isinstance(result, dict) else {}
    for text in (approved.get("plan"), given.get("plan")):
        if isinstance(text, str) and text.strip():
            return text
    path = approved.get("filePath") or given.get("planFilePath")
    steps = reversed(strand.steps) if strand is not None else ()
    written = (edit for step in steps if isinstance(step, Call) for edit in reversed(step.edits))
    return next((edit.after for edit in written if edit.path == path and edit.after is not None), "")


def _output(tool: str, content: object, result: object) -> str:
    if tool in SHELLS and isinstance(result, dict):
        parts = [result.get("stdout"), result.get("stderr")]
        texts = [part for part in parts if isinstance(part, str) and part]
        if texts:
            return "\n".join(texts)
    return raw_text(content)


def _commits(command: str, output: str, result: object) -> tuple[str, ...]:
    operation = result.get("gitOperation") if isinstance(result, dict) else None
    commit = operation.get("commit") if isinstance(operation, dict) else None
    sha = commit.get("sha") if isinstance(commit, dict) else None
    texts = commits_made(command, output)
    return tuple(dict.fromkeys([*texts, sha])) if isinstance(sha, str) and sha else texts


def _bounded(text: str) -> str:
    if len(text) <= OUTPUT_LIMIT:
        return text
    half = OUTPUT_LIMIT // 2
    return f"{text[:half]}\n[{len(text) - 2 * half} characters left out]\n{text[-half:]}"
