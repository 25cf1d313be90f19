"""The command line that continues a conversation in its agent's own program."""

from __future__ import annotations

import re

from gitstory.agents.catalog import AGENTS

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:@-]{0,199}\Z")
"""Ids come from files: one that could be taken for an option, or for anything but a name, is given to no program."""


def resume_command(agent: str, conversation: str) -> tuple[str, ...] | None:
    """The program and its arguments; None where the agent has no such command or the id is no plain name."""
    info = AGENTS.get(agent)
    if info is None or not info.resume or _ID.match(conversation) is None:
        return None
    if info.resumable and re.match(info.resumable, conversation) is None:
        return None
    return tuple(part.replace("{id}", conversation) for part in info.resume)
