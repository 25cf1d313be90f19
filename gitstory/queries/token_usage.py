"""Turns, corrections and tokens of the stored conversations, over time and by agent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from heapq import nlargest

from msgspec import Struct

from gitstory.model import Conversation, Tokens, Turn
from gitstory.queries.stats_sums import Unit, period, unit_of
from gitstory.store.store import StoryStore
from gitstory.summary.corrections import corrections

MOST = 400
"""Conversations that are read: those active last."""


class UsageRow(Struct, frozen=True):
    """What happened in a span of time, or with one agent. `counted` turns have their tokens recorded."""

    name: str
    turns: int = 0
    corrections: int = 0
    counted: int = 0
    tokens: Tokens = Tokens()


class Usage(Struct, frozen=True):
    """`conversations` were read of the `stored` ones; `times` are in order, `agents` with the most turns first."""

    total: UsageRow
    conversations: int
    stored: int
    times: tuple[UsageRow, ...] = ()
    agents: tuple[UsageRow, ...] = ()
    unit: Unit = "month"


class CountedTurn(Struct, frozen=True):
    """A turn that a person began."""

    agent: str
    time: float
    correction: bool
    tokens: Tokens | None


def usage(store: StoryStore, since: float | None = None, most: int = MOST) -> Usage:
    """Of the `most` conversations active last, the turns since a time."""
    metas = list(store.conversations())
    latest = nlargest(most, metas, key=lambda meta: meta.updated or meta.started or 0.0)
    read = (store.conversation(meta.agent, meta.id) for meta in latest)
    turns = [each for one in read if one is not None for each in counted_turns(one)]
    return tally([each for each in turns if since is None or each.time >= since], len(latest), len(metas))


def counted_turns(conversation: Conversation) -> Iterator[CountedTurn]:
    """The turns of a conversation with what is counted of them."""
    corrected = corrections(conversation.turns)
    for turn in conversation.turns:
        when = _when(turn, conversation)
        yield CountedTurn(conversation.agent, when, turn.id in corrected, turn.tokens)


def _when(turn: Turn, conversation: Conversation) -> float:
    return next((each for each in (turn.time, conversation.updated, conversation.started) if each is not None), 0.0)


def tally(turns: Iterable[CountedTurn], conversations: int, stored: int) -> Usage:
    """Pure: add up."""
    listed = sorted(turns, key=lambda turn: turn.time)
    unit = unit_of([int(turn.time) for turn in listed if turn.time])
    agents = sorted(_grouped(listed, [turn.agent for turn in listed]), key=lambda row: (-row.turns, row.name))
    names = [period(int(turn.time), unit) if turn.time else "unknown" for turn in listed]
    return Usage(_row("all", listed), conversations, stored, tuple(_grouped(listed, names)), tuple(agents), unit)


def _grouped(turns: list[CountedTurn], names: list[str]) -> Iterator[UsageRow]:
    groups: dict[str, list[CountedTurn]] = {}
    for turn, name in zip(turns, names, strict=True):
        groups.setdefault(name, []).append(turn)
    return (_row(name, group) for name, group in groups.items())


def _row(name: str, turns: list[CountedTurn]) -> UsageRow:
    counted = [turn.tokens for turn in turns if turn.tokens is not None]
    corrected = sum(turn.correction for turn in turns)
    return UsageRow(name, len(turns), corrected, len(counted), sum(counted, Tokens()))
