"""git-prompt-story's manifests (0.5 to 0.16), which only name conversations.

JSON `{"v":1,"start_work":...,"sessions":[{"tool","id","path",...}]}` at `refs/notes/prompt-story`, earlier at
`refs/notes/commits`.
"""

from __future__ import annotations

import msgspec

from gitstory.interop.formats.agent_names import agent_name
from gitstory.interop.formats.claims import MOST_CONVERSATIONS, Claim, decoded, named

REF = "refs/notes/prompt-story"
TOOL = "git-prompt-story"
BIGGEST = 4 << 20
"""Bytes of a note that is read."""


class _Session(msgspec.Struct):
    tool: str = ""
    id: str = ""


class _Manifest(msgspec.Struct):
    v: int
    sessions: list[_Session] = []


_decoder = msgspec.json.Decoder(_Manifest)


def claims(note: bytes, place: str = REF) -> list[Claim] | None:
    """None for what is no manifest."""
    read = decoded(_decoder, note, BIGGEST)
    if read is None:
        return None
    keys = ((agent_name(one.tool), named(one.id)) for one in read.sessions)
    kept = [key for key in dict.fromkeys(keys) if key[1]]
    return [Claim(TOOL, place, *key) for key in kept[:MOST_CONVERSATIONS]]
