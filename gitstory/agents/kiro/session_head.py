"""The JSON file beside a session's lines: it describes the whole session, and is written after the first line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from gitstory import safe_open
from gitstory.agents.base import Source
from gitstory.agents.conversation_builder import Draft
from gitstory.agents.stores import json_document, row_sources


def sources(agent: str, files: Iterable[tuple[Path, Path, str]]) -> Iterator[Source]:
    """One for each file of lines that is there, of (lines, head, id)."""
    for path, head, ident in files:
        facts = safe_open.facts(path)
        if facts is None or not row_sources.is_name(ident):
            continue
        size, moment = _beside(head)
        stamp = (facts.st_size, facts.st_mtime_ns, size, moment)
        yield Source(agent, path, stamp, facts.st_size + size, max(facts.st_mtime, moment / 1e9), ident)


def _beside(head: Path) -> tuple[int, int]:
    """Size and time (ns), zeros where there is none."""
    return safe_open.stamp(head)


def head_fields(head: Path, draft: Draft) -> dict[str, Any]:
    """What it says, nothing where there is none; one that cannot be read is counted."""
    try:
        fields, lost = json_document.document(safe_open.content(head))
    except FileNotFoundError:
        return {}
    except OSError:
        fields, lost = None, 1
    draft.skipped += lost
    return fields or {}
