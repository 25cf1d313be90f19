"""OpenCode's older store of one JSON file per session, message and part, and sessions exported whole."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from pathlib import Path

from gitstory import safe_open
from gitstory.agents.base import Reading, Source
from gitstory.agents.conversation_builder import is_name
from gitstory.agents.json_values import items, mapping, mappings, text
from gitstory.agents.opencode.parse import OpenCodeSession
from gitstory.agents.stores import json_document
from gitstory.agents.stores.jsonl import stored
from gitstory.agents.stores.row_sources import unreadable

NAME = "opencode"


def sessions(storage: Path) -> Iterator[Source]:
    """`storage/session/<project>/<session>.json`, the newest first."""
    paths = (
        Path(entry.path)
        for folder in _listed(storage / "session")
        if folder.is_dir()
        for entry in _listed(Path(folder.path))
        if entry.name.endswith(".json")
    )
    pairs = [(facts.st_mtime_ns, path) for path, facts in safe_open.regular(paths)]
    for _, path in sorted(pairs, reverse=True):
        if is_name(path.stem):
            yield _source(storage, path)


def _source(storage: Path, path: Path) -> Source:
    """The version of a session is that of its own file and of those of its messages and parts together."""
    facts = [safe_open.stamp(path)]
    for message in _listed(storage / "message" / path.stem):
        facts.append(safe_open.stamp(Path(message.path)))
        facts += [
            safe_open.stamp(Path(part.path)) for part in _listed(storage / "part" / message.name.removesuffix(".json"))
        ]
    size, newest, total = sum(one[0] for one in facts), max(one[1] for one in facts), sum(one[1] for one in facts)
    return Source(NAME, path, (len(facts), size, newest, total % (1 << 60)), size, newest / 1e9, path.stem)


def exports(folder: Path, but: Collection[str]) -> Iterator[Source]:
    """Files of `opencode export` in a folder that is no store, with their id where their name is theirs."""
    for entry in _listed(folder):
        if entry.name.endswith(".json") and entry.name not in but and not entry.name.endswith("metadata.json"):
            size, when = safe_open.stamp(Path(entry.path))
            if safe_open.is_file(entry.path):
                yield Source(NAME, Path(entry.path), (size, when), size, when / 1e9)


def place(source: Source) -> str:
    """The directory a session's file names."""
    fields = stored(source.path) or {}
    return text((mapping(fields.get("info")) or fields).get("directory"))


def read(source: Source) -> Reading:
    """A session of files, or an exported one."""
    if source.id is None:
        return _read_export(source)
    fields = stored(source.path)
    if fields is None:
        return unreadable(source)
    session = OpenCodeSession(source.id, str(source.path))
    session.about(fields)
    storage = source.path.parent.parent.parent
    pairs = []
    for path in _jsons(storage / "message" / source.id):
        message = stored(path)
        if message is None:
            session.draft.skipped += 1
        parts = []
        for at in _jsons(storage / "part" / path.stem):
            part = stored(at)
            session.draft.skipped += part is None
            parts += [{**part, "id": at.stem}] if part is not None else []
        pairs.append(({**(message or {}), "id": path.stem}, parts))
    for message, parts in sorted(pairs, key=lambda each: text(each[0].get("id"))):
        session.message(message, parts)
    return Reading((session.finished(),))


def _read_export(source: Source) -> Reading:
    fields, lost = json_document.read(source.path)
    if fields is None:
        return unreadable(source)
    head = mapping(fields.get("info"))
    name = head.get("id")
    if not isinstance(name, str) or not is_name(name):
        return unreadable(source)
    session = OpenCodeSession(name, str(source.path))
    session.about(head)
    for each in items(fields.get("messages")):
        message = mapping(mapping(each).get("info"))
        session.message(message, mappings(mapping(each).get("parts")))
    session.draft.skipped += lost
    return Reading((session.finished(),))


def _jsons(folder: Path) -> list[Path]:
    return sorted(Path(entry.path) for entry in _listed(folder) if entry.name.endswith(".json"))


def _listed(folder: Path) -> list[os.DirEntry[str]]:
    try:
        return sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        return []
