"""Conversations that commit messages name: trailers of Entire, Claude Code, Copilot's command line program and GitHub's
coding agent.

git says what is a trailer. The same line elsewhere in a message (a squash quotes those of its commits) is a hint.
"""

from __future__ import annotations

import re

from gitstory.interop.formats.claims import Claim

KEYS = ("Entire-Checkpoint", "Claude-Session", "Agent-Logs-Url", "Copilot-Session")
MOST = 20
"""Lines of one message that are followed."""

_LINE = re.compile(
    rb"^[ \t>*-]*(" + "|".join(KEYS).encode("ascii") + rb"):[ \t]*([!-~]{1,300})[ \t]*\r?$", re.MULTILINE
)
_COPILOT = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\Z")
_CLAUDE = re.compile(r"https://claude\.ai/code/(session_[\w-]{4,100})\Z")
_LOGS = re.compile(r"https://github\.com/[\w.-]+/[\w.-]+/(?:(?:pull|tasks)/\w+/)?(?:agent-)?sessions/([\w-]{4,100})\Z")

Line = tuple[str, str]
"""(key, value)."""


def lines(message: bytes) -> list[Line]:
    """Every line of a message (or of a whole commit object) that could be one of these trailers."""
    pairs = ((key.decode("ascii"), value.decode("ascii")) for key, value in _LINE.findall(message))
    return list(dict.fromkeys(pairs))


def linked(key: str, value: str, place: str) -> Claim | None:
    """The conversation that a link to it names; None for a value of another kind."""
    value = value.split("?", maxsplit=1)[0].split("#", maxsplit=1)[0].rstrip("/")
    if key == "Claude-Session" and (match := _CLAUDE.match(value)):
        return Claim("claude-session", place, "claude-code", match[1])
    if key == "Agent-Logs-Url" and (match := _LOGS.match(value)):
        return Claim("agent-logs-url", place, "copilot-agent", match[1])
    if key == "Copilot-Session" and _COPILOT.match(value):
        return Claim("copilot-session", place, "copilot-cli", value.lower())
    return None
