"""What another tool says of a commit, as plain values, and the bounds that hold for all of them.

A claim is the tool's word and nothing more: whoever can write a ref can write one.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from msgspec import Struct

MOST_CONVERSATIONS = 50
"""Of one commit; further ones are left out."""
MOST_PROMPTS = 200
"""Of one conversation: the last ones."""
MOST_FILES = 5_000
MOST_RANGES = 50_000
"""Of one commit."""
LONGEST_PROMPT = 64 << 10
"""Characters."""
LONGEST_NAME = 400
"""Characters of an id, a model or a title; a longer id names nothing, the others are cut."""


class Prompt(Struct, frozen=True):
    """What a person asked; `time` in epoch seconds where it is recorded."""

    text: str
    time: float | None = None


class FileLines(Struct, frozen=True):
    """A file as the tool names it, and the lines (1-based, inclusive, in no order) it ascribes to the conversation."""

    path: str
    ranges: tuple[tuple[int, int], ...] = ()


class Claim(Struct, frozen=True):
    """One conversation that a tool ties to a commit.

    `tool` is who says so and `place` where it stands: a ref, `trailer`, or `body` (of the message, a hint at best).
    `agent` is our name of the agent. `near` tells whether the prompts are those of this commit alone; otherwise they
    are the conversation's up to then.
    """

    tool: str
    place: str
    agent: str
    conversation: str
    models: tuple[str, ...] = ()
    title: str = ""
    prompts: tuple[Prompt, ...] = ()
    files: tuple[FileLines, ...] = ()
    near: bool = False


def named(value: Any) -> str:
    """An id as text; "" for what can be none."""
    text = value.strip() if isinstance(value, str) else ""
    return text if len(text) <= LONGEST_NAME and text.isprintable() else ""


def cut(value: Any, most: int = LONGEST_NAME) -> str:
    return value[:most] if isinstance(value, str) else ""


def last_prompts(prompts: Iterable[Prompt]) -> tuple[Prompt, ...]:
    said = [Prompt(cut(one.text, LONGEST_PROMPT), one.time) for one in prompts if one.text.strip()]
    return tuple(said[-MOST_PROMPTS:])
