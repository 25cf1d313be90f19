"""Agent Note's notes (`refs/notes/agentnote`), schema 1 as its versions until 1.x of 2026 write it.

JSON `{"v":1,"agent","session_id","timestamp","model","interactions":[{"prompt","response",...}],
"files":[{"path","by_ai"}],...}`; `agent` was not written at first, when only Claude Code was supported. One
conversation a note. Lines are counted there, not named.
"""

from __future__ import annotations

import msgspec

from gitstory.interop.formats.agent_names import agent_name
from gitstory.interop.formats.claims import MOST_FILES, Claim, FileLines, Prompt, cut, decoded, last_prompts, named

REF = "refs/notes/agentnote"
TOOL = "agent-note"
BIGGEST = 8 << 20
"""Bytes of a note that is read."""

_NOTICE = "<task-notification>"
"""A message of the agent's own program, which stands among the prompts."""


class _Interaction(msgspec.Struct):
    prompt: str | None = None


class _File(msgspec.Struct):
    path: str
    by_ai: bool = False


class _Note(msgspec.Struct):
    v: int
    session_id: str
    agent: str | None = None
    model: str | None = None
    interactions: list[_Interaction] = []
    files: list[_File] = []


_decoder = msgspec.json.Decoder(_Note)


def claims(note: bytes, place: str = REF) -> list[Claim] | None:
    """The conversation that a note names; None for what is no such note."""
    read = decoded(_decoder, note, BIGGEST)
    if read is None:
        return None
    conversation = named(read.session_id)
    if not conversation:
        return []
    prompts = (one.prompt for one in read.interactions)
    return [
        Claim(
            TOOL,
            place,
            agent_name(read.agent or "claude"),
            conversation,
            models=tuple(filter(None, [cut(read.model)])),
            prompts=last_prompts(Prompt(text) for text in prompts if text and not text.startswith(_NOTICE)),
            files=tuple(FileLines(one.path) for one in read.files[:MOST_FILES] if one.by_ai),
        )
    ]
