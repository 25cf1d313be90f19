"""All that may say why a line is there, from every source. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from gitstory.queries.reasons.accounts_of_work import before_edit, closing_answer, commit_message, tool_output
from gitstory.queries.reasons.answered_agent_messages import answered_message, words_within
from gitstory.queries.reasons.plans import (
    announced_before_start,
    approved_plan,
    plan_files,
    reported_before,
    subagent_task,
    todo,
)
from gitstory.queries.reasons.requests import earlier_requests, planned_for, prompt
from gitstory.queries.reasons.values import Reason, Scene

SOURCES: tuple[Callable[[Scene], Iterator[Reason]], ...] = (
    prompt,
    words_within,
    answered_message,
    earlier_requests,
    planned_for,
    approved_plan,
    subagent_task,
    announced_before_start,
    reported_before,
    todo,
    plan_files,
    before_edit,
    tool_output,
    closing_answer,
    commit_message,
)


def gather(scene: Scene) -> list[Reason]:
    """Every reason found, the best first."""
    reasons = [reason for source in SOURCES for reason in source(scene)]
    return sorted(reasons, key=lambda reason: -reason.score)
