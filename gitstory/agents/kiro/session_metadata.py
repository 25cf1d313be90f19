"""The JSON file beside a session's lines: it describes the whole session, and is written after the first line."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from gitstory import safe_open
from gitstory.agents.base import Source
from gitstory.agents.conversation_builder import Draft
from gitstory.agents.json_values import seconds
from gitstory.agents.stores import json_document, row_sources


def sources(agent: str, files: Iterable[tuple[Path, Path, str]]) -> Iterator[Source]:
    """One for each file of lines that is there, of (lines, head, id)."""
    for path, head, ident in files:
        facts = safe_open.facts(path)
        if facts is None or not row_sources.is_name(ident):
            continue
        size, moment = safe_open.stamp(head)
        stamp = (facts.st_size, facts.st_mtime_ns, size, moment)
        yield Source(agent, path, stamp, facts.st_size + size, max(facts.st_mtime, moment / 1e9), ident)


def head_fields(head: Path, draft: Draft) -> dict[str, Any]:
    """What it says, nothing where there is none; one that cannot be read is counted."""
    fields, lost = json_document.read(head) if os.path.lexists(head) else (None, 0)
    draft.skipped += lost
    return fields or {}


def span(draft: Draft, created: object, changed: object, modified: float) -> None:
    """Set the times of the conversation to what the head says of them, and to those of its turns."""
    draft.span()
    draft.started = seconds(created) or draft.started
    draft.updated = max(draft.updated or 0.0, seconds(changed) or 0.0) or modified
