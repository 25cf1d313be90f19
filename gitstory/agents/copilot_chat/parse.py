"""One session of Copilot Chat: each request is a turn."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gitstory.agents.conversation_builder import CallDraft, Draft
from gitstory.agents.copilot_chat import tools
from gitstory.agents.json_values import items, mapping, mappings, seconds, text
from gitstory.agents.prompt_text import clean, is_injected
from gitstory.agents.stores import editors
from gitstory.agents.token_usage import count, tokens
from gitstory.model import Conversation, Edit, Tokens

_MENTION = re.compile(r"\A@(?:agent|workspace|vscode|terminal)\s+")
_DETAILS = re.compile(r"\A([^•\n]{1,100}?)\s*(?:•|\Z)")
_CANCELLED = 2
_SUFFIX = "__vscode-"
"""What VS Code puts behind the model's id of a call, to make it unique."""


def conversation(agent: str, name: str, path: Path, fields: dict[str, Any], places: tuple[str, ...]) -> Conversation:
    draft = Draft(agent, name, str(path), title=text(fields.get("customTitle")))
    version = fields.get("version")
    draft.version = f"session {version}" if isinstance(version, int) else "session"
    draft.started, draft.updated = seconds(fields.get("creationDate")), seconds(fields.get("lastMessageDate"))
    draft.seen_in(*places)
    for request in mappings(fields.get("requests")):
        if not draft.places:
            _see_base(draft, request)
        _request(draft, request)
    _name_model(draft, fields)
    times = [turn.time for turn in draft.turns if turn.time is not None]
    ended = [turn.ended for turn in draft.turns if turn.ended is not None]
    draft.started = draft.started if draft.started is not None else min(times, default=None)
    draft.updated = max([*times, *ended, *([draft.updated] if draft.updated else [])], default=None)
    if not times:
        draft.times = "bounds"
    repository = mapping(fields.get("repoData"))
    draft.remotes, draft.heads = [text(repository.get("remoteUrl"))], [text(repository.get("localHeadCommit"))]
    return draft.finished()


def _see_base(draft: Draft, request: dict[str, Any]) -> None:
    """The folder that names in an answer are relative to: exports say no other."""
    for part in mappings(request.get("response")):
        if "baseUri" in part:
            draft.seen_in(editors.path_of(part["baseUri"]))
            return


def _request(draft: Draft, fields: dict[str, Any]) -> None:
    result = mapping(fields.get("result"))
    about, time = mapping(result.get("metadata")), seconds(fields.get("timestamp"))
    message = fields.get("message")
    words = message if isinstance(message, str) else text(mapping(message).get("text"))
    automated = fields.get("isSystemInitiated") is True or (is_injected(words) and not count(fields.get("images")))
    if not automated or not draft.turns:
        own_words = "" if automated else _MENTION.sub("", clean(words))
        turn = draft.prompt(own_words, text(fields.get("requestId")), time, count(fields.get("images")))
        # Requests that the person went back before are kept until the next one is sent.
        turn.abandoned = fields.get("shouldBeRemovedOnSend") is not None or fields.get("isHidden") is True
    parts = mappings(fields.get("response"))
    rounds = mappings(about.get("toolCallRounds"))
    if any(text(one.get("response")).strip() or items(one.get("toolCalls")) for one in rounds):
        _rounds(draft, rounds, mapping(about.get("toolCallResults")), parts)
    else:
        _shown(draft, parts)
    _written(draft, parts)
    _subagents(draft, parts)
    state = mapping(fields.get("modelState"))
    elapsed = mapping(result.get("timings")).get("totalElapsed")
    lasted = elapsed / 1000 if isinstance(elapsed, int | float) and 0 <= elapsed < 1e9 else 0.0
    ended = seconds(state.get("completedAt")) or (time + lasted if time is not None else None)
    draft.used(_model(fields, about, parts), _tokens(fields, result, about), ended)
    if fields.get("isCanceled") is True or state.get("value") == _CANCELLED:
        draft.mark("interrupted")
    if items(about.get("summaries")) or mapping(about.get("summary")):
        draft.mark("compacted")


def _rounds(draft: Draft, rounds: list[dict[str, Any]], results: dict[str, Any], parts: list[dict[str, Any]]) -> None:
    """What the model said and called, round after round."""
    shown = _Shown(parts)
    for fields in rounds:
        time = seconds(fields.get("timestamp"))
        draft.think(tools.printed(mapping(fields.get("thinking")).get("text")), time)
        draft.say(text(fields.get("response")), time)
        for call in mappings(fields.get("toolCalls")):
            call_draft = draft.call(tools.requested_call(call, draft.cwd, time))
            result = results.get(call_draft.id)
            tools.answered(call_draft, tools.printed(result) if result is not None else None, shown.of(call_draft))


class _Shown:
    """What VS Code showed of the calls: found by their ids, else the first of the same tool that is left."""

    def __init__(self, parts: list[dict[str, Any]]) -> None:
        self._left = [part for part in parts if part.get("kind") == "toolInvocationSerialized"]

    def of(self, call: CallDraft) -> dict[str, Any]:
        plain = call.id.partition(_SUFFIX)[0]
        shown_part = next((part for part in self._left if plain and part.get("toolCallId") in (plain, call.id)), None)
        shown_part = shown_part or next((part for part in self._left if part.get("toolId") == call.tool), None)
        if shown_part is None:
            return {}
        self._left.remove(shown_part)
        return shown_part


def _shown(draft: Draft, parts: list[dict[str, Any]]) -> None:
    """A response without rounds: of a chat without tools, or one that was broken off."""
    words: list[str] = []
    for part in parts:
        kind = part.get("kind")
        if kind in (None, "markdownContent"):
            value = part.get("value") if kind is None else part.get("content")
            shown_text = text(value) or text(mapping(value).get("value"))
            words.append("" if shown_text.strip().startswith("```") and len(shown_text.strip()) < 20 else shown_text)
        elif kind == "inlineReference":
            words.append(_reference(part))
        elif kind == "thinking":
            draft.think(tools.printed(part.get("value")))
        elif kind == "toolInvocationSerialized":
            _say(draft, words)
            _invoked(draft, part)
        elif not isinstance(kind, str) or kind not in _QUIET:
            draft.skipped += 1
    _say(draft, words)


_QUIET_TEXT = """
    textEditGroup notebookEditGroup codeblockUri undoStop progressTaskSerialized prepareToolInvocation confirmation
    mcpServersStarting progressMessage warning errorDetails treeData command elicitation elicitationSerialized
    extensions pullRequest multiDiffData workspaceEdit questionCarousel hook autoModeResolution references
    clearToPreviousToolInvocation externalToolInvocationUpdate disabledClaudeHooks systemNotification
    markdownVuln codeCitation move externalEdits usage planReview
"""
_QUIET = frozenset(_QUIET_TEXT.split())
"""Parts of a response that say nothing a story needs."""


def _say(draft: Draft, words: list[str]) -> None:
    draft.say("".join(words).strip())
    words.clear()


def _reference(part: dict[str, Any]) -> str:
    reference = mapping(part.get("inlineReference"))
    path = editors.path_of(reference) or editors.path_of(mapping(reference.get("location")).get("uri"))
    return text(part.get("name")) or text(reference.get("name")) or path.rpartition("/")[2]


def _invoked(draft: Draft, part: dict[str, Any]) -> None:
    """A call of which only what was shown is left. Edits it made stand in the response beside it."""
    details, data = mapping(part.get("resultDetails")), mapping(part.get("toolSpecificData"))
    command = text(mapping(data.get("commandLine")).get("original")) or text(data.get("command"))
    given = {"command": command} if command else details.get("input")
    call = tools.requested_call(
        {"name": part.get("toolId"), "id": part.get("toolCallId"), "arguments": given}, draft.cwd, None
    )
    draft.call(call)
    if call.tool in tools.TERMINALS:
        tools.answered(call, None, part)
        return
    call.answered, call.output = part.get("isComplete") is True, tools.printed(details.get("output"))
    call.failed = details.get("isError") is True
    call.input = call.input or text(mapping(part.get("pastTenseMessage")).get("value"))[:200]


def _written(draft: Draft, parts: list[dict[str, Any]]) -> None:
    """Files that the response says were written, and no call of the model's own tells with its text: what subagents
    did, sketches that another model worked in, the edits of a mode without tools."""
    paths = {edit.path for turn in draft.turns[-1:] for edit in _edits_of(turn.steps) if _has_text(edit)}
    for path, hunks in tools.grouped(parts).items():
        if path in paths:
            continue
        calls = [step for step in draft.turn.steps if isinstance(step, CallDraft)]
        call = next((one for one in calls if any(edit.path == path for edit in one.edits)), None)
        edit = Edit(path, hunks=hunks, time=call.time if call else None)
        if call is None:
            draft.call(CallDraft("textEdit", input=path, cwd=draft.cwd, answered=True, edits=(edit,)))
        else:
            call.edits = tuple(edit if one.path == path else one for one in call.edits)


def _edits_of(steps: list[Any]) -> Iterator[Edit]:
    return (edit for step in steps if isinstance(step, CallDraft) for edit in step.edits)


def _has_text(edit: Edit) -> bool:
    return edit.after is not None or bool(edit.hunks or edit.replacements) or edit.op == "delete"


def _subagents(draft: Draft, parts: list[dict[str, Any]]) -> None:
    for part in parts:
        data = mapping(part.get("toolSpecificData"))
        if data.get("kind") == "subagent" and part.get("subAgentInvocationId") is None:
            draft.mark("subagent", (text(data.get("description")) or text(data.get("agentName")))[:200])


def _model(fields: dict[str, Any], about: dict[str, Any], parts: list[dict[str, Any]]) -> str:
    """The model that answered: where VS Code chose one, it says so elsewhere."""
    wanted = text(fields.get("modelId")).removeprefix("copilot/")
    if wanted and wanted != "auto":
        return wanted
    chosen = next((text(one.get("resolvedModel")) for one in parts if one.get("kind") == "autoModeResolution"), "")
    details = _DETAILS.match(text(mapping(fields.get("result")).get("details")))
    return chosen or text(about.get("resolvedModel")) or (details[1] if details else "")


def _tokens(fields: dict[str, Any], result: dict[str, Any], about: dict[str, Any]) -> Tokens | None:
    """Of all calls of the request where they were counted together, else of the last one."""
    usage = mapping(result.get("usage")) or mapping(fields.get("usage"))
    read = count(usage.get("promptTokens")) or count(fields.get("promptTokens")) or count(about.get("promptTokens"))
    written = count(usage.get("completionTokens")) or count(fields.get("completionTokens"))
    return tokens(read, written or count(about.get("outputTokens")), count(usage.get("cacheReadTokens")))


def _name_model(draft: Draft, fields: dict[str, Any]) -> None:
    """The model that is chosen in the session, where no request names one."""
    chosen = text(mapping(mapping(fields.get("inputState")).get("selectedModel")).get("identifier"))
    model = chosen.removeprefix("copilot/")
    draft.by_model(model if model != "auto" else "")
