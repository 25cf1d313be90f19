"""Clauses that look like instructions, but report, suppose or belong to a task. Pure; English only."""

from __future__ import annotations

import re

from gitstory.rules.instruction_verbs import TASK_VERBS

_SUPPOSED = re.compile(r"\bif (?:i|we|they|he|she|someone|somebody)\b[^.!?]{0,200}$", re.IGNORECASE)
"""Begins a case that somebody supposes; what follows is what would happen in it."""
_STATEMENT = re.compile(r"\b(?:is|are|was|were|gets|got|has|had|does|did)\b", re.IGNORECASE)
_WISHED = re.compile(
    r"\b(?:should|must|need|please|make sure|ensure|you|we|let's|want|use|always|never)\b", re.IGNORECASE
)


def is_reported(before: str, part: str) -> bool:
    """Whether `part`, behind `before` in a sentence, belongs to a supposed case, to a statement or to the task that the
    sentence begins with ("remove the flag and always use the default"), and is no wish."""
    if _SUPPOSED.search(before) is not None:
        return True
    if part.lower().startswith("always ") and before.rstrip().endswith(" and"):
        return before.split(maxsplit=1)[0].lower() in TASK_VERBS or _is_statement(before)
    last = before.rstrip() if part.lower().startswith(("always ", "never ")) else ""
    return last.endswith((" and", " but")) and _is_statement(last)


def _is_statement(text: str) -> bool:
    return _STATEMENT.search(text) is not None and _WISHED.search(text) is None
