"""What a write-up is made of. Every text in these values was said by somebody, and names where."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from gitstory.agents.prompt_text import interrupted
from gitstory.git.commit_details import CommitInfo
from gitstory.model import Conversation, Turn
from gitstory.queries.review.test_runs import Result
from gitstory.queries.review.values import Speaker
from gitstory.sources.story_source import Key
from gitstory.summary.short_ids import turn_name


class Cited(Struct, frozen=True):
    """Words of the log, markup aside as they were said. `source` is what commands take: `4de91640#3`, a commit's id."""

    text: str
    source: str
    speaker: Speaker
    time: float | None = None


class LoggedTurn(Struct, frozen=True):
    """A turn with its conversation; `commits` are the ids of those it led to, `label` what it was about in a line."""

    key: Key
    turn: Turn
    commits: tuple[str, ...] = ()
    correction: bool = False
    label: str = ""

    @property
    def source(self) -> str:
        return turn_name(self.key[1], self.turn.index)

    @property
    def by_person(self) -> bool:
        """Whether a person wrote its prompt; the note that somebody stopped the agent is no prompt."""
        if self.turn.kind == "automated" or interrupted(self.turn.prompt):
            return False
        return bool(self.turn.prompt.strip() or self.turn.images)

    def cite(self, text: str, speaker: Speaker = "agent") -> Cited:
        return Cited(text, self.source, speaker, self.turn.time)


class Material(Struct, frozen=True):
    """All that a write-up may quote. `turns` are in order of conversation and number, `commits` the oldest first.

    `conversations` are without their turns. `standing` counts, by source, the lines of turns that are in the files
    now, beside those they had added; None where nobody looked.
    """

    name: str
    commits: tuple[CommitInfo, ...]
    conversations: tuple[Conversation, ...]
    turns: tuple[LoggedTurn, ...]
    standing: dict[str, tuple[int, int]] | None = None
    history: tuple[CommitInfo, ...] = ()
    """All commits of the range, also those without a conversation; merges too."""

    def commit_of(self, oid: str) -> CommitInfo | None:
        return next((commit for commit in self.commits if commit.oid == oid), None)


class DiffExcerpt(Struct, frozen=True):
    """An excerpt of a change of one file: `lines` of a diff, of `added` and `deleted` in all; `left` were cut off."""

    path: str
    lines: tuple[str, ...]
    added: int
    deleted: int
    left: int
    source: str


class Considered(Struct, frozen=True):
    """An option that was on the table, and what was said for or against it."""

    option: Cited
    chosen: bool
    why: tuple[Cited, ...] = ()


DecisionKind = Literal["question", "option", "plan", "correction", "wish", "choice"]


class LoggedDecision(Struct, frozen=True):
    """Something that was decided. `title` is cut from `words`, the quotation that decides it.

    `context` is what led to it (the question, the request), `reasons` what was said for it, `files` all that the turn
    changed, `at` the turn.
    """

    kind: DecisionKind
    title: str
    words: Cited
    at: LoggedTurn
    context: tuple[Cited, ...] = ()
    options: tuple[Considered, ...] = ()
    reasons: tuple[Cited, ...] = ()
    change: DiffExcerpt | None = None
    also: tuple[Cited, ...] = ()
    """What the closing answer of the turn says of its change, beside the words."""
    undone_by: str = ""
    """The turn that took most of the lines out again."""

    @property
    def rejected(self) -> tuple[Considered, ...]:
        return tuple(option for option in self.options if not option.chosen)


FalseStartKind = Literal["taken back", "interrupted", "written over", "did not help", "did not work"]


class FalseStart(Struct, frozen=True):
    """An attempt that did not stay: `words` say what was asked, or what the agent said of it; `by` undid it."""

    kind: FalseStartKind
    words: Cited
    files: tuple[str, ...] = ()
    lines: int = 0
    by: str = ""


class FailedCall(Struct, frozen=True):
    """A tool call that failed: what was run, the line of its output that says why, and how often it was tried."""

    tool: str
    command: str
    line: str
    source: str
    time: float | None = None
    times: int = 1


class PutRight(Struct, frozen=True):
    """Where a person corrected the agent: what it had said, the correction, and what became of it."""

    claim: Cited | None
    words: Cited
    answer: Cited | None = None
    change: DiffExcerpt | None = None


class CheckRun(Struct, frozen=True):
    """The last run of a test command; `line` of its output says how it ended, `failed` counts earlier failures."""

    command: str
    result: Result
    line: str
    source: str
    runs: int = 1
    failed: int = 0
    time: float | None = None
