"""Scenes made by hand for the tests of reasons."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from gitstory.model import Call, Conversation, Edit, Hunk, Say, Step, Turn
from gitstory.queries.reasons.text_relevance import subject
from gitstory.queries.reasons.values import Reason, Scene

PATH = "src/cache_store.py"
LINE = "    return disk_cache.read(cache_key)"


def edit(*lines: str, path: str = PATH, agent: str | None = None, **given: Any) -> Call:
    hunk = Hunk(1, 1, tuple(f"+{line}" for line in lines or (LINE,)))
    return Call(tool="Edit", input=path, agent=agent, edits=(Edit(path=f"/home/dev/x/{path}", hunks=(hunk,)),), **given)


def turn(index: int, prompt: str, *steps: Step, **given: Any) -> Turn:
    return Turn(id=f"t{index}", index=index, prompt=prompt, steps=steps, **given)


def scene(*turns: Turn, at: int = -1, lines: Sequence[str] = (LINE,), path: str = PATH, **given: Any) -> Scene:
    """The edit is the last one of the turn `at`; without one, the end of the turn."""
    chosen = turns[at]
    step = max((n for n, each in enumerate(chosen.steps) if isinstance(each, Call) and each.edits), default=-1)
    call = chosen.steps[step] if step >= 0 else None
    conversation = Conversation(agent="claude-code", id="abcdef12", turns=turns)
    made = Scene(
        conversation,
        chosen,
        subject(path, lines),
        step if step >= 0 else len(chosen.steps),
        call.agent if isinstance(call, Call) else None,
    )
    return replace(made, **given)


def only(reasons: Sequence[Reason], kind: str) -> list[Reason]:
    return [reason for reason in reasons if reason.kind == kind]


SAID = Say("Done.")
