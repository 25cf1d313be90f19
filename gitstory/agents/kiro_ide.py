"""Kiro's editor before 1.0 (2025 to mid-2026): what was said in one file a session, what was done in one an execution.

`kiro.kiroagent` in its `globalStorage` holds `workspace-sessions/<workspace>/<id>.json` with prompts, and answers that
are mostly no more than the ids of executions: `<hash>/414d.../<hash>` with times, the agent's words and its actions,
whole texts of files before and after. Since 1.0 the editor has the store of the third engine, `gitstory.agents.kiro`.

The shape is what readers of it agree on that were written against real stores: kiro-coding-metrics-collector (actions,
what became of them, their texts), chat-mother-forker and ttime (executions of a session, prompts). No real one was at
hand. Not read: the `.chat` files of the first versions, files moved by `smartRelocate`, subagents' own executions.
"""

from __future__ import annotations

import binascii
import re
from base64 import b64decode
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from gitstory import safe_open
from gitstory.agents.base import Reader, Reading, Source
from gitstory.agents.conversation_builder import CallDraft, Draft, changed
from gitstory.agents.json_values import cut, items, mapping, mappings, seconds, text
from gitstory.agents.kiro import tools
from gitstory.agents.prompt_text import clean
from gitstory.agents.stores import editors, files, json_document, row_sources
from gitstory.effects import patches
from gitstory.model import Edit

_SESSIONS = "workspace-sessions"
_EXECUTIONS = sha256(b"KIRO::EXECUTION::SAVES").hexdigest()[:32]
_NAMED = re.compile(rb'"executionId"\s*:\s*"([^"\\]{1,200})"')
_HASH = re.compile(r"[0-9a-f]{32}\Z")
_HEAD = 4096
"""Bytes at the begin of an execution that name it."""
_WRITING = frozenset({"create", "write", "replace", "append", "editCode"})
_STUB = "On it."
"""Stands for an answer that the execution has."""


class KiroIde(Reader):
    name = "kiro-ide"

    def roots(self, env: Mapping[str, str], home: Path) -> list[Path]:
        return [user / "globalStorage" / "kiro.kiroagent" for user in editors.users(env, home, ("Kiro",), ())]

    def sources(self, root: Path) -> Iterator[Source]:
        paths = (path for path in safe_open.globbed(root / _SESSIONS, "*/*.json") if path.name != "sessions.json")
        workspace = cache(lambda name: _stamp(_executions(root, name)))
        return files.sources(self.name, paths, beside=lambda path: workspace(path.parent.name))

    def places(self, source: Source) -> tuple[str, ...]:
        return tuple(editors.local(place, source.path) for place in files.places(_decoded(source.path.parent.name)))

    def read(self, source: Source) -> Reading:
        fields, lost = json_document.read(source.path)
        if fields is None:
            return row_sources.unreadable(source)
        draft = Draft.of(source, title=text(fields.get("title")))
        draft.skipped += lost
        draft.seen_in(text(fields.get("workspaceDirectory")) or _decoded(source.path.parent.name))
        session = _Session(draft, source.path.parents[2], source.path.parent.name, source.stamp[2:])
        for entry in items(fields.get("history")):
            session.take(mapping(entry))
        session.end(text(fields.get("selectedModel")) or text(fields.get("defaultModelTitle")), source.modified)
        if not draft.turns and not draft.skipped:
            return Reading(())
        return Reading((editors.relocated(draft.finished(), source.path),))


class _Session:
    """One session as it is put together. `files` are the workspace's executions by their ids, `started` those that the
    last one started, for a specification."""

    def __init__(self, draft: Draft, root: Path, place: str, stamp: tuple[int, ...]) -> None:
        self.draft = draft
        self.files = _by_name(root, place, stamp)
        self.done: set[str] = set()
        self.started: list[str] = []

    def take(self, entry: Mapping[str, Any]) -> None:
        message = mapping(entry.get("message"))
        role, content = message.get("role"), message.get("content")
        parts = mappings(content)
        words = content if isinstance(content, str) else "\n".join(_texts(parts, "text"))
        if role == "user":
            words, images = clean(words), sum(part.get("type") in ("image", "imageUrl") for part in parts)
            self.draft.user_message(words, images, text(message.get("id")))
        elif role == "assistant":
            executions = [
                self._execution(name) for name in (text(entry.get("executionId")), *_texts(parts, "executionLog"))
            ]
            while self.started:
                self._execution(self.started.pop(0))
            if not any(executions) and words.strip() != _STUB:
                self.draft.say(words)
        else:
            self.draft.skipped += role != "system"

    def _execution(self, name: str) -> bool:
        """Take what an execution did; whether it is there."""
        if name in self.done:
            return True
        path = self.files.get(name)
        fields, lost = json_document.read(path) if path is not None else (None, 0)
        self.draft.skipped += lost
        if fields is None:
            return False
        self.done.add(name)
        turn, began, ended = self.draft.turn, seconds(fields.get("startTime")), seconds(fields.get("endTime"))
        turn.time = began if turn.time is None else turn.time
        self.draft.used("", time=ended)
        actions = mappings(fields.get("actions"))
        for action in actions:
            self._act(action)
        if not actions:
            _from_context(self.draft, items(mapping(fields.get("context")).get("messages")), began)
        return True

    def _act(self, action: Mapping[str, Any]) -> None:
        kind, time = text(action.get("actionType")), seconds(action.get("emittedAt"))
        given, came = mapping(action.get("input")), mapping(action.get("output"))
        if kind == "say":
            self.draft.say(text(came.get("message")), time)
        elif kind == "runCommand" and text(given.get("command")):
            place = patches.absolute(text(given.get("cwd")) or text(given.get("path")), self.draft.cwd)
            call = CallDraft(kind, input=cut(text(given["command"])), time=time, cwd=place or None)
            call.output, code = cut(text(came.get("output"))), came.get("exitCode")
            call.failed = action.get("actionState") == "Error" or (isinstance(code, int) and code != 0)
            if isinstance(code, int):
                call.ran(text(given["command"]), text(came.get("output")), call.failed)
            self.draft.call(call)
        elif (kind in _WRITING or kind == "delete") and text(given.get("file")):
            done = action.get("actionState") == "Accepted" or (action.get("actionState"), kind) == ("Success", "delete")
            path = patches.absolute(text(given.get("local")) or text(given["file"]), self.draft.cwd)
            call = CallDraft(kind, input=text(given["file"]), failed=not done, time=time, cwd=self.draft.cwd)
            call.edits = _edits(kind, path, given, time) if done else ()
            self.draft.call(call)
        elif kind == "specAgent":
            self.started.append(text(came.get("executionId")))

    def end(self, model: str, modified: float) -> None:
        draft = self.draft
        for turn in draft.turns:
            turn.models += [model] if model and turn.steps else []
        draft.span(modified)


def _edits(kind: str, path: str, given: Mapping[str, Any], time: float | None) -> tuple[Edit, ...]:
    before, after = given.get("originalContent"), given.get("modifiedContent")
    if kind == "delete":
        return (Edit(path, "delete", time=time),)
    if not isinstance(after, str):
        return ()
    return (changed(path, "" if kind == "create" else before if isinstance(before, str) else None, after, time),)


def _from_context(draft: Draft, messages: list[Any], time: float | None) -> None:
    """An execution without actions: what was said and done since the last prompt, as the model was told it. All of it
    has the time the execution began at, for none of it is dated."""
    fields = [mapping(message) for message in messages]
    begun = max((n for n, message in enumerate(fields, 1) if message.get("role") == "human"), default=0)
    for entry in (mapping(entry) for message in fields[begun:] for entry in items(message.get("entries"))):
        kind, ident = entry.get("type"), text(entry.get("id"))
        if kind == "text":
            draft.say(text(entry.get("text")), time)
        elif kind == "toolUse" and ident not in draft.calls:
            tools.called(draft, text(entry.get("name")), ident, entry.get("args"), time)
        elif kind == "toolUseResponse":
            status = "success" if entry.get("success") is True else "error"
            tools.answered(draft.calls.get(ident), text(entry.get("message")), status, time)


def _texts(parts: list[dict[str, Any]], kind: str) -> list[str]:
    return [words for part in parts if part.get("type") == kind and (words := text(part.get("text")))]


def _decoded(name: str) -> str:
    """The path that a folder of sessions is named for: base64, with `-_` for `+/` and `_` or `?` for the fill."""
    plain = name.rstrip("_?=").replace("-", "+").replace("_", "/")
    try:
        return b64decode(plain + "=" * (-len(plain) % 4), validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return ""


def _executions(root: Path, place: str) -> list[Path]:
    """Files of the executions of a workspace; of all where the one's folder has another name than its path gives."""
    folder = root / sha256(_decoded(place).encode("utf-8", "replace")).hexdigest()[:32] / _EXECUTIONS
    try:
        folders = (
            [folder] if folder.is_dir() else [one / _EXECUTIONS for one in root.iterdir() if _HASH.match(one.name)]
        )
        return sorted(path for one in folders if one.is_dir() for path in one.iterdir() if safe_open.is_file(path))
    except OSError:
        return []


@lru_cache(maxsize=16)
def _by_name(root: Path, place: str, stamp: tuple[int, ...]) -> dict[str, Path]:
    """The executions of a workspace, as they are while their `stamp` is this one, by their ids: looked through once,
    not once for each of its sessions."""
    return {name: path for path in _executions(root, place) if (name := _named(path, *safe_open.stamp(path)))}


def _stamp(paths: list[Path]) -> tuple[int, ...]:
    stamps = [safe_open.stamp(path) for path in paths]
    return (len(stamps), sum(size for size, _ in stamps), max((moment for _, moment in stamps), default=0))


@lru_cache(maxsize=8192)
def _named(path: Path, size: int, moment: int) -> str:
    """The id of the execution in a file of this size and time."""
    try:
        with safe_open.opened(path) as file:
            match = _NAMED.search(file.read(_HEAD))
    except OSError:
        return ""
    return match[1].decode("utf-8", "replace") if match else ""


AGENT = KiroIde()
