"""The work of subagents, from files of their own, records of the main file, or progress records."""

from __future__ import annotations

from typing import Any

from gitstory.agents import automated_prompts
from gitstory.agents.claude_code import prompts
from gitstory.agents.claude_code.records import count_usage, is_unknown, model_of, moment, note
from gitstory.agents.claude_code.tools import close_call, take_block
from gitstory.agents.claude_code.transcript_log import Helper, Strand, TranscriptLog
from gitstory.agents.json_values import blocks, mapping, mappings, text
from gitstory.agents.prompt_text import clean


def feed_helper_file(log: TranscriptLog, agent: str, record: dict[str, Any]) -> None:
    """Account for one record of a subagent's own file, which has a `log` of its own."""
    uuid = record.get("uuid")
    if isinstance(uuid, str):
        if uuid in log.sides:
            return
        log.sides[uuid] = agent
    note(log, record)
    log.skipped += is_unknown(record.get("type"))
    _feed(log, _helper(log, agent), record)


def feed_inline_helper(log: TranscriptLog, record: dict[str, Any]) -> None:
    """A sidechain record in the main file, as versions before 2.0.4x wrote them."""
    uuid, parent, agent = record.get("uuid"), record.get("parentUuid"), record.get("agentId")
    if not isinstance(agent, str):
        existing = log.sides.get(parent) if isinstance(parent, str) else None
        agent = existing or (uuid if isinstance(uuid, str) else str(log.count))
    if isinstance(uuid, str):
        log.sides[uuid] = agent
    _feed(log, _helper(log, agent), record)


def feed_progress(log: TranscriptLog, record: dict[str, Any]) -> None:
    """Before 2.1.4x the main file also had a subagent's records, as progress."""
    data: Any = record.get("data")
    if not isinstance(data, dict) or data.get("type") != "agent_progress":
        return
    message = data.get("message")
    if isinstance(data.get("agentId"), str) and isinstance(message, dict):
        helper = _helper(log, data["agentId"])
        helper.call = helper.call or text(record.get("parentToolUseID"))
        _feed(log, helper, {"cwd": record.get("cwd"), **message})


def _feed(log: TranscriptLog, helper: Helper, record: dict[str, Any]) -> None:
    """Account for one record of a subagent; `log` is where directories and models are noted."""
    message, time = record.get("message"), moment(record)
    content = mapping(message).get("content")
    if helper.time is None:
        helper.time = time
    if record.get("type") == "assistant" and isinstance(message, dict):
        helper.answered = True
        model_of(log, message)
        count_usage(helper.strand, message)
        for block in blocks(content):
            take_block(log, helper.strand, block, record, time, helper.agent)
    elif record.get("type") == "user":
        if not helper.prompt and not helper.strand.steps:
            helper.prompt, helper.prompt_id = prompts.raw_text(content), text(record.get("promptId"))
        elif helper.answered and (task := _follow_up(record, content)):
            _begin(log, helper.agent, task, text(record.get("promptId"))).time = time
        for block in mappings(content):
            if block.get("type") == "tool_result":
                _close(log, helper.agent, block, record, time)


def _close(log: TranscriptLog, agent: str, block: dict[str, Any], record: dict[str, Any], time: float | None) -> None:
    """Complete the call a result answers, whichever task of the subagent it was made for."""
    for task in reversed(log.helpers[agent]):
        if close_call(log, task.strand, block, record, time):
            return


def _follow_up(record: dict[str, Any], content: Any) -> str:
    """What a user-role record asks of a subagent that has answered before; "" where it asks for nothing."""
    raw = prompts.raw_text(content)
    task = automated_prompts.message(raw)
    labelled = mapping(record.get("origin")).get("kind") in ("coordinator", "peer")
    typed = prompts.is_human(record) and bool(clean(raw))
    return task if labelled or typed or task != raw.strip() else ""


def _begin(log: TranscriptLog, agent: str, prompt: str = "", wanted: str = "") -> Helper:
    task = Helper(agent, prompt=prompt, turn=len(log.turns) - 1, strand=Strand([], {}), prompt_id=wanted)
    log.helpers.setdefault(agent, []).append(task)
    return task


def _helper(log: TranscriptLog, agent: str) -> Helper:
    """What the subagent does now."""
    tasks = log.helpers.get(agent)
    return tasks[-1] if tasks else _begin(log, agent)
