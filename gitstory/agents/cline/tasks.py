"""A task of Cline in an editor, and of Roo Code, its fork: a folder of JSON files, each rewritten as a whole.

`api_conversation_history.json` holds the messages, `ui_messages.json` the times and tokens of older versions,
`history_item.json` (Roo) the directory and the task that started this one. Calls are either blocks of their own or
between tags in the text.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gitstory import safe_open
from gitstory.agents.base import Reader, Reading, Source
from gitstory.agents.cline import tags, tools
from gitstory.agents.conversation_builder import CallDraft, Draft
from gitstory.agents.json_values import blocks as blocks_of
from gitstory.agents.json_values import joined, mapping, seconds, text
from gitstory.agents.prompt_text import clean
from gitstory.agents.stores import files, json_document
from gitstory.agents.stores.jsonl import embedded, stored
from gitstory.agents.token_usage import counted_either_way, together
from gitstory.model import Conversation

MESSAGES = "api_conversation_history.json"
_BESIDE = ("ui_messages.json", "history_item.json")
_PLACE = re.compile(r"# Current (?:Working|Workspace) Directory \(([^\n]{1,4096}?)\) Files")
_RAW_PLACE = re.compile(
    rb'# Current (?:Working|Workspace) Directory \((?=[^)])([^"\\)]{0,4096}+(?:\\\\[^"\\)]{0,255}+){0,64}+)\) Files'
)
_MODEL = re.compile(r"<model>([^<\n]{1,200})</model>")
_COUNTS = ("tokensIn", "cacheReads", "cacheWrites", "tokensOut")
_ASKING = ("attempt_completion", "ask_followup_question", "plan_mode_respond")
"""Tools whose results are the person's answers; those of others may hold a file's text with any tags."""


class TaskReader(Reader):
    """A store of tasks alone."""

    def sources(self, root: Path) -> Iterator[Source]:
        return sources(self.name, root)

    def places(self, source: Source) -> tuple[str, ...]:
        return places(source)

    def read(self, source: Source) -> Reading:
        return Reading((conversation(source),))


def sources(agent: str, root: Path) -> Iterator[Source]:
    beside = lambda path: tuple(part for one in _BESIDE for part in safe_open.stamp(path.with_name(one)))  # noqa: E731
    return files.sources(agent, safe_open.globbed(root, f"*/{MESSAGES}"), lambda path: path.parent.name, beside=beside)


def places(source: Source) -> tuple[str, ...]:
    named = text(_item(source.path).get("workspace"))
    if not named:
        try:
            match = _RAW_PLACE.search(safe_open.content(source.path))
        except OSError:
            match = None
        named = match[1].decode("utf-8", "replace").replace("\\\\", "\\") if match else ""
    return files.places(named)


def conversation(source: Source) -> Conversation:
    task = _Task(Draft(source.agent, source.id or source.path.parent.name, str(source.path)))
    draft, item = task.draft, _item(source.path)
    history, lost = _listed(source.path)
    shown, unshown = _listed(source.path.with_name(_BESIDE[0]))
    draft.skipped += lost + (unshown if shown is not None else 0)
    draft.title = text(item.get("task"))[:200]
    draft.started_by(text(item.get("parentTaskId")))
    draft.seen_in(text(item.get("workspace")))
    times = _times(shown or [])
    for index, message in enumerate(history or []):
        fields = mapping(message)
        task.message(fields, seconds(fields.get("ts")) or times.get(index))
    _count(task, shown or [])
    _name_model(task, shown or [])
    began = seconds(int(draft.id)) if draft.id.isdecimal() and len(draft.id) < 15 else None
    draft.started = draft.started if began is None else began
    if draft.updated is None:
        draft.bounded(source.modified)
    return draft.finished()


@dataclass
class _Task:
    draft: Draft
    pending: CallDraft | None = None
    """The call between tags that waits for its result."""
    model: str = ""
    answers: list[tuple[float, int]] = field(default_factory=list)
    """When each answer was done, and the number of its turn (from 0)."""

    def message(self, fields: dict[str, Any], time: float | None) -> None:
        draft, blocks = self.draft, blocks_of(fields.get("content"))
        draft.dated(time)
        if fields.get("isSummary") is True:
            draft.happened("compacted")
        elif fields.get("role") == "assistant":
            self._answer(fields, blocks, time)
        elif fields.get("role") == "user":
            self._user_message(blocks, time)
        else:
            # Roo Code keeps the provider's sealed reasoning as messages without a role.
            draft.skipped += fields.get("type") != "reasoning"

    def _answer(self, fields: dict[str, Any], blocks: list[dict[str, Any]], time: float | None) -> None:
        draft = self.draft
        named = mapping(fields.get("modelInfo"))
        draft.used(text(named.get("modelId")) or text(named.get("id")) or self.model, time=time)
        if time is not None:
            self.answers.append((time, len(draft.turns) - 1))
        for block in blocks:
            kind = block.get("type")
            if kind == "text":
                self._written(text(block.get("text")), time)
            elif kind in ("thinking", "reasoning"):
                draft.think(text(block.get("thinking")) or text(block.get("text")), time)
            elif kind == "tool_use":
                self._called(text(block.get("name")), text(block.get("id")), mapping(block.get("input")), time)
            elif kind not in ("redacted_thinking", "thoughtSignature"):
                draft.skipped += 1

    def _written(self, words: str, time: float | None) -> None:
        parts = tags.written(words)
        self.draft.think(parts.thinking.strip(), time)
        self.draft.say(parts.words.strip(), time)
        if parts.tool:
            self.pending = self._called(parts.tool, "", parts.arguments, time)

    def _called(self, tool: str, ident: str, given: dict[str, Any], time: float | None) -> CallDraft:
        call = tools.TOOLS.call(self.draft, tool, ident, given, time)
        for key in ("result", "question", "response"):
            if tool in _ASKING:
                self.draft.say(text(given.get(key)).strip(), time)
        if tool == "new_task":
            self.draft.mark("subagent", text(given.get("message"))[:200])
        return call

    def _user_message(self, blocks: list[dict[str, Any]], time: float | None) -> None:
        texts: list[str] = []
        tool, output, free = "", "", ""
        for block in blocks:
            words = text(block.get("text"))
            if block.get("type") == "tool_result":
                content = block.get("content")
                printed = content if isinstance(content, str) else joined(content, "text")
                call = self.draft.calls.get(text(block.get("tool_use_id")))
                if call is not None:
                    tools.finished(call, printed, block.get("is_error") is True)
                    texts += _answered(call.tool, printed)
            elif "<environment_details>" in words[:200]:
                self._surroundings(words)
            elif (result := tags.result(words)) is not None:
                tool, output = result
            elif tool:
                output += words
            elif block.get("type") == "text":
                free += words
        if self.pending is not None and tool == self.pending.tool:
            tools.finished(self.pending, output)
            self.pending = None
        texts += _answered(tool, output) if tool else []
        texts += tags.words(free) or ([clean(free)] if not self.draft.turns and not free.startswith("[") else [])
        images = sum(block.get("type") == "image" for block in blocks)
        if any(texts):
            self.draft.prompt("\n".join(one for one in texts if one), time=time, images=images)

    def _surroundings(self, details: str) -> None:
        place, model = _PLACE.search(details), _MODEL.search(details)
        self.draft.seen_in(place[1] if place else "")
        self.model = model[1].strip() if model else self.model


def _answered(tool: str, output: str) -> list[str]:
    """What the person wrote with an answer or a refusal."""
    theirs = tool in _ASKING or output.lstrip().startswith("The user ")
    return tags.words(output) if theirs else []


def _times(shown: list[Any]) -> dict[int, float]:
    """When each message was there at the latest: the items shown give the number of messages then."""
    times: dict[int, float] = {}
    for fields in map(mapping, shown):
        index, time = fields.get("conversationHistoryIndex"), seconds(fields.get("ts"))
        if isinstance(index, int) and time is not None:
            times[index] = min(time, times.get(index, time))
    return times


def _count(task: _Task, shown: list[Any]) -> None:
    """Give each request's tokens to the turn of the answer that came next."""
    answers = sorted(task.answers)
    for fields in map(mapping, shown):
        time = seconds(fields.get("ts"))
        if fields.get("say") != "api_req_started" or time is None:
            continue
        at = bisect_left(answers, (time, -1))
        if at < len(answers) and 0 <= answers[at][1] < len(task.draft.turns):
            turn = task.draft.turns[answers[at][1]]
            used = counted_either_way(embedded(fields.get("text")), *_COUNTS)
            turn.tokens = together(turn.tokens, used)


def _name_model(task: _Task, shown: list[Any]) -> None:
    """Give the turns the model that was shown where it is one and the messages name none."""
    named = {text(mapping(mapping(one).get("modelInfo")).get("modelId")) for one in shown} - {""}
    if len(named) == 1 and not any(turn.models for turn in task.draft.turns):
        for number in {number for _, number in task.answers if number >= 0}:
            task.draft.turns[number].models = list(named)


def _listed(path: Path) -> tuple[list[Any] | None, int]:
    """The list in a file, and how much of it could not be read."""
    try:
        return json_document.listed(safe_open.content(path))
    except OSError:
        return None, 1


def _item(path: Path) -> dict[str, Any]:
    return stored(path.with_name(_BESIDE[1])) or {}
