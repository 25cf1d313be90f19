"""Turns as they are put together from a store of messages: prompts open them, answers and calls fill them.

For stores that are read whole each time. Values of the wrong type are for the readers to refuse; times that run
backwards within a turn, ids that come twice and calls without a prompt before them are set right here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal, TypeGuard

from msgspec.structs import replace

from gitstory.agents import patches, shell
from gitstory.agents.base import Reading
from gitstory.agents.usage import together
from gitstory.model import Call, Conversation, Edit, Mark, Occasion, Say, Step, Think, Tokens, Turn

KEPT = 20_000
"""Characters kept of one output or input."""


@dataclass
class CallDraft:
    """A tool call as far as it is known; `answered` once its result is there."""

    tool: str
    id: str = ""
    input: str = ""
    output: str = ""
    failed: bool = False
    answered: bool = False
    edits: tuple[Edit, ...] = ()
    commits: tuple[str, ...] = ()
    time: float | None = None
    cwd: str | None = None
    agent: str | None = None
    """The subagent that made it."""
    plan: str = ""
    todo: str = ""
    spawned: str = ""
    arguments: dict[str, Any] = field(default_factory=dict)

    def ran(self, command: str, printed: str, failed: bool) -> None:
        """What a shell command did. One that ended badly keeps what it surely wrote before, where its text is known."""
        found = patches.edits(patch[0], self.cwd, "shell", self.time) if (patch := patches.in_command(command)) else ()
        rest = patches.without_patch(command) if failed else command
        found = () if failed else found
        named = {edit.path for edit in found}
        ended = "stopped" if failed and shell.was_stopped(printed) else shell.how_it_ended(None, failed)
        others = shell.shell_edits(rest, self.cwd, self.time, ended)
        self.edits = found + tuple(edit for edit in others if edit.path not in named)
        self.commits = shell.commits_made(command, printed)

    def step(self) -> Call:
        return Call(
            tool=self.tool,
            id=self.id,
            input=self.input,
            output=self.output,
            failed=self.failed,
            edits=self.edits,
            commits=self.commits,
            agent=self.agent,
            time=self.time,
            cwd=self.cwd,
            plan=self.plan,
            todo=self.todo if self.edits else "",
            spawned=self.spawned,
        )


@dataclass
class TurnDraft:
    prompt: str = ""
    id: str = ""
    time: float | None = None
    images: int = 0
    abandoned: bool = False
    steps: list[Say | Think | Mark | CallDraft] = field(default_factory=list)
    models: list[str] = field(default_factory=list)
    ended: float | None = None
    tokens: Tokens | None = None
    added: bool = False
    """Whether the prompt was typed while the turn before it was running."""
    automated: bool = False
    """Whether no person wrote the prompt."""
    expanded: str = ""

    def finished(self, index: int, ident: str) -> Turn:
        steps: tuple[Step, ...] = tuple(one.step() if isinstance(one, CallDraft) else one for one in self.steps)
        ended = self.ended
        if ended is not None and self.time is not None:
            ended = max(ended, self.time)
        return Turn(
            id=ident,
            index=index,
            prompt=self.prompt,
            time=self.time,
            images=self.images,
            steps=steps,
            models=tuple(self.models),
            ended=ended,
            abandoned=self.abandoned,
            tokens=self.tokens,
            kind="automated" if self.automated else "",
            expanded=self.expanded,
        )


@dataclass
class Draft:
    """A conversation as far as it was read. `places` are normal forms, first one first."""

    agent: str
    id: str
    source: str
    title: str = ""
    version: str = ""
    parent: str | None = None
    subagent: bool = False
    from_plan: bool = False
    started: float | None = None
    updated: float | None = None
    times: Literal["recorded", "bounds"] = "recorded"
    skipped: int = 0
    places: list[str] = field(default_factory=list)
    turns: list[TurnDraft] = field(default_factory=list)
    calls: dict[str, CallDraft] = field(default_factory=dict)

    @property
    def cwd(self) -> str | None:
        return self.places[0] if self.places else None

    def seen_in(self, place: str) -> str | None:
        """Note a directory; its normal form, None where it is none."""
        found = patches.absolute(place, None) if place else ""
        if found and found not in self.places:
            self.places.append(found)
        return found or None

    def dated(self, time: float | None) -> None:
        """Note the time of a record."""
        if time is not None:
            self.started = time if self.started is None else self.started
            self.updated = max(time, self.updated or time)

    def prompt(self, words: str, ident: str = "", time: float | None = None, images: int = 0) -> TurnDraft:
        self.turns.append(TurnDraft(words, ident, time, images))
        return self.turns[-1]

    @property
    def turn(self) -> TurnDraft:
        """The running turn; one without a prompt where the store begins in the middle."""
        return self.turns[-1] if self.turns else self.prompt("")

    def say(self, words: str, time: float | None = None) -> None:
        if words.strip():
            self.turn.steps.append(Say(words, time))

    def think(self, words: str, time: float | None = None) -> None:
        if words.strip():
            self.turn.steps.append(Think(words, time))

    def mark(self, kind: Literal["interrupted", "compacted", "rewound", "subagent"], words: str = "") -> None:
        self.turn.steps.append(Mark(kind, words))

    def said(
        self,
        words: str,
        time: float | None = None,
        occasion: Occasion = "remark",
        *,
        question: str = "",
        option: str = "",
        call: str = "",
    ) -> None:
        """Note a person's words in the middle of the running turn."""
        if words.strip():
            made = Mark("said", words.strip(), time, occasion, question=question, option=option, call=call)
            self.turn.steps.append(made)

    def call(self, made: CallDraft) -> CallDraft:
        self.turn.steps.append(made)
        if made.id:
            self.calls[made.id] = made
        return made

    def used(self, model: str, tokens: Tokens | None = None, time: float | None = None) -> None:
        """What a model's message says of itself: which model, what it took, when it was done."""
        turn = self.turn
        if model and model not in turn.models:
            turn.models.append(model)
        turn.tokens = together(turn.tokens, tokens)
        if time is not None:
            turn.ended = max(time, turn.ended or time)

    def bounded(self, modified: float) -> None:
        """Note that no record has a time: only the file's modification bounds them."""
        self.updated, self.times = modified, "bounds"

    def reading(self) -> Reading:
        """The conversation; none where nothing was said and nothing was lost."""
        return Reading((self.finished(),) if self.turns or self.skipped else ())

    def finished(self) -> Conversation:
        turns = tuple(_numbered(self.turns))
        started, updated = self.started, self.updated
        if started is not None and updated is not None and updated < started:
            started, updated = updated, started
        return Conversation(
            agent=self.agent,
            id=self.id,
            turns=turns,
            title=self.title,
            places=tuple(self.places),
            models=tuple(dict.fromkeys(model for turn in turns for model in turn.models)),
            started=started,
            updated=updated,
            version=self.version,
            parent=self.parent,
            subagent=self.subagent,
            from_plan=self.from_plan,
            source=self.source,
            skipped=self.skipped,
            times=self.times,
        )


def is_name(value: Any) -> TypeGuard[str]:
    """Whether a value can be the id of a conversation."""
    return isinstance(value, str) and bool(value.strip()) and value.isprintable() and len(value) < 500


def _numbered(drafts: Iterable[TurnDraft]) -> Iterable[Turn]:
    used: set[str] = set()
    running = ""
    for index, draft in enumerate(drafts, 1):
        ident = draft.id if draft.id.isprintable() else ""
        while not ident or ident in used:
            ident = f"{ident}.{index}" if ident else str(index)
        used.add(ident)
        if draft.added and running:
            yield replace(draft.finished(index, ident), added_to=running)
        else:
            running = ident
            yield draft.finished(index, ident)


def changed(path: str, before: str | None, after: str, time: float | None = None) -> Edit:
    """The edit of a file whose whole text is known after it, and perhaps before ("" for one that was not there)."""
    return Edit(path, "create" if before == "" else "modify", before=before, after=after, time=time)
