"""Fields that any record of Claude Code may have, and the known types of records."""

from __future__ import annotations

from typing import Any

from gitstory.agents.claude_code.transcript_log import Strand, TranscriptLog
from gitstory.agents.conversation_builder import is_name
from gitstory.agents.json_values import mapping, seconds, text
from gitstory.agents.token_usage import anthropic

_READ_TYPES = frozenset(
    {
        "assistant",
        "user",
        "attachment",
        "queue-operation",
        "system",
        "summary",
        "ai-title",
        "custom-title",
        "progress",
        "last-prompt",
    }
)
_SILENT = frozenset(
    {
        "mode",
        "permission-mode",
        "file-history-snapshot",
        "file-history-delta",
        "pr-link",
        "bridge-session",
        "agent-name",
        "agent-color",
        "agent-setting",
        "tag",
        "task-summary",
        "content-replacement",
        "worktree-state",
        "attribution-snapshot",
        "speculation-accept",
        "relocated",
        "saved_hook_context",
        "tool-use-summary",
        "debug-log",
        # Claude Code 2.1.32x keeps account of its requests beside the conversation.
        "api-request",
        "api-request-blob",
        "api-request-shape",
        "tools-used",
        "atis-latch",
        "api-request-resumed",
        "cost-state",
        # Kept by its features for themselves (2.1.332): forks, comments on artifacts, files beside the conversation.
        "artifact-autoreact-ledger",
        "artifact-comment-monitor",
        "continued-in",
        "data-flow-incomplete",
        "data-flow-records",
        "derived-from",
        "dev-mods",
        "ended-by-model",
        "fork-context-ref",
        "frame-link",
        "history-suppression",
        "isolation-latch",
        "memory-mode",
        "observer-ref",
        "resume-head-vouch",
        "session-owner",
    }
)
"""Types of records without content. A record of any other type is counted as not understood."""


def is_unknown(kind: Any) -> bool:
    """Whether a record of this type has to be counted as not understood."""
    return isinstance(kind, str) and kind not in _READ_TYPES and kind not in _SILENT


def note(log: TranscriptLog, record: dict[str, Any]) -> None:
    """Store the fields that any record may have: session, directory, version, time."""
    session, place, version = record.get("sessionId"), record.get("cwd"), record.get("version")
    if is_name(session) and session not in log.sessions:
        log.sessions.append(session)
    if isinstance(place, str) and place and place not in log.places:
        log.places.append(place)
    if isinstance(version, str):
        log.version = version
    if fork := record.get("forkedFrom"):
        log.forked_from = log.forked_from or text(mapping(fork).get("sessionId"))
    log.now = time = moment(record)
    if time is not None:
        # The first record's time, not the earliest: a fork begins when it is made, whatever it copies.
        log.started = time if log.started is None else log.started
        log.updated = time if log.updated is None else max(log.updated, time)


def model_of(log: TranscriptLog, message: dict[str, Any]) -> str:
    """The model a message is of, kept for the conversation; "" where the agent spoke for itself."""
    model = message.get("model")
    if not isinstance(model, str) or model == "<synthetic>":
        return ""
    if model and model not in log.models:
        log.models.append(model)
    return model


def count_usage(strand: Strand, message: dict[str, Any]) -> None:
    """Keep what a message took of the model; its records repeat and raise it."""
    ident, used = message.get("id"), anthropic(message.get("usage"))
    if isinstance(ident, str) and used is not None:
        strand.usage[ident] = used


def branch_of(record: dict[str, Any]) -> str | None:
    """The branch that was checked out, None where none was."""
    branch = text(record.get("gitBranch"))
    return branch if branch not in ("", "HEAD") else None


def moment(record: dict[str, Any]) -> float | None:
    """When the record was made (epoch seconds)."""
    stamp = record.get("timestamp")
    return seconds(stamp) if isinstance(stamp, str) else None
