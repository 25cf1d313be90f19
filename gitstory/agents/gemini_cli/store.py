"""A session of Gemini CLI as its file has it: a document that is rewritten, or lines that revise earlier ones.

`session-*.json` was written until the spring of 2026, `session-*.jsonl` since. There a line is the head, a message, a
change of the head (`$set`) or a step back (`$rewindTo`). A repeated message is more complete than the
first. A resumed session repeats all of its messages, with less content and the time of that moment; a compacted one
omits messages that the model no longer gets. The first version of each message is kept in both cases.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gitstory.agents.json_values import items, text
from gitstory.agents.stores import json_document
from gitstory.agents.stores.jsonl import records

Record = dict[str, Any]


class SessionLog:
    """The messages by their ids, in the order in which they first occurred; `gone` are those undone."""

    def __init__(self) -> None:
        self.head: Record = {}
        self.messages: dict[str, Record] = {}
        self.gone: set[str] = set()
        self.skipped = 0

    def take(self, record: Record) -> None:
        if isinstance(record.get("$rewindTo"), str):
            self._rewind(record["$rewindTo"])
        elif isinstance(record.get("$set"), dict):
            self._set(record["$set"])
        elif isinstance(record.get("sessionId"), str):
            self._set(record)
        elif text(record.get("id")) and text(record.get("type")):
            existing = self.messages.get(record["id"], {})
            fields = {name: existing[name] for name in ("timestamp",) if name in existing}
            self.messages[record["id"]] = {**existing, **record, **fields}
            self.gone.discard(record["id"])
        else:
            self.skipped += 1

    def _set(self, fields: Record) -> None:
        for message in items(fields.get("messages")):
            if isinstance(message, dict) and text(message.get("id")) and text(message.get("type")):
                existing = self.messages.get(message["id"], {})
                self.messages[message["id"]] = {**message, **existing}
                self.gone.discard(message["id"])
            else:
                self.skipped += 1
        started = self.head.get("startTime")
        self.head |= {name: value for name, value in fields.items() if name != "messages"}
        if started is not None:
            self.head["startTime"] = started

    def _rewind(self, ident: str) -> None:
        """An id that is not known takes everything back, as the program itself reads it."""
        names = list(self.messages)
        self.gone.update(names[names.index(ident) if ident in self.messages else 0 :])


def read(path: Path) -> SessionLog:
    """The session in a file; never raises, counts unreadable records in `skipped`."""
    log = SessionLog()
    if path.suffix == ".json":
        fields, log.skipped = json_document.read(path)
        if fields is None or not isinstance(fields.get("messages", []), list):
            log.skipped = max(log.skipped, 1)
        else:
            log.take({"sessionId": "", **fields})
        return log
    for record in records(path, log):
        log.take(record)
    return log
