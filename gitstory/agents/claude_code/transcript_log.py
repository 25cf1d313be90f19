"""What the reader of one transcript has gathered so far.

Nothing here is final: results arrive late, a rewind shows only in what follows, subagents are put in their places
when a `Conversation` is made of it (`assemble`). Plain mutable values.
"""

from __future__ import annotations

from typing import Any

import msgspec

from gitstory.agents.claude_code.todos import Todos
from gitstory.model import Step, Tokens


class Open(msgspec.Struct):
    """A tool call whose result has not come: its place among the steps, and its input."""

    step: int
    tool: str
    given: dict[str, Any]


class Strand(msgspec.Struct):
    """Steps in file order, the calls among them that wait for their results, and what each message took.

    A message is spread over several records, each with its usage so far: the last one counts.
    """

    steps: list[Step] = []
    open: dict[str, Open] = {}
    usage: dict[str, Tokens] = {}


class TranscriptTurn(msgspec.Struct):
    """A turn in the making.

    `parent` is the turn its prompt answers to (the index of the turn before where that is unclear, -1 for none),
    `host` the turn it was typed into while the agent worked, or -1. `born` and `seen` are the numbers of its first
    record and of the last record of the agent that descends from its prompt.
    """

    id: str
    prompt: str
    time: float | None
    images: int
    branch: str | None
    parent: int
    host: int
    born: int
    seen: int
    ended: float | None
    strand: Strand
    models: list[str] = []
    expanded: str = ""
    """What the slash command in the prompt stands for, or what an attached document says."""
    attached: tuple[str, ...] = ()
    """Paths of the files that were attached to the prompt."""
    automated: bool = False
    """Whether another agent gave the prompt."""

    def goes_on(self, time: float | None) -> None:
        """Note that something was done in it at `time`."""
        if time is not None:
            self.ended = time if self.ended is None else max(self.ended, time)


def give_back(draft: TranscriptTurn, host: TranscriptTurn) -> None:
    """What stands before a queued prompt's record was still done for the turn it was typed into."""
    moved = len(host.strand.steps)
    host.strand.steps += draft.strand.steps
    for ident, opened in draft.strand.open.items():
        opened.step += moved
        host.strand.open[ident] = opened
    host.strand.usage |= draft.strand.usage
    host.models += [model for model in draft.models if model not in host.models]
    host.goes_on(draft.ended)
    draft.strand, draft.models = Strand([], {}), []


class Helper(msgspec.Struct):
    """One task of a subagent: the call that gave it where that is known, else the turn it began in and when.

    `prompt_id` is Claude Code's id of the prompt that was running then, `answered` whether the subagent has written
    anything since.
    """

    agent: str
    call: str = ""
    prompt: str = ""
    about: str = ""
    turn: int = -1
    time: float | None = None
    strand: Strand = msgspec.field(default_factory=Strand)
    prompt_id: str = ""
    answered: bool = False


class Command(msgspec.Struct):
    """A slash command that may or may not turn out to be a prompt."""

    id: str
    text: str
    time: float | None
    branch: str | None
    parent: int


class TranscriptLog(msgspec.Struct):
    """One conversation in the making. `homes` maps the uuid of each record to the turn its parent chain leads to.

    `helpers` has the tasks of each subagent in order, `turn_of_prompt` maps Claude Code's id of a prompt to its turn.
    `held` is a slash command that is no prompt yet, `opened` a program's message that came before any prompt.
    """

    turns: list[TranscriptTurn] = []
    helpers: dict[str, list[Helper]] = {}
    homes: dict[str, int] = {}
    sides: dict[str, str] = {}
    spawned: dict[str, str] = {}
    turn_of_prompt: dict[str, int] = {}
    sessions: list[str] = []
    places: list[str] = []
    models: list[str] = []
    titles: dict[str, str] = {}
    summaries: list[tuple[str, str]] = []
    queue: list[str] = []
    awaiting: list[tuple[str, float | None]] = []
    held: Command | None = None
    opened: Command | None = None
    message: str = ""
    leaf: int = -1
    sealed: int = -1
    """The turn in which the conversation was summarised last."""
    rooted: bool = False
    """Whether the prompt of the last turn names no message that it follows."""
    restart: bool = False
    """Whether the person went back to the beginning, and the prompt that follows has not come yet."""
    now: float | None = None
    """When the record was made that is read now."""
    count: int = 0
    skipped: int = 0
    started: float | None = None
    updated: float | None = None
    version: str = ""
    forked_from: str = ""
    planned_in: str = ""
    """The conversation whose plan this one carries out."""
    todos: Todos = msgspec.field(default_factory=Todos)
