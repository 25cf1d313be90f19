"""Claude Code's records, one at a time, into a `TranscriptLog`. File order is the truth; timestamps only label."""

from __future__ import annotations

from typing import Any

from gitstory.agents.claude_code import prompts
from gitstory.agents.claude_code.person_replies import words_on_call
from gitstory.agents.claude_code.records import branch_of, count_usage, is_unknown, model_of, note
from gitstory.agents.claude_code.subagents import feed_inline_helper, feed_progress
from gitstory.agents.claude_code.tools import close_call, file_text, take_block
from gitstory.agents.claude_code.transcript_log import Command, Strand, TranscriptLog, TranscriptTurn, give_back
from gitstory.agents.json_values import blocks, mapping, mappings, text
from gitstory.agents.prompt_text import interrupted
from gitstory.model import Mark

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
    for words, time in awaiting:
        _begin(log, "", words, time, None, log.leaf, host=len(log.turns) - 1)


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
    message_id, time = text(message.get("id")), log.now
    if log.awaiting and message_id != log.message and not _before(time, log.awaiting[0][1]):
        flush(log)
    log.message = message_id
    synthetic = message.get("model") == "<synthetic>"
    model = model_of(log, message)
    if not log.turns:
        return
    draft = _touch(log, home, time)
    count_usage(draft.strand, message)
    if model and model not in draft.models:
        draft.models.append(model)
    for block in blocks(message.get("content")):
        if not synthetic or block.get("type") != "text":
            take_block(log, draft.strand, block, record, time)


def _acts(message: dict[str, Any]) -> bool:
    """Whether a message of the agent calls a tool."""
    return any(block.get("type") == "tool_use" for block in mappings(message.get("content")))


def _before(time: float | None, taken: float | None) -> bool:
    """Whether the agent wrote a record before it took a prompt from the queue: records are flushed late."""
    return time is not None and taken is not None and time <= taken


def _touch(log: TranscriptLog, home: int, time: float | None) -> TranscriptTurn:
    """The current turn, marked as still going at `time`; `home` is seen alive by the agent's own record."""
    draft = log.turns[-1]
    draft.goes_on(time)
    if 0 <= home < len(log.turns):
        log.turns[home].seen = log.count
        log.leaf = home
    return draft


def _user(log: TranscriptLog, record: dict[str, Any], home: int) -> int:
    """Results, then what the person wrote, if anything; the turn the record belongs to."""
    content, time = mapping(record.get("message")).get("content"), log.now
    results = False
    for block in content if isinstance(content, list) else ():
        if isinstance(block, dict) and block.get("type") == "tool_result":
            results = True
            _result(log, block, record, time)
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
    attached = prompts.attached_files(raw)
    words = task or prompts.prompt_text(content, prompts.is_labelled(record)) or prompts.mentions(attached)
    pictures = prompts.images(content)
    if not words and not pictures:
        return _automated(log, record, home)
    if prompts.is_local(words):
        return home
    if results:
        # Text beside a result is a remark on that call; the turn goes on.
        _mark(log, Mark("said", words, time, "remark"))
        return home
    index = _prompt(log, record, words, home, pictures)
    log.turns[index].automated = bool(task)
    log.turns[index].attached = attached
    log.planned_in = log.planned_in or prompts.planning_conversation(record, words)
    return index


def _automated(log: TranscriptLog, record: dict[str, Any], home: int) -> int:
    """A message of a program: the running request goes on, or one that no person wrote begins with the next answer."""
    if not log.turns:
        log.opened = Command(text(record.get("uuid")), "", log.now, branch_of(record), -1)
    return home


def _prompt(log: TranscriptLog, record: dict[str, Any], words: str, home: int, images: int = 0, host: int = -1) -> int:
    """Begin the turn of a prompt that stands in a record of its own."""
    for waiting in (queued for queued in log.awaiting if queued[0] == words):
        log.awaiting.remove(waiting)
        break
    if words in log.queue:
        log.queue.remove(words)
    if log.awaiting:
        flush(log)
    rooted = not record.get("parentUuid") and not record.get("logicalParentUuid")
    if rooted and log.restart:
        home, log.restart = log.sealed, False
    index = _begin(log, text(record.get("uuid")), words, log.now, branch_of(record), home, images, host)
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


def _result(log: TranscriptLog, block: dict[str, Any], record: dict[str, Any], time: float | None) -> None:
    ident = block.get("tool_use_id")
    for draft in reversed(log.turns):
        opened = draft.strand.open.get(ident) if isinstance(ident, str) else None
        if opened is not None and close_call(log, draft.strand, block, record, time):
            draft.goes_on(time)
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
    log.held = Command(text(record.get("uuid")), typed, log.now, branch_of(record), home)
    return home


def _begin_held(log: TranscriptLog) -> None:
    held = log.held
    if held is not None:
        index = _begin(log, held.id, held.text, held.time, held.branch, held.parent)
        if held.id:
            log.homes[held.id] = index


def _attachment(log: TranscriptLog, record: dict[str, Any], home: int) -> int:
    attachment = mapping(record.get("attachment"))
    kind = attachment.get("type")
    if kind == "edited_text_file" and isinstance(attachment.get("filename"), str):
        _mark(log, Mark("human-edit", attachment["filename"], log.now))
    if kind == "file":
        _keep_attached(log, attachment)
    if kind != "queued_command" or attachment.get("commandMode", "prompt") != "prompt":
        return home
    content = attachment.get("prompt")
    words = prompts.prompt_text(content, prompts.is_labelled(attachment))
    if not prompts.is_human(attachment) or (not words and not prompts.images(content)) or prompts.is_local(words):
        return home
    adopted = _adopt(log, words, record)
    if adopted is not None:
        return adopted
    return _prompt(log, record, words, home, prompts.images(content), host=len(log.turns) - 1)


def _keep_attached(log: TranscriptLog, attachment: dict[str, Any]) -> None:
    """Keep what a document says that the prompt mentions: it follows the prompt, before the agent does anything."""
    draft, name = (log.turns[-1] if log.turns else None), attachment.get("filename")
    if draft is None or draft.strand.steps or draft.expanded or not isinstance(name, str):
        return
    if prompts.is_document(name) and prompts.is_mentioned(name, draft.prompt):
        draft.expanded = file_text(attachment.get("content"))


def _adopt(log: TranscriptLog, words: str, record: dict[str, Any]) -> int | None:
    """The turn already begun for this queued prompt, named now by its record."""
    if any(waiting[0] == words for waiting in log.awaiting):
        return None
    uuid = record.get("uuid")
    for index in range(len(log.turns) - 1, max(-1, len(log.turns) - 5), -1):
        draft = log.turns[index]
        if draft.id == str(index + 1) and draft.prompt == words and isinstance(uuid, str):
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
    words = log.queue.pop(place) if place < len(log.queue) else content
    if operation == "remove" and prompts.is_person_queued(words):
        log.awaiting.append((prompts.prompt_text(words), log.now))


def _system(log: TranscriptLog, record: dict[str, Any]) -> None:
    if record.get("subtype") == "compact_boundary":
        trigger = text(mapping(record.get("compactMetadata")).get("trigger"))
        _mark(log, Mark("compacted", trigger, log.now))


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
