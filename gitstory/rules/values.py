"""The values that rules are made of. Plain data; times are epoch seconds."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

Form = Literal["always", "never", "everywhere", "prefer", "forbid", "ensure", "chore", "end", "allow"]
"""How a sentence asks: for every time, for no time, for every place, for one thing and not another, against something,
that something be made sure of, or for upkeep (`chores`). The first three ask for more than the task at hand; the others
only where people repeat them. The last two revoke a request, or a ban; a revoked ban is no rule itself."""

Status = Literal["proposed", "accepted", "rejected"]


class Directive(Struct, frozen=True):
    """One sentence in which a person tells the agent how to work, and where it was said.

    `text` is the sentence as it was typed, `rule` the same as an imperative sentence; `terms` are its content words.
    `wanted` and `unwanted` are the two sides of "use X, not Y" ("" where a side is not named). `refusal`: it was said
    when a tool call was refused; `corrects`: the turn corrects the one before, and `rewrote`: it changed lines that
    the corrected turn had written. `paths` are the files that the turn edited, relative to the repository.
    `weak`: see `Instruction`. `place` (`CLAUDE.md:12`) is set for a line that a person wrote into a rule file instead
    of saying it: it has no agent, no conversation and no turn.
    """

    text: str
    rule: str
    form: Form
    agent: str
    conversation: str
    turn: int
    time: float | None
    terms: frozenset[str]
    positive: bool = True
    wanted: str = ""
    unwanted: str = ""
    refusal: bool = False
    corrects: bool = False
    rewrote: bool = False
    paths: tuple[str, ...] = ()
    weak: bool = False
    place: str = ""

    @property
    def key(self) -> tuple[str, str]:
        return (self.agent, self.conversation)


class DerivedRule(Struct, frozen=True):
    """One imperative sentence with its sources: the directives it stands for, oldest first.

    `id` is made of the sentence's words, so that it stays the same as sources are added. `scope` is the folder that
    all its turns edited in ("" for the whole repository). `replaces` are older directives that it contradicts, and
    `places` are lines of rule files (`CLAUDE.md:12`) that say the same, and `worded_by` is the model whose words `text`
    are ("" for a person's).
    """

    id: str
    text: str
    directives: tuple[Directive, ...]
    score: float
    scope: str = ""
    replaces: tuple[Directive, ...] = ()
    status: Status = "proposed"
    places: tuple[str, ...] = ()
    worded_by: str = ""

    @property
    def stated_in(self) -> str:
        """The first of its places; "" where it has none."""
        return next(iter(self.places), "")

    @property
    def statements(self) -> tuple[Directive, ...]:
        """The directives that were said in a conversation, oldest first."""
        return tuple(directive for directive in self.directives if not directive.place)

    @property
    def conversations(self) -> int:
        return len({directive.key for directive in self.statements})

    @property
    def times(self) -> list[float]:
        """When it was said, in order, as far as that is recorded."""
        return sorted(directive.time for directive in self.directives if directive.time is not None)
