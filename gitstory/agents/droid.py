"""Droid, of Factory: one file of JSON lines a session below `~/.factory/sessions`, its settings in a file beside it.

Seen in sessions of version 2 (2026). Tokens are told for a whole session only, so they are the turn's where there is
one turn; the settings name the model that was chosen last, the messages of newer versions their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from gitstory import opening
from gitstory.agents import patches
from gitstory.agents.base import Reading, Source
from gitstory.agents.builder import CallDraft, Draft
from gitstory.agents.json_values import compact, cut, items, joined, mapping, seconds, text
from gitstory.agents.prompts import clean
from gitstory.agents.stores import rows
from gitstory.agents.stores.jsonl import Lines, decode
from gitstory.agents.usage import count, tokens
from gitstory.model import Edit, Mark, Replacement, Tokens

_TELLING = ("command", "file_path", "folder_path", "pattern", "path", "url", "query", "prompt")
_ATTACHED = re.compile(r"Contents of [^\n]{1,2000} \(lines \d+-\d+ of \d+\):\n")
"""The head of a file the person pointed at, which Droid puts in a block of its own."""
_BLOCKS = ("redacted_thinking", "document")
_QUIET = ("todo_state", "session_settings", "agent_turn_outcome", "session_end")
"""Records that tell nothing the messages do not."""


class Droid:
    name = "droid"
    label = "Droid"
    markers: Mapping[str, str] = {}

    def roots(self, env: Mapping[str, str], home: Path) -> list[Path]:
        return [home / ".factory" / "sessions"]

    def sources(self, root: Path) -> Iterator[Source]:
        paths = opening.globbed(root, "*.jsonl", "*/*.jsonl")
        for path in paths:
            facts = opening.facts(path)
            if facts is not None and rows.is_name(path.stem):
                stamp = (facts.st_size, facts.st_mtime_ns, *_stamp(_settings(path)))
                yield Source(self.name, path, stamp, facts.st_size, facts.st_mtime, path.stem)

    def places(self, source: Source) -> tuple[str, ...]:
        head = decode(next(iter(Lines(source.path)), b"")) or {}
        place = patches.absolute(_directory(head), None) if _directory(head) else ""
        return (place,) if place else ()

    def folder_of(self, directory: Path) -> str | None:
        """The folders' names are made of directories', but of which part of them not in all versions alike."""
        return None

    def read(self, source: Source, state: bytes | None = None) -> Reading:
        draft = Draft(self.name, source.id or source.path.stem, str(source.path))
        lines = Lines(source.path)
        for line in lines.to_end():
            _take(draft, line)
        draft.skipped += lines.skipped
        _set(draft, _settings(source.path))
        if draft.started is None and draft.updated is None:
            draft.updated, draft.times = source.modified, "bounds"
        return Reading((draft.finished(),))


def _settings(path: Path) -> Path:
    return path.with_name(f"{path.stem}.settings.json")


def _stamp(path: Path) -> tuple[int, int]:
    return opening.stamp(path)


def _directory(head: Mapping[str, Any]) -> str:
    return text(head.get("cwd")) or text(head.get("workspace_root"))


def _take(draft: Draft, line: bytes) -> None:
    record = decode(line)
    if record is None:
        draft.skipped += bool(line.strip())
        return
    kind = text(record.get("type"))
    time = seconds(record.get("timestamp"))
    if time is not None:
        draft.started = time if draft.started is None else draft.started
        draft.updated = max(time, draft.updated or time)
    if kind == "session_start":
        _began(draft, record)
    elif kind == "message":
        _message(draft, record, time)
    elif kind == "compaction_state":
        if draft.turns:
            draft.mark("compacted")
    elif kind not in _QUIET:
        draft.skipped += 1


def _began(draft: Draft, head: Mapping[str, Any]) -> None:
    draft.title = text(head.get("title")) or text(head.get("sessionTitle"))
    draft.version = str(count(head.get("version")) or "")
    draft.seen_in(_directory(head))
    draft.parent = text(head.get("callingSessionId")) or text(head.get("parent")) or None
    draft.subagent = bool(text(head.get("callingSessionId")))


def _message(draft: Draft, record: Mapping[str, Any], time: float | None) -> None:
    told = mapping(record.get("message"))
    content = told.get("content")
    blocks = [{"type": "text", "text": content}] if isinstance(content, str) else list(map(mapping, items(content)))
    if told.get("role") == "assistant":
        draft.used(text(told.get("modelId")) or text(told.get("model")), time=time)
        for block in blocks:
            _answered(draft, block, time)
    elif told.get("role") == "user":
        results = [block for block in blocks if block.get("type") == "tool_result"]
        for block in results:
            _finished(draft.calls.get(text(block.get("tool_use_id"))), block)
        if not (told.get("visibility") == "llm_only" or "hookEventName" in told or "userMessageSource" in told):
            _asked(draft, text(record.get("id")), blocks, time, new=not results)
    else:
        draft.skipped += told.get("role") != "system"


def _asked(draft: Draft, ident: str, blocks: list[dict[str, Any]], time: float | None, *, new: bool) -> None:
    """The person's words; beside a call's result they are what was said while the agent went on."""
    written = [text(block.get("text")) for block in blocks if block.get("type") == "text"]
    words = "\n".join(said for one in written if not _ATTACHED.match(one) and (said := clean(one)))
    images = sum(block.get("type") == "image" for block in blocks)
    if (words or images) and new:
        draft.prompt(words, ident, time, images)
    elif words:
        draft.turn.steps.append(Mark("said", words, time))


def _answered(draft: Draft, block: Mapping[str, Any], time: float | None) -> None:
    kind = block.get("type")
    if kind == "text":
        draft.say(text(block.get("text")), time)
    elif kind in ("thinking", "reasoning"):
        draft.think(text(block.get("thinking")) or text(block.get("text")), time)
    elif kind == "tool_use":
        given = mapping(block.get("input"))
        said = next((one for key in _TELLING if (one := text(given.get(key)))), "")
        said = said or patches.summary(text(given.get("input"))) or (compact(given) if given else "")
        made = CallDraft(text(block.get("name")), text(block.get("id")), cut(said), time=time, arguments=given)
        made.cwd = draft.cwd
        draft.call(made)
    elif kind not in _BLOCKS:
        draft.skipped += 1


def _finished(made: CallDraft | None, result: Mapping[str, Any]) -> None:
    if made is None or made.answered:
        return
    content = result.get("content")
    output = content if isinstance(content, str) else joined(content, "text")
    told = (decode(output.encode("utf-8", "replace")) if output.startswith("{") else None) or {}
    made.answered, made.output = True, cut(output)
    made.failed = result.get("is_error") is True or told.get("success") is False
    if made.tool == "Execute":
        made.ran(text(made.arguments.get("command")), output, made.failed)
    elif not made.failed:
        made.edits = _edits(made)


def _edits(made: CallDraft) -> tuple[Edit, ...]:
    given, time = made.arguments, made.time
    if made.tool == "ApplyPatch":
        return patches.edits(text(given.get("input")) or text(given.get("patch")), made.cwd, time=time)
    path = patches.absolute(text(given.get("file_path")), made.cwd) if text(given.get("file_path")) else ""
    if not path:
        return ()
    if made.tool == "Create" and isinstance(given.get("content"), str):
        return (Edit(path, "create", after=given["content"], time=time),)
    if made.tool not in ("Edit", "MultiEdit"):
        return ()
    several = items(given.get("changes")) or items(given.get("edits")) or [given]
    pairs = tuple(pair for one in several if (pair := _replacement(mapping(one))) is not None)
    return (Edit(path, replacements=pairs, time=time),)


def _replacement(given: Mapping[str, Any]) -> Replacement | None:
    old, new = given.get("old_str", given.get("old_string")), given.get("new_str", given.get("new_string"))
    if not isinstance(old, str) or not isinstance(new, str) or old == new:
        return None
    return Replacement(old, new, given.get("change_all") is True or given.get("replace_all") is True)


def _set(draft: Draft, path: Path) -> None:
    """What the settings tell of the whole session, given to those turns it is surely true of."""
    try:
        data = opening.content(path)
    except FileNotFoundError:
        return
    except OSError:
        draft.skipped += 1
        return
    told = decode(data)
    draft.skipped += told is None
    if not draft.turns or told is None:
        return
    if text(told.get("model")) and not draft.turn.models:
        draft.turn.models.append(text(told.get("model")))
    if len(draft.turns) == 1:
        draft.turn.tokens = _tokens(mapping(told.get("tokenUsage")))


def _tokens(used: Mapping[str, Any]) -> Tokens | None:
    """What came from the cache is counted apart from the rest of the input."""
    cached = count(used.get("cacheReadTokens"))
    read = count(used.get("inputTokens")) + count(used.get("cacheCreationTokens")) + cached
    return tokens(read, count(used.get("outputTokens")), cached)


AGENT = Droid()
