"""Amp: one JSON document a thread below `~/.local/share/amp/threads`, rewritten as a whole.

Seen in format versions 85 to 220 (2026). Newer programs may keep threads on Amp's servers only: those are not read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
from msgspec import structs

from gitstory import safe_open
from gitstory.agents import patches
from gitstory.agents.base import Reader, Reading, Source
from gitstory.agents.conversation_builder import CallDraft, Draft
from gitstory.agents.json_values import compact, first, mapping, mappings, seconds, text, texts
from gitstory.agents.prompt_text import clean
from gitstory.agents.stores import files, json_document
from gitstory.agents.token_usage import count, counted_apart
from gitstory.model import Conversation, Edit, Replacement

_SUMMARY_ARGUMENTS = ("cmd", "command", "path", "pattern", "filePattern", "query", "url", "description", "prompt")
_SHELLS = ("Bash", "shell_command")
_COUNTS = ("inputTokens", "cacheReadInputTokens", "cacheCreationInputTokens", "outputTokens")
_BLOCKS = ("redacted_thinking", "manual_bash_invocation", "summary")


class _Tree(msgspec.Struct, frozen=True):
    uri: str = ""


class _Initial(msgspec.Struct, frozen=True):
    trees: tuple[_Tree, ...] = ()


class _Env(msgspec.Struct, frozen=True):
    initial: _Initial = _Initial()


class _Head(msgspec.Struct, frozen=True):
    """The part of a thread that names directories: decoding it alone builds none of the messages."""

    env: _Env = _Env()


class Amp(Reader):
    name = "amp"

    def sources(self, root: Path) -> Iterator[Source]:
        return files.sources(self.name, safe_open.globbed(root, "T-*.json"))

    def places(self, source: Source) -> tuple[str, ...]:
        head = json_document.head(source.path, _Head)
        return files.places(*(tree.uri for tree in head.env.initial.trees)) if head else ()

    def read(self, source: Source) -> Reading:
        draft = Draft(self.name, source.id or source.path.stem, str(source.path))
        thread, draft.skipped = json_document.read(source.path)
        if thread is None:
            draft.bounded(source.modified)
            return Reading((draft.finished(),))
        return Reading((_conversation(draft, thread, source.modified),))


def _conversation(draft: Draft, thread: Mapping[str, Any], modified: float) -> Conversation:
    initial = mapping(mapping(thread.get("env")).get("initial"))
    trees = mappings(initial.get("trees"))
    for tree in trees:
        draft.seen_in(text(tree.get("uri")))
    draft.title = text(thread.get("title"))
    draft.version = text(mapping(initial.get("platform")).get("clientVersion")) or str(count(thread.get("v")) or "")
    for message in mappings(thread.get("messages")):
        _message(draft, message)
    newest, created = draft.updated, seconds(thread.get("created"))
    draft.started = created if created is not None else draft.started
    if newest is None:
        draft.bounded(modified)
    repositories = [mapping(tree.get("repository")) for tree in trees]
    return structs.replace(
        draft.finished(),
        remotes=tuple(dict.fromkeys(url for one in repositories if (url := text(one.get("url"))))),
        heads=tuple(dict.fromkeys(sha for one in repositories if (sha := text(one.get("sha"))))),
    )


def _message(draft: Draft, message: Mapping[str, Any]) -> None:
    role, blocks = message.get("role"), mappings(message.get("content"))
    used = mapping(message.get("usage"))
    time = seconds(mapping(message.get("meta")).get("sentAt") if role == "user" else used.get("timestamp"))
    draft.dated(time)
    if role == "assistant":
        draft.used(text(used.get("model")), counted_apart(used, *_COUNTS), time)
        for block in blocks:
            _assistant_block(draft, block, time)
        if mapping(message.get("state")).get("type") == "cancelled":
            draft.mark("interrupted")
    elif role == "user":
        results = [block for block in blocks if block.get("type") == "tool_result"]
        for block in results:
            _close(draft.unanswered(text(block.get("toolUseID"))), mapping(block.get("run")))
        _user_message(draft, message, blocks, time, new=not results)
    elif role == "info":
        if draft.turns and any(block.get("type") == "summary" for block in blocks):
            draft.mark("compacted")
    else:
        draft.skipped += 1


def _user_message(
    draft: Draft, message: Mapping[str, Any], blocks: list[dict[str, Any]], at: float | None, new: bool
) -> None:
    written = [clean(text(block.get("text"))) for block in blocks if block.get("type") == "text"]
    words = "\n".join(one for one in written if one)
    images = sum(block.get("type") == "image" for block in blocks)
    number = message.get("messageId")
    ident = str(number) if isinstance(number, int | str) else ""
    draft.user_message(words, images, ident, at, beside_result=not new)


def _assistant_block(draft: Draft, block: Mapping[str, Any], time: float | None) -> None:
    kind, given = block.get("type"), mapping(block.get("input"))
    if kind == "tool_use":
        call = draft.tool_use(block, "input", _SUMMARY_ARGUMENTS, patches.summary(_patch(given)), time)
        call.cwd = draft.directory(call.argument("cwd", "workdir"))
    elif not draft.answer(block, time) and kind not in _BLOCKS:
        draft.skipped += 1


def _close(call: CallDraft | None, run: Mapping[str, Any]) -> None:
    """What became of a call. One that still runs, or that the person refused, changed nothing that is known of."""
    status, result = run.get("status"), run.get("result")
    if call is None or status == "in-progress":
        return
    fields = mapping(result)
    output = text(result) or "\n".join(texts(result)) or text(fields.get("output")) or text(fields.get("content"))
    output = output or text(fields.get("diff")) or text(mapping(run.get("error")).get("message"))
    call.close(output or (compact(result) if result else ""), status != "done")
    if call.tool in _SHELLS:
        call.failed = call.failed or bool(count(fields.get("exitCode")))
        if status == "done":
            call.ran(call.argument("cmd", "command"), output, call.failed)
    elif not call.failed:
        call.edits = _edits(call, text(fields.get("diff")))


def _patch(given: Mapping[str, Any]) -> str:
    return first(given, ("patchText", "patch", "input"))


def _edits(call: CallDraft, diff: str) -> tuple[Edit, ...]:
    """The diff of a result says where its lines stand, which the arguments do not."""
    given, time = call.arguments, call.time
    if call.tool == "apply_patch":
        return patches.edits(_patch(given), call.cwd, time=time)
    path = call.path("path")
    if not path:
        return ()
    if call.tool == "create_file" and isinstance(given.get("content"), str):
        return (Edit(path, "create", after=given["content"], time=time),)
    if call.tool == "undo_edit":
        return (Edit(path, hunks=patches.hunks(diff), time=time),)
    if call.tool != "edit_file":
        return ()
    hunks, old, new = patches.hunks(diff), given.get("old_str"), given.get("new_str")
    if hunks or not isinstance(old, str) or not isinstance(new, str):
        return (Edit(path, hunks=hunks, time=time),)
    return (Edit(path, replacements=(Replacement(old, new, given.get("replace_all") is True),), time=time),)


AGENT = Amp()
