"""What the judge reads out of a transcript: prompts as boundaries, writes, shell calls. Plain values."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Write:
    """Lines one tool call put into or took out of one file.

    `sure` is False where the record leaves room for doubt; `again` are lines that it took out and put in again.
    """

    path: str
    added: list[str]
    removed: list[str]
    time: float
    turn: int
    sure: bool = True
    again: frozenset[str] = frozenset()


@dataclass
class Shell:
    """One shell call: the command as the agent gave it, and what came back."""

    command: str
    output: str
    time: float
    turn: int
    commits: tuple[str, ...] = ()
    failed: bool = False


@dataclass
class Turn:
    """One human prompt. `ids` are the native ids that may name it.

    `hard` is False where the formats allow two readings (a slash command, a prompt typed while the agent worked):
    lines written there are counted apart.
    """

    ids: set[str]
    time: float
    prompt: str
    hard: bool = True


@dataclass
class Talk:
    """One conversation. `aliases` are other conversation ids whose files repeat records of this one."""

    agent: str
    id: str
    turns: list[Turn] = field(default_factory=list)
    writes: list[Write] = field(default_factory=list)
    shells: list[Shell] = field(default_factory=list)
    other: list[tuple[int, str]] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    started: float = 0.0
    ended: float = 0.0
    aliases: set[str] = field(default_factory=set)


@dataclass
class Version:
    """One stored copy of a transcript. `number` orders copies as the checkpoint branch got them, oldest first."""

    session: str
    checkpoint: str
    data: bytes
    number: int
    author: str = ""
