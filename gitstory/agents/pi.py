"""Pi: a file of JSON lines a session below `~/.pi/agent/sessions/--<directory>--`, each entry naming its parent.

Seen in 0.73, and in format versions 1 (2025, entries without ids) to 3. Files only grow: a person who goes back in
the tree leaves a branch behind, and the entry written last is the end of the live one. A fork is a new file of copied
entries, which keep their ids, whose head names the file it was made of.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from gitstory import safe_open
from gitstory.agents.base import Reader, Reading, Source
from gitstory.agents.conversation_builder import CallDraft, Draft, is_name
from gitstory.agents.json_values import blocks as blocks_of
from gitstory.agents.json_values import cut, joined, mapping, mappings, seconds, text
from gitstory.agents.prompt_text import MOST, clean
from gitstory.agents.stores import files, row_sources
from gitstory.agents.stores.jsonl import decode, head, records
from gitstory.agents.token_usage import count, counted_apart
from gitstory.agents.tool_table import ToolTable, tools
from gitstory.effects import patches
from gitstory.model import Edit, Mark

_TOOLS = ToolTable(
    tools(shell=("bash",), write=("write",), replace=("edit",)),
    shown=("command", "path", "pattern", "query", "url", "description", "prompt"),
    path=("path", "file_path"),
    old=("oldText",),
    new=("newText",),
    empty="keep",
)
_QUIET = ("thinking_level_change", "label", "custom", "custom_message", "model_change")
"""Entries without content of their own: extensions' too, whose messages are no words of the person."""
_SILENT = ("custom", "hookMessage", "branchSummary", "compactionSummary")
_COUNTS = ("input", "cacheRead", "cacheWrite", "output")
_BLOCKS = ("image", "redacted_thinking")
_SEPARATORS = re.compile(r"[/\\:]")
_PUT_BEFORE = re.compile(r'<(skill|file) name="([^"\n]*)"[^>\n]*>.*?</\1>(?:\n+|\Z)', re.DOTALL)
"""What Pi puts before a prompt for `/skill:name` and for files named on the command line."""


class Pi(Reader):
    name = "pi"

    def sources(self, root: Path) -> Iterator[Source]:
        paths = (path for path in safe_open.globbed(root, "*.jsonl", "*/*.jsonl") if is_name(path.stem))
        within = lambda path: None if path.parent == root else path.relative_to(root).parts[0]  # noqa: E731
        return files.sources(self.name, paths, lambda path: _named(path.name), folder=within)

    def places(self, source: Source) -> tuple[str, ...]:
        return files.places(text(head(source.path).get("cwd")))

    def folder_of(self, directory: Path) -> str | None:
        named = str(directory)
        return f"--{_SEPARATORS.sub('-', named[1:] if named[:1] in ('/', chr(92)) else named)}--"

    def read(self, source: Source) -> Reading:
        session = _Session(Draft(self.name, source.id or "", str(source.path)), _home(source.path))
        for record in records(source.path, session.draft):
            session.take(record)
        session.leave_branches()
        draft = session.draft
        draft.id = draft.id or source.path.stem
        return draft.reading(source.modified)


def _named(name: str) -> str | None:
    """The id of a session in the name of its file, `<time>_<id>.jsonl`; None where it holds none."""
    before, _, ident = name.removesuffix(".jsonl").rpartition("_")
    return ident if before and row_sources.is_name(ident) else None


def _home(path: Path) -> str:
    """The home directory that contains a session, to resolve `~`; "" if it is elsewhere."""
    parts = path.parts
    return path.parents[4].as_posix() if len(parts) > 5 and parts[-5:-2] == (".pi", "agent", "sessions") else ""


class _Session:
    """The state after the entries read so far; `parents` and `last` are the tree."""

    def __init__(self, draft: Draft, home: str) -> None:
        self.draft = draft
        self.home = home
        self.parents: dict[str, str | None] = {}
        self.last = ""

    def take(self, record: dict[str, Any]) -> None:
        draft = self.draft
        kind, time = text(record.get("type")), seconds(record.get("timestamp"))
        if time is not None:
            draft.started = time if draft.started is None else min(time, draft.started)
            draft.updated = max(time, draft.updated or time)
        if kind == "session":
            self._began(record)
            return
        if ident := text(record.get("id")):
            parent = record.get("parentId")
            self.parents[ident] = parent if isinstance(parent, str) else None
            self.last = ident
        if kind == "message":
            self._message(record, mapping(record.get("message")), time)
        elif kind in ("compaction", "branch_summary"):
            draft.happened("compacted" if kind == "compaction" else "rewound")
        elif kind == "session_info":
            draft.title = text(record.get("name")) or draft.title
        elif kind not in _QUIET:
            draft.skipped += 1

    def leave_branches(self) -> None:
        """Mark the turns that are not on the way from the last entry to the first. Where an entry between them is
        missing, nothing is known of those before it."""
        live: set[str] = set()
        at: str | None = self.last
        while at is not None and at in self.parents and at not in live:
            live.add(at)
            at = self.parents[at]
        if at is None:
            for turn in self.draft.turns:
                turn.abandoned = bool(turn.id) and turn.id not in live

    def _began(self, head: Mapping[str, Any]) -> None:
        draft, named = self.draft, text(head.get("id"))
        draft.id = draft.id or (named if row_sources.is_name(named) else "")
        draft.version = str(count(head.get("version")) or 1)
        draft.seen_in(text(head.get("cwd")))
        parent = text(head.get("parentSession")).replace("\\", "/").rpartition("/")[2]
        draft.parent = (_named(parent) or parent.removesuffix(".jsonl")) or None

    def _message(self, record: Mapping[str, Any], message: Mapping[str, Any], time: float | None) -> None:
        draft, role, blocks = self.draft, message.get("role"), blocks_of(message.get("content"))
        if role == "user":
            words = clean(_named_skills(joined(blocks, "text")))
            images = sum(block.get("type") == "image" for block in blocks)
            draft.user_message(words, images, text(record.get("id")), time)
        elif role == "assistant":
            draft.used(text(message.get("model")), counted_apart(mapping(message.get("usage")), *_COUNTS), time)
            _TOOLS.answer(draft, blocks, time, _BLOCKS, "arguments")
            if message.get("stopReason") == "aborted":
                draft.mark("interrupted")
        elif role == "toolResult":
            self._close(message, joined(blocks, "text"), time)
        elif role == "bashExecution":
            if draft.turns and text(message.get("command")):  # the person's own: its files and commits are not Pi's
                draft.turn.steps.append(Mark("said", cut(f"! {text(message.get('command'))}"), time))
        elif role not in _SILENT:
            draft.skipped += 1

    def _close(self, message: Mapping[str, Any], output: str, time: float | None) -> None:
        """A call without a result, and one that ended in an error, changed nothing that is known of."""
        call = self.draft.unanswered(text(message.get("toolCallId")))
        if call is None:
            return
        call.time = time if time is not None else call.time
        call.close(output, message.get("isError") is True)
        if call.tool == "bash":
            call.ran(call.argument("command"), output, call.failed)
        elif not call.failed:
            call.edits = self._edits(call)

    def _edits(self, call: CallDraft) -> tuple[Edit, ...]:
        given = call.arguments
        path, listed = self._path(call.argument(*_TOOLS.path), call.cwd), given.get("edits")
        if isinstance(listed, str):  # some models write the list as a text
            listed = mapping(decode(b'{"edits":' + listed.encode("utf-8", "replace") + b"}")).get("edits")
        several = {**given, "edits": [*mappings(listed), given]}
        return _TOOLS.edits_of(_TOOLS.action(call.tool), path, several, call.time) if path else ()

    def _path(self, named: str, cwd: str | None) -> str:
        named = named.removeprefix("@")
        if named.startswith("~/"):
            return patches.absolute(named[2:], self.home) if self.home else named
        return patches.absolute(named, cwd) if named else ""


def _named_skills(words: str) -> str:
    """The prompt, with inserted files and skills replaced by their names."""
    named: list[str] = []
    while len(named) < MOST and (put := _PUT_BEFORE.match(words)):
        named.append(f"/skill:{put[2]}" if put[1] == "skill" else f"@{put[2]}")
        words = words[put.end() :]
    return " ".join([*named, words]) if named else words


AGENT = Pi()
