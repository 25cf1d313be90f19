"""Tool calls: the records and events of one call, joined by its call id; their commands and their outputs.

Shell tools seen: `shell{command: ["bash", "-lc", ...], workdir}` (2025), `shell_command{command, workdir}` (0.118 to
0.142), `exec_command{cmd, workdir}` (0.118 to 0.169), `local_shell_call{action: {command: [...], working_directory}}`.

Codex wraps what it hands to the model. Seen: `{"output": ..., "metadata": {"exit_code": ...}}` as a JSON string
(2025, 0.118), `Exit code: 0` / `Wall time: ...` / `Output:` (0.118 to 0.14x), `Chunk ID: ...` / `Process exited with
code 0` / `Output:` (0.140 to 0.169, exec_command), and in 0.169 one such wrapper inside another.
"""

from __future__ import annotations

import re
import shlex
from pathlib import PurePath, PureWindowsPath
from typing import Any, NamedTuple

from gitstory.agents.codex.rollout_state import RolloutCall, RolloutState
from gitstory.agents.json_values import compact, cut, items, joined, mapping, text, texts
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
        printed = _output(item.get("output", item.get("tools")))
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
            draft.command = _command(fields.get("command"))
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
                    starter.commits += (commit,)


def _patch_of(draft: RolloutCall) -> str:
    """The patch that a call gave, alone or in a shell command."""
    return draft.patch or (patches.in_command(draft.command) or ("",))[0]


def _describe(draft: RolloutCall, item: dict[str, Any], cwd: str) -> None:
    """Fill in what the model asked for."""
    arguments, raw = _arguments(item)
    draft.tool = _name(item)
    draft.cwd = patches.absolute(_workdir(arguments), cwd) or cwd or None
    if draft.tool == "apply_patch":
        draft.patch = (
            raw if patches.BEGIN in raw and not arguments else text(arguments.get("input") or arguments.get("patch"))
        )
        draft.input = cut(patches.summary(draft.patch) or raw)
    elif draft.tool in SHELLS:
        draft.command = _command_in(arguments) or ("" if arguments else raw)
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


SHELLS = frozenset({"shell", "shell_command", "exec_command", "container.exec", "local_shell", "unified_exec"})
"""Names of the tools that run a command."""

_POSIX = frozenset({"bash", "sh", "zsh", "dash", "ksh", "fish"})
_FLAGS = frozenset({"-c", "-lc", "-ic", "-lic", "-ilc", "-cl"})
_WINDOWS = {"powershell": "-command", "pwsh": "-command", "cmd": "/c"}


def _command(value: Any) -> str:
    """The command as a person would type it: what `bash -lc` was given, a plain argument list joined, or the text."""
    if isinstance(value, str):
        return value
    words = texts(value)
    if not words:
        return ""
    name = (PureWindowsPath(words[0]) if "\\" in words[0] else PurePath(words[0])).name.lower().removesuffix(".exe")
    if name in _POSIX and len(words) >= 3 and words[1] in _FLAGS:
        return words[2]
    if name in _WINDOWS:
        lowered = [word.lower() for word in words[:-1]]
        if _WINDOWS[name] in lowered:
            return words[-1]
    return shlex.join(words)


def _command_in(arguments: dict[str, Any]) -> str:
    return _command(arguments.get("cmd") or arguments.get("command") or arguments.get("script"))


def _workdir(arguments: dict[str, Any]) -> str:
    return text(arguments.get("workdir")) or text(arguments.get("working_directory")) or text(arguments.get("cwd"))


_WRAPPER = re.compile(
    r"\A(?:(?:Chunk ID|Wall time|Exit code|Original token count|Total output lines|Process exited with code"
    r"|Process running with session ID|Token count|Warning)\b[^\n]*\n){1,9}\n?Output:(?:\n|\Z)"
)
_EXIT = re.compile(r"^(?:Exit code:|Process exited with code) (-?\d{1,10})\s*$", re.MULTILINE)
_SESSION = re.compile(r"^Process running with session ID (\d{1,18})\s*$", re.MULTILINE)
_FAILED = re.compile(
    r"\A\s*(?:apply_patch verification failed|apply_patch handler|patch rejected|patch application failed"
    r"|aborted\b|execution error|exec_command failed|write_stdin failed|failed to|unsupported (?:call|custom tool)"
    r"|unknown process id|command timed out|rejected by user|exec command rejected|sandbox (?:error|denied)"
    r"|Error invoking|err: |invalid patch|Invalid Context|This tool call was|error: )",
    re.IGNORECASE,
)


class _Output(NamedTuple):
    """`session` names the process that is still running; `failed` is None where nothing was said about it.

    `refused`: it failed before, or without, running to an end of its own.
    """

    text: str
    failed: bool | None = None
    session: str | None = None
    refused: bool = False


def _output(value: Any) -> _Output:
    """Make sense of the `output` of a `*_output` record: a string, content blocks, or an object."""
    plain = _plain(value)
    session: str | None = None
    for _ in range(3):
        wrapper = _WRAPPER.match(plain)
        if wrapper is None:
            break
        plain = plain[wrapper.end() :]
        ended, running = _EXIT.search(wrapper[0]), _SESSION.search(wrapper[0])
        session = running[1] if running else session
        if ended or running:
            return _Output(plain, int(ended[1]) != 0 if ended else None, session)
    refused = _FAILED.match(plain) is not None
    return _wrapped(plain) or _Output(plain, refused or None, session, refused)


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        value = value.get("content", value.get("output", value.get("text")))
    if isinstance(value, list):
        return "\n".join(text(mapping(block).get("text")) for block in items(value))
    return text(value)


def _wrapped(plain: str) -> _Output | None:
    if not plain.startswith("{") or '"metadata"' not in plain:
        return None
    value = decode(plain.encode("utf-8", "replace")) or {}
    code = mapping(value.get("metadata")).get("exit_code")
    if not isinstance(value.get("output"), str) or not isinstance(code, int):
        return None
    return _Output(value["output"], code != 0)
