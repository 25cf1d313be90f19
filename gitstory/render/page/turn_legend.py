"""The turns of a page: a number, colours and words for each, the same in its list and beside its lines."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping

from msgspec import Struct

from gitstory.model import Conversation, Turn
from gitstory.render.page.links import Links
from gitstory.sources.story_source import Key, TurnRef
from gitstory.summary.short_ids import turn_name
from gitstory.summary.turn_labels import turn_label
from gitstory.text.console import neutralise_line
from gitstory.text.wording import agent_label, local

TURN_COLOURS = 12
AGENT_COLOURS = 6
_AGES = (1.0, 7.0, 30.0, 90.0, 365.0)
"""Days up to which each shade of age goes; older lines have the last one."""


class Owner(Struct, frozen=True):
    """One turn as a page names it. `number` is its place on the page, `classes` those of its colours."""

    number: int
    name: str
    label: str
    agent: str
    link: str
    when: str
    classes: str


class Owners:
    """The turns that a page shows, numbered in the order in which they come up."""

    def __init__(self, links: Links, conversations: Mapping[Key, Conversation]) -> None:
        self._links = links
        self._conversations = conversations
        self._turns: dict[TurnRef, Owner] = {}
        self._agents: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._turns)

    def __iter__(self) -> Iterator[Owner]:
        return iter(self._turns.values())

    def of(self, ref: TurnRef, turn: Turn | None = None) -> Owner:
        """The owner of a turn; `turn` is its text, where it is at hand."""
        if ref not in self._turns:
            self._turns[ref] = self._new(ref, turn)
        return self._turns[ref]

    def _new(self, ref: TurnRef, turn: Turn | None) -> Owner:
        number = len(self._turns) + 1
        agent = self._agents.setdefault(ref.agent, len(self._agents)) % AGENT_COLOURS
        conversation = self._conversations.get(ref.key)
        if turn is None and conversation is not None:
            turn = next((one for one in conversation.turns if one.id == ref.turn), None)
        label = turn_label(turn, conversation.turns if conversation is not None else (), 160) if turn else ""
        return Owner(
            number,
            neutralise_line(turn_name(ref.conversation, turn.index if turn is not None else None)),
            neutralise_line(label) or "text of the turn not stored",
            agent_label(neutralise_line(ref.agent)),
            self._links.conversation(*ref.key, turn.index if turn is not None else None),
            local(turn.time, 0, "%Y-%m-%d %H:%M") if turn is not None else "",
            f"t{(number - 1) % TURN_COLOURS} a{agent}",
        )


def age_class(seconds: float, now: float | None = None) -> str:
    """The shade of a time: `y0` for the last day, `y5` for what is older than a year."""
    days = ((time.time() if now is None else now) - seconds) / 86_400
    return f"y{next((at for at, most in enumerate(_AGES) if days <= most), len(_AGES))}"
