"""Claude Code transcripts, read for judging: which turn wrote which lines, and which commits its shell made."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from corpus.unite import moment
from corpus.values import Shell, Talk, Turn, Write

INJECTED = re.compile(
    r"<(system-reminder|ide_[a-z_]+|user-prompt-submit-hook|environment_context)>.*?</\1>|\[Image:? ?[^\]]*\]",
    re.DOTALL,
)
NOT_HUMAN = (
    "<local-command",
    "<bash-stdout",
    "<bash-stderr",
    "<task-notification",
    "[Request interrupted",
    "Caveat: The messages below",
    "<system-reminder",
)
DOUBTFUL = (
    "<command-",
    "<bash-input",
    "<teammate-message",
    "<",
    "This session is being continued",
    "Stop hook feedback",
)
SILENT = {
    "Read", "Grep", "Glob", "LS", "WebFetch", "WebSearch", "TodoWrite", "TaskOutput", "BashOutput", "KillShell",
    "AskUserQuestion", "Skill", "ToolSearch", "TaskCreate", "TaskUpdate", "TaskList", "TaskGet",
    "ExitPlanMode", "EnterPlanMode",
}  # fmt: skip
SHELLS = {"Bash", "PowerShell"}


class Reader:
    """Walks the records once, in file order. `seen` holds uuids other conversations already own."""

    def __init__(self, session: str, seen: dict[str, str]) -> None:
        self.talk = Talk("claude-code", session)
        self.seen = seen
        self.calls: dict[str, tuple[str, dict[str, Any], float]] = {}
        self.answered: set[str] = set()

    def read(self, data: bytes) -> Talk:
        self.attaches = b'"type":"queued_command"' in data  # newer versions say where a queued prompt reached the agent
        for line in data.split(b"\n"):
            if line.strip():
                try:
                    record = msgspec.json.decode(line)
                except (msgspec.DecodeError, UnicodeDecodeError):
                    continue
                if isinstance(record, dict):
                    self.record(record)
        for ident, (name, args, time) in self.calls.items():
            if ident not in self.answered:
                self.apply(name, args, time, None, "", failed=False, sure=False)
        return self.talk

    def record(self, record: dict[str, Any]) -> None:
        uuid = record.get("uuid")
        if isinstance(uuid, str):
            owner = self.seen.setdefault(uuid, self.talk.id)
            if owner != self.talk.id:
                self.talk.aliases.add(owner)
                return
        time = moment(record.get("timestamp"))
        if time:
            self.talk.started = min(self.talk.started or time, time)
            self.talk.ended = max(self.talk.ended, time)
        place = record.get("cwd")
        if isinstance(place, str) and place not in self.talk.places:
            self.talk.places.append(place)
        kind = record.get("type")
        if kind == "assistant":
            self.assistant(record, time)
        elif kind == "user":
            self.user(record, time)
        elif kind == "attachment":
            self.attachment(record, time)
        elif kind == "queue-operation" and record.get("operation") == "remove" and not self.attaches:
            self.open(set(), time, "", hard=False)

    def open(self, ids: set[str], time: float, prompt: str, hard: bool) -> None:
        self.talk.turns.append(Turn(ids, time, prompt, hard))

    def attachment(self, record: dict[str, Any], time: float) -> None:
        body = record.get("attachment")
        if isinstance(body, dict) and body.get("type") == "queued_command":
            text = body.get("prompt")
            if (
                body.get("commandMode", "prompt") == "prompt"
                and isinstance(text, str)
                and not text.startswith(NOT_HUMAN)
            ):
                self.open({str(record.get("uuid"))}, time, text, hard=False)

    def user(self, record: dict[str, Any], time: float) -> None:
        message = record.get("message")
        content = message.get("content") if isinstance(message, dict) else None
        blocks = content if isinstance(content, list) else []
        results = [block for block in blocks if isinstance(block, dict) and block.get("type") == "tool_result"]
        for block in results:
            self.result(block, record, time)
        if record.get("isMeta") or record.get("isSidechain") or record.get("isCompactSummary"):
            return
        text = (
            content
            if isinstance(content, str)
            else "\n".join(
                block["text"] for block in blocks if isinstance(block, dict) and isinstance(block.get("text"), str)
            )
        )
        told = INJECTED.sub("", text).strip()
        images = any(isinstance(block, dict) and block.get("type") == "image" for block in blocks)
        if (not told and (results or not images)) or told.startswith(NOT_HUMAN):
            return
        origin = record.get("origin")
        spoken = not isinstance(origin, dict) or origin.get("kind") == "human"
        hard = spoken and not told.startswith(DOUBTFUL) and bool(told) and not results
        self.open({str(record.get("uuid"))}, time, told, hard)

    def assistant(self, record: dict[str, Any], time: float) -> None:
        message = record.get("message")
        content = message.get("content") if isinstance(message, dict) else None
        for block in content if isinstance(content, list) else []:
            if isinstance(block, dict) and block.get("type") == "tool_use" and isinstance(block.get("input"), dict):
                self.calls[str(block.get("id"))] = (str(block.get("name")), block["input"], time)

    def result(self, block: dict[str, Any], record: dict[str, Any], time: float) -> None:
        ident = str(block.get("tool_use_id"))
        if ident not in self.calls or ident in self.answered:
            return
        self.answered.add(ident)
        name, args, _ = self.calls[ident]
        details = record.get("toolUseResult")
        self.apply(
            name, args, time, details if isinstance(details, dict) else None, spelled(block.get("content")),
            failed=bool(block.get("is_error")),
        )  # fmt: skip

    def apply(
        self,
        name: str,
        args: dict[str, Any],
        time: float,
        details: dict[str, Any] | None,
        output: str,
        *,
        failed: bool,
        sure: bool = True,
    ) -> None:
        turn = len(self.talk.turns) - 1
        if name in SHELLS:
            made = tuple(operations(details))
            self.talk.shells.append(Shell(str(args.get("command", "")), output, time, turn, made, failed))
        elif name in ("Write", "Edit", "MultiEdit"):
            if not failed:
                self.talk.writes.append(edit(name, args, time, turn, details or {}, sure))
        elif name not in SILENT and not failed:
            self.talk.other.append((turn, "\n".join(texts(args))))


def operations(details: dict[str, Any] | None) -> list[str]:
    """Commit ids the agent's own record of a shell call names (`gitOperation`, Claude Code 2.1.19x and later)."""
    operation = (details or {}).get("gitOperation")
    commit = operation.get("commit") if isinstance(operation, dict) else None
    made = isinstance(commit, dict) and commit.get("kind") == "committed" and isinstance(commit.get("sha"), str)
    return [commit["sha"]] if made and isinstance(commit, dict) else []


def spelled(content: object) -> str:
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return "\n".join(b["text"] for b in content if isinstance(b, dict) and isinstance(b.get("text"), str))
    return ""


def texts(value: object) -> list[str]:
    """Every string inside a JSON value."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for inner in value.values() for text in texts(inner)]
    if isinstance(value, list):
        return [text for inner in value for text in texts(inner)]
    return []


def edit(name: str, args: dict[str, Any], time: float, turn: int, details: dict[str, Any], sure: bool) -> Write:
    path = str(args.get("file_path") or details.get("filePath") or "")
    patch = details.get("structuredPatch")
    sure = sure and not details.get("userModified")
    if isinstance(patch, list) and patch:
        signed = [
            row for hunk in patch if isinstance(hunk, dict) for row in hunk.get("lines") or [] if isinstance(row, str)
        ]
        added = [row[1:].rstrip("\r") for row in signed if row.startswith("+")]
        removed = [row[1:].rstrip("\r") for row in signed if row.startswith("-")]
        return Write(path, *net(added, removed), time, turn, sure, frozenset(added) & frozenset(removed))
    if name == "Write":
        before = details.get("originalFile")
        old = lines(before) if isinstance(before, str) else []
        known = details.get("type") == "create" or isinstance(before, str)
        return Write(path, *net(lines(str(args.get("content", ""))), old), time, turn, sure and known)
    pairs = args.get("edits") if name == "MultiEdit" else [args]
    added, removed = [], []
    for pair in pairs if isinstance(pairs, list) else []:
        if isinstance(pair, dict):
            added += lines(str(pair.get("new_string", "")))
            removed += lines(str(pair.get("old_string", "")))
    return Write(path, *net(added, removed), time, turn, False)


def lines(text: str) -> list[str]:
    return [line.rstrip("\r") for line in text.split("\n")]


def net(added: list[str], removed: list[str]) -> tuple[list[str], list[str]]:
    """Both sides without what stands on both: a line that was there before was not written now."""
    old, new = set(removed), set(added)
    return [line for line in added if line not in old], [line for line in removed if line not in new]


def read(session: str, data: bytes, seen: dict[str, str]) -> Talk:
    return Reader(session, seen).read(data)
