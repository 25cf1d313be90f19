"""The values everything is made of: conversations with their turns and edits, stories of commits.

Plain data without I/O. Times are seconds since the epoch in UTC, or None where an agent stores none. Text is
Unicode; lines are counted from 1. `Conversation` is both what the agents' readers return and what is stored
(there after `recording.trim_conversation` and redaction), so every reader of stories handles one shape.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

Evidence = Literal["lines", "command", "files", "manual", "time", "context"]
"""Why a turn or conversation is tied to a commit, ordered by `EVIDENCE_ORDER`; `context` is for turns only."""

EVIDENCE_ORDER: tuple[Evidence, ...] = ("lines", "command", "manual", "files", "time", "context")
"""Strongest first. A person's own word outranks a guess from file names."""

TurnKind = Literal["", "request", "answer", "correction", "continuation", "question", "automated"]
"""What a turn's prompt is; "" where nothing determined it (records of earlier versions). `automated`: no person wrote
the prompt."""


class Hunk(Struct, frozen=True, array_like=True, gc=False):
    """One hunk of a change: `lines` as in a unified diff, each led by " ", "-" or "+", without line ends.

    Starts are 1-based; 0 where the agent recorded no position.
    """

    old_start: int
    new_start: int
    lines: tuple[str, ...]


class Replacement(Struct, frozen=True, array_like=True, gc=False):
    """One "find this, put that": at the first place, at `all`, or (of shell commands) at the first of `each_line`."""

    old: str
    new: str
    all: bool = False
    each_line: bool = False


class Edit(Struct, frozen=True, omit_defaults=True):
    """One change of one file that took effect (failed and rejected calls leave no Edit).

    `path` is absolute with forward slashes where the agent says so or where `cwd` makes it so, else as recorded.
    What the store holds of the content is kept, the most exact first: `before` and `after` are whole texts,
    `hunks` a patch, `replacements` find-and-put pairs in order. An edit with none of them is known by name only
    (a shell command that touched the file). `before` is None where unknown and "" for a file that was not there.
    """

    path: str
    op: Literal["create", "modify", "delete", "rename"] = "modify"
    source: Literal["tool", "shell"] = "tool"
    before: str | None = None
    after: str | None = None
    hunks: tuple[Hunk, ...] = ()
    replacements: tuple[Replacement, ...] = ()
    moved_from: str | None = None
    time: float | None = None
    user_modified: bool = False
    """The person changed the agent's proposal before it was applied."""


class Say(Struct, frozen=True, tag="say", omit_defaults=True):
    """Text the agent wrote to the person or, with `agent`, what that subagent wrote while it worked."""

    text: str
    time: float | None = None
    agent: str | None = None


class Think(Struct, frozen=True, tag="think", omit_defaults=True):
    """The recorded reasoning of the agent or, with `agent`, of that subagent."""

    text: str
    time: float | None = None
    agent: str | None = None


class Call(Struct, frozen=True, tag="call", omit_defaults=True):
    """One tool call: what was asked of which tool, what came back, and the edits it made.

    `input` is the telling part of the arguments as text (the command of a shell call, the path of a read, else
    compact JSON); `output` the result as text. `commits` are abbreviated or full commit ids the call reports as
    made by itself. `agent` names the subagent that made the call, None for the main thread.
    """

    tool: str
    id: str = ""
    input: str = ""
    output: str = ""
    failed: bool = False
    edits: tuple[Edit, ...] = ()
    commits: tuple[str, ...] = ()
    agent: str | None = None
    time: float | None = None
    cwd: str | None = None
    plan: str = ""
    """The plan this call put before the person: approved, unless the call `failed`."""
    todo: str = ""
    """The item of the agent's to-do list that was in progress; of calls with edits only."""
    spawned: str = ""
    """The id of the subagent, or of its conversation, that this call started."""


Occasion = Literal["", "question", "refusal", "plan", "remark"]
"""What a person's words in the middle of a turn follow: the agent's question, a call that they refused, a plan that
was put before them, or nothing in particular."""


class Mark(Struct, frozen=True, tag="mark", omit_defaults=True):
    """Something that happened to the conversation itself.

    `said`: `text` is a person's words within the turn, at their place among its steps; `question` is the question
    they answer and `option` the description of the option chosen, where the agent offered options; `call` is the id
    of the call they were said about. `subagent`: the steps of subagent `agent` follow, which the call `call` started;
    `text` names its task in a line and `task` is the whole of it.
    """

    kind: Literal["interrupted", "compacted", "rewound", "human-edit", "subagent", "said"]
    text: str = ""
    time: float | None = None
    occasion: Occasion = ""
    question: str = ""
    option: str = ""
    call: str = ""
    agent: str | None = None
    task: str = ""


Step = Say | Think | Call | Mark


class Tokens(Struct, frozen=True, omit_defaults=True):
    """What models read and wrote, in tokens, as the agent recorded it.

    `input` is all that was read, `cached` the part of it that came from the provider's cache; `output` is all that
    was written, thinking too. (Anthropic counts cached input apart from the rest, OpenAI inside it: readers add up.)
    """

    input: int = 0
    output: int = 0
    cached: int = 0

    def __add__(self, other: Tokens) -> Tokens:
        return Tokens(self.input + other.input, self.output + other.output, self.cached + other.cached)


class Reference(Struct, frozen=True, array_like=True):
    """A step of a turn of the same conversation: the turn's id, the step's place counted from 0."""

    turn: str
    step: int


class Turn(Struct, frozen=True, omit_defaults=True):
    """One prompt of the person and everything that followed until the next one.

    `id` is the native id of the prompt's record, else `str(index)`; `index` counts from 1 in the conversation.
    `abandoned` turns were rewound or rolled back by the person: their edits may have been undone.
    """

    id: str
    index: int
    prompt: str
    time: float | None = None
    images: int = 0
    steps: tuple[Step, ...] = ()
    models: tuple[str, ...] = ()
    branch: str | None = None
    ended: float | None = None
    abandoned: bool = False
    tokens: Tokens | None = None
    """Of all model calls of the turn, subagents' too if they are recorded in it; None if none are recorded."""
    kind: TurnKind = ""
    reply_to: Reference | None = None
    """The agent's message that a short prompt answers."""
    added_to: str = ""
    """Id of the turn that was running when this prompt was typed: it adds to that request and interrupted nothing."""
    expanded: str = ""
    """The text that the slash command or skill in the prompt stands for, as the agent's program put it in."""

    @property
    def calls(self) -> Iterator[Call]:
        return (step for step in self.steps if isinstance(step, Call))

    @property
    def edits(self) -> Iterator[Edit]:
        return (edit for call in self.calls for edit in call.edits)

    @property
    def answers(self) -> Iterator[str]:
        """What the agent itself said, without its subagents."""
        return (step.text for step in self.steps if isinstance(step, Say) and step.agent is None)

    @property
    def words(self) -> Iterator[Mark]:
        """What the person said in the course of the turn: answers to questions, reasons of refusals, remarks."""
        return (step for step in self.steps if isinstance(step, Mark) and step.kind == "said" and step.text)


def part_of_id(agent: str, name: str) -> str:
    """What `name`, as a person types it, says of the id of a conversation of `agent`: `codex:4f2a` is `4f2a` there."""
    return name.removeprefix(f"{agent}:")


def is_called(key: tuple[str, str], name: str) -> bool:
    """Whether `name` means the conversation (agent, id): it is the beginning of its id, perhaps behind `AGENT:`."""
    ident = part_of_id(key[0], name)
    return bool(ident) and key[1].startswith(ident)


class Conversation(Struct, frozen=True, omit_defaults=True):
    """One session of one agent; (agent, id) names it for ever.

    `places` are the working directories it was seen in, first one first. `skipped` counts unreadable records.
    `remotes` and `heads` (repository URL, HEAD at the start) are there for agents that record them.
    """

    agent: str
    id: str
    turns: tuple[Turn, ...] = ()
    title: str = ""
    places: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    started: float | None = None
    updated: float | None = None
    version: str = ""
    parent: str | None = None
    """The conversation this one was forked from or, for an agent that stores them apart, the one that spawned it."""
    subagent: bool = False
    from_plan: bool = False
    """Whether `parent` is the conversation that made the plan which this one was begun to carry out."""
    remotes: tuple[str, ...] = ()
    heads: tuple[str, ...] = ()
    source: str = ""
    """Where it was read from; never stored."""
    skipped: int = 0
    times: Literal["recorded", "bounds"] = "recorded"
    """"bounds": the store has no times; the turns are in the order of their records, and all of it happened between
    `started` and `updated`, which are those of the file (or of the session's head, where one is dated)."""

    @property
    def key(self) -> tuple[str, str]:
        return (self.agent, self.id)

    @property
    def tokens(self) -> Tokens | None:
        """Of all turns together."""
        counted = [turn.tokens for turn in self.turns if turn.tokens is not None]
        return sum(counted[1:], counted[0]) if counted else None


class Range(Struct, frozen=True, omit_defaults=True):
    """Lines `start` to `end` (1-based, inclusive) that one turn wrote or removed.

    `hash` is over the lines' bytes (see `git.line_hashes.lines_hash`), so that a range can be moved when its commit is
    rewritten, and so that a forged record is recognised. `drift` says how the text differed from the agent's.
    """

    start: int
    end: int
    agent: str
    conversation: str
    turn: str
    hash: str = ""
    drift: Literal["", "whitespace", "line-endings"] = ""


class FileStory(Struct, frozen=True, omit_defaults=True):
    """What is known of one file of a commit: `added` and `deleted` count the diff's lines, ranges the explained."""

    path: str
    added: int = 0
    deleted: int = 0
    ranges: tuple[Range, ...] = ()
    removed: tuple[Range, ...] = ()


class TurnLink(Struct, frozen=True, omit_defaults=True):
    id: str
    index: int
    evidence: Evidence
    lines: int = 0


class Link(Struct, frozen=True, omit_defaults=True):
    """A conversation's part in a commit. `lines` counts added and removed lines it explains.

    `recorded_by` is the tool on whose word alone the link stands ("" for what gitstory found itself), `recorded_in`
    where that says so: a ref, `trailer`, or `body` (of the message).
    """

    agent: str
    conversation: str
    evidence: Evidence
    lines: int = 0
    turns: tuple[TurnLink, ...] = ()
    recorded_by: str = ""
    recorded_in: str = ""


class Decision(Struct, frozen=True, omit_defaults=True):
    """What a person said about a conversation (or, with `turn`, one of its turns) and a commit: it belongs, or not.

    The last word counts: `time` (epoch seconds) is later than that of any decision it replaces.
    """

    agent: str
    conversation: str
    linked: bool
    time: float
    turn: str | None = None


class Story(Struct, frozen=True, omit_defaults=True):
    """What is recorded for one commit: never text, only names of turns and of lines.

    `parent` is the first parent the ranges were made against. `open` names conversations whose running turn was
    not complete when the commit was made; the next drain finishes them. `decisions` outlive every later linking.
    `author` stands for the author's address (see `git.changed_files.author_key`), "" where unknown: a squash on a
    server keeps the author, and whose commit went into it may not be here to be asked.
    """

    commit: str
    links: tuple[Link, ...] = ()
    files: tuple[FileStory, ...] = ()
    carried_from: tuple[str, ...] = ()
    open: tuple[str, ...] = ()
    schema: str = "gitstory.commit/1"
    decisions: tuple[Decision, ...] = ()
    author: str = ""
