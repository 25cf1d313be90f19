"""OpenCode's tool parts: what was asked, what came of it, and the edits it made."""

from __future__ import annotations

from typing import Any, Literal

from gitstory.agents import patches
from gitstory.agents.conversation_builder import CallDraft, changed
from gitstory.agents.json_values import compact, cut, first, items, mapping, mappings, seconds, text
from gitstory.model import Edit, Hunk, Replacement

SHELLS = ("bash", "shell")
_MAIN_ARGUMENTS = ("command", "filePath", "path", "pattern", "url", "description")
_OPS: dict[str, Literal["create", "modify", "delete"]] = {"add": "create", "update": "modify", "delete": "delete"}


def call(part: dict[str, Any], cwd: str | None) -> CallDraft:
    """The call of a tool part. One that waits, runs or failed made no edits."""
    state = mapping(part.get("state"))
    given, fields = mapping(state.get("input")), mapping(state.get("metadata"))
    status, tool = text(state.get("status")), text(part.get("tool"))
    began = seconds(mapping(state.get("time")).get("start"))
    draft = CallDraft(tool, text(part.get("callID")), cut(_input(given)), time=began, cwd=cwd, arguments=given)
    draft.cwd = draft.path("workdir") or cwd
    draft.answers, draft.spawned = fields.get("answers"), text(fields.get("sessionId") or fields.get("sessionID"))
    draft.answered, draft.failed = status in ("completed", "error"), status == "error"
    draft.output = cut(text(state.get("output")) or text(state.get("error")))
    if status != "completed":
        return draft
    if tool in SHELLS:
        code = fields.get("exit")
        draft.failed = isinstance(code, int) and code != 0
        draft.ran(text(given.get("command")), text(state.get("output")) or text(fields.get("output")), draft.failed)
    else:
        draft.edits = _edits(tool, given, fields, draft)
    return draft


def _input(given: dict[str, Any]) -> str:
    patch = text(given.get("patchText"))
    if patch:
        return patches.summary(patch)
    return first(given, _MAIN_ARGUMENTS) or (compact(given) if given else "")


def _edits(tool: str, given: dict[str, Any], fields: dict[str, Any], draft: CallDraft) -> tuple[Edit, ...]:
    if tool in ("apply_patch", "patch"):
        files = tuple(edit for file in items(fields.get("files")) if (edit := _patched(mapping(file), draft)))
        return files or patches.edits(text(given.get("patchText")), draft.cwd, time=draft.time)
    path = patches.absolute(text(given.get("filePath")), draft.cwd)
    if not path:
        return ()
    if tool == "write" and isinstance(given.get("content"), str):
        return (changed(path, "" if fields.get("exists") is False else None, given["content"], draft.time),)
    if tool == "edit":
        return (_edited(path, [given], fields, draft),)
    if tool == "multiedit":
        return (_edited(path, mappings(given.get("edits")), {}, draft),)
    return ()


def _edited(path: str, wanted: list[dict[str, Any]], fields: dict[str, Any], draft: CallDraft) -> Edit:
    """An `edit`: the whole texts where the version kept them, else the diff, else what was to be replaced.

    An empty `oldString` creates the file.
    """
    file = mapping(fields.get("filediff"))
    before, after = file.get("before"), file.get("after")
    if isinstance(before, str) and isinstance(after, str) and (before or after):
        return Edit(path, "modify" if before else "create", before=before, after=after, time=draft.time)
    pairs = tuple(
        Replacement(text(each.get("oldString")), text(each.get("newString")), bool(each.get("replaceAll")))
        for each in wanted
        if isinstance(each.get("newString"), str)
    )
    hunks: tuple[Hunk, ...] = patches.hunks(text(fields.get("diff")) or text(file.get("patch")))
    if not hunks and len(pairs) == 1 and not pairs[0].old:
        return changed(path, None, pairs[0].new, draft.time)
    if not hunks and not pairs and isinstance(wanted[0].get("content") if wanted else None, str):
        return changed(path, None, wanted[0]["content"], draft.time)
    return Edit(path, hunks=hunks, replacements=() if hunks else pairs, time=draft.time)


def _patched(file: dict[str, Any], draft: CallDraft) -> Edit | None:
    """One file of an `apply_patch`, from its metadata."""
    path = patches.absolute(text(file.get("filePath")) or text(file.get("relativePath")), draft.cwd)
    kind, after, before = text(file.get("type")), file.get("after"), file.get("before")
    hunks = patches.hunks(text(file.get("diff")) or text(file.get("patch")))
    moved = patches.absolute(text(file.get("movePath")), draft.cwd) if text(file.get("movePath")) else ""
    if not path:
        return None
    if kind == "move" and moved:
        return Edit(moved, "rename", hunks=hunks, moved_from=path, time=draft.time)
    if kind not in _OPS:
        return None
    old = before if isinstance(before, str) else None
    if kind == "delete":
        return Edit(path, "delete", before=old, time=draft.time)
    if isinstance(after, str) and (old is not None or kind == "add"):
        return Edit(path, _OPS[kind], before="" if kind == "add" else old, after=after, time=draft.time)
    return Edit(path, _OPS[kind], hunks=hunks, time=draft.time) if hunks else None
