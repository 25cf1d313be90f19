"""What other tools call the agents, and what we do."""

from __future__ import annotations

import re

_OURS = {
    "claude": "claude-code",
    "claude-code": "claude-code",
    "claude-code-cli": "claude-code",
    "codex": "codex",
    "codex-cli": "codex",
    "openai-codex": "codex",
    "copilot": "copilot-cli",
    "copilot-cli": "copilot-cli",
    "github-copilot": "copilot-chat",
    "github-copilot-cli": "copilot-cli",
    "cursor": "cursor",
    "cursor-ide": "cursor",
    "cursor-agent": "cursor-cli",
    "cursor-cli": "cursor-cli",
    "gemini": "gemini-cli",
    "gemini-cli": "gemini-cli",
    "opencode": "opencode",
    "factory-ai-droid": "droid",
    "droid": "droid",
    "qwen": "qwen",
    "qwen-code": "qwen",
}
_THEIRS = {"claude-code": "claude", "gemini-cli": "gemini", "copilot-chat": "github-copilot"}
_OTHER = re.compile(r"[^a-z0-9]+")


def agent_name(said: str) -> str:
    """`Claude Code` -> `claude-code`; an agent we have no reader of keeps its own name, in our spelling."""
    plain = _OTHER.sub("-", said[:100].lower()).strip("-")
    return _OURS.get(plain, plain) or "unknown"


def git_ai_name(agent: str) -> str:
    """What git-ai calls an agent of ours; `agent_name` leads back."""
    return _THEIRS.get(agent, agent)
