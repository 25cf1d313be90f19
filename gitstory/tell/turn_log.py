"""The turns of one conversation, and which of them a prompt belongs to. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gitstory.model import Turn
from gitstory.summary.dependent_prompts import leans, references
from gitstory.tell.relevant_diff import TurnChanges, edits_of
from gitstory.tell.values import LoggedTurn

_BACK = 4
_AHEAD = 3


def logs_of(turns: Sequence[LoggedTurn]) -> list[TurnLog]:
    """The log of each conversation in `turns`, in their order."""
    by_key: dict[tuple[str, str], list[LoggedTurn]] = {}
    for logged in turns:
        by_key.setdefault(logged.key, []).append(logged)
    return [TurnLog(own) for own in by_key.values()]


class TurnLog:
    """The turns of one conversation, by number and by id."""

    def __init__(self, turns: Sequence[LoggedTurn]) -> None:
        self.turns = turns
        self.by_id: Mapping[str, Turn] = {logged.turn.id: logged.turn for logged in turns}
        self.by_index: Mapping[int, LoggedTurn] = {logged.turn.index: logged for logged in turns}
        self._changes: dict[str, TurnChanges] = {}

    def changes(self, logged: LoggedTurn) -> TurnChanges:
        """What a turn changed, worked out once."""
        if logged.turn.id not in self._changes:
            self._changes[logged.turn.id] = TurnChanges(logged)
        return self._changes[logged.turn.id]

    def before(self, logged: LoggedTurn) -> LoggedTurn | None:
        return self.by_index.get(logged.turn.index - 1)

    def request(self, logged: LoggedTurn) -> LoggedTurn | None:
        """The prompt that began the task a turn belongs to; the turn's own where it says enough."""
        for index in range(logged.turn.index, logged.turn.index - _BACK - 1, -1):
            prompts = self.by_index.get(index)
            if prompts is None or not prompts.by_person or leans(prompts.turn):
                continue
            if prompts is logged or prompts.turn.kind != "question" or any(prompts.turn.edits):
                return prompts
        return None

    def working(self, logged: LoggedTurn) -> LoggedTurn:
        """The turn that carried a decision out: itself, or the next one that edits while it only goes on."""
        for index in range(logged.turn.index, logged.turn.index + _AHEAD):
            later = self.by_index.get(index)
            if later is None or (later is not logged and (not leans(later.turn) or references(later.turn.prompt))):
                break
            if next(edits_of(later), None) is not None:
                return later
        return logged
