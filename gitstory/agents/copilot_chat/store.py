"""A session as VS Code stores it: one JSON document (to early 2026), or a log of changes to one (since).

Each line of a log is `{kind, k, v}`: 0 begins with a whole document, 1 sets what stands at the path `k`, 2 puts `v` at
the end of a list there (cut to `i` before), 3 removes it. VS Code rewrites a log when it is long.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gitstory.agents.json_values import items, mapping
from gitstory.agents.stores import json_document
from gitstory.agents.stores.jsonl import JsonLines, decode

_UNREAD = ("variableData", "contentReferences", "codeCitations", "followups", "responseMarkdownInfo", "agent")
_UNREAD_OF_RESULT = ("renderedUserMessage", "renderedGlobalContext", "codeBlocks")
"""Members that make up most of a session and say nothing a story needs."""
_LONGEST = 1_000_000
"""Items of a list; what puts one farther away is damage."""


def session(path: Path) -> tuple[dict[str, Any] | None, int]:
    """The document, None where there is none, and how many records could not be understood."""
    if path.suffix != ".jsonl":
        fields, lost = json_document.read(path)
        return (None, 1) if fields is None else (_lightened(fields), lost)
    fields, skipped = None, 0
    lines = JsonLines(path)
    for line in lines:
        fields, bad = _changed(fields, line)
        skipped += bad
    if lines.rest.strip() and decode(lines.rest) is not None:
        fields, bad = _changed(fields, lines.rest)
        skipped += bad
    return fields, skipped + lines.skipped + (fields is None)


def _changed(fields: dict[str, Any] | None, line: bytes) -> tuple[dict[str, Any] | None, bool]:
    """The document after one more line; and whether that could not be understood."""
    entry = decode(line)
    if entry is None:
        return fields, bool(line.strip())
    kind, path, value = entry.get("kind"), items(entry.get("k")), entry.get("v")
    if kind == 0 and isinstance(value, dict):
        return _lightened(value), False
    if kind not in (1, 2, 3) or isinstance(kind, bool) or not path or fields is None:
        return fields, True
    if path[0] == "requests":
        value = _light(value, len(path))
    if kind == 2:
        return fields, not _pushed(fields, path, items(value), entry.get("i"))
    return fields, not _set(fields, path, value, remove=kind == 3)


def _set(fields: dict[str, Any], path: list[Any], value: Any, *, remove: bool) -> bool:
    holder, last = _at(fields, path[:-1]), path[-1]
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


def _pushed(fields: dict[str, Any], path: list[Any], values: list[Any], at: Any) -> bool:
    value = _at(fields, path)
    if value is None:
        return _set(fields, path, list(values), remove=False)
    if not isinstance(value, list):
        return False
    if isinstance(at, int) and not isinstance(at, bool) and at >= 0:
        del value[at:]
    value.extend(values)
    return True


def _at(value: Any, path: list[Any]) -> Any:
    """What stands at a path. Members that are not kept have nothing below them."""
    for step in path:
        if isinstance(value, dict) and isinstance(step, str):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and 0 <= step < len(value):
            value = value[step]
        else:
            return None
    return value


def _lightened(fields: dict[str, Any]) -> dict[str, Any]:
    for request in items(fields.get("requests")):
        _light(request, 2)
    return fields


def _light(value: Any, depth: int) -> Any:
    """The same without what is never read, `depth` steps below the document: a list of requests, one, its result."""
    if depth == 1:
        for each in items(value):
            _light(each, 2)
    elif depth == 2 and isinstance(value, dict):
        value["images"] = sum(
            mapping(item).get("kind") == "image" for item in items(mapping(value.get("variableData")).get("variables"))
        )
        value["extension"] = mapping(value.get("agent")).get("extensionVersion")
        for name in _UNREAD:
            value.pop(name, None)
        _light(value.get("result"), 3)
    elif depth == 3 and isinstance(value, dict):
        for name in _UNREAD_OF_RESULT:
            mapping(value.get("metadata")).pop(name, None)
    return value
