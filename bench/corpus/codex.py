"""Codex rollouts, read for judging. Both event generations; patches from the calls and from the events."""

from __future__ import annotations

import json
import re
from typing import Any

import msgspec

from corpus.claude import net
from corpus.unite import moment
from corpus.values import Shell, Talk, Turn, Write

HEADER = re.compile(r"^\*\*\* (Add|Update|Delete) File: (.+)$")
HEREDOC = re.compile(
    r"apply_patch\s*(?:<<-?\s*['\"]?(\w+)['\"]?)?.*?(\*\*\* Begin Patch.*?\*\*\* End Patch)", re.DOTALL
)
INJECTED = (
    "<environment_context",
    "<user_instructions",
    "# AGENTS.md instructions",
    "<turn_aborted",
    "<skill",
    "<permissions",
)


class Reader:
    def __init__(self, session: str) -> None:
        self.talk = Talk("codex", session)
        self.calls: dict[str, tuple[str, str, float, str]] = {}
        self.turn_id = ""
        self.place = ""
        self.done: set[str] = set()
        self.failed: set[str] = set()

    def read(self, data: bytes) -> Talk:
        records = []
        for line in data.split(b"\n"):
            try:
                record = msgspec.json.decode(line)
            except (msgspec.DecodeError, UnicodeDecodeError):
                continue
            if isinstance(record, dict) and isinstance(record.get("payload"), dict):
                records.append(record)
        for record in records:
            self.note_failure(record["payload"])
        events = {r["payload"].get("type") for r in records if r.get("type") == "event_msg"}
        self.spoken = bool(events & {"user_message"}) or any(item_kind(r) == "UserMessage" for r in records)
        for record in records:
            self.record(record)
        return self.talk

    def note_failure(self, payload: dict[str, Any]) -> None:
        """Calls whose patch was refused, known before the calls are read."""
        ident = str(payload.get("call_id", ""))
        if payload.get("type") == "patch_apply_end" and payload.get("success") is False:
            self.failed.add(ident)
        if str(payload.get("type", "")).endswith("tool_call_output"):
            text = output_text(payload.get("output"))
            if "verification failed" in text or re.match(r'(?s).*"exit_code":\s*[1-9]', text):
                self.failed.add(ident)
        item = payload.get("item")
        if isinstance(item, dict) and item.get("type") == "FileChange" and item.get("status") in ("failed", "declined"):
            self.failed.add(str(item.get("id")))

    def record(self, record: dict[str, Any]) -> None:
        payload, kind = record["payload"], record.get("type")
        time = moment(record.get("timestamp"))
        if time:
            self.talk.started = min(self.talk.started or time, time)
            self.talk.ended = max(self.talk.ended, time)
        if isinstance(payload.get("cwd"), str):
            self.place = payload["cwd"]
            if self.place not in self.talk.places:
                self.talk.places.append(self.place)
        if kind in ("turn_context", "event_msg") and isinstance(payload.get("turn_id"), str):
            self.turn_id = payload["turn_id"]
        if kind == "event_msg":
            self.event(payload, time)
        elif kind == "response_item":
            self.item(payload, time)

    def open(self, text: str, time: float) -> None:
        number = len(self.talk.turns) + 1
        self.talk.turns.append(Turn({str(number), self.turn_id} - {""}, time, text.strip()))

    def event(self, payload: dict[str, Any], time: float) -> None:
        kind = payload.get("type")
        if kind == "user_message" and not str(payload.get("message", "")).startswith(INJECTED):
            self.open(str(payload.get("message", "")), time)
        item = payload.get("item")
        if kind == "item_completed" and isinstance(item, dict) and item.get("type") == "UserMessage":
            text = "\n".join(str(b.get("text", "")) for b in item.get("content") or [] if isinstance(b, dict))
            if not self.talk.turns or self.talk.turns[-1].prompt != text.strip():
                self.open(text, time)
        changes = item.get("changes") if isinstance(item, dict) else payload.get("changes")
        ident = str(item.get("id") if isinstance(item, dict) else payload.get("call_id"))
        if isinstance(changes, dict) and kind in ("patch_apply_end", "item_completed"):
            self.changes(ident, changes, time)

    def changes(self, ident: str, changes: dict[str, Any], time: float) -> None:
        if ident in self.failed or ident in self.done:
            return
        self.done.add(ident)
        for path, change in changes.items():
            if not isinstance(change, dict):
                continue
            kind = change.get("type") or next(iter(change), "")
            body = change.get(kind) if isinstance(change.get(kind), dict) else change
            rows = str(body.get("unified_diff") or "").split("\n")
            added = [r[1:] for r in rows if r.startswith("+") and not r.startswith("+++ ")]
            removed = [r[1:] for r in rows if r.startswith("-") and not r.startswith("--- ")]
            if kind == "add":
                added = str(body.get("content", "")).split("\n")
            elif kind == "delete":
                removed = str(body.get("content", "")).split("\n")
            self.write(str(body.get("move_path") or path), added, removed, time)

    def write(self, path: str, added: list[str], removed: list[str], time: float) -> None:
        full = path if path.startswith("/") or re.match(r"^[A-Za-z]:", path) else f"{self.place}/{path}"
        new, old = net([a.rstrip("\r") for a in added], [r.rstrip("\r") for r in removed])
        again = frozenset(added) & frozenset(removed)
        self.talk.writes.append(Write(full, new, old, time, len(self.talk.turns) - 1, True, again))

    def item(self, payload: dict[str, Any], time: float) -> None:
        kind, ident = payload.get("type"), str(payload.get("call_id", ""))
        if kind == "message" and payload.get("role") == "user" and not self.spoken:
            text = output_text(payload.get("content"))
            if not text.lstrip().startswith(INJECTED):
                self.open(text, time)
        elif kind == "custom_tool_call" and payload.get("name") == "apply_patch":
            self.patch(ident, str(payload.get("input", "")), time)
        elif kind in ("function_call", "local_shell_call", "custom_tool_call"):
            command = command_of(payload)
            self.worked(payload)
            self.calls[ident] = (str(payload.get("name")), command, time, self.place)
            match = HEREDOC.search(command)
            if match:
                self.patch(ident, match[2], time)
        elif kind in ("function_call_output", "custom_tool_call_output") and ident in self.calls:
            _, command, _, _ = self.calls[ident]
            turn = len(self.talk.turns) - 1
            self.talk.shells.append(Shell(command, output_text(payload.get("output")), time, turn))

    def worked(self, payload: dict[str, Any]) -> None:
        """Notes the directory a shell call ran in; it may be a worktree that no record names as its own."""
        match = re.search(r'"workdir":\s*"([^"]+)"', str(payload.get("arguments") or payload.get("input") or ""))
        if match and match[1] not in self.talk.places:
            self.talk.places.append(match[1])

    def patch(self, ident: str, text: str, time: float) -> None:
        if ident in self.failed or ident in self.done:
            return
        self.done.add(ident)
        path, added, removed = "", [], []
        for row in [*text.split("\n"), "*** End Patch"]:
            header = HEADER.match(row.rstrip("\r"))
            if (header or row.startswith("*** End Patch")) and path:
                self.write(path, added, removed, time)
                path, added, removed = "", [], []
            if header:
                path = header[2].strip()
            elif row.startswith("*** Move to: "):
                path = row[len("*** Move to: ") :].strip()
            elif row.startswith("+"):
                added.append(row[1:])
            elif row.startswith("-"):
                removed.append(row[1:])


def item_kind(record: dict[str, Any]) -> str:
    item = record["payload"].get("item")
    return str(item.get("type")) if isinstance(item, dict) else ""


def output_text(value: object) -> str:
    """The text of a tool's output: plain, a list of blocks, or JSON around either."""
    if isinstance(value, list):
        return "\n".join(str(b.get("text", "")) for b in value if isinstance(b, dict))
    if isinstance(value, dict):
        return str(value.get("output") or value.get("content") or "")
    text = str(value or "")
    if text.startswith('{"output"'):
        try:
            return str(json.loads(text).get("output", ""))
        except ValueError:
            return text
    return text


def command_of(payload: dict[str, Any]) -> str:
    raw = payload.get("arguments") or payload.get("input") or payload.get("action") or ""
    if isinstance(raw, str):
        try:
            raw = json.loads(raw)
        except ValueError:
            return raw
    if isinstance(raw, dict):
        command = raw.get("cmd") or raw.get("command") or raw.get("script") or raw
        if isinstance(command, list):
            return "\n".join(str(part) for part in command)
        return command if isinstance(command, str) else json.dumps(command)
    return str(raw)


def read(session: str, data: bytes) -> Talk:
    return Reader(session).read(data)
