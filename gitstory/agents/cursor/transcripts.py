"""`~/.cursor/projects/<folder>/agent-transcripts/<id>/<id>.jsonl`, which Cursor writes beside its databases (2026).

Without times, results and models, up to ten minutes late, and not for every conversation: they are read where there
is no database, as on the far side of a remote window. Those of subagents are in `subagents` beside the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gitstory import safe_open
from gitstory.agents.base import Source
from gitstory.agents.conversation_builder import CallDraft, Draft
from gitstory.agents.cursor import edits
from gitstory.agents.json_values import mapping, mappings, text
from gitstory.agents.prompt_text import clean
from gitstory.agents.stores import files
from gitstory.agents.stores.jsonl import records
from gitstory.effects import patches
from gitstory.model import Conversation

FOLDER = "agent-transcripts"
_HIDDEN = "[REDACTED]"
_OTHERS = re.compile(r"[^A-Za-z0-9]+")
_VERSION = "transcript"


def folder_name(directory: str) -> str:
    """A directory as Cursor names its folder, whatever a version does with dots and the like."""
    return _OTHERS.sub("-", directory).strip("-")


def sources(agent: str, projects: Path) -> Iterator[Source]:
    """Every transcript below a folder of projects, subagents' own too."""
    paths = [
        path
        for pattern in (f"*/{FOLDER}/*/*.jsonl", f"*/{FOLDER}/*/subagents/*.jsonl")
        for path in safe_open.globbed(projects, pattern)
    ]
    project = lambda path: folder_name(path.relative_to(projects).parts[0]) or None  # noqa: E731
    return files.sources(agent, paths, folder=project)


def parent(path: Path) -> str | None:
    """The conversation that started the one of this transcript."""
    return path.parent.parent.name if path.parent.name == "subagents" else None


def conversation(source: Source, place: str = "") -> Conversation:
    draft = Draft.of(source, version=_VERSION)
    draft.started_by(parent(source.path) or "")
    draft.bounded(source.modified)
    draft.seen_in(place)
    for record in records(source.path, draft):
        _take(draft, record)
    return draft.finished()


def _take(draft: Draft, record: dict[str, Any]) -> None:
    role, content = text(record.get("role")), mapping(record.get("message")).get("content")
    if role == "user":
        blocks = mappings(content)
        words = content if isinstance(content, str) else "\n".join(text(one.get("text")) for one in blocks)
        images = sum(one.get("type") == "image" for one in blocks)
        draft.user_message(clean(words), images)
    elif role == "assistant":
        for block in mappings(content):
            if block.get("type") == "text":
                draft.say(_shown(text(block.get("text"))))
            elif block.get("type") == "tool_use":
                _called(draft, text(block.get("name")), block.get("input"))
            else:
                draft.skipped += 1
    elif record.get("type") == "turn_ended":
        if record.get("status") in ("aborted", "cancelled"):
            draft.happened("interrupted")
    else:
        draft.skipped += 1


def _shown(words: str) -> str:
    """The text without the sign that something behind it is hidden."""
    return words.removesuffix(_HIDDEN).rstrip("\n") if words.endswith(_HIDDEN) else words


def _called(draft: Draft, tool: str, value: object) -> None:
    """No result is there: what was asked for counts as done."""
    given = {"patch": value} if isinstance(value, str) else mapping(value)
    place = text(given.get("working_directory")) or text(given.get("cwd"))
    cwd = draft.directory(place)
    named = edits.path_in(given)
    path = patches.absolute(named, cwd) if named else ""
    call = CallDraft(tool, input=edits.main_argument(tool, given, path), cwd=cwd, arguments=given)
    if edits.plain(tool) in edits.SHELLS:
        call.ran(text(given.get("command")), "", False)
    else:
        call.edits = edits.edits_of_call(tool, given, path, cwd, None)
    draft.call(call)
    if edits.plain(tool) == "task":
        draft.mark("subagent", text(given.get("description"))[:200])
