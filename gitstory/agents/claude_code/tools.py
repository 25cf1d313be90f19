"""Tool calls of Claude Code and their results, which stand in a later record, maybe of a later turn."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from gitstory.agents.claude_code.edits import SHELLS, WRITERS, edits_before_failure, edits_of
from gitstory.agents.claude_code.person_replies import PLANNING
from gitstory.agents.claude_code.prompts import raw_text
from gitstory.agents.claude_code.transcript_log import Open, Strand, TranscriptLog
from gitstory.agents.json_values import compact, either, mapping, text
from gitstory.effects.shell import commits_made
from gitstory.model import Call, Say, Think

OUTPUT_LIMIT = 20_000
"""Characters kept of a tool's output: half from its head, half from its tail."""

_PATHS = ("file_path", "notebook_path")


def take_block(
    log: TranscriptLog,
    strand: Strand,
    block: dict[str, Any],
    record: dict[str, Any],
    time: float | None,
    agent: str | None = None,
) -> None:
    """Note a content block of an answer, words, reasoning or a call; `agent` is the subagent that it is of."""
    kind = block.get("type")
    if kind == "tool_use":
        _open_call(log, strand, block, record, time, agent)
    elif kind == "text" and (words := text(block.get("text"))).strip():
        strand.steps.append(Say(words, time, agent))
    elif kind == "thinking" and (words := text(block.get("thinking"))).strip():
        strand.steps.append(Think(words, time, agent))


def _open_call(
    log: TranscriptLog,
    strand: Strand,
    block: dict[str, Any],
    record: dict[str, Any],
    time: float | None,
    agent: str | None,
) -> None:
    tool, given, ident = text(block.get("name")), mapping(block.get("input")), text(block.get("id"))
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
            plan=_plan(given, {}) if tool == PLANNING else "",
            todo=log.todos.doing if tool in WRITERS or tool in SHELLS else "",
        )
    )
    log.todos.note_call(tool, given)


def _input(tool: str, given: dict[str, Any]) -> str:
    """The telling part of a call's input; the text an edit tool puts into a file is in its edits."""
    names = ("command",) if tool in SHELLS else _PATHS if tool in WRITERS or tool == "Read" else ()
    named = either(given, *names)
    return named if named is not None else compact(given) if given else ""


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
    result, words = record.get("toolUseResult"), raw_text(block.get("content"))
    facts = mapping(result)
    output = words
    if opened.tool in SHELLS:
        output = "\n".join(filter(None, (text(facts.get("stdout")), text(facts.get("stderr"))))) or words
    failed = block.get("is_error") is True or (isinstance(result, str) and result.startswith("Error"))
    failed = failed or facts.get("interrupted") is True
    if failed and opened.tool in SHELLS:
        edits = edits_before_failure(opened.tool, opened.given, words, facts, call.cwd, time or call.time)
    else:
        edits = () if failed else edits_of(opened.tool, opened.given, facts, call.cwd, time or call.time)
    commits = _commits(call.input, output, facts) if opened.tool in SHELLS else ()
    strand.steps[opened.step] = replace(
        call,
        output=_bounded(output),
        failed=failed,
        edits=edits,
        commits=commits,
        plan=_plan(opened.given, facts, strand) if opened.tool == PLANNING else "",
    )
    log.todos.note_result(opened.tool, opened.given, facts)
    if isinstance(helper := facts.get("agentId"), str) and ident:
        log.spawned.setdefault(helper, ident)
    return True


def file_text(result: object) -> str:
    """The text of a file in a `Read`'s result or an attachment (`file.content`), "" for pictures and errors."""
    return text(mapping(mapping(result).get("file")).get("content"))


def _plan(given: dict[str, Any], approved: dict[str, Any], strand: Strand | None = None) -> str:
    """The plan put before the person: as approved (they may have changed it), else as proposed, else as written."""
    for plan in (text(approved.get("plan")), text(given.get("plan"))):
        if plan.strip():
            return plan
    path = approved.get("filePath") or given.get("planFilePath")
    steps = reversed(strand.steps) if strand is not None else ()
    written = (edit for step in steps if isinstance(step, Call) for edit in reversed(step.edits))
    return next((edit.after for edit in written if edit.path == path and edit.after is not None), "")


def _commits(command: str, output: str, facts: dict[str, Any]) -> tuple[str, ...]:
    commits = commits_made(command, output)
    sha = text(mapping(mapping(facts.get("gitOperation")).get("commit")).get("sha"))
    return tuple(dict.fromkeys([*commits, sha])) if sha else commits


def _bounded(whole: str) -> str:
    if len(whole) <= OUTPUT_LIMIT:
        return whole
    half = OUTPUT_LIMIT // 2
    return f"{whole[:half]}\n[{len(whole) - 2 * half} characters left out]\n{whole[-half:]}"
