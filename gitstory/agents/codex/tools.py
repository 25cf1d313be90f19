"""Tool calls: the records and events of one call, joined by its call id."""

from __future__ import annotations

from typing import Any

from gitstory.agents.codex import commands
from gitstory.agents.codex.outputs import output
from gitstory.agents.codex.rollout_state import RolloutCall, RolloutState
from gitstory.agents.json_values import compact, cut, joined, mapping, text
from gitstory.agents.stores.jsonl import decode
from gitstory.effects import patches, shell
from gitstory.model import Edit

_REFUSED = frozenset({"failed", "declined", "rejected", "in_progress", "inProgress", "error"})
_MAIN_ARGUMENTS = ("path", "file_path", "query", "url", "chars")


class Book:
    """The drafts of `state` by call id. Methods that return a draft return new ones only, for the turn to hold."""

    def __init__(self, state: RolloutState) -> None:
        self.state = state
        self.drafts = {
            step.id: step for turn in state.turns for step in turn.steps if isinstance(step, RolloutCall) and step.id
        }

    # The model's records

    def declared(self, item: dict[str, Any], time: float | None) -> RolloutCall | None:
        """A `function_call`, `custom_tool_call`, `local_shell_call`, `web_search_call` or another such record."""
        ident = text(item.get("call_id")) or text(item.get("id"))
        draft = self.drafts.get(ident)
        fresh = draft is None or draft.declared  # some providers number their calls from 1 in each turn
        if draft is None or fresh:
            draft = self._new(ident, "", time)
        draft.declared = True
        _describe(draft, item, self.state.cwd)
        starter = self.drafts.get(self.state.sessions.get(draft.session or "", ""))
        draft.cwd = starter.cwd if starter is not None else draft.cwd
        return draft if fresh else None

    def answered(self, item: dict[str, Any]) -> None:
        """Account for a `*_output` record; one for an unknown call is ignored."""
        draft = self.drafts.get(text(item.get("call_id")))
        if draft is None:
            return
        printed = output(item.get("output", item.get("tools")))
        draft.answered = True
        if not draft.exact:
            draft.output = cut(printed.text)
        if printed.failed is not None and not draft.exact:
            draft.failed = printed.failed
            draft.refused = printed.refused
        if printed.session:
            self.state.sessions.setdefault(printed.session, draft.id)
        self._committed(draft, printed.text, printed.failed)

    # Events

    def event(self, event: dict[str, Any], time: float | None) -> RolloutCall | None:
        """The legacy events `exec_command_end`, `patch_apply_end` and `mcp_tool_call_end`."""
        kind = event.get("type")
        ident = text(event.get("call_id"))
        if kind == "patch_apply_end":
            ok = event.get("success") is not False and text(event.get("status")) not in _REFUSED
            return self._patched(ident, event, ok, time)
        if kind == "exec_command_end":
            return self._ran(ident, event, time)
        invocation = mapping(event.get("invocation"))
        return self._served(ident, invocation, event.get("result"), time)

    def completed(self, item: dict[str, Any], time: float | None) -> RolloutCall | None:
        """The paginated items CommandExecution, FileChange and McpToolCall."""
        kind, ident = item.get("type"), text(item.get("id"))
        if kind == "FileChange":
            return self._patched(ident, item, text(item.get("status")) not in _REFUSED, time)
        if kind == "CommandExecution":
            return self._ran(ident, item, time)
        if kind == "McpToolCall":
            return self._served(ident, item, item.get("result") or item.get("error"), time)
        return None

    def _patched(self, ident: str, fields: dict[str, Any], ok: bool, time: float | None) -> RolloutCall | None:
        draft, new = self._of_event(ident, "apply_patch", time)
        changes = mapping(fields.get("changes"))
        draft.answered, draft.failed = True, not ok
        draft.changes = tuple(
            edit for path, change in changes.items() if (edit := _edit(path, mapping(change), draft.cwd, time))
        )
        if not ok:
            error = text(fields.get("stderr")) + text(fields.get("stdout"))
            draft.changes = patches.before_failure(_patch_of(draft), error, draft.cwd, time)
        elif not draft.changes:
            draft.changes = None
        draft.output = draft.output or cut(text(fields.get("stdout")) or text(fields.get("stderr")))
        if new:
            draft.input = "\n".join(f"{text(mapping(change).get('type'))} {path}" for path, change in changes.items())
        return draft if new else None

    def _ran(self, ident: str, fields: dict[str, Any], time: float | None) -> RolloutCall | None:
        draft, new = self._of_event(ident, "exec_command", time)
        draft.by_person = fields.get("source") in ("user_shell", "userShell")
        draft.cwd = patches.absolute(text(fields.get("cwd")), draft.cwd) or draft.cwd
        if new:
            draft.command = commands.command(fields.get("command"))
            draft.input = cut(patches.without_patch(draft.command))
        printed = text(fields.get("aggregated_output")) or text(fields.get("stdout")) + text(fields.get("stderr"))
        code = fields.get("exit_code")
        draft.answered = True
        if printed:
            draft.output, draft.exact = cut(printed), True
        if isinstance(code, int):
            draft.failed, draft.exact, draft.code = code != 0, True, code
        self._committed(draft, printed, draft.failed)
        return draft if new else None

    def _served(self, ident: str, fields: dict[str, Any], result: Any, time: float | None) -> RolloutCall | None:
        name = f"mcp__{text(fields.get('server'))}__{text(fields.get('tool'))}"
        draft, new = self._of_event(ident, name, time)
        inner = mapping(mapping(result).get("Ok", result))
        failed = "Err" in mapping(result) or inner.get("isError") is True or text(fields.get("status")) in _REFUSED
        draft.answered, draft.failed = True, failed
        draft.output = draft.output or cut(joined(inner.get("content")) or text(result))
        if new:
            draft.input = _main_argument(fields.get("arguments"))
        return draft if new else None

    # Shared

    def _new(self, ident: str, tool: str, time: float | None) -> RolloutCall:
        draft = RolloutCall(tool, ident, time=time, cwd=self.state.cwd or None)
        if ident:
            self.drafts[ident] = draft
        return draft

    def _of_event(self, ident: str, tool: str, time: float | None) -> tuple[RolloutCall, bool]:
        rollout_call = self.drafts.get(ident)
        return (rollout_call, False) if rollout_call is not None else (self._new(ident, tool, time), True)

    def _committed(self, draft: RolloutCall, printed: str, failed: bool | None) -> None:
        """Note the commits that a command's output names: with the call that started it, if this one only waited."""
        starter = self.drafts.get(self.state.sessions.get(draft.session or "", ""), draft)
        if starter is not draft and failed is not None:
            starter.failed = failed
        if not starter.by_person and (starter.command or draft.command):
            command = "\n".join(part for part in (starter.command, draft.command) if part)
            for commit in shell.commits_made(command, printed):
                if commit not in starter.commits:
                    starter.commits.append(commit)


def _patch_of(draft: RolloutCall) -> str:
    """The patch that a call gave, alone or in a shell command."""
    return draft.patch or (patches.in_command(draft.command) or ("",))[0]


def _describe(draft: RolloutCall, item: dict[str, Any], cwd: str) -> None:
    """Fill in what the model asked for."""
    arguments, raw = _arguments(item)
    draft.tool = _name(item)
    draft.cwd = patches.absolute(commands.workdir(arguments), cwd) or cwd or None
    if draft.tool == "apply_patch":
        draft.patch = (
            raw if patches.BEGIN in raw and not arguments else text(arguments.get("input") or arguments.get("patch"))
        )
        draft.input = cut(patches.summary(draft.patch) or raw)
    elif draft.tool in commands.SHELLS:
        draft.command = commands.of_arguments(arguments) or ("" if arguments else raw)
        draft.input = cut(patches.without_patch(draft.command))
    elif draft.tool == "write_stdin":
        draft.session = str(arguments.get("session_id", ""))
        draft.command = draft.input = cut(text(arguments.get("chars")))
    else:
        draft.input = _main_argument(arguments) if arguments else cut(raw)
        draft.answered = item.get("type") in ("web_search_call", "image_generation_call")


def _arguments(item: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """The arguments as an object, empty where they are none, and as text."""
    given = item.get("arguments", item.get("input", item.get("action")))
    if isinstance(given, dict):
        return given, ""
    raw = text(given)
    parsed = decode(raw.encode("utf-8", "replace")) if raw.lstrip()[:1] == "{" else None
    return parsed or {}, raw


def _name(item: dict[str, Any]) -> str:
    name, space = text(item.get("name")), text(item.get("namespace"))
    if not name:
        return text(item.get("type")).removesuffix("_call")
    return f"{space}{'' if name.startswith('_') else '__'}{name}" if space.startswith("mcp__") else name


def _main_argument(arguments: Any) -> str:
    given = mapping(arguments)
    if (
        len(given) == 1
        and isinstance(value := next(iter(given.values())), str)
        and next(iter(given)) in _MAIN_ARGUMENTS
    ):
        return cut(value)
    return cut(compact(arguments)) if arguments else ""


def _edit(path: str, change: dict[str, Any], cwd: str | None, time: float | None) -> Edit | None:
    """A change of a patch event.

    `add` may have replaced a file that was there (Codex does not say), so `before` stays unknown.
    """
    kind = text(change.get("type")) or next(iter(change), "")
    fields = change if "type" in change else mapping(change.get(kind))
    where = patches.absolute(path, cwd)
    if kind == "add":
        return Edit(where, "create", after=text(fields.get("content")), time=time)
    if kind == "delete":
        return Edit(where, "delete", before=text(fields.get("content")) if "content" in fields else None, time=time)
    if kind != "update":
        return None
    changed = patches.hunks(text(fields.get("unified_diff")))
    moved = text(fields.get("move_path"))
    if moved:
        return Edit(patches.absolute(moved, cwd), "rename", hunks=changed, moved_from=where, time=time)
    return Edit(where, "modify", hunks=changed, time=time)
