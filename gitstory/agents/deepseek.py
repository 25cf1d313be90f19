"""DeepSeek TUI: one JSON document a session below `~/.deepseek/sessions`, rewritten as a whole.

From the program's public source (`session_manager.rs`, `tools/file.rs`, `tools/apply_patch.rs`, schema version 1); no
real session was at hand. Messages have no times, and a session is first dated when it is saved, with its first answers
in it: nothing surely lies before, so only the file's modification bounds it. Kept are the newest 500 messages of a
session, and the 50 newest sessions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from gitstory import safe_open
from gitstory.agents.base import Reader, Reading, Source
from gitstory.agents.conversation_builder import Draft, changed
from gitstory.agents.json_values import blocks as blocks_of
from gitstory.agents.json_values import items, joined, mapping, mappings, text
from gitstory.agents.prompt_text import clean
from gitstory.agents.stores import files, json_document
from gitstory.agents.stores.jsonl import decode
from gitstory.agents.tool_table import ToolTable, tools
from gitstory.effects import patches
from gitstory.model import Edit

_SCHEMA = 1
_HARNESS = ("<turn_meta>", '<diagnostics file="', "[REPL round ")
"""How texts begin that the program puts into messages of the user: facts of the turn, findings of language servers,
and what its own interpreter printed."""
_SHORTENED = ("[... output truncated for context ...]", " output compacted to protect context]")
"""What a result holds whose middle is gone, and with it parts of the diff it showed."""
_TOOLS = ToolTable(
    tools(shell=("exec_shell",), write=("write_file",), replace=("edit_file",)),
    shown=("command", "cmd", "path", "file_path", "pattern", "query", "url", "prompt"),
    command=("command", "cmd"),
    folder=("workdir", "cwd"),
    path=("path", "file_path"),
    patch=(),
    lists=(),
    old=("search", "old_string", "old_str", "old_text"),
    new=("replace", "new_string", "new_str", "new_text"),
    named=False,
)
_FAILED = ("Error", "Failed", "error:")
_BLOCKS = ("text", "thinking", "tool_use", "tool_result")


class DeepSeek(Reader):
    name = "deepseek-tui"

    def sources(self, root: Path) -> Iterator[Source]:
        return files.sources(self.name, safe_open.globbed(root, "*.json"))

    def places(self, source: Source) -> tuple[str, ...]:
        return files.places(text(json_document.member(source.path, "metadata", "workspace")))

    def read(self, source: Source) -> Reading:
        draft = Draft.of(source)
        draft.bounded(source.modified)
        session, draft.skipped = json_document.read(source.path)
        if session is None:
            return Reading((draft.finished(),))
        metadata = mapping(session.get("metadata"))
        version = session.get("schema_version", _SCHEMA)
        draft.version = str(version) if isinstance(version, int) else ""
        draft.title = text(metadata.get("title"))
        draft.seen_in(text(metadata.get("workspace")))
        for message in items(session.get("messages")):
            _message(draft, mapping(message), text(metadata.get("model")))
        return Reading((draft.finished(),))


def _message(draft: Draft, message: Mapping[str, Any], model: str) -> None:
    role, blocks = message.get("role"), blocks_of(message.get("content"))
    draft.skipped += sum(block.get("type") not in _BLOCKS for block in blocks)
    if role == "user":
        own = [block for block in blocks if not text(block.get("text")).lstrip().startswith(_HARNESS)]
        if words := clean(joined(own, "text")):
            draft.prompt(words)
    elif role == "assistant":
        draft.used(model)
    elif role != "system":
        draft.skipped += 1
        return
    for block in blocks:
        if block.get("type") == "tool_result":
            _result(draft, block)
        elif role == "assistant":
            _TOOLS.answer(draft, [block], quiet=(block.get("type"),))


def _result(draft: Draft, block: Mapping[str, Any]) -> None:
    """What became of a call. One without a result changed nothing that is known of."""
    call = draft.unanswered(text(block.get("tool_use_id")))
    if call is None:
        return
    content = block.get("content")
    output = content if isinstance(content, str) else joined(mappings(content), "text")
    failed = block.get("is_error") is True or output.startswith(_FAILED)
    # Results of the file tools show a diff, and a line that says what was done.
    diff = "" if any(mark in output for mark in _SHORTENED) else output
    created = call.tool == "write_file" and any(line.startswith("Created ") for line in output.splitlines())
    _TOOLS.close(call, output, failed, action="new" if created else None, diff=diff, everywhere=True)
    if call.tool == "apply_patch" and not failed:
        call.edits = _patched(call.arguments, output, draft.cwd)


def _patched(given: Mapping[str, Any], output: str, cwd: str | None) -> tuple[Edit, ...]:
    """`changes` are whole files and come before a `patch`; a `path` beside the patch overrules the patch's own."""
    if "changes" in given:
        printed = mapping(decode(output.partition("\n<diagnostics ")[0].encode("utf-8", "replace")))
        files = mappings(printed.get("file_summaries"))
        created = {text(one.get("path")) for one in files if one.get("created") is True}
        wanted = [(text(one.get("path")), one.get("content")) for one in mappings(given["changes"])]
        return tuple(
            changed(patches.absolute(path, cwd), "" if path in created else None, content)
            for path, content in wanted
            if path and isinstance(content, str)
        )
    patch, named = text(given.get("patch")) or text(given.get("input")), text(given.get("path"))
    if patches.BEGIN in patch:
        return patches.edits(patch, cwd)
    if not named:
        return patches.unified(patch, cwd)
    hunks = patches.unplaced(patch)
    return (Edit(patches.absolute(named, cwd), hunks=hunks),) if hunks else ()


AGENT = DeepSeek()
