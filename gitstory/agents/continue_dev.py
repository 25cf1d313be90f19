"""Continue, in editors and as `cn`: one JSON document a session below `~/.continue/sessions`, rewritten as a whole.

Seen in cn 1.5.47. The only time in it is when the session was first saved, which `cn` does at the end of its first run:
nothing surely lies before, so only the file's modification bounds it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from gitstory import safe_open
from gitstory.agents import call_summary, patches
from gitstory.agents.base import Reader, Reading, Source
from gitstory.agents.conversation_builder import CallDraft, Draft
from gitstory.agents.json_values import blocks as blocks_of
from gitstory.agents.json_values import items, joined, mapping, mappings, text
from gitstory.agents.prompt_text import clean
from gitstory.agents.stores import files, json_document
from gitstory.agents.stores.jsonl import decode
from gitstory.agents.token_usage import openai
from gitstory.model import Edit, Replacement

_MAIN_ARGUMENTS = ("command", "filepath", "file_path", "dirPath", "pattern", "query", "url", "prompt")
_SHELLS = ("Bash", "run_terminal_command")
_WRITERS = ("Write", "create_new_file")
_REPLACERS = ("Edit", "MultiEdit", "single_find_and_replace", "multi_edit")
_ENDED = ("done", "errored", "canceled")


class _Head(msgspec.Struct, frozen=True, rename="camel"):
    """The part of a session that names its directory: decoding it alone builds none of the messages."""

    workspace_directory: str = ""


class Continue(Reader):
    name = "continue"

    def sources(self, root: Path) -> Iterator[Source]:
        paths = (path for path in safe_open.globbed(root, "*.json") if path.name != "sessions.json")
        return files.sources(self.name, paths)

    def places(self, source: Source) -> tuple[str, ...]:
        head = json_document.head(source.path, _Head)
        return files.places(head.workspace_directory) if head else ()

    def read(self, source: Source) -> Reading:
        draft = Draft(self.name, source.id or source.path.stem, str(source.path))
        draft.bounded(source.modified)
        session, draft.skipped = json_document.read(source.path)
        if session is None:
            return Reading((draft.finished(),))
        draft.title = text(session.get("title"))
        draft.seen_in(text(session.get("workspaceDirectory")))
        for item in items(session.get("history")):
            _item(draft, mapping(item))
        return Reading((draft.finished(),))


def _item(draft: Draft, item: Mapping[str, Any]) -> None:
    message = mapping(item.get("message"))
    role, content = message.get("role"), message.get("content")
    blocks = blocks_of(content)
    words = joined(blocks, "text")
    if role == "user":
        images = sum(block.get("type") == "imageUrl" for block in blocks)
        if clean(words) or images:
            draft.prompt(clean(words), images=images)
    elif role == "assistant":
        used = mapping(message.get("usage"))
        draft.used(text(used.get("model")), openai(used))
        draft.think(text(mapping(item.get("reasoning")).get("text")))
        draft.say(words)
        _calls(draft, item, message)
    elif role == "thinking":
        draft.think(words)
    elif role not in ("system", "tool"):
        draft.skipped += 1
    if text(item.get("conversationSummary")) and draft.turns:
        draft.mark("compacted")


def _calls(draft: Draft, item: Mapping[str, Any], fields: Mapping[str, Any]) -> None:
    """The calls of a message with what became of them. One without an end changed nothing that is known of."""
    states = {text(one.get("toolCallId")): one for one in mappings(item.get("toolCallStates"))}
    older = mapping(item.get("toolCallState"))  # one for each message
    states.setdefault(text(older.get("toolCallId")), older)
    for call in mappings(fields.get("toolCalls")):
        ident, wanted = text(call.get("id")), mapping(call.get("function"))
        state = states.get(ident) or {}
        given = mapping(state.get("parsedArgs")) or decode(text(wanted.get("arguments")).encode("utf-8", "replace"))
        draft_call = CallDraft(text(wanted.get("name")), ident, cwd=draft.cwd, arguments=given or {})
        draft_call.input = call_summary.summary(draft_call.arguments, _MAIN_ARGUMENTS)
        draft.call(draft_call)
        if state.get("status") in _ENDED:
            output = "\n".join(text(mapping(one).get("content")) for one in items(state.get("output")))
            _finished(draft_call, text(state.get("status")), output)


def _finished(call: CallDraft, status: str, output: str) -> None:
    call.close(output, status != "done")
    if call.tool in _SHELLS:
        if status != "canceled":
            call.ran(call.argument("command"), output, call.failed)
    elif not call.failed:
        call.edits = _edits(call, output)


def _edits(call: CallDraft, output: str) -> tuple[Edit, ...]:
    """Results of `cn` show a diff, which says where its lines stand; `edit_existing_file` leaves parts of its text
    out, so that only the name of its file is known."""
    given = call.arguments
    path = call.path("filepath", "file_path")
    if not path:
        return ()
    if call.tool in _WRITERS:
        content = given.get("contents", given.get("content"))
        op = "create" if call.tool == "create_new_file" or output.startswith("Successfully created") else "modify"
        if not isinstance(content, str):
            return ()
        return (Edit(path, "create", before="", after=content) if op == "create" else Edit(path, after=content),)
    if call.tool == "edit_existing_file":
        return (Edit(path),)
    if call.tool not in _REPLACERS:
        return ()
    if hunks := patches.hunks(output):
        return (Edit(path, hunks=hunks),)
    pairs = list(map(mapping, [*items(given.get("edits")), given]))
    replacements = [
        Replacement(fields["old_string"], fields["new_string"], fields.get("replace_all") is True)
        for fields in pairs
        if isinstance(fields.get("old_string"), str) and isinstance(fields.get("new_string"), str)
    ]
    return (Edit(path, replacements=tuple(replacements)),)


AGENT = Continue()
