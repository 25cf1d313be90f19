"""The messages of Gemini CLI as turns: prompts, answers, thinking, calls."""

from __future__ import annotations

import re
from typing import Any

from gitstory.agents.conversation_builder import Draft
from gitstory.agents.gemini_cli import tools
from gitstory.agents.gemini_cli.store import Record, SessionLog
from gitstory.agents.json_values import items, mapping, mappings, seconds, text, texts
from gitstory.agents.prompt_text import clean
from gitstory.agents.token_usage import count
from gitstory.model import Mark

_COMMAND = re.compile(r"/[a-z][\w:-]*(?:\s|\Z)")
"""Said to the program, not to the model, unless something came of it."""
_SUMMARY = "<state_snapshot>"
_FOLDERS = re.compile(r"\*\*Workspace Directories:\*\*\n((?:[ ]+- [^\n]+\n)+)")
_FOLDER = re.compile(r"working in the (?:directory|following directories): *([^\n]+)")
_CANCELLED = ("Request cancelled.", "User cancelled the request.")
_QUIET = ("info", "warning", "error")


def tell(draft: Draft, log: SessionLog) -> None:
    """Put the messages of `log` into `draft`."""
    draft.seen_in(*texts(log.head.get("directories")))
    draft.title = text(log.head.get("summary"))
    for ident, record in log.messages.items():
        time = seconds(record.get("timestamp"))
        draft.dated(time)
        kind = record.get("type")
        if kind == "user":
            _user(draft, ident, record, time, taken_back=ident in log.gone)
        elif kind == "gemini":
            _model(draft, record, time)
        elif kind not in _QUIET:
            draft.skipped += 1
        elif text(record.get("content")) in _CANCELLED:
            draft.happened("interrupted")
    draft.turns = [turn for turn in draft.turns if turn.steps or not _COMMAND.match(turn.prompt)]


def _parts(content: Any) -> list[dict[str, Any]]:
    if isinstance(content, dict):
        return [content]
    listed = [content] if isinstance(content, str) else items(content)
    return [{"text": part} if isinstance(part, str) else mapping(part) for part in listed]


def _user(draft: Draft, ident: str, record: Record, time: float | None, *, taken_back: bool) -> None:
    parts = _parts(record.get("content"))
    results = tools.responses(parts)
    for result in results:
        call = draft.calls.get(text(result.get("id")))
        if call is not None:
            output, broken = tools.printed(result)
            tools.answered(call, "error" if broken else "success", output, None)
    typed = "".join(text(part.get("text")) for part in _parts(record.get("displayContent")))
    whole = "".join(text(part.get("text")) for part in parts)
    if "<session_context>" in whole[:200]:
        _surroundings(draft, whole)
    if _SUMMARY in whole:
        draft.happened("compacted")
        return
    if draft.turns and (tools.is_nudge(whole) or _goes_on(draft, typed, whole)):
        return
    words = clean(typed) or clean(whole)
    images = sum(text(mapping(part.get("inlineData")).get("mimeType")).startswith("image/") for part in parts)
    if not words and not images:
        return
    if results:
        draft.turn.steps.append(Mark("said", words, time))
        return
    draft.prompt(words, ident, time, images).abandoned = taken_back


def _goes_on(draft: Draft, typed: str, whole: str) -> bool:
    """Whether the program asked for more in the running prompt's name: a hook's or its own words, shown as that one."""
    return bool(typed.strip()) and clean(typed) == draft.turns[-1].prompt and typed.strip() not in whole


def _surroundings(draft: Draft, words: str) -> None:
    listed = _FOLDERS.search(words)
    for line in listed[1].splitlines() if listed else []:
        draft.seen_in(line.strip().removeprefix("- "))
    if single := _FOLDER.search(words):
        draft.seen_in(single[1].strip())


def _model(draft: Draft, record: Record, time: float | None) -> None:
    used = mapping(record.get("tokens"))
    read = count(used.get("input")) + count(used.get("tool"))
    took = tools.counted(read, used.get("output"), used.get("thoughts"), used.get("cached"))
    draft.used(text(record.get("model")), took, time)
    thoughts = mappings(record.get("thoughts"))
    for thought in thoughts:
        subject, about = text(thought.get("subject")), text(thought.get("description"))
        draft.think("\n".join(part for part in (subject, about) if part), seconds(thought.get("timestamp")) or time)
    parts = _parts(record.get("content"))
    for part in parts:
        if part.get("thought") is True:
            draft.think("" if thoughts else text(part.get("text")), time)
        else:
            draft.say(text(part.get("text")), time)
    for thought in mappings(record.get("toolCalls")):
        _called(draft, thought, time)
    for part in parts:
        call = mapping(part.get("functionCall"))
        if text(call.get("name")) and text(call.get("id")) not in draft.calls:
            draft.call(tools.requested_call(call, draft.cwd, time))


def _called(draft: Draft, fields: dict[str, Any], time: float | None) -> None:
    """A call with what came of it; while it runs, or waits for the person, it has no such end."""
    at = seconds(fields.get("timestamp")) or time
    call = draft.call(tools.requested_call(fields, draft.cwd, at))
    status = text(fields.get("status"))
    if status not in ("success", "error", "cancelled"):
        return
    results = tools.responses(fields.get("result"))
    output = "\n".join(result for one in results if (result := tools.printed(one)[0]))
    tools.answered(call, status, output, fields.get("resultDisplay"))
