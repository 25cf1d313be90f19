"""Turns as they are put together from a store of messages: prompts open them, answers and calls fill them.

For stores that are read whole each time. Values of the wrong type are for the readers to refuse; times that run
backwards within a turn, ids that come twice and calls without a prompt before them are set right here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeGuard

from msgspec.structs import replace

from gitstory.agents.base import Reading, Source
from gitstory.agents.call_annotations import Exchange, Exchanges, arguments
from gitstory.agents.json_values import cut, first, text
from gitstory.agents.prompt_text import clean
from gitstory.agents.token_usage import together
from gitstory.effects import patches, shell
from gitstory.model import Call, Conversation, Edit, Mark, Say, Think, Tokens, Turn, TurnKind


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
    answers: object = None
    """A person's answers to the questions it asks, where they are kept apart from its output."""
    arguments: dict[str, Any] = field(default_factory=dict)

    def argument(self, *names: str) -> str:
        """The first of the arguments `names` that is a text and not empty; "" where there is none."""
        return first(self.arguments, names)

    def path(self, *names: str) -> str:
        """The absolute path in the first of the arguments `names` that has one; "" where there is none."""
        named = self.argument(*names)
        return patches.absolute(named, self.cwd) if named else ""

    def close(self, output: str, failed: bool) -> None:
        """Note the result: what the tool printed, whole, and whether it failed."""
        self.answered, self.failed, self.output = True, failed, cut(output)

    def ran(self, command: str, printed: str, failed: bool) -> None:
        """What a shell command did. One that ended badly keeps what it surely wrote before, where its text is known."""
        applied = (
            patches.edits(patch[0], self.cwd, "shell", self.time) if (patch := patches.in_command(command)) else ()
        )
        rest = patches.without_patch(command) if failed else command
        applied = () if failed else applied
        named = {edit.path for edit in applied}
        ended = "stopped" if failed and shell.was_stopped(printed) else shell.how_it_ended(None, failed)
        others = shell.shell_edits(rest, self.cwd, self.time, ended)
        self.edits = applied + tuple(edit for edit in others if edit.path not in named)
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


class _WordsOnCalls:
    """Puts the words, plans and to-do items that come with calls into the steps of a conversation, turn by turn."""

    def __init__(self) -> None:
        self._exchanges: dict[str | None, Exchanges] = {}
        self.kind_of_next: TurnKind = ""
        """What the prompt of the next turn is, where a call of this one says so."""

    def within(
        self, steps: Iterable[Say | Think | Mark | CallDraft], following: str
    ) -> list[Say | Think | Mark | CallDraft]:
        """The steps with the person's words behind the calls they are about; calls get their plan and to-do item.

        `following` is the next prompt: where an agent's reader makes a turn of an answer, it is not kept twice.
        """
        self.kind_of_next = ""
        placed: list[Say | Think | Mark | CallDraft] = []
        last, call_id = Exchange(), ""
        for step in steps:
            if isinstance(step, CallDraft):
                last, call_id = self._take(step), step.id
                placed += [step, *(mark for mark in last.words if not self._is_next(mark, following))]
            elif isinstance(step, Mark) and step.kind == "said" and step.text in {mark.text for mark in last.words}:
                continue
            elif isinstance(step, Mark) and step.kind == "subagent" and not step.call and last.task:
                placed.append(replace(step, call=call_id, task=step.task or last.task))
            else:
                placed.append(step)
        return placed

    def _is_next(self, mark: Mark, following: str) -> bool:
        if mark.text != following.strip():
            return False
        self.kind_of_next = "answer" if mark.occasion == "question" else "correction"
        return True

    def _take(self, call: CallDraft) -> Exchange:
        exchanges = self._exchanges.setdefault(call.agent, Exchanges())
        call.todo = call.todo or exchanges.doing
        exchange = exchanges.take(
            call.tool,
            call.id,
            arguments(call.arguments, call.input),
            call.output,
            failed=call.failed,
            edits=call.edits,
            answers=call.answers,
            time=call.time,
        )
        call.plan = call.plan or exchange.plan
        return exchange


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

    def finished(self, index: int, ident: str, words: _WordsOnCalls, following: str = "") -> Turn:
        kind = words.kind_of_next
        steps = tuple(one.step() if isinstance(one, CallDraft) else one for one in words.within(self.steps, following))
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
            kind="automated" if self.automated else kind,
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
    remotes: list[str] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)
    turns: list[TurnDraft] = field(default_factory=list)
    calls: dict[str, CallDraft] = field(default_factory=dict)

    @classmethod
    def of(cls, source: Source, **about: Any) -> Draft:
        """The draft of what is in `source`, under its native id or else the name of its file."""
        return cls(source.agent, source.id or source.path.stem, str(source.path), **about)

    @property
    def cwd(self) -> str | None:
        return self.places[0] if self.places else None

    def seen_in(self, *places: str) -> str | None:
        """Note directories; the normal form of the last one, None where it is none."""
        folder = ""
        for place in places:
            folder = patches.absolute(place, None) if place else ""
            if folder and folder not in self.places:
                self.places.append(folder)
        return folder or None

    def started_by(self, parent: str) -> None:
        """Note the conversation that started this one, a subagent's; "" for none."""
        self.parent, self.subagent = parent or None, bool(parent)

    def directory(self, named: str) -> str | None:
        """The directory of a call that names `named`; that of the conversation where it names none."""
        return patches.absolute(named, self.cwd) if named else self.cwd

    def unanswered(self, ident: str) -> CallDraft | None:
        """The call with that id, None where there is none or its result is known already."""
        call = self.calls.get(ident)
        return None if call is None or call.answered else call

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

    def say(self, words: str, time: float | None = None, agent: str | None = None) -> None:
        """Note what the agent says or, with `agent`, that subagent."""
        if words.strip():
            self.turn.steps.append(Say(words, time, agent))

    def think(self, words: str, time: float | None = None, agent: str | None = None) -> None:
        if words.strip():
            self.turn.steps.append(Think(words, time, agent))

    def user_message(
        self, words: str, images: int, ident: str = "", time: float | None = None, *, beside_result: bool = False
    ) -> None:
        """Note a prompt; beside a call's result it is what was said while the agent went on. Without words and images
        it is none."""
        if (words or images) and not beside_result:
            self.prompt(words, ident, time, images)
        elif words:
            self.turn.steps.append(Mark("said", words, time))

    def user_blocks(
        self,
        blocks: Sequence[Mapping[str, Any]],
        ident: str = "",
        time: float | None = None,
        own: Callable[[str], str] = clean,
    ) -> None:
        """Note the content blocks of a message of the user; `own` returns what of a text is the person's."""
        kinds = [block.get("type") for block in blocks]
        written = [own(text(block.get("text"))) for block in blocks if block.get("type") == "text"]
        words = "\n".join(filter(None, written))
        self.user_message(words, kinds.count("image"), ident, time, beside_result="tool_result" in kinds)

    def answer(self, block: Mapping[str, Any], time: float | None = None) -> bool:
        """Note a content block of text or of thinking; whether it was one."""
        kind = block.get("type")
        if kind == "text":
            self.say(text(block.get("text")), time)
        elif kind in ("thinking", "reasoning"):
            self.think(text(block.get("thinking")) or text(block.get("text")), time)
        return kind in ("text", "thinking", "reasoning")

    def mark(self, kind: Literal["interrupted", "compacted", "rewound", "subagent"], words: str = "") -> None:
        self.turn.steps.append(Mark(kind, words))

    def happened(self, kind: Literal["interrupted", "compacted", "rewound"]) -> None:
        """Mark it in the running turn, if there is one."""
        if self.turns:
            self.mark(kind)

    def call(self, draft: CallDraft) -> CallDraft:
        self.turn.steps.append(draft)
        if draft.id:
            self.calls[draft.id] = draft
        return draft

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

    def span(self, modified: float | None = None) -> None:
        """Set the times of the conversation to those of its turns; without any, `modified` bounds it."""
        times = [one for turn in self.turns for one in (turn.time, turn.ended) if one is not None]
        self.started, self.updated = min(times, default=None), max(times, default=modified)
        if all(turn.time is None for turn in self.turns):
            self.times = "bounds"

    def by_model(self, model: str) -> None:
        """Give the turns the one model that is known of the conversation, where its messages name none."""
        if model and not any(turn.models for turn in self.turns):
            for turn in self.turns:
                turn.models = [model]

    def reading(self, modified: float | None = None) -> Reading:
        """The conversation, without recorded times bounded by `modified`; none where nothing was said or lost."""
        if self.started is None and modified is not None:
            self.bounded(modified)
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
            remotes=tuple(dict.fromkeys(filter(None, self.remotes))),
            heads=tuple(dict.fromkeys(filter(None, self.heads))),
            source=self.source,
            skipped=self.skipped,
            times=self.times,
        )


def is_name(value: Any) -> TypeGuard[str]:
    """Whether a value can be the id of a conversation."""
    return isinstance(value, str) and bool(value.strip()) and value.isprintable() and len(value) < 500


def _numbered(drafts: Iterable[TurnDraft]) -> Iterable[Turn]:
    used: set[str] = set()
    running, words = "", _WordsOnCalls()
    listed = list(drafts)
    for index, draft in enumerate(listed, 1):
        following = listed[index].prompt if index < len(listed) else ""
        ident = draft.id if draft.id.isprintable() else ""
        while not ident or ident in used:
            ident = f"{ident}.{index}" if ident else str(index)
        used.add(ident)
        if draft.added and running:
            yield replace(draft.finished(index, ident, words, following), added_to=running)
        else:
            running = ident
            yield draft.finished(index, ident, words, following)


def changed(path: str, before: str | None, after: str, time: float | None = None) -> Edit:
    """The edit of a file whose whole text is known after it, and perhaps before ("" for one that was not there)."""
    return Edit(path, "create" if before == "" else "modify", before=before, after=after, time=time)
