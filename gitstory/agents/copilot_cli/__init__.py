"""Copilot CLI: a folder for each session below `~/.copilot/session-state`, whose `events.jsonl` only grows.

Seen in 1.0.64 to 1.0.102. Files named by their sessions, of versions before, hold the same events. `workspace.yaml`
beside it names the session as the program lists it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from gitstory import safe_open
from gitstory.agents.base import Reader, Reading, Source
from gitstory.agents.conversation_builder import Draft
from gitstory.agents.copilot_cli import file_backups
from gitstory.agents.copilot_cli.parse import CopilotSession
from gitstory.agents.json_values import mapping, text
from gitstory.agents.stores import files
from gitstory.agents.stores.jsonl import decode, head, records

EVENTS = "events.jsonl"
_NAME = re.compile(r"^name: +(.+?)\s*$", re.MULTILINE)
_LARGEST = 1 << 16


class CopilotCli(Reader):
    name = "copilot-cli"

    def sources(self, root: Path) -> Iterator[Source]:
        paths = safe_open.globbed(root, f"*/{EVENTS}", "*.jsonl")
        existing: set[str | None] = set()
        for source in files.sources(self.name, paths, _named, beside=_stamps):
            if source.id not in existing:
                existing.add(source.id)
                yield source

    def places(self, source: Source) -> tuple[str, ...]:
        context = mapping(mapping(head(source.path).get("data")).get("context"))
        return files.places(text(context.get("cwd")))

    def read(self, source: Source) -> Reading:
        draft = Draft.of(source)
        draft.title = _title(_beside(source.path))
        session = CopilotSession(draft)
        for record in records(source.path, draft):
            session.take(record)
        if source.path.name == EVENTS:
            file_backups.tell(draft, source.path.parent)
        return draft.reading(source.modified)


def _named(path: Path) -> str:
    return path.parent.name if path.name == EVENTS else path.stem


def _beside(path: Path) -> Path | None:
    return path.with_name("workspace.yaml") if path.name == EVENTS else None


def _stamps(path: Path) -> tuple[int, ...]:
    """Of the files beside a session's events."""
    beside = (_beside(path), path.parent / file_backups.INDEX if path.name == EVENTS else None)
    return tuple(number for one in beside for number in (safe_open.stamp(one) if one is not None else (0, 0)))


def _title(path: Path | None) -> str:
    """The session's name: a flat file of `key: value` lines, strings quoted where YAML asks for it."""
    try:
        head = safe_open.content(path)[:_LARGEST].decode("utf-8", "replace") if path is not None else ""
    except OSError:
        return ""
    match = _NAME.search(head)
    return _plain(match[1]) if match else ""


def _plain(value: str) -> str:
    if value[:1] == value[-1:] == "'" and len(value) > 1:
        return value[1:-1].replace("''", "'")
    if value[:1] == value[-1:] == '"' and len(value) > 1:
        return text((decode(b'{"it":' + value.encode("utf-8", "replace") + b"}") or {}).get("it"))
    return "" if value[:1] in ("|", ">", "&", "*", "!") else value


AGENT = CopilotCli()
