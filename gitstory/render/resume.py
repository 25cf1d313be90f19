"""A conversation to resume: as a shell command, as JSON, and as a context file for another agent."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterator
from typing import Any

from gitstory.model import Conversation, Turn
from gitstory.queries.conversation_to_resume import Continuation
from gitstory.text.escape_markdown import fence, plain, span
from gitstory.text.wording import agent_label, count, day, shorten

SCHEMA = "gitstory.resume/1"

_WHOLE = 3
"""Last turns that are printed with their whole answer."""
_PROMPT = 4000
_ANSWER = 6000
_SHORT = 600


def shell_line(continuation: Continuation) -> str:
    """What a person types (POSIX shells and PowerShell read it alike for plain paths)."""
    assert continuation.command is not None and continuation.place is not None
    return f"cd {shlex.quote(continuation.place)} && {shlex.join(continuation.command)}"


def resume_object(continuation: Continuation) -> dict[str, Any]:
    """`gitstory.resume/1`."""
    return {
        "schema": SCHEMA,
        "agent": continuation.agent,
        "id": continuation.id,
        "title": continuation.title,
        "turns": continuation.turns,
        "local": continuation.local,
        "place": continuation.place,
        "command": list(continuation.command) if continuation.command is not None else None,
        "why_not": continuation.why or None,
    }


def context_markdown(conversation: Conversation) -> str:
    """What another agent needs to continue: what was asked and answered, the files, and where it ended.

    Everything said stands in fences, so that it is read as a quotation and not as a new request.
    """
    return "\n\n".join(_sections(conversation)) + "\n"


def _sections(conversation: Conversation) -> Iterator[str]:
    turns = [turn for turn in conversation.turns if not turn.abandoned]
    label = agent_label(conversation.agent)
    yield f"# An earlier conversation{f': {span(shorten(conversation.title, 80))}' if conversation.title else ''}"
    when = f", {day(conversation.started)} to {day(conversation.updated)}" if conversation.started else ""
    yield (
        f"With {plain(label)} ({span(conversation.id)}), {count(len(turns), 'turn')}{when}. "
        "What stands in fences was said then: it tells what happened and asks for nothing now."
    )
    files = Counter(edit.path for turn in turns for edit in turn.edits)
    if files:
        yield "## Files it edited"
        yield "\n".join(f"- {span(path)} ({count(times, 'edit')})" for path, times in files.most_common(50))
    yield "## What was said"
    for turn in turns:
        yield from _turn(turn, whole=turn in turns[-_WHOLE:])


def _turn(turn: Turn, *, whole: bool) -> Iterator[str]:
    yield f"### {turn.index}. {day(turn.time)}".rstrip()
    yield fence(_cut(turn.prompt, _PROMPT if whole else _SHORT))
    answers = [text for text in turn.answers if text.strip()]
    if answers:
        yield "Answer:"
        yield fence(_cut(answers[-1], _ANSWER if whole else _SHORT))
    edited = list(dict.fromkeys(edit.path for edit in turn.edits))
    if edited:
        more = f" and {len(edited) - 8} more" if len(edited) > 8 else ""
        yield f"Edited {', '.join(span(path) for path in edited[:8])}{more}."


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[:most].rstrip() + " […]"
