"""Notes that only name conversations: git-prompt-story's manifests and git-memento's Markdown.

git-prompt-story (0.5 to 0.16): JSON `{"v":1,"start_work":...,"sessions":[{"tool","id","path",...}]}` at
`refs/notes/prompt-story`, earlier at `refs/notes/commits`. git-memento (1.0 to 1.2): at `refs/notes/commits`, a heading
and a list of provider, id and title before the transcript; several parted by comments. The transcripts there escape
nothing, so that whatever stands below the list could be anyone's and is not read. People keep notes of their own at
`refs/notes/commits`: what is neither says nothing.
"""

from __future__ import annotations

import re

import msgspec

from gitstory.interop.formats.agent_names import agent_name
from gitstory.interop.formats.claims import MOST_CONVERSATIONS, Claim, decoded, named

PROMPT_STORY_REF = "refs/notes/prompt-story"
COMMITS_REF = "refs/notes/commits"
BIGGEST = 4 << 20
"""Bytes of a note that is read."""

_START = b"<!-- git-memento-session:start -->"
# A comment ends at its first `-->`: where it could end at several, refusing many of them would take for ever.
_HEAD = re.compile(
    rb"(?:\s|<!--(?:(?!-->)[^\n]){0,100}-->|- [^\n]{0,200}\n)*# Git Memento Session(?: Summary)?\r?\n\s*"
    rb"(?:- Session Kind: [^\n]{0,100}\n)?- Provider: ([^\n]{1,100})\n- Session ID: ([^\n]{1,400})\n"
)


class _Session(msgspec.Struct):
    tool: str = ""
    id: str = ""


class _Manifest(msgspec.Struct):
    v: int
    sessions: list[_Session] = []


_decoder = msgspec.json.Decoder(_Manifest)


def prompt_story(note: bytes, place: str = PROMPT_STORY_REF) -> list[Claim] | None:
    """None for what is no manifest."""
    read = decoded(_decoder, note, BIGGEST)
    if read is None:
        return None
    keys = ((agent_name(one.tool), named(one.id)) for one in read.sessions)
    kept = [key for key in dict.fromkeys(keys) if key[1]]
    return [Claim("git-prompt-story", place, *key) for key in kept[:MOST_CONVERSATIONS]]


def memento(note: bytes, place: str = COMMITS_REF) -> list[Claim]:
    keys: dict[tuple[str, str], None] = {}
    parts = note[:BIGGEST].split(_START)
    for part in (parts[1:] or parts)[:MOST_CONVERSATIONS]:
        match = _HEAD.match(part[:4_000])
        conversation = named(match[2].decode("utf-8", "replace")) if match is not None else ""
        if match is not None and conversation:
            keys[agent_name(match[1].decode("utf-8", "replace")), conversation] = None
    return [Claim("git-memento", place, *key) for key in keys]


def either(note: bytes, place: str = COMMITS_REF) -> list[Claim]:
    """What a note at git's own notes ref says, if it is one of these tools'."""
    if note.lstrip()[:1] == b"{":
        return prompt_story(note, place) or []
    return memento(note, place) if b"# Git Memento Session" in note else []
