"""What is known of a rollout while it is read."""

from __future__ import annotations

from dataclasses import dataclass

from msgspec import Struct, field

from gitstory.agents.conversation_builder import CallDraft, TurnDraft
from gitstory.model import Edit, Tokens


@dataclass
class RolloutCall(CallDraft):
    """A tool call as far as it is known. `declared`: the model's own record of the call was seen, not only events."""

    declared: bool = False
    command: str = ""
    patch: str = ""
    exact: bool = False
    """`output` came from the event that holds it whole, not from what was handed to the model."""
    refused: bool = False
    code: int | None = None
    """The exit code of a command, if an event has it."""
    changes: tuple[Edit, ...] | None = None
    """What the patch event says; of a patch that failed, what it changed before; None when there was no such event."""
    session: str | None = None
    """Of write_stdin: the process it speaks to."""
    by_person: bool = False


@dataclass
class RolloutTurn(TurnDraft):
    """A turn as far as it is known.

    `announced`: an event had the prompt, which is the surest source; `echoed`: the model's record of it was seen.
    """

    native: str = ""
    announced: bool = False
    echoed: bool = False
    labelled: bool = False
    """The model's record of it names a person as its author."""
    ordinal: int = -1
    """The number of the record it began with, -1 where records have none."""


class RolloutState(Struct):
    id: str = ""
    title: str = ""
    version: str = ""
    parent: str = ""
    subagent: bool = False
    branch: str = ""
    remotes: list[str] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    cwd: str = ""
    model: str = ""
    native: str = ""
    """Codex's own id of the turn that is running."""
    ordinal: int = -1
    """The number of the last record."""
    started: float | None = None
    updated: float | None = None
    skipped: int = 0
    total: Tokens = Tokens()
    """The tokens that the conversation used so far, by the last count."""
    turns: list[RolloutTurn] = field(default_factory=list)
    sessions: dict[str, str] = field(default_factory=dict)
    """Id of a process that kept running -> id of the call that started it."""
    counts_by_text: dict[str, list[int]] = field(default_factory=dict)
    """Text of the running turn -> how often each source has it: events, completed items, model records."""
