"""A session as VS Code stores it: one JSON document (to early 2026), or a log of changes to one (since).

Each line of a log is `{kind, k, v}`: 0 begins with a whole document, 1 sets what stands at the path `k`, 2 puts `v` at
the end of a list there (cut to `i` before), 3 removes it. VS Code writes a log anew once it is long.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gitstory import opening
from gitstory.agents.json_values import items, mapping
from gitstory.agents.stores import json_document
from gitstory.agents.stores.jsonl import Lines, decode

_UNREAD = ("variableData", "contentReferences", "codeCitations", "followups", "responseMarkdownInfo", "agent")
_UNREAD_OF_RESULT = ("renderedUserMessage", "renderedGlobalContext", "codeBlocks")
"""Members that make up most of a session and say nothing a story needs."""
_LONGEST = 1_000_000
"""Items of a list; what puts one farther away is damage."""


def session(path: Path) -> tuple[dict[str, Any] | None, int]:
    """The document, None where there is none, and how many records could not be understood."""
    if path.suffix != ".jsonl":
        try:
            told, lost = json_document.document(opening.content(path))
        except OSError:
            told, lost = None, 1
        return (None, 1) if told is None else (_lightened(told), lost)
    told, skipped = None, 0
    lines = Lines(path)
    for line in lines:
        told, bad = _changed(told, line)
        skipped += bad
    if lines.rest.strip() and decode(lines.rest) is not None:
        told, bad = _changed(told, lines.rest)
        skipped += bad
    return told, skipped + lines.skipped + (told is None)


def _changed(told: dict[str, Any] | None, line: bytes) -> tuple[dict[str, Any] | None, bool]:
    """The document after one more line; and whether that could not be understood."""
    entry = decode(line)
    if entry is None:
        return told, bool(line.strip())
    kind, path, value = entry.get("kind"), items(entry.get("k")), entry.get("v")
    if kind == 0 and isinstance(value, dict):
        return _lightened(value), False
    if kind not in (1, 2, 3) or isinstance(kind, bool) or not path or told is None:
        return told, True
    if path[0] == "requests":
        value = _light(value, len(path))
    if kind == 2:
        return told, not _pushed(told, path, items(value), entry.get("i"))
    return told, not _set(told, path, value, remove=kind == 3)


def _set(told: dict[str, Any], path: list[Any], value: Any, *, remove: bool) -> bool:
    holder, last = _at(told, path[:-1]), path[-1]
    if isinstance(holder, dict) and isinstance(last, str):
        if remove:
            holder.pop(last, None)
        else:
            holder[last] = value
        return True
    if not isinstance(holder, list) or isinstance(last, bool) or not isinstance(last, int) or not 0 <= last < _LONGEST:
        return False
    if remove:
        del holder[last : last + 1]
    elif last < len(holder):
        holder[last] = value
    else:
        holder += [None] * (last - len(holder)) + [value]
    return True


def _pushed(told: dict[str, Any], path: list[Any], values: list[Any], at: Any) -> bool:
    found = _at(told, path)
    if found is None:
        return _set(told, path, list(values), remove=False)
    if not isinstance(found, list):
        return False
    if isinstance(at, int) and not isinstance(at, bool) and at >= 0:
        del found[at:]
    found.extend(values)
    return True


def _at(told: Any, path: list[Any]) -> Any:
    """What stands at a path. Members that are not kept have nothing below them."""
    for step in path:
        if isinstance(told, dict) and isinstance(step, str):
            told = told.get(step)
        elif isinstance(told, list) and isinstance(step, int) and 0 <= step < len(told):
            told = told[step]
        else:
            return None
    return told


def _lightened(told: dict[str, Any]) -> dict[str, Any]:
    for request in items(told.get("requests")):
        _light(request, 2)
    return told


def _light(value: Any, depth: int) -> Any:
    """The same without what is never read, `depth` steps below the document: a list of requests, one, its result."""
    if depth == 1:
        for one in items(value):
            _light(one, 2)
    elif depth == 2 and isinstance(value, dict):
        value["images"] = sum(
            mapping(one).get("kind") == "image" for one in items(mapping(value.get("variableData")).get("variables"))
        )
        value["extension"] = mapping(value.get("agent")).get("extensionVersion")
        for name in _UNREAD:
            value.pop(name, None)
        _light(value.get("result"), 3)
    elif depth == 3 and isinstance(value, dict):
        for name in _UNREAD_OF_RESULT:
            mapping(value.get("metadata")).pop(name, None)
    return value
