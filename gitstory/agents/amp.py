"""Amp: one JSON document a thread below `~/.local/share/amp/threads`, rewritten as a whole.

Seen in format versions 85 to 220 (2026). Newer programs may keep threads on Amp's servers only: those are not read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from gitstory import safe_open
from gitstory.agents.base import Reader, Reading, Source
from gitstory.agents.conversation_builder import CallDraft, Draft
from gitstory.agents.json_values import compact, mapping, mappings, seconds, text, texts
from gitstory.agents.stores import files, json_document
from gitstory.agents.token_usage import count, counted_apart
from gitstory.agents.tool_table import ToolTable, tools
from gitstory.model import Conversation

_TOOLS = ToolTable(
    tools(
        shell=("Bash", "shell_command"),
        patch=("apply_patch",),
        create=("create_file",),
        replace=("edit_file", "undo_edit"),
    ),
    shown=("cmd", "command", "path", "pattern", "filePattern", "query", "url", "description", "prompt"),
    command=("cmd", "command"),
    folder=("cwd", "workdir"),
    patch=("patchText", "patch", "input"),
    old=("old_str",),
    new=("new_str",),
    empty="keep",
)
_COUNTS = ("inputTokens", "cacheReadInputTokens", "cacheCreationInputTokens", "outputTokens")
_BLOCKS = ("redacted_thinking", "manual_bash_invocation", "summary")


class Amp(Reader):
    name = "amp"

    def sources(self, root: Path) -> Iterator[Source]:
        return files.sources(self.name, safe_open.globbed(root, "T-*.json"))

    def places(self, source: Source) -> tuple[str, ...]:
        trees = json_document.member(source.path, "env", "initial", "trees")
        return files.places(*(text(tree.get("uri")) for tree in mappings(trees)))

    def read(self, source: Source) -> Reading:
        draft = Draft.of(source)
        thread, draft.skipped = json_document.read(source.path)
        return Reading((_conversation(draft, thread or {}, source.modified),))


def _conversation(draft: Draft, thread: Mapping[str, Any], modified: float) -> Conversation:
    initial = mapping(mapping(thread.get("env")).get("initial"))
    draft.title = text(thread.get("title"))
    draft.version = text(mapping(initial.get("platform")).get("clientVersion")) or str(count(thread.get("v")) or "")
    for tree in mappings(initial.get("trees")):
        repository = mapping(tree.get("repository"))
        draft.seen_in(text(tree.get("uri")))
        draft.remotes.append(text(repository.get("url")))
        draft.heads.append(text(repository.get("sha")))
    for message in mappings(thread.get("messages")):
        _message(draft, message)
    newest, created = draft.updated, seconds(thread.get("created"))
    draft.started = created if created is not None else draft.started
    if newest is None:
        draft.bounded(modified)
    return draft.finished()


def _message(draft: Draft, message: Mapping[str, Any]) -> None:
    role, blocks = message.get("role"), mappings(message.get("content"))
    used = mapping(message.get("usage"))
    time = seconds(mapping(message.get("meta")).get("sentAt") if role == "user" else used.get("timestamp"))
    draft.dated(time)
    if role == "assistant":
        draft.used(text(used.get("model")), counted_apart(used, *_COUNTS), time)
        _TOOLS.answer(draft, blocks, time, _BLOCKS)
        if mapping(message.get("state")).get("type") == "cancelled":
            draft.mark("interrupted")
    elif role == "user":
        for block in blocks:
            if block.get("type") == "tool_result":
                _close(draft.unanswered(text(block.get("toolUseID"))), mapping(block.get("run")))
        number = message.get("messageId")
        draft.user_blocks(blocks, str(number) if isinstance(number, int | str) else "", time)
    elif role == "info":
        if any(block.get("type") == "summary" for block in blocks):
            draft.happened("compacted")
    else:
        draft.skipped += 1


def _close(call: CallDraft | None, run: Mapping[str, Any]) -> None:
    """What became of a call. One that still runs, or that the person refused, changed nothing that is known of."""
    status, result = run.get("status"), run.get("result")
    if call is None or status == "in-progress":
        return
    fields = mapping(result)
    output = text(result) or "\n".join(texts(result)) or text(fields.get("output")) or text(fields.get("content"))
    output = output or text(fields.get("diff")) or text(mapping(run.get("error")).get("message"))
    ended_badly = _TOOLS.action(call.tool) == "shell" and bool(count(fields.get("exitCode")))
    shown, ran = output or (compact(result) if result else ""), status == "done"
    diff = text(fields.get("diff"))
    _TOOLS.close(call, shown, not ran or ended_badly, ran=ran, printed=output, diff=diff)


AGENT = Amp()
