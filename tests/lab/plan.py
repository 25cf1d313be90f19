"""What the scripted model says: for each prompt a fixed list of replies."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class ToolCall:
    """One tool call the model asks for. `free` is the text of a free-form tool (Codex' apply_patch), else None."""

    tool: str
    input: Mapping[str, Any] = field(default_factory=dict)
    free: str | None = None


@dataclass(frozen=True)
class Reply:
    """One answer of the model: reasoning, text, tool calls; without calls it ends the turn.

    `before` runs in the server before the reply is sent, while the agent waits: the place to look at what is on
    disk in the middle of a turn, without a sleep.
    """

    text: str = ""
    thinking: str = ""
    calls: tuple[ToolCall, ...] = ()
    before: Callable[[], None] | None = None


Plan = Mapping[str, Sequence[Reply]]
"""Prompt (exactly as the person typed it) -> the replies of its turn, in order."""

_WRAPPED = re.compile(r"<user_input[^>]*>(.*)</user_input>", re.DOTALL)
_SENT_ON = re.compile(r"The coordinator sent a message[^\n]*:\n(.*)\n\nAddress this [^\n]*", re.DOTALL)
_DATED = re.compile(r"<current_datetime>[^<]*</current_datetime>")

ASIDE = Reply(text="Lab session")
"""Answers whatever the plan does not know: titles, summaries, connection checks."""


@dataclass(frozen=True)
class Block:
    """One piece of a request's history, reduced to what choosing a reply needs."""

    kind: str  # "text" (said by the user), "result" (of a tool call), "other"
    text: str = ""


def choose(plan: Plan, history: Sequence[Block]) -> tuple[str, Reply] | None:
    """The prompt being answered and the reply that is due; None where no block is a prompt of the plan.

    The reply is found by the number of tool results since the last prompt, so a request that an agent repeats
    gets the same answer again and the server keeps no state.
    """
    results = 0
    for block in reversed(history):
        if block.kind == "result":
            results += 1
        elif block.kind == "text" and (prompt := typed(block.text)) in plan:
            return prompt, nth_reply(plan[prompt], results)
    return None


def typed(text: str) -> str:
    """The prompt without what an agent puts around it: Cline a tag, Copilot CLI the time, OpenCode's `run` quotes,
    Claude Code two sentences around a message to a subagent."""
    return _SENT_ON.sub(r"\1", _WRAPPED.sub(r"\1", _DATED.sub("", text.strip())).strip()).strip('"')


def nth_reply(replies: Sequence[Reply], results: int) -> Reply:
    """The reply that follows `results` tool results; past the end the last one."""
    asked = 0
    for reply in replies:
        if asked >= results:
            return reply
        asked += len(reply.calls)
    return replies[-1]


def patch_that_replaces(path: Path, old: str, new: str) -> str:
    """Whole lines `old` of a file replaced by `new`, in the grammar of `apply_patch`."""
    return _patch(f"*** Update File: {path}", "@@", *_signed("-", old), *_signed("+", new))


def patch_that_adds(path: Path, text: str) -> str:
    """A new file, in the grammar of `apply_patch`."""
    return _patch(f"*** Add File: {path}", *_signed("+", text))


def _signed(sign: str, text: str) -> list[str]:
    return [sign + line for line in text.splitlines()]


def _patch(*lines: str) -> str:
    return "\n".join(("*** Begin Patch", *lines, "*** End Patch"))
