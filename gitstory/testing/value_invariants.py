"""What must hold of every value a reader returns, also of a damaged store."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from gitstory.agents.base import Agent
from gitstory.model import Conversation, Edit

_ABSOLUTE = re.compile(r"(?:/|[A-Za-z]:/|//|[a-z][a-z0-9+.-]*://)")
_LARGEST = 1 << 53


def wrong(agent: Agent, conversations: Sequence[Conversation]) -> Iterator[str]:
    """What no reading may return, whatever stands in the store."""
    for conversation in conversations:
        yield from (f"conversation {conversation.id!r}: {what}" for what in _of_one(agent, conversation))


def _of_one(agent: Agent, conversation: Conversation) -> Iterator[str]:
    if conversation.agent != agent.name:
        yield f"is said to be of agent {conversation.agent!r}"
    if not conversation.id or not _printable(conversation.id):
        yield "its id is empty or holds control characters"
    if [turn.index for turn in conversation.turns] != list(range(1, len(conversation.turns) + 1)):
        yield f"its turns are numbered {[turn.index for turn in conversation.turns][:9]}, not from 1 on"
    twice = [name for name, count in Counter(turn.id for turn in conversation.turns).items() if count > 1]
    if twice:
        yield f"turn id {twice[0]!r} names two turns"
    if any(not turn.id for turn in conversation.turns):
        yield "a turn has no id"
    if conversation.skipped < 0:
        yield "it counts less than no unreadable record"
    for turn in conversation.turns:
        if turn.tokens is not None and not all(0 <= n < _LARGEST for n in _numbers(turn.tokens)):
            yield f"turn {turn.index}: token counts {turn.tokens}"
        if turn.tokens is not None and turn.tokens.cached > turn.tokens.input:
            yield f"turn {turn.index}: `cached` is part of `input` and cannot exceed it: {turn.tokens}"
        for edit in turn.edits:
            yield from (f"turn {turn.index}: edit of {edit.path!r}: {what}" for what in _of_edit(edit))


def _numbers(tokens: object) -> tuple[int, ...]:
    return tuple(getattr(tokens, name) for name in ("input", "output", "cached"))


def _of_edit(edit: Edit) -> Iterator[str]:
    if not edit.path or ("\\" in edit.path and re.match(r"[A-Za-z]:[\\/]", edit.path)):
        yield "a path is not empty and has forward slashes"
    if edit.op == "rename" and not edit.moved_from:
        yield "a rename says where from (`moved_from`)"
    for hunk in edit.hunks:
        if hunk.old_start < 0 or hunk.new_start < 0:
            yield "a hunk starts at a negative line"
        if any(line[:1] not in (" ", "-", "+") for line in hunk.lines):
            yield "each line of a hunk is led by ' ', '-' or '+'"
            break
        if any("\n" in line for line in hunk.lines):
            yield "lines of a hunk have no line ends"
            break


def untidy(conversations: Sequence[Conversation]) -> Iterator[str]:
    """What a sound store may not lead to, over and above `wrong`."""
    for key, count in Counter(one.key for one in conversations).items():
        if count > 1:
            yield f"conversation {key[1]!r} is returned {count} times"
    for conversation in conversations:
        yield from (f"conversation {conversation.id!r}: {what}" for what in _untidy(conversation))


def _untidy(conversation: Conversation) -> Iterator[str]:
    for place in conversation.places:
        if not _ABSOLUTE.match(place.replace("\\", "/")):
            yield f"place {place!r} is not absolute"
    if (
        conversation.started is not None
        and conversation.updated is not None
        and conversation.started > conversation.updated
    ):
        yield "it was updated before it started"
    times = [turn.time for turn in conversation.turns if turn.time is not None and not turn.abandoned]
    if times != sorted(times):
        yield "the times of its turns run backwards"
    if conversation.times == "bounds" and any(turn.time is not None for turn in conversation.turns):
        yield "it has recorded times, so `times` is not 'bounds'"
    if (
        conversation.times == "recorded"
        and conversation.turns
        and conversation.started is None
        and all(t.time is None for t in conversation.turns)
    ):
        yield "no time is recorded: set `times='bounds'` and give the file's as `started` and `updated`"
    for turn in conversation.turns:
        if turn.time is not None and turn.ended is not None and turn.ended < turn.time:
            yield f"turn {turn.index} ended before it began"
        for edit in turn.edits:
            has_place = bool(conversation.places) or any(call.cwd for call in turn.calls)
            if has_place and not _ABSOLUTE.match(edit.path):
                yield f"turn {turn.index}: the directory is known, so {edit.path!r} can be made absolute"


def _printable(text: str) -> bool:
    return not any(ord(char) < 32 or ord(char) == 127 for char in text)
