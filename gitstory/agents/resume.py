"""How each agent is told, on the command line, to go on with a conversation.

Programs of an editor have no such command. The commands are those of the versions FORMATS names; where the program's
own help was read, the version stands beside it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

COMMANDS: Mapping[str, tuple[str, ...]] = {
    "claude-code": ("claude", "--resume", "{id}"),
    "codex": ("codex", "resume", "{id}"),
    "copilot-cli": ("copilot", "--resume={id}"),
    "gemini-cli": ("gemini", "--resume", "{id}"),
    "qwen": ("qwen", "--resume", "{id}"),
    "opencode": ("opencode", "--session", "{id}"),
    "kilo-code": ("kilo", "--session", "{id}"),
    "cursor-cli": ("cursor-agent", "--resume={id}"),
    "cline": ("cline", "--id", "{id}"),
    "pi": ("pi", "--session", "{id}"),
    "droid": ("droid", "--resume", "{id}"),
    "amp": ("amp", "threads", "continue", "{id}"),
    "goose": ("goose", "session", "--resume", "--session-id", "{id}"),
    "deepseek-tui": ("deepseek", "--resume", "{id}"),
    "kiro": ("kiro-cli", "chat", "--resume-id", "{id}"),
    "antigravity": ("agy", "--conversation", "{id}"),
    "aider": ("aider", "--restore-chat-history"),
}
"""Agent -> its arguments, with `{id}` in the place of the native conversation id."""

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:@-]{0,199}\Z")
"""Ids come from files: one that could be taken for an option, or for anything but a name, is given to no program."""

_OF_THE_PROGRAM: Mapping[str, re.Pattern[str]] = {
    "cline": re.compile(r"[0-9]{1,40}+_[A-Za-z0-9]++\Z"),
    "kilo-code": re.compile(r"ses_"),
    "kiro": re.compile(r"(?!sess_)"),
}
"""Agents that live in editors as well: the shape of the ids their program gives. Cline's editor tasks are bare numbers,
Kilo Code's older editor tasks are UUIDs, Kiro's editor and the third engine of its program share a store; that the
program takes those up has not been seen, so they get no command."""


def resume_command(agent: str, conversation: str) -> tuple[str, ...] | None:
    """The program and its arguments; None where the agent has no such command or the id is no plain name."""
    known = COMMANDS.get(agent)
    if known is None or _ID.match(conversation) is None:
        return None
    shape = _OF_THE_PROGRAM.get(agent)
    if shape is not None and shape.match(conversation) is None:
        return None
    return tuple(part.replace("{id}", conversation) for part in known)
