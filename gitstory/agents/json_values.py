"""Reading loosely typed JSON without ever raising, and the bounds put on what is kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

KEPT = 20_000
"""Characters kept of one output or input."""


def text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def texts(value: Any) -> list[str]:
    return [item for item in items(value) if isinstance(item, str)]


def mappings(value: Any) -> list[dict[str, Any]]:
    """The elements of a list; an empty mapping stands for one that is none."""
    return [item if isinstance(item, dict) else {} for item in value] if isinstance(value, list) else []


def blocks(content: Any) -> list[dict[str, Any]]:
    """The content blocks of a message, whose content may be one text."""
    return [{"type": "text", "text": content}] if isinstance(content, str) else mappings(content)


def first(given: Mapping[str, Any], names: Iterable[str]) -> str:
    """The first text that is not empty among the values of `names`; "" where there is none."""
    return next((found_text for name in names if (found_text := text(given.get(name)))), "")


def either(given: Mapping[str, Any], *names: str) -> str | None:
    """The first text among the values of `names`, be it empty; None where there is none."""
    return next((given[name] for name in names if isinstance(given.get(name), str)), None)


def seconds(value: Any) -> float | None:
    """Seconds since the epoch of an RFC 3339 text, or of a number of seconds or milliseconds."""
    try:
        if isinstance(value, str):
            moment = datetime.fromisoformat(value)
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 1e14:
            return value / 1000 if value > 1e11 else float(value)
    except (ValueError, OverflowError):
        return None
    return None


def cut(whole: str, bound: int = KEPT) -> str:
    """`whole`, or its head and tail with a line between them that says how much was left out; never over `bound`."""
    if len(whole) <= bound:
        return whole
    note = f"\n[... {len(whole) - bound} characters left out ...]\n"
    tail = (bound - len(note)) // 3
    return whole[: bound - len(note) - tail] + note + whole[len(whole) - tail :]


def joined(content: Any, *kinds: str) -> str:
    """The `text` of the content blocks of the given kinds (any kind where none is given), in order."""
    blocks = [mapping(block) for block in items(content)]
    return "\n".join(text(block.get("text")) for block in blocks if not kinds or block.get("type") in kinds)


def compact(value: Any) -> str:
    """`value` as JSON without white space."""
    try:
        return msgspec.json.encode(value).decode("utf-8", "replace")
    except (TypeError, ValueError, OverflowError, RecursionError):
        return ""
