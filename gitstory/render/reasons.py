"""Reasons for a person at a terminal, and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gitstory.queries.reasons.choose import LINES, MOST, choose, fit
from gitstory.queries.reasons.values import Kind, Reason
from gitstory.text.console import Console, neutralise, neutralise_line
from gitstory.text.wording import width_of, wrap

_LABELS: dict[Kind, str] = {
    "prompt": "asked",
    "earlier-request": "asked before",
    "answered-message": "the agent had written",
    "approved-plan": "approved plan",
    "subagent-task": "task of the subagent",
    "todo": "to-do in progress",
    "plan-file": "plan",
    "before-edit": "the agent, before the edit",
    "tool-output": "output before the edit",
    "closing-answer": "the agent, when it was done",
    "commit-message": "commit message",
}


_LINES_EACH = 3
"""Lines that a passage needs at least: with less room there are fewer passages."""


def label(reason: Reason) -> str:
    """`asked`, `the agent, before the edit`; a proposal that did not stand says so."""
    name = "answered" if reason.kind == "answered-message" and reason.speaker == "person" else _LABELS[reason.kind]
    return f"{name} ({reason.standing})" if reason.standing else name


def write_reasons(reasons: Sequence[Reason], console: Console, width: int, room: int = LINES) -> None:
    """Those chosen, each with its source, together on at most `room` lines."""
    chosen = choose(reasons, max(min(MOST, room // _LINES_EACH), 1))
    heads = [f"{label(reason)} [{neutralise_line(reason.source)}]: " for reason in chosen]
    for shown, head in zip(fit(chosen, [width_of(head) for head in heads], width - 4, room), heads, strict=True):
        lines = [neutralise_line(line) for line in shown.lines]
        console.line(f"  {console.paint(head.rstrip(), 'cyan')} {lines[0]}".rstrip())
        for line in lines[1:]:
            console.line(f"    {line}".rstrip())


def write_all_reasons(reasons: Sequence[Reason], console: Console, width: int) -> None:
    """Every one, whole, with its score."""
    for reason in reasons:
        head = f"{label(reason)} [{neutralise_line(reason.source)}] {reason.score:.2f}"
        console.line(f"  {console.paint(head, 'cyan')}")
        for line in wrap(neutralise(reason.text), width - 4):
            console.line(f"    {line}".rstrip())


def reason_object(reason: Reason) -> dict[str, Any]:
    """One of `reasons` in `gitstory.why/1`."""
    return {
        "kind": reason.kind,
        "speaker": reason.speaker,
        "text": reason.text,
        "source": reason.source,
        "score": round(reason.score, 3),
        **({"standing": reason.standing} if reason.standing else {}),
    }
