"""What is kept to oneself: turns and conversations that are neither stored nor named, and whose lines become
unattributed.

A turn is private when it, or one before it, holds the marker; when any part of it is within a time in which recording
was off, here or for its conversation; or when it was forgotten. Where an agent records no times, every turn counts as
lying in every such time: in doubt nothing is kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import cached_property

from msgspec import Struct
from msgspec.structs import replace

from gitstory.attribution.conversation_trace import Trace
from gitstory.errors import GitStoryError
from gitstory.model import Conversation, Turn
from gitstory.redact.text_without_styling import as_read

FOREVER = float("inf")

DEFAULT_MARKER = "#private"

Period = tuple[float, float]
"""Start and end in seconds since the epoch; an end that is not there yet is infinite."""

Forgotten = Callable[[str, str, str | None], bool]
"""Whether a conversation (agent, id, None) or a turn (agent, id, turn id) was forgotten."""

_PERIOD = re.compile(r"(\d{1,15})\.\.(\d{0,15})\Z")
_CONVERSATION = re.compile(r"([^/@\s]+)/(.+?)(?:@(\d{1,15}\.\.\d{0,15}))?\Z", re.DOTALL)


class Moment(Struct, frozen=True):
    """What is asked of a turn: its id, whether its prompt holds the marker, when it began and when it was last active
    (0.0: unknown)."""

    id: str
    marked: bool
    began: float
    ended: float


class Private(Struct, frozen=True, dict=True):
    """`conversations` are (agent, id, start, end): all of it where end is infinite, else its turns in that time."""

    marker: str = DEFAULT_MARKER
    periods: tuple[Period, ...] = ()
    conversations: tuple[tuple[str, str, float, float], ...] = ()
    forgotten: Forgotten = lambda agent, conversation, turn: False

    @cached_property
    def _mark(self) -> re.Pattern[str] | None:
        return (
            re.compile(rf"(?<![^\s(\[{{\"'`*_]){re.escape(self.marker)}(?![\w-])", re.IGNORECASE)
            if self.marker
            else None
        )

    def marked(self, prompt: str) -> bool:
        """Whether a prompt holds the marker as a word of its own."""
        return self._mark is not None and (self._mark.search(prompt) or self._mark.search(as_read(prompt))) is not None

    def covers(self, began: float, ended: float | None = None) -> bool:
        """Whether nothing was to be recorded at this time, or in some of it."""
        return any(_overlap(period, began, began if ended is None else ended) for period in self.periods)

    @property
    def off_since(self) -> float | None:
        """Since when recording is off, None where it is on."""
        return min((start for start, end in self.periods if end == FOREVER), default=None)

    def hidden(self, agent: str, conversation: str, turns: Sequence[Moment]) -> frozenset[int]:
        """The numbers (from 0) of the turns that are private."""
        mine = [(start, end) for one, name, start, end in self.conversations if (one, name) == (agent, conversation)]
        if any(end == FOREVER for _, end in mine) or self.forgotten(agent, conversation, None):
            return frozenset(range(len(turns)))
        first = next((number for number, turn in enumerate(turns) if turn.marked), len(turns))
        return frozenset(
            number
            for number, turn in enumerate(turns)
            if number >= first
            or any(_overlap(period, turn.began, turn.ended) for period in (*self.periods, *mine))
            or self.forgotten(agent, conversation, turn.id)
        )

    def divide(self, traces: Iterable[Trace]) -> tuple[list[Trace], list[Trace]]:
        """The traces without their private turns, and traces of these turns alone: their lines are replayed and stay
        unattributed."""
        public: list[Trace] = []
        silent: list[Trace] = []
        for trace in traces:
            moments = [Moment(turn.id, turn.marked, turn.time, turn.ended) for turn in trace.turns]
            hidden = self.hidden(*trace.key, moments)
            if not hidden:
                public.append(trace)
                continue
            silent.append(replace(_part(trace, hidden), silent=True))
            if len(hidden) < len(trace.turns):
                public.append(_part(trace, frozenset(range(len(trace.turns))) - hidden))
        return public, silent

    def visible(self, conversation: Conversation) -> Conversation | None:
        """What may be stored of a conversation; None where nothing is left. A title may quote what is hidden."""
        hidden = self.hidden(*conversation.key, self._moments(conversation))
        if not hidden:
            return conversation
        turns = tuple(turn for number, turn in enumerate(conversation.turns) if number not in hidden)
        return replace(conversation, turns=turns, title="") if turns else None

    def visible_stored(self, conversation: Conversation) -> Conversation | None:
        """The same of what is stored: what was stored before its conversation was switched off, and on again, stays."""
        ended = tuple(one for one in self.conversations if one[3] == FOREVER or one[2] > 0)
        return replace(self, conversations=ended).visible(conversation)

    def _moments(self, conversation: Conversation) -> list[Moment]:
        clock = conversation.started or 0.0
        if conversation.times == "bounds":  # each turn may have been at any time between them
            span = clock, max(clock, conversation.updated or 0.0)
            return [Moment(turn.id, self.marked(turn.prompt), *span) for turn in conversation.turns]
        moments: list[Moment] = []
        for turn in conversation.turns:
            began = turn.time or clock
            clock = max(clock if turn.time is None else 0.0, began, *_times(turn))
            moments.append(Moment(turn.id, self.marked(turn.prompt), began, clock))
        return moments


def _overlap(period: Period, began: float, ended: float) -> bool:
    unknown = not began and not ended
    return unknown or (began < period[1] and max(began, ended) >= period[0])


def _times(turn: Turn) -> list[float]:
    edits = (edit.time for edit in turn.edits)
    return [time or 0.0 for time in (turn.ended, *(step.time for step in turn.steps), *edits)]


def _part(trace: Trace, turns: Collection[int]) -> Trace:
    """A trace with some of its turns alone."""
    number = {old: new for new, old in enumerate(sorted(turns))}
    return replace(
        trace,
        turns=tuple(trace.turns[old] for old in number),
        edits=tuple(replace(edit, turn=number[edit.turn]) for edit in trace.edits if edit.turn in number),
        commits=tuple(replace(one, turn=number[one.turn]) for one in trace.commits if one.turn in number),
    )


def parse_period(text: str) -> Period:
    """`START..END` or `START..`. Raises GitStoryError."""
    match = _PERIOD.match(text)
    if match is None:
        raise GitStoryError(
            f"capture.private_periods holds {text!r}, which is no START..END",
            hint="`git config --edit` mends it; until then nothing is recorded",
        )
    return float(match[1]), float(match[2]) if match[2] else FOREVER


def parse_conversation(text: str) -> tuple[str, str, float, float]:
    """`AGENT/ID` or `AGENT/ID@START..END`. Raises GitStoryError."""
    match = _CONVERSATION.match(text)
    if match is None:
        raise GitStoryError(
            f"capture.private_conversations holds {text!r}, which is no AGENT/ID",
            hint="`git config --edit` mends it; until then nothing is recorded",
        )
    return match[1], match[2], *(parse_period(match[3]) if match[3] else (0.0, FOREVER))
