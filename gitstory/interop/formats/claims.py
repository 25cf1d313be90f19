"""What another tool says of a commit, as plain values, and the bounds that hold for all of them.

A claim is the tool's word and nothing more: whoever can write a ref can write one.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b
from typing import Any, TypeVar

import msgspec
from msgspec import Struct
from msgspec.structs import replace

T = TypeVar("T")

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
    """What a person asked; `time` in epoch seconds where it is recorded, `number` its place among those recorded."""

    text: str
    time: float | None = None
    number: int = 1


class FileLines(Struct, frozen=True):
    """A file as the tool names it, and the lines (1-based, inclusive, in no order) it ascribes to the conversation."""

    path: str
    ranges: tuple[tuple[int, int], ...] = ()


class Claim(Struct, frozen=True):
    """One conversation that a tool ties to a commit.

    `tool` is who says so and `place` where it stands: a ref, `trailer`, or `body` (of the message, a hint at best).
    `agent` is our name of the agent. The prompts are the conversation's up to then (of Entire: of 418 pairs of
    checkpoints of one conversation, 54 had only what was new since the one before); which of them led to the commit
    is not said.
    """

    tool: str
    place: str
    agent: str
    conversation: str
    models: tuple[str, ...] = ()
    title: str = ""
    prompts: tuple[Prompt, ...] = ()
    files: tuple[FileLines, ...] = ()

    @property
    def key(self) -> tuple[str, str]:
        return (self.agent, self.conversation)


def named(value: Any) -> str:
    """An id as text; "" for what can be none."""
    text = value.strip() if isinstance(value, str) else ""
    return text if len(text) <= LONGEST_NAME and text.isprintable() else ""


def cut(value: Any, most: int = LONGEST_NAME) -> str:
    return value[:most] if isinstance(value, str) else ""


def last_prompts(prompts: Iterable[Prompt]) -> tuple[Prompt, ...]:
    """Those with any text, numbered from 1; of very many only the last ones."""
    prompts_with_text = [one for one in prompts if one.text.strip()]
    numbered = [
        Prompt(cut(prompt.text, LONGEST_PROMPT), prompt.time, number)
        for number, prompt in enumerate(prompts_with_text, 1)
    ]
    return tuple(numbered[-MOST_PROMPTS:])


def turn_id(claim: Claim, prompt: Prompt) -> str:
    """Names a prompt for ever: its number, and 12 bits of its text, which distinguish it from another with that number.

    Twelve, since a turn's id is shared: so few give no text away.
    """
    hashed = "\0".join((*claim.key, prompt.text)).encode("utf-8", "surrogatepass")
    return f"{prompt.number}-{blake2b(hashed, digest_size=2).hexdigest()[:3]}"


def joined(claim: Claim, other: Claim) -> Claim:
    """Merge two claims about the same conversation; a tool repeats a claim, usually with more prompts."""
    longer, shorter = (claim, other) if len(claim.prompts) >= len(other.prompts) else (other, claim)
    prompts = {(prompt.number, prompt.text): prompt for prompt in (*shorter.prompts, *longer.prompts)}
    ordered = sorted(prompts.values(), key=lambda prompt: prompt.number)
    return replace(
        longer,
        models=tuple(dict.fromkeys((*longer.models, *shorter.models))),
        title=longer.title or shorter.title,
        prompts=tuple(ordered),
        files=(),
    )


def decoded(decoder: msgspec.json.Decoder[T], record: bytes | str, biggest: int) -> T | None:
    """What a record of another tool says; None for one of more than `biggest` bytes, or of another kind."""
    if len(record) > biggest:
        return None
    try:
        return decoder.decode(record)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
