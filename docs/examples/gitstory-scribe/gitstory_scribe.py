"""Scribe, an agent made up for this example: one file of JSON lines a session, no times but that of the start."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from gitstory.agents.base import Reading, Source
from gitstory.agents.stores.jsonl import JsonLines, decode
from gitstory.agents.token_usage import openai, together
from gitstory.effects.patches import absolute
from gitstory.model import Call, Conversation, Edit, Replacement, Say, Step, Tokens, Turn


class Scribe:
    name = "scribe"
    label = "Scribe"
    markers: Mapping[str, str] = {"SCRIBE_SESSION": "conversation"}

    def roots(self, env: Mapping[str, str], home: Path) -> list[Path]:
        base = Path(env["SCRIBE_HOME"]) if env.get("SCRIBE_HOME") else home / ".scribe"
        return [base / "sessions"]

    def sources(self, root: Path) -> Iterator[Source]:
        try:
            paths = sorted(root.glob("*.jsonl"))
        except OSError:
            return
        for path in paths:
            try:
                facts = path.stat()
            except OSError:
                continue
            stamp = (facts.st_size, facts.st_mtime_ns)
            yield Source(self.name, path, stamp, facts.st_size, facts.st_mtime, id=path.stem)

    def places(self, source: Source) -> tuple[str, ...]:
        head = decode(next(iter(JsonLines(source.path)), b"")) or {}
        return (text(head, "cwd"),) if text(head, "cwd") else ()

    def folder_of(self, directory: Path) -> str | None:
        return None

    def read(self, source: Source) -> Reading:
        session = Session(source)
        lines = JsonLines(source.path)
        # With the last line, which may be without a newline: still being written, or whole all the same.
        for line in lines.to_end():
            session.take(line)
        session.skipped += lines.skipped
        return Reading((session.conversation(),)) if session.turns else Reading(())


class Session:
    """What the records told so far."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.head: dict[str, Any] = {}
        self.turns: list[Turn] = []
        self.skipped = 0

    def take(self, line: bytes) -> None:
        record = decode(line)
        kind = text(record or {}, "type")
        if record is None:
            self.skipped += bool(line.strip())
        elif kind == "session":
            self.head = record
        elif kind == "prompt":
            number = len(self.turns) + 1
            self.turns.append(Turn(str(number), number, text(record, "text")))
        elif kind == "answer":
            model = text(record, "model")
            self.add(Say(text(record, "text")), (model,) if model else (), openai(record.get("usage")))
        elif kind == "edit" and text(record, "path"):
            self.add(self.edit(record))
        else:
            self.skipped += 1

    def edit(self, record: dict[str, Any]) -> Call:
        path = absolute(text(record, "path"), text(self.head, "cwd") or None)
        if "old" in record:
            edit = Edit(path, replacements=(Replacement(text(record, "old"), text(record, "new")),))
        else:
            edit = Edit(path, "create", before="", after=text(record, "new"))
        return Call("edit", input=path, edits=(edit,))

    def add(self, step: Step, models: tuple[str, ...] = (), tokens: Tokens | None = None) -> None:
        if not self.turns:
            return
        last = self.turns[-1]
        self.turns[-1] = Turn(
            last.id,
            last.index,
            last.prompt,
            steps=(*last.steps, step),
            models=tuple(dict.fromkeys((*last.models, *models))),
            tokens=together(last.tokens, tokens),
        )

    def conversation(self) -> Conversation:
        started = self.head.get("started")
        began = float(started) if isinstance(started, int | float) and 0 <= started <= self.source.modified else None
        return Conversation(
            "scribe",
            self.source.path.stem,
            tuple(self.turns),
            places=(text(self.head, "cwd"),) if text(self.head, "cwd") else (),
            models=tuple(dict.fromkeys(model for turn in self.turns for model in turn.models)),
            started=began,
            updated=self.source.modified,
            version=text(self.head, "version"),
            source=str(self.source.path),
            skipped=self.skipped,
            times="bounds",
        )


def text(record: Mapping[str, Any], name: str) -> str:
    value = record.get(name)
    return value if isinstance(value, str) else ""


AGENT = Scribe()
