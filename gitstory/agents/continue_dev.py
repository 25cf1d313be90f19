"""Continue, in editors and as `cn`: one JSON document a session below `~/.continue/sessions`, rewritten as a whole.

Seen in cn 1.5.47. The only time in it is when the session was first saved, which `cn` does at the end of its first run:
nothing surely lies before, so only the file's modification bounds it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from gitstory import safe_open
from gitstory.agents.base import Reader, Reading, Source
from gitstory.agents.conversation_builder import CallDraft, Draft
from gitstory.agents.json_values import blocks as blocks_of
from gitstory.agents.json_values import items, joined, mapping, mappings, text
from gitstory.agents.prompt_text import clean
from gitstory.agents.stores import files, json_document
from gitstory.agents.stores.jsonl import decode
from gitstory.agents.token_usage import openai
from gitstory.agents.tool_table import ToolTable, tools

_TOOLS = ToolTable(
    tools(
        shell=("Bash", "run_terminal_command"),
        new=("create_new_file",),
        write=("Write",),
        replace=("Edit", "MultiEdit", "single_find_and_replace", "multi_edit"),
        name=("edit_existing_file",),  # leaves parts of its text out
    ),
    shown=("command", "filepath", "file_path", "dirPath", "pattern", "query", "url", "prompt"),
    path=("filepath", "file_path"),
    patch=(),
    whole=("contents", "content"),
    empty="keep",
)
_ENDED = ("done", "errored", "canceled")


class Continue(Reader):
    name = "continue"

    def sources(self, root: Path) -> Iterator[Source]:
        paths = (path for path in safe_open.globbed(root, "*.json") if path.name != "sessions.json")
        return files.sources(self.name, paths)

    def places(self, source: Source) -> tuple[str, ...]:
        return files.places(text(json_document.member(source.path, "workspaceDirectory")))

    def read(self, source: Source) -> Reading:
        draft = Draft.of(source)
        draft.bounded(source.modified)
        session, draft.skipped = json_document.read(source.path)
        draft.title = text((session or {}).get("title"))
        draft.seen_in(text((session or {}).get("workspaceDirectory")))
        for item in mappings((session or {}).get("history")):
            _item(draft, item)
        return Reading((draft.finished(),))


def _item(draft: Draft, item: Mapping[str, Any]) -> None:
    message = mapping(item.get("message"))
    role, blocks = message.get("role"), blocks_of(message.get("content"))
    words = joined(blocks, "text")
    if role == "user":
        draft.user_message(clean(words), sum(block.get("type") == "imageUrl" for block in blocks))
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
    if text(item.get("conversationSummary")):
        draft.happened("compacted")


def _calls(draft: Draft, item: Mapping[str, Any], fields: Mapping[str, Any]) -> None:
    """The calls of a message with what became of them. One without an end changed nothing that is known of."""
    states = {text(one.get("toolCallId")): one for one in mappings(item.get("toolCallStates"))}
    older = mapping(item.get("toolCallState"))  # one for each message
    states.setdefault(text(older.get("toolCallId")), older)
    for call in mappings(fields.get("toolCalls")):
        ident, wanted = text(call.get("id")), mapping(call.get("function"))
        state = states.get(ident) or {}
        given = mapping(state.get("parsedArgs")) or decode(text(wanted.get("arguments")).encode("utf-8", "replace"))
        draft_call = _TOOLS.call(draft, text(wanted.get("name")), ident, given or {})
        if state.get("status") in _ENDED:
            output = "\n".join(text(mapping(one).get("content")) for one in items(state.get("output")))
            _finished(draft_call, text(state.get("status")), output)


def _finished(call: CallDraft, status: str, output: str) -> None:
    """Results of `cn` show a diff, which says where its lines stand."""
    created = call.tool == "Write" and output.startswith("Successfully created")
    ran = status != "canceled"
    _TOOLS.close(call, output, status != "done", action="new" if created else None, ran=ran, diff=output)


AGENT = Continue()
