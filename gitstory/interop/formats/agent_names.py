"""What other tools call the agents, and what we do."""

from __future__ import annotations

import re

from gitstory.agents.catalog import AGENTS

_OURS = {alias: info.name for info in AGENTS.values() for alias in (info.name, *info.aliases)}
_THEIRS = {"claude-code": "claude", "gemini-cli": "gemini", "copilot-chat": "github-copilot"}
_OTHER = re.compile(r"[^a-z0-9]+")


def agent_name(name: str) -> str:
    """`Claude Code` -> `claude-code`; an agent we have no reader of keeps its own name, in our spelling."""
    plain = _OTHER.sub("-", name[:100].lower()).strip("-")
    return _OURS.get(plain, plain) or "unknown"


def git_ai_name(agent: str) -> str:
    """What git-ai calls an agent of ours; `agent_name` leads back."""
    return _THEIRS.get(agent, agent)
