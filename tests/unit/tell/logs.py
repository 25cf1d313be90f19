"""Short conversations to write up."""

from __future__ import annotations

import json
from typing import Any

from gitstory.git.commit_details import CommitInfo
from gitstory.model import Call, Conversation, Edit, Hunk, Mark, Say, Step, Turn, TurnKind
from gitstory.summary.corrections import corrections
from gitstory.tell.values import LoggedTurn, Material

KEY = ("claude-code", "4de91640-1111-4222-8333-444455556666")


def turn(index: int, prompt: str, *steps: Step, kind: TurnKind = "request", abandoned: bool = False) -> Turn:
    return Turn(f"t{index}", index, prompt, 1000.0 + index, steps=steps, kind=kind, abandoned=abandoned)


def edit(path: str, *lines: str) -> Call:
    """One edit: lines with their signs."""
    return Call("Edit", edits=(Edit(path, hunks=(Hunk(1, 1, lines),)),))


def shell(command: str, output: str = "", *, failed: bool = False) -> Call:
    return Call("Bash", input=command, output=output, failed=failed)


def ask(question: str, options: dict[str, str], answer: str, call: str = "q1") -> tuple[Step, ...]:
    """A question of the agent's tool with its options, and what the person answered."""
    listed: list[dict[str, Any]] = [{"label": label, "description": about} for label, about in options.items()]
    given = json.dumps({"questions": [{"question": question, "options": listed}]})
    return Call("AskUserQuestion", call, given), Mark("said", answer, question=question, occasion="question", call=call)


def logged(*turns: Turn, key: tuple[str, str] = KEY) -> tuple[LoggedTurn, ...]:
    corrected = corrections(turns)
    return tuple(LoggedTurn(key, each, (), each.id in corrected, each.prompt) for each in turns)


def material(*turns: Turn) -> Material:
    return Material("4de91640", (), (Conversation(*KEY),), logged(*turns))


def say(text: str) -> Say:
    return Say(text)


def commit(oid: str, subject: str, *parents: str, body: str = "", at: int = 86_400) -> CommitInfo:
    """A commit by its short name: its id is 40 digits long."""
    full = tuple(parent * 40 for parent in parents or ("0",))
    return CommitInfo(oid * 40, full, "A", "a@example.org", at, 0, "A", at, subject, body)


def ranged(history: list[CommitInfo], *turns: LoggedTurn) -> Material:
    """The material of a range: all its commits, and the exchanges behind some."""
    return Material("main..topic", tuple(history), (Conversation(*KEY),), turns, history=tuple(history))
