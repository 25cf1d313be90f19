"""Claude Code's records, one at a time, into a `TranscriptLog`. File order is the truth; timestamps only label."""

from __future__ import annotations

from typing import Any

from gitstory.agents.claude_code import prompts
from gitstory.agents.claude_code.person_replies import words_on_call
from gitstory.agents.claude_code.records import branch_of, count_usage, is_unknown, model_of, moment, note
from gitstory.agents.claude_code.subagents import feed_inline_helper, feed_progress
from gitstory.agents.claude_code.tools import close_call, file_text, open_call
from gitstory.agents.claude_code.transcript_log import Command, Strand, TranscriptLog, TranscriptTurn, give_back
from gitstory.agents.prompt_text import interrupted
from gitstory.model import Mark, Say, Think

_NO_MESSAGE = "00000000-0000-0000-0000-000000000000"


def feed(log: TranscriptLog, record: dict[str, Any]) -> None:
    """Account for one record of the main file."""
    uuid = record.get("uuid")
    if isinstance(uuid, str) and (uuid in log.homes or uuid in log.sides):
        return
    log.count += 1
    kind = record.get("type")
    note(log, record)
    if record.get("isSidechain") is True and kind in ("user", "assistant"):
        feed_inline_helper(log, record)
        return
    home = _home(log, record)
    if kind == "assistant":
        _assistant(log, record, home)
    elif kind == "user":
        home = _user(log, record, home)
    elif kind == "attachment":
        home = _attachment(log, record, home)
    elif handler := _OTHERS.get(str(kind)):
        handler(log, record)
    log.skipped += is_unknown(kind)
    if isinstance(uuid, str):
        log.homes[uuid] = home
    if kind == "user" and isinstance(record.get("promptId"), str):
        log.turn_of_prompt.setdefault(record["promptId"], home)


def flush(log: TranscriptLog) -> None:
    """Make turns of the prompts taken from the queue that no record of their own will follow."""
    awaiting, log.awaiting = log.awaiting, []
    for text, time in awaiting:
        _begin(log, "", text, time, None, log.leaf, host=len(log.turns) - 1)


def _home(log: TranscriptLog, record: dict[str, Any]) -> int:
    """The turn that the record's parent belongs to; the current one where the parent is unknown.

    A summary takes nothing back: what names a message from before it (the summary itself, or a prompt that is hung on
    a message kept as it was, on a copy, or on any older row, as some versions do) goes on from where it was made.
    """
    if record.get("subtype") == "compact_boundary":
        log.sealed = max(log.sealed, log.leaf)
    parent = record.get("parentUuid") or record.get("logicalParentUuid")
    home = log.homes.get(parent, len(log.turns) - 1) if isinstance(parent, str) else len(log.turns) - 1
    return max(home, log.sealed)


def _begin(
    log: TranscriptLog,
    uuid: str,
    prompt: str,
    time: float | None,
    branch: str | None,
    parent: int,
    images: int = 0,
    host: int = -1,
) -> int:
    index = len(log.turns)
    named = uuid or str(index + 1)
    draft = TranscriptTurn(
        named, prompt, time, images, branch, parent, host, log.count, log.count, time, Strand([], {}), []
    )
    log.turns.append(draft)
    log.held = None
    log.rooted = False
    return index


def _assistant(log: TranscriptLog, record: dict[str, Any], home: int) -> None:
    message = record.get("message")
    if not isinstance(message, dict):
        log.skipped += 1
        return
    if log.held is not None:
        _begin_held(log)
    if log.opened is not None and not log.turns and _acts(message):
        _begin(log, log.opened.id, "", log.opened.time, log.opened.branch, -1)
    message_id = message.get("id")
    time = moment(record)
    if log.awaiting and message_id != log.message and not _before(time, log.awaiting[0][1]):
        flush(log)
    log.message = message_id if isinstance(message_id, str) else ""
    synthetic = message.get("model") == "<synthetic>"
    model = model_of(log, message)
    if not log.turns:
        return
    draft = _touch(log, home, time)
    count_usage(draft.strand, message)
    if model and model not in draft.models:
        draft.models.append(model)
    content = message.get("content")
    blocks = [{"type": "text", "text": content}] if isinstance(content, str) else content
    for block in blocks if isinstance(blocks, list) else ():
        if isinstance(block, dict) and not (synthetic and block.get("type") == "text"):
            _block(log, draft.strand, block, record, time)


def _acts(message: dict[str, Any]) -> bool:
    """Whether a message of the agent calls a tool."""
    content = message.get("content")
    return any(
        isinstance(b, dict) and b.get("type") == "tool_use" for b in (content if isinstance(content, list) else ())
    )


def _before(time: float | None, taken: float | None) -> bool:
    """Whether the agent wrote a record before it took a prompt from the queue: records are flushed late."""
    return time is not None and taken is not None and time <= taken


def _block(
    log: TranscriptLog, strand: Strand, block: dict[str, Any], record: dict[str, Any], time: float | None
) -> None:
    kind = block.get("type")
    if kind == "text":
        text = block.get("text")
        if isinstance(text, str) and text.strip():
            strand.steps.append(Say(text, time))
    elif kind == "thinking":
        text = block.get("thinking")
        if isinstance(text, str) and text.strip():
            strand.steps.append(Think(text, time))
    elif kind == "tool_use":
        open_call(log, strand, block, record, time, None)


def _touch(log: TranscriptLog, home: int, time: float | None) -> TranscriptTurn:
    """The current turn, marked as still going at `time`; `home` is seen alive by the agent's own record."""
    draft = log.turns[-1]
    if time is not None:
        draft.ended = time if draft.ended is None else max(draft.ended, time)
    if 0 <= home < len(log.turns):
        log.turns[home].seen = log.count
        log.leaf = home
    return draft


def _user(log: TranscriptLog, record: dict[str, Any], home: int) -> int:
    """Results, then what the person wrote, if anything; the turn the record belongs to."""
    message = record.get("message")
    content = message.get("content") if isinstance(message, dict) else None
    time = moment(record)
    if isinstance(content, list):
        _results(log, content, record, time)
    if log.turns:
        _touch(log, home, None)
    raw = prompts.raw_text(content)
    if not raw and not prompts.images(content):
        return home
    if _is_about_command(log, record, raw):
        return home
    task = prompts.task(raw) if record.get("agentName") else ""
    if not task and not prompts.is_human(record):
        return _automated(log, record, home)
    if interrupted(raw):
        _mark(log, Mark("interrupted", time=time))
        return home
    if command := prompts.typed_command(raw):
        return _command(log, record, *command, home)
    text = task or prompts.prompt_text(content, prompts.is_labelled(record))
    attached = prompts.attached_files(raw)
    text = text or prompts.mentions(attached)
    pictures = prompts.images(content)
    if not text and not pictures:
        return _automated(log, record, home)
    if prompts.is_local(text):
        return home
    if isinstance(content, list) and any(b.get("type") == "tool_result" for b in content if isinstance(b, dict)):
        # Text beside a result is a remark on that call; the turn goes on.
        _mark(log, Mark("said", text, time, "remark"))
        return home
    index = _prompt(log, record, text, home, pictures)
    log.turns[index].automated = bool(task)
    log.turns[index].attached = attached
    log.planned_in = log.planned_in or prompts.planning_conversation(record, text)
    return index


def _automated(log: TranscriptLog, record: dict[str, Any], home: int) -> int:
    """A message of a program: the running request goes on, or one that no person wrote begins with the next answer."""
    if not log.turns:
        log.opened = Command(_uuid(record), "", moment(record), branch_of(record), -1)
    return home


def _uuid(record: dict[str, Any]) -> str:
    uuid = record.get("uuid")
    return uuid if isinstance(uuid, str) else ""


def _prompt(log: TranscriptLog, record: dict[str, Any], text: str, home: int, images: int = 0, host: int = -1) -> int:
    """Begin the turn of a prompt that stands in a record of its own."""
    for waiting in (queued for queued in log.awaiting if queued[0] == text):
        log.awaiting.remove(waiting)
        break
    if text in log.queue:
        log.queue.remove(text)
    if log.awaiting:
        flush(log)
    rooted = not record.get("parentUuid") and not record.get("logicalParentUuid")
    if rooted and log.restart:
        home, log.restart = log.sealed, False
    index = _begin(log, _uuid(record), text, moment(record), branch_of(record), home, images, host)
    log.rooted = rooted
    return index


def _last_prompt(log: TranscriptLog, record: dict[str, Any]) -> None:
    """Note that the person went back to the beginning of the conversation: the message to go on from is none.

    The prompt that follows names no parent. It is written after this record, or just before it.
    """
    if record.get("explicit") is not True or record.get("leafUuid") != _NO_MESSAGE:
        return
    if log.rooted and log.turns and log.turns[-1].parent > log.sealed:
        log.turns[-1].parent = log.sealed
    else:
        log.restart = True


def _results(log: TranscriptLog, content: list[Any], record: dict[str, Any], time: float | None) -> None:
    for block in content:
        if not isinstance(block, dict) or block.get("type") != "tool_result":
            continue
        ident = block.get("tool_use_id")
        for draft in reversed(log.turns):
            opened = draft.strand.open.get(ident) if isinstance(ident, str) else None
            if opened is not None and close_call(log, draft.strand, block, record, time):
                if time is not None:
                    draft.ended = time if draft.ended is None else max(draft.ended, time)
                draft.strand.steps += words_on_call(record, block, opened, time)
                if not draft.expanded and opened.given.get("file_path") in draft.attached:
                    draft.expanded = file_text(record.get("toolUseResult"))
                break


def _is_about_command(log: TranscriptLog, record: dict[str, Any], raw: str) -> bool:
    """Settle a slash command that is held by what follows it; whether the record is only that."""
    if prompts.is_command_output(raw):
        log.held = None
        return True
    if record.get("isMeta") is not True or prompts.is_caveat(raw):
        return False
    held = log.held is not None
    if held:
        _begin_held(log)
    _expand(log, record, raw)
    return held


def _expand(log: TranscriptLog, record: dict[str, Any], raw: str) -> None:
    """Keep what a slash command stands for: it follows the command's prompt, before the agent does anything."""
    draft = log.turns[-1] if log.turns else None
    if draft is None or draft.strand.steps or draft.expanded or record.get("sourceToolUseID"):
        return
    if draft.prompt.startswith("/"):
        draft.expanded = prompts.expansion(raw, draft.prompt)


def _command(log: TranscriptLog, record: dict[str, Any], typed: str, surely: bool, home: int) -> int:
    if prompts.is_local(typed):
        return home
    if surely:
        return _prompt(log, record, typed, home)
    log.held = Command(_uuid(record), typed, moment(record), branch_of(record), home)
    return home


def _begin_held(log: TranscriptLog) -> None:
    held = log.held
    if held is not None:
        index = _begin(log, held.id, held.text, held.time, held.branch, held.parent)
        if held.id:
            log.homes[held.id] = index


def _attachment(log: TranscriptLog, record: dict[str, Any], home: int) -> int:
    attachment = record.get("attachment")
    if not isinstance(attachment, dict):
        return home
    kind = attachment.get("type")
    if kind == "edited_text_file" and isinstance(attachment.get("filename"), str):
        _mark(log, Mark("human-edit", attachment["filename"], moment(record)))
    if kind == "file":
        _keep_attached(log, attachment)
    if kind != "queued_command" or attachment.get("commandMode", "prompt") != "prompt":
        return home
    content = attachment.get("prompt")
    text = prompts.prompt_text(content, prompts.is_labelled(attachment))
    if not prompts.is_human(attachment) or (not text and not prompts.images(content)) or prompts.is_local(text):
        return home
    adopted = _adopt(log, text, record)
    if adopted is not None:
        return adopted
    return _prompt(log, record, text, home, prompts.images(content), host=len(log.turns) - 1)


def _keep_attached(log: TranscriptLog, attachment: dict[str, Any]) -> None:
    """Keep what a document says that the prompt mentions: it follows the prompt, before the agent does anything."""
    draft, name = (log.turns[-1] if log.turns else None), attachment.get("filename")
    if draft is None or draft.strand.steps or draft.expanded or not isinstance(name, str):
        return
    if prompts.is_document(name) and prompts.is_mentioned(name, draft.prompt):
        draft.expanded = file_text(attachment.get("content"))


def _adopt(log: TranscriptLog, text: str, record: dict[str, Any]) -> int | None:
    """The turn already begun for this queued prompt, named now by its record."""
    if any(waiting[0] == text for waiting in log.awaiting):
        return None
    uuid = record.get("uuid")
    for index in range(len(log.turns) - 1, max(-1, len(log.turns) - 5), -1):
        draft = log.turns[index]
        if draft.id == str(index + 1) and draft.prompt == text and isinstance(uuid, str):
            draft.id = uuid
            draft.branch = draft.branch or branch_of(record)
            if 0 < index == len(log.turns) - 1:
                give_back(draft, log.turns[index - 1])
            return index
    return None


def _queue(log: TranscriptLog, record: dict[str, Any]) -> None:
    operation, content = record.get("operation"), prompts.raw_text(record.get("content"))
    if operation == "enqueue":
        if content:
            log.queue.append(content)
        return
    place = log.queue.index(content) if content in log.queue else 0
    text = log.queue.pop(place) if place < len(log.queue) else content
    if operation == "remove" and prompts.is_person_queued(text):
        log.awaiting.append((prompts.prompt_text(text), moment(record)))


def _system(log: TranscriptLog, record: dict[str, Any]) -> None:
    if record.get("subtype") == "compact_boundary":
        facts = record.get("compactMetadata")
        trigger = facts.get("trigger") if isinstance(facts, dict) else None
        _mark(log, Mark("compacted", trigger if isinstance(trigger, str) else "", moment(record)))


def _title(log: TranscriptLog, record: dict[str, Any]) -> None:
    for key in ("customTitle", "aiTitle"):
        if isinstance(record.get(key), str):
            log.titles[key] = record[key]
    summary, leaf = record.get("summary"), record.get("leafUuid")
    if isinstance(summary, str) and isinstance(leaf, str):
        log.summaries.append((leaf, summary))


def _mark(log: TranscriptLog, mark: Mark) -> None:
    if log.turns:
        log.turns[-1].strand.steps.append(mark)


_OTHERS = {
    "queue-operation": _queue,
    "system": _system,
    "summary": _title,
    "ai-title": _title,
    "custom-title": _title,
    "progress": feed_progress,
    "last-prompt": _last_prompt,
}
