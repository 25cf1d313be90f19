"""Builds small Claude Code transcripts, record by record, in the shapes that Claude Code writes."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

from gitstory.agents.claude_code import AGENT
from gitstory.model import Conversation

SESSION = "5e551011-0000-4000-8000-000000000001"
CWD = "/home/dev/work/app"


class Transcript:
    """Records of one session, chained by parentUuid unless told otherwise."""

    def __init__(self, session: str = SESSION, cwd: str = CWD, **envelope: Any) -> None:
        self.records: list[dict[str, Any]] = []
        self.session, self.cwd, self.envelope = session, cwd, envelope
        self.last: str | None = None
        self.numbers = itertools.count(1)
        self.calls = itertools.count(1)

    def plain(self, **fields: Any) -> None:
        """A record outside the tree."""
        self.records.append({"sessionId": self.session, "timestamp": self._now(), **fields})

    def tree(self, type: str, **fields: Any) -> str:
        """A record of the tree; its uuid."""
        uuid = fields.pop("uuid", f"00000000-0000-4000-8000-{next(self.numbers):012d}")
        record = {
            "parentUuid": fields.pop("parent", self.last),
            "isSidechain": False,
            "type": type,
            "uuid": uuid,
            "timestamp": self._now(),
            "cwd": self.cwd,
            "sessionId": self.session,
            "version": "2.1.197",
            "gitBranch": "main",
            **self.envelope,
            **fields,
        }
        self.records.append(record)
        self.last = uuid
        return uuid

    def _now(self) -> str:
        count = len(self.records)
        return f"2026-05-01T10:{count // 60:02d}:{count % 60:02d}.000Z"

    def prompt(self, content: Any, **fields: Any) -> str:
        return self.tree("user", message={"role": "user", "content": content}, **fields)

    def says(self, *blocks: dict[str, Any] | str, model: str = "claude-opus-4-8", **fields: Any) -> str:
        content = [{"type": "text", "text": block} if isinstance(block, str) else block for block in blocks]
        message = {"id": f"msg_{len(self.records)}", "role": "assistant", "model": model, "content": content}
        return self.tree("assistant", message=message, **fields)

    def call(self, tool: str, given: dict[str, Any], **fields: Any) -> str:
        """A tool call; its id."""
        ident = f"toolu_{self.session[-4:]}_{next(self.calls)}"
        self.says({"type": "tool_use", "id": ident, "name": tool, "input": given}, **fields)
        return ident

    def result(self, call: str, content: Any = "ok", result: Any = None, error: bool = False, **fields: Any) -> str:
        block: dict[str, Any] = {"type": "tool_result", "tool_use_id": call, "content": content}
        if error:
            block["is_error"] = True
        return self.tree("user", message={"role": "user", "content": [block]}, toolUseResult=result, **fields)

    def bash(self, command: str, stdout: str = "", **more: Any) -> str:
        call = self.call("Bash", {"command": command})
        self.result(call, stdout, {"stdout": stdout, "stderr": "", "interrupted": False, **more})
        return call

    def edit(self, path: str, old: str, new: str, original: str | None, **more: Any) -> str:
        given = {"file_path": path, "old_string": old, "new_string": new, "replace_all": False}
        call = self.call("Edit", given)
        facts = {"filePath": path, "oldString": old, "newString": new, "originalFile": original, "replaceAll": False}
        self.result(call, "updated", {**facts, "structuredPatch": [], "userModified": False, **more})
        return call

    def write_file(self, path: str, content: str, original: str | None = None) -> str:
        call = self.call("Write", {"file_path": path, "content": content})
        kind = "update" if original is not None else "create"
        facts = {"type": kind, "filePath": path, "content": content, "originalFile": original, "structuredPatch": []}
        self.result(call, "written", facts)
        return call

    def text(self) -> str:
        return "".join(json.dumps(record) + "\n" for record in self.records)

    def store(self, folder: Path, name: str | None = None) -> Path:
        path = folder / f"{name or self.session}.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self.text())
        return path


def read(path: Path) -> Conversation:
    """The one conversation in `path`."""
    (source,) = AGENT.sources(path)
    (conversation,) = AGENT.read(source).conversations
    return conversation
