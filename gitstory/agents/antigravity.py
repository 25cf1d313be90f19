"""Antigravity's command line program: JSON lines for each conversation, below `~/.gemini/antigravity-cli/brain`.

Described for 1.1. A call and its result carry no common id: the result is the next record of the kind its tool has.
`transcript_full.jsonl` has arguments as they are, `transcript.jsonl` each as JSON within a text. Which directory a
conversation was held in stands in `history.jsonl` beside, if it was typed; else its commands tell. The conversations
of the editor (`~/.gemini/antigravity/conversations/*.pb`) are opaque and not read.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from zlib import crc32

from gitstory import safe_open
from gitstory.agents.base import Reader, Reading, Source
from gitstory.agents.conversation_builder import CallDraft, Draft, changed
from gitstory.agents.json_values import compact, cut, first, mapping, mappings, seconds, text, texts
from gitstory.agents.prompt_text import clean
from gitstory.agents.stores import row_sources
from gitstory.agents.stores.jsonl import JsonLines, decode, records
from gitstory.delimited_parts import enclosed
from gitstory.effects import patches
from gitstory.model import Edit, Replacement

_FULL, _ESCAPED = "transcript_full.jsonl", "transcript.jsonl"
_KINDS: Mapping[str, str] = {
    "run_command": "RUN_COMMAND",
    "view_file": "VIEW_FILE",
    "write_to_file": "CODE_ACTION",
    "replace_file_content": "CODE_ACTION",
    "multi_replace_file_content": "CODE_ACTION",
    "grep_search": "GREP_SEARCH",
    "list_dir": "LIST_DIRECTORY",
    "search_web": "SEARCH_WEB",
    "read_url_content": "READ_URL_CONTENT",
    "generate_image": "GENERATE_IMAGE",
    "invoke_subagent": "INVOKE_SUBAGENT",
    "ask_question": "ASK_QUESTION",
}
"""Tool -> type of the record that holds its result; others have `GENERIC`."""
_RESULTS = frozenset({*_KINDS.values(), "GENERIC"})
_HISTORY = "history.jsonl"
_SILENT = frozenset({"CONVERSATION_HISTORY", "SYSTEM_MESSAGE", "EPHEMERAL_MESSAGE"})
_MAIN_ARGUMENTS = ("CommandLine", "TargetFile", "AbsolutePath", "DirectoryPath", "Query", "query", "Url", "SearchPath")
_MODEL = re.compile(r"`Model Selection` from .{0,200}? to (.{1,200}?)\.(?:\s|\Z)")
_DIFF = ("[diff_block_start]", "[diff_block_end]")
_CREATED = re.compile(r"Created file (file://\S+|/\S+)")
_EXIT = re.compile(r"The command failed with exit code: (-?\d+)")
_ERROR = "Encountered error in step execution"
_OUTPUT = re.compile(r"\A(?:.{0,400}?\n)?[ \t]*(?:Output|Stdout):[ \t]*\n?", re.DOTALL)
_INDENT = re.compile(r"^\t+", re.MULTILINE)


class Antigravity(Reader):
    name = "antigravity"

    def sources(self, root: Path) -> Iterator[Source]:
        folders = safe_open.globbed(root / "brain", "*/.system_generated/logs")
        held, broken = _workspaces(root) if folders else ({}, 0)
        for folder in folders:
            name = folder.parents[1].name
            for path in (folder / _FULL, folder / _ESCAPED):
                facts = safe_open.facts(path)
                if facts is not None and row_sources.is_name(name):
                    place = crc32(held.get(name, "").encode("utf-8", "replace"))
                    stamp = (facts.st_size, facts.st_mtime_ns, place, broken)
                    yield Source(self.name, path, stamp, facts.st_size, facts.st_mtime, name)
                    break

    def places(self, source: Source) -> tuple[str, ...]:
        place = _workspace(source)[0]
        return (place,) if place else ()

    def read(self, source: Source) -> Reading:
        session = _Session(source)
        for record in records(source.path, session.draft):
            session.take(record)
        return session.draft.reading(source.modified)


def _workspaces(root: Path) -> tuple[dict[str, str], int]:
    """Conversation -> the directory its prompts were typed in, the first one; and how many lines have none."""
    return safe_open.remembered("antigravity", root / _HISTORY, lambda: _listed_workspaces(root / _HISTORY))


def _listed_workspaces(history: Path) -> tuple[dict[str, str], int]:
    by_name: dict[str, str] = {}
    broken = 0
    lines = JsonLines(history)
    # Conversations of scripts are not in it, and it need not be there.
    for line in lines.to_end() if os.path.lexists(lines.path) else ():
        record = decode(line) or {}
        name, place = text(record.get("conversationId")), text(record.get("workspace"))
        broken += not place and bool(line.strip())
        if name and place:
            by_name.setdefault(name, patches.absolute(place, None))
    return by_name, broken + lines.skipped


def _workspace(source: Source) -> tuple[str, int]:
    """Where a conversation was held, "" where untold, and how many lines of the history cannot be read."""
    held, broken = _workspaces(source.path.parents[4])
    return held.get(source.id or "", ""), broken


class _Session:
    """The state after the records read so far; `waiting` are calls without a result."""

    def __init__(self, source: Source) -> None:
        self.draft = Draft.of(source)
        place, self.draft.skipped = _workspace(source)
        self.draft.seen_in(place)
        self.escaped = source.path.name == _ESCAPED
        self.model = ""
        self.waiting: list[CallDraft] = []

    def take(self, record: dict[str, Any]) -> None:
        draft = self.draft
        kind, time = text(record.get("type")), seconds(record.get("created_at"))
        draft.dated(time)
        if kind == "USER_INPUT" and record.get("source") == "USER_EXPLICIT":
            self._prompt(text(record.get("content")), time)
        elif kind == "PLANNER_RESPONSE":
            self._answered(record, time)
        elif kind in _RESULTS or (record.get("source") == "MODEL" and kind):
            self._finished(kind, record, time)
        elif kind == "CHECKPOINT":
            draft.happened("compacted")
        elif kind not in _SILENT:
            draft.skipped += 1

    def _prompt(self, content: str, time: float | None) -> None:
        match = _MODEL.search(content)
        self.model = match[1] if match else self.model
        if words := clean(content):
            self.draft.prompt(words, time=time)
            self.waiting.clear()

    def _answered(self, record: dict[str, Any], time: float | None) -> None:
        draft = self.draft
        draft.think(text(record.get("thinking")), time)
        draft.say(text(record.get("content")), time)
        draft.used(self.model, None, time)
        cut_short = "tool_calls" in texts(record.get("truncated_fields"))
        for call in mappings(record.get("tool_calls")):
            tool = text(call.get("name"))
            if not tool:
                continue
            given = {name: self._plain(value) for name, value in mapping(call.get("args")).items()}
            place = text(given.get("Cwd"))
            cwd = draft.seen_in(patches.absolute(place, draft.cwd)) if place else draft.cwd
            summary = cut(first(given, _MAIN_ARGUMENTS) or compact(given))
            # Of arguments that were cut, the name of the file is what can be relied on.
            existing = {"TargetFile": given.get("TargetFile")} if cut_short else given
            self.waiting.append(draft.call(CallDraft(tool, input=summary, time=time, cwd=cwd, arguments=existing)))

    def _plain(self, value: Any) -> Any:
        if not self.escaped or not isinstance(value, str):
            return value
        try:
            return mapping(decode(b'{"value":' + value.encode("utf-8", "replace") + b"}"))["value"]
        except KeyError:
            return value

    def _finished(self, kind: str, record: dict[str, Any], time: float | None) -> None:
        content, status = text(record.get("content")), text(record.get("status"))
        call = self._called(kind, content)
        call.time = time if time is not None else call.time
        if status == "RUNNING":
            return
        call.answered = True
        ended = _EXIT.search(content[:1000]) if kind == "RUN_COMMAND" else None
        call.failed = status != "DONE" or ended is not None or _ERROR in content[:1000]
        call.output = cut(_printed(content) if kind == "RUN_COMMAND" else content)
        if kind == "RUN_COMMAND" and status == "DONE":
            call.ran(text(call.arguments.get("CommandLine")), _printed(content), call.failed)
        elif kind == "CODE_ACTION" and not call.failed:
            call.edits = _edits(call, content)

    def _called(self, kind: str, content: str) -> CallDraft:
        """The call that a result is of: of its kind, and of the file it names where it names one."""
        fitting = [one for one in self.waiting if _KINDS.get(one.tool, "GENERIC") == kind]
        fitting = fitting or [one for one in self.waiting if one.tool not in _KINDS]
        if kind == "CODE_ACTION" and len(fitting) > 1:
            fitting = [one for one in fitting if text(one.arguments.get("TargetFile")) in content] or fitting
        if not fitting:
            return self.draft.call(CallDraft(kind.lower()))
        self.waiting.remove(fitting[0])
        return fitting[0]


def _printed(content: str) -> str:
    """What a command printed, without the times and the verdict before it."""
    return _OUTPUT.sub("", _INDENT.sub("", content), count=1)


def _edits(call: CallDraft, content: str) -> tuple[Edit, ...]:
    given, time = call.arguments, call.time
    created = _CREATED.search(content)
    named = text(given.get("TargetFile")) or (created[1] if created else "")
    if not named:
        return ()
    path = patches.absolute(named, call.cwd)
    whole = given.get("CodeContent")
    if isinstance(whole, str):
        # Without `Overwrite` it refuses files that are there.
        return (changed(path, "" if given.get("Overwrite") is False else None, whole, time),)
    shown = next(enclosed(content, *_DIFF), None)
    if shown and (hunks := patches.hunks(shown.inside)):
        return (Edit(path, hunks=hunks, time=time),)
    pairs = tuple(pair for one in [given, *mappings(given.get("ReplacementChunks"))] for pair in _pair(one))
    return (Edit(path, "create" if created else "modify", replacements=pairs, time=time),)


def _pair(given: Mapping[str, Any]) -> tuple[Replacement, ...]:
    old, new = given.get("TargetContent"), given.get("ReplacementContent")
    if not isinstance(old, str) or not isinstance(new, str) or not old or old == new:
        return ()
    return (Replacement(old, new, given.get("AllowMultiple") is True),)


AGENT = Antigravity()
