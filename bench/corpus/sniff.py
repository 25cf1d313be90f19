"""Which agent wrote a transcript, by its content: the labels in checkpoint metadata are sometimes wrong."""

from __future__ import annotations

import re

CODEX = re.compile(rb'"type":"(session_meta|response_item|turn_context|event_msg)"')
CLAUDE = re.compile(rb'"(sessionId|parentUuid|isSidechain|leafUuid)"')
COPILOT = re.compile(rb'"type":"(session\.start|user\.message|assistant\.message|tool\.execution_start)"')


def agent_of(data: bytes) -> str:
    """One of claude-code, codex, copilot-cli, gemini-cli, opencode, unknown."""
    head = data[:400_000]
    if COPILOT.search(head):
        return "copilot-cli"
    if CODEX.search(head) and b'"payload"' in head:
        return "codex"
    if CLAUDE.search(head) and b'"message"' in data:
        return "claude-code"
    if head.lstrip().startswith(b"{") and b'"messages"' in head:
        return "opencode" if b'"sessionID"' in data or b'"providerID"' in data else "gemini-cli"
    return "unknown"
