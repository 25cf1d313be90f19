"""What a reason is, and what it is looked for in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from msgspec import Struct

from gitstory.model import Conversation, Turn
from gitstory.queries.reasons.passages import ReasonPassage
from gitstory.queries.reasons.text_relevance import Subject
from gitstory.summary.short_ids import turn_name

Kind = Literal[
    "prompt",
    "answered-message",
    "approved-plan",
    "subagent-task",
    "todo",
    "plan-file",
    "earlier-request",
    "before-edit",
    "tool-output",
    "closing-answer",
    "commit-message",
]
Speaker = Literal["person", "agent", "tool"]
Part = Literal["origin", "detail", "account"]
"""What a passage contributes: who wanted it and why, what exactly was to be done, what was said about doing it."""
Standing = Literal["", "refused", "replaced"]


class Reason(Struct, frozen=True):
    """A passage that may say why: whole sentences or list items, as they were written.

    `source` is what other commands take: `4de91640#3`, `docs/plan.md@1a2b3c4`, a commit's id. `score` compares
    the reasons of one line. `standing` says that a proposal was refused or replaced later.
    """

    kind: Kind
    speaker: Speaker
    part: Part
    passage: ReasonPassage
    source: str
    score: float
    standing: Standing = ""

    @property
    def text(self) -> str:
        return self.passage.text


class Document(Struct, frozen=True):
    """A file of the repository as of a commit; `source` names both. `request` is what the conversation that wrote it
    was first asked, `request_source` its place; "" where that is not known."""

    path: str
    source: str
    text: str
    request: str = ""
    request_source: str = ""


class Scene(Struct, frozen=True):
    """What is known about the edit that wrote the lines.

    `step` is the place of the call that made it among the turn's steps (their number where it is not known), `agent`
    the subagent that made it. `parent` is the conversation that made the plan this one carries out, or that started
    it. `documents` are plan files that were named or read, those nearest to the edit first.
    """

    conversation: Conversation
    turn: Turn
    subject: Subject
    step: int
    agent: str | None = None
    parent: Conversation | None = None
    documents: Sequence[Document] = ()
    commit: str = ""
    message: str = ""

    @property
    def before(self) -> list[Turn]:
        """The earlier turns that were not abandoned, the nearest first."""
        turns = (each for each in self.conversation.turns if each.index < self.turn.index and not each.abandoned)
        return sorted(turns, key=lambda each: -each.index)

    @property
    def after(self) -> list[Turn]:
        turns = (each for each in self.conversation.turns if each.index > self.turn.index and not each.abandoned)
        return sorted(turns, key=lambda each: each.index)

    @property
    def by_id(self) -> Mapping[str, Turn]:
        return {each.id: each for each in self.conversation.turns}

    def place(self, turn: Turn | None = None) -> str:
        """`4de91640#3`."""
        return turn_name(self.conversation.id, (turn or self.turn).index)
