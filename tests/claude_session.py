"""Conversations written to disk as Claude Code writes them, while really editing a work tree."""

from __future__ import annotations

import difflib
import json
import re
import uuid
from pathlib import Path
from typing import Any

from tests.gitrepo import GitRepo


class ClaudeSession:
    """One session: every call edits the files for real and appends the records the agent would (2.1.x).

    `time` is the clock in epoch seconds; each record moves it on by a second.
    """

    def __init__(self, home: Path, cwd: Path, time: int, name: str | None = None) -> None:
        self.id = name or str(uuid.uuid4())
        self.cwd = cwd
        self.time = time
        self.turn = ""
        folder = re.sub(r"[^A-Za-z0-9-]", "-", str(cwd.resolve()))
        self.path = home / ".claude" / "projects" / folder / f"{self.id}.jsonl"
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._parent: str | None = None

    def prompt(self, text: str) -> str:
        """A prompt of the person; returns the turn's id."""
        self.turn = self._record("user", {"role": "user", "content": text}, promptSource="typed")
        return self.turn

    def title(self, text: str) -> None:
        """What a person calls it with `/rename`."""
        with self.path.open("a") as file:
            file.write(json.dumps({"type": "custom-title", "customTitle": text, "sessionId": self.id}) + "\n")

    def say(self, text: str) -> None:
        self._assistant({"type": "text", "text": text})

    def write(self, name: str, text: str) -> None:
        path = self.cwd / name
        before = path.read_text() if path.exists() else None
        call = self._call("Write", {"file_path": str(path), "content": text})
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        self._result(
            call,
            "ok",
            {
                "type": "create" if before is None else "update",
                "filePath": str(path),
                "content": text,
                "originalFile": before,
                "structuredPatch": [] if before is None else _patch(before, text),
            },
        )

    def edit(self, name: str, old: str, new: str) -> None:
        path = self.cwd / name
        before = path.read_text()
        assert old in before, f"{old!r} is not in {name}"
        after = before.replace(old, new, 1)
        call = self._call("Edit", {"file_path": str(path), "old_string": old, "new_string": new, "replace_all": False})
        path.write_text(after)
        self._result(
            call,
            "updated",
            {
                "filePath": str(path),
                "oldString": old,
                "newString": new,
                "originalFile": before,
                "structuredPatch": _patch(before, after),
                "replaceAll": False,
                "userModified": False,
            },
        )

    def failed_edit(self, name: str, old: str, new: str) -> None:
        call = self._call("Edit", {"file_path": str(self.cwd / name), "old_string": old, "new_string": new})
        self._result(
            call, "String to replace not found in file.", "Error: String to replace not found in file.", error=True
        )

    def bash(self, command: str, output: str = "") -> None:
        call = self._call("Bash", {"command": command})
        self._result(call, output, {"stdout": output, "stderr": "", "interrupted": False})

    def commit(self, repo: GitRepo, message: str) -> str:
        """The agent commits everything through its shell."""
        call = self._call("Bash", {"command": f"git add -A && git commit -m '{message}'"})
        oid = repo.commit(message, at=self.time)
        said = f"[main {oid[:7]}] {message}\n 1 file changed"
        self._result(call, said, {"stdout": said, "stderr": "", "interrupted": False})
        return oid

    def _call(self, tool: str, arguments: dict[str, Any]) -> str:
        call = f"toolu_{uuid.uuid4().hex[:24]}"
        self._assistant({"type": "tool_use", "id": call, "name": tool, "input": arguments})
        return call

    def _result(self, call: str, text: str, result: object, *, error: bool = False) -> None:
        block = {"type": "tool_result", "tool_use_id": call, "content": text, "is_error": error}
        self._record("user", {"role": "user", "content": [block]}, toolUseResult=result)

    def _assistant(self, block: dict[str, Any]) -> None:
        message = {
            "id": f"msg_{uuid.uuid4().hex[:20]}",
            "role": "assistant",
            "model": "claude-test-1",
            "content": [block],
        }
        self._record("assistant", message)

    def _record(self, kind: str, message: dict[str, Any], **more: object) -> str:
        self.time += 1
        made = str(uuid.uuid4())
        record = {
            "parentUuid": self._parent,
            "isSidechain": False,
            "type": kind,
            "message": message,
            "uuid": made,
            "timestamp": _stamp(self.time),
            "cwd": str(self.cwd),
            "sessionId": self.id,
            "version": "2.1.197",
            "gitBranch": "main",
            "userType": "external",
            **more,
        }
        with self.path.open("a") as file:
            file.write(json.dumps(record) + "\n")
        self._parent = made
        return made


def _stamp(time: int) -> str:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _patch(before: str, after: str) -> list[dict[str, Any]]:
    hunks = []
    matcher = difflib.SequenceMatcher(None, before.splitlines(), after.splitlines(), autojunk=False)
    for group in matcher.get_grouped_opcodes(3):
        lines: list[str] = []
        for tag, a0, a1, b0, b1 in group:
            if tag == "equal":
                lines += [f" {line}" for line in before.splitlines()[a0:a1]]
                continue
            lines += [f"-{line}" for line in before.splitlines()[a0:a1]]
            lines += [f"+{line}" for line in after.splitlines()[b0:b1]]
        a0, a1, b0, b1 = group[0][1], group[-1][2], group[0][3], group[-1][4]
        hunks.append({"oldStart": a0 + 1, "oldLines": a1 - a0, "newStart": b0 + 1, "newLines": b1 - b0, "lines": lines})
    return hunks
