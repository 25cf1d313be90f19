"""The events of a session of Copilot CLI, one a line, put together to a conversation, with the calls of its tools.

Seen in 1.0.64 to 1.0.102. Diffs in results are of texts with one empty line too many; the arguments are exact.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from gitstory.agents.conversation_builder import CallDraft, Draft
from gitstory.agents.json_values import mapping, mappings, seconds, text
from gitstory.agents.prompt_text import clean
from gitstory.agents.stores.jsonl import embedded
from gitstory.agents.token_usage import count, tokens
from gitstory.agents.tool_table import Action, ToolTable, tools
from gitstory.effects import shell
from gitstory.model import Mark

_FAMILIES = (
    "session.", "system.", "hook.", "permission.", "assistant.", "tool.", "subagent.", "skill.", "command.",
    "commands.", "external_tool.", "user_input.", "elicitation.", "sampling.", "mcp.", "mcp_server.",
    "capabilities.", "model.", "exit_plan_mode.", "auto_mode_switch.", "pending_messages.", "workspace.", "factory.",
)  # fmt: skip
"""Types of events without content of the conversation."""


class CopilotSession:
    """The state after the events read so far: the current `cwd`; `seen` is the number of turns before each event."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.cwd: str | None = None
        self.model = ""
        self.shells: dict[str, str] = {}
        self.counted: set[str] = set()
        self.seen: dict[str, int] = {}

    def take(self, event: dict[str, Any]) -> None:
        kind, fields = text(event.get("type")), mapping(event.get("data"))
        time = seconds(event.get("timestamp"))
        draft = self.draft
        if ident := text(event.get("id")):
            self.seen.setdefault(ident, len(draft.turns))
        draft.dated(time)
        helper = text(event.get("agentId")) or text(fields.get("parentToolCallId"))
        if kind == "user.message":
            self._user_message(event, fields, time, helper)
        elif kind == "assistant.message":
            self._answered(fields, time, helper)
        elif kind.startswith("tool.execution_"):
            self._called(kind, fields, time, helper)
        elif kind.startswith("session."):
            self._session(kind, fields)
        elif kind == "subagent.started":
            self._started(fields, time)
        elif kind == "abort":
            draft.happened("interrupted")
        elif not kind.startswith(_FAMILIES):
            draft.skipped += 1

    def _user_message(self, event: dict[str, Any], fields: dict[str, Any], time: float | None, helper: str) -> None:
        """What a person wrote, not the program, and not one agent to another."""
        if text(fields.get("source")) not in ("", "user") or helper:
            return
        words = clean(text(fields.get("content")))
        attached = mappings(fields.get("attachments"))
        images = sum(text(one.get("mimeType")).startswith("image/") or one.get("type") == "image" for one in attached)
        self.draft.user_message(words, images, text(event.get("id")), time)

    def _answered(self, fields: dict[str, Any], time: float | None, helper: str) -> None:
        draft, model = self.draft, text(fields.get("model")) or self.model
        took, ident = None, text(fields.get("apiCallId")) or text(fields.get("messageId"))
        if ident not in self.counted:
            took = tokens(0, count(fields.get("outputTokens")))
            self.counted.update((ident,) if took else ())
        draft.used("" if helper else model, took, time)
        draft.think(text(fields.get("reasoningText")), time, helper or None)
        draft.say(text(fields.get("content")), time, helper or None)
        for request in mappings(fields.get("toolRequests")):
            self._call(
                text(request.get("name")), text(request.get("toolCallId")), request.get("arguments"), time, helper
            )

    def _started(self, fields: dict[str, Any], time: float | None) -> None:
        """A subagent begins; its steps name the call that started it."""
        call = text(fields.get("toolCallId"))
        spawning = self.draft.calls.get(call)
        given = spawning.arguments if spawning is not None else {}
        about = text(fields.get("agentDisplayName")) or text(fields.get("agentName"))
        task = text(given.get("prompt")) or text(given.get("description"))
        self.draft.turn.steps.append(Mark("subagent", about, time, call=call, agent=call or None, task=task))

    def _call(self, tool: str, ident: str, arguments: Any, time: float | None, helper: str) -> None:
        call = _requested_call(tool, ident, arguments, self.cwd, time)
        call.agent = helper or None
        self.draft.call(call)

    def _called(self, kind: str, fields: dict[str, Any], time: float | None, helper: str) -> None:
        ident = text(fields.get("toolCallId"))
        if kind == "tool.execution_start" and ident not in self.draft.calls:
            self._call(text(fields.get("toolName")), ident, fields.get("arguments"), time, helper)
        call = self.draft.calls.get(ident)
        if kind == "tool.execution_complete" and call is not None:
            call.time = time if time is not None else call.time
            _answered_call(call, fields, self.shells)

    def _session(self, kind: str, fields: dict[str, Any]) -> None:
        draft = self.draft
        if kind == "session.start":
            draft.version = text(fields.get("copilotVersion")) or draft.version
        if kind in ("session.start", "session.resume", "session.context_changed"):
            self._place(mapping(fields.get("context")) or fields)
        self.model = text(fields.get("newModel")) or text(fields.get("selectedModel")) or self.model
        if kind == "session.compaction_complete":
            draft.happened("compacted")
        elif kind == "session.snapshot_rewind":
            for turn in draft.turns[self.seen.get(text(fields.get("upToEventId")), len(draft.turns)) :]:
                turn.abandoned = True
        elif kind == "session.title_changed":
            draft.title = text(fields.get("title")) or draft.title
        elif kind == "session.usage_record":
            used = mapping(fields.get("usage"))
            ident = text(used.get("apiCallId"))
            took = tokens(
                count(used.get("inputTokens")), count(used.get("outputTokens")), count(used.get("cacheReadTokens"))
            )
            if draft.turns and not (ident and ident in self.counted):
                self.counted.add(ident)
                draft.used(text(used.get("model")), took)

    def _place(self, context: dict[str, Any]) -> None:
        self.cwd = self.draft.seen_in(text(context.get("cwd"))) or self.cwd
        name, host = text(context.get("repository")), text(context.get("repositoryHost")) or "github.com"
        self.draft.remotes.append(f"https://{host}/{name}" if name else "")
        self.draft.heads = self.draft.heads or list(filter(None, [text(context.get("headCommit"))]))


SHELLS = ("bash", "powershell", "shell", "local_shell")
_LATER = ("read_bash", "read_powershell", "write_bash", "write_powershell")
_TOOLS = ToolTable(
    tools(shell=SHELLS, patch=("apply_patch",), new=("create",), replace=("edit", "str_replace"), insert=("insert",)),
    shown=("path", "command", "pattern", "query", "url", "shellId", "description", "prompt"),
    patch=("input", "patch", "patchText"),
    whole=("file_text",),
    old=("old_str",),
    new=("new_str",),
    everywhere=(),
    named=False,
)
_OPTIONAL: Mapping[Action, str] = {"new": "file_text", "replace": "new_str"}
"""Arguments that stand for an empty text where they are left out."""
_ENDED = re.compile(r"<(?:shellId: \S{1,80}|command) (?:completed|exited) with exit code (-?\d{1,10})>\s*\Z")
_SHELL = re.compile(r"<(?:shellId:|command (?:with|started in background with) shellId:) (\S{1,80}?)[ >]")


def _requested_call(tool: str, ident: str, arguments: Any, cwd: str | None, time: float | None) -> CallDraft:
    """A call as the model made it; `arguments` as an object, as JSON, or the text of a patch."""
    raw = text(arguments)
    given = mapping(arguments) or (embedded(raw) if raw.startswith("{") else {})
    if tool == "apply_patch" and raw and not given:
        given = {"input": raw}
    return _TOOLS.requested(tool, ident, given, cwd, time, "" if given else raw)


def _answered_call(call: CallDraft, fields: dict[str, Any], shells: dict[str, str]) -> None:
    """Take in what came of a call. `shells` are the commands that were left running, by the ids of their shells."""
    if call.answered:
        return
    given, result, error = call.arguments, mapping(fields.get("result")), mapping(fields.get("error"))
    output, refused = text(result.get("content")) or text(error.get("message")), fields.get("success") is not True
    action = _TOOLS.action(text(given.get("command")) if call.tool == "str_replace_editor" else call.tool)
    if name := _OPTIONAL.get(action):
        call.arguments = {**given, name: text(given.get(name))}
    failed = refused or (action == "shell" and _code(output, mapping(fields.get("shellExecution"))) != 0)
    _TOOLS.close(call, output, failed, action=action, ran=not refused)
    if action == "shell" and not refused and not _ENDED.search(output[-200:]):
        if running := _SHELL.search(output[-400:]):
            shells[running[1]] = text(given.get("command"))
    elif call.tool in _LATER:
        call.commits = shell.commits_made(shells.get(text(given.get("shellId")), ""), output)


def _code(output: str, execution: dict[str, Any]) -> int:
    ended, code = _ENDED.search(output[-200:]), execution.get("exitCode")
    return code if isinstance(code, int) else int(ended[1]) if ended else 0
