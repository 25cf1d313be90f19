"""git-memento's notes (1.0 to 1.2), Markdown at git's own notes ref, which only name conversations.

A heading and a list of provider, id and title stand before the transcript; several are parted by comments. The
transcripts there escape nothing, so that whatever stands below the list could be anyone's and is not read. People keep
notes of their own at `refs/notes/commits`: what is no such note says nothing.
"""

from __future__ import annotations

import re

from gitstory.interop.formats.agent_names import agent_name
from gitstory.interop.formats.claims import MOST_CONVERSATIONS, Claim, named

REF = "refs/notes/commits"
TOOL = "git-memento"
BIGGEST = 4 << 20
"""Bytes of a note that is read."""

_START = b"<!-- git-memento-session:start -->"
# A comment ends at its first `-->`: where it could end at several, refusing many of them would take for ever.
_HEAD = re.compile(
    rb"(?:\s|<!--(?:(?!-->)[^\n]){0,100}-->|- [^\n]{0,200}\n)*# Git Memento Session(?: Summary)?\r?\n\s*"
    rb"(?:- Session Kind: [^\n]{0,100}\n)?- Provider: ([^\n]{1,100})\n- Session ID: ([^\n]{1,400})\n"
)


def claims(note: bytes, place: str = REF) -> list[Claim]:
    keys: dict[tuple[str, str], None] = {}
    parts = note[:BIGGEST].split(_START)
    for part in (parts[1:] or parts)[:MOST_CONVERSATIONS]:
        match = _HEAD.match(part[:4_000])
        conversation = named(match[2].decode("utf-8", "replace")) if match is not None else ""
        if match is not None and conversation:
            keys[agent_name(match[1].decode("utf-8", "replace")), conversation] = None
    return [Claim(TOOL, place, *key) for key in keys]


def is_note(note: bytes) -> bool:
    """Whether a note may be one of git-memento's."""
    return b"# Git Memento Session" in note
