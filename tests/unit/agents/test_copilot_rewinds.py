"""Files that shell commands wrote, out of what Copilot CLI keeps to take a prompt back (shapes of 1.0.102)."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from gitstory.agents.copilot_cli import AGENT
from gitstory.agents.copilot_cli.file_backups import LARGEST
from gitstory.attribution.conversation_trace import whole_texts
from gitstory.model import Edit

APP = "/home/dev/app"
OLD, NEW = "one = 1\ntwo = 2\n", "uno = 1\ntwo = 2\n"


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


class Session:
    def __init__(self, top: Path) -> None:
        self.root = top / "session-state"
        self.folder = self.root / "c136e3b7"
        (self.folder / "rewind-file-snapshots" / "backups").mkdir(parents=True)
        self.events: list[dict[str, Any]] = [{"type": "session.start", "data": {"context": {"cwd": APP}}}]
        self.snapshots: list[dict[str, Any]] = []

    def event(self, kind: str, data: dict[str, Any]) -> str:
        ident = f"e{len(self.events)}"
        time = f"2026-11-30T05:17:{len(self.events):02}.000Z"
        self.events.append({"type": kind, "id": ident, "timestamp": time, "data": data})
        return ident

    def turn(self, *calls: tuple[str, dict[str, Any]], **files: tuple[str | None, str | None]) -> None:
        """A prompt, calls that went well, and the texts before and after that are said of files; None: not there."""
        prompt = self.event("user.message", {"content": "Go"})
        for number, (tool, arguments) in enumerate(calls):
            call = f"{prompt}-{number}"
            asked = {"toolCallId": call, "toolName": tool, "arguments": arguments}
            self.event("tool.execution_start", asked)
            self.event("tool.execution_complete", {"toolCallId": call, "success": True, "result": {"content": "ok"}})
        told = {}
        for name, (before, after) in files.items():
            told[name] = {
                "path": f"{APP}/{name}",
                "preimage": self.image(before, keep=True),
                "postimage": self.image(after),
            }
        self.snapshots.append({"snapshotId": prompt, "eventId": prompt, "userMessage": "Go", "files": told})

    def image(self, text: str | None, keep: bool = False) -> dict[str, Any]:
        if text is None:
            return {"kind": "absent"}
        if keep:
            (self.folder / "rewind-file-snapshots" / "backups" / sha(text)).write_bytes(text.encode())
        return {"kind": "content", "contentHash": sha(text), **({"backupFile": sha(text)} if keep else {})}

    def edits(self) -> list[list[Edit]]:
        (self.folder / "events.jsonl").write_text("".join(json.dumps(event) + "\n" for event in self.events))
        index = self.folder / "rewind-file-snapshots" / "index.json"
        index.write_text(json.dumps({"schema": 1, "snapshots": self.snapshots}))
        [source] = AGENT.sources(self.root)
        [found] = AGENT.read(source).conversations
        assert found.skipped == 0
        return [list(turn.edits) for turn in found.turns]


@pytest.fixture
def session(tmp_path: Path) -> Session:
    return Session(tmp_path)


def bash(command: str) -> tuple[str, dict[str, Any]]:
    return "bash", {"command": command, "description": "lab"}


def shown(edits: list[Edit]) -> list[tuple[str, str, str | None, str | None]]:
    assert all(edit.source == "shell" for edit in edits)
    return [(edit.path.removeprefix(f"{APP}/"), edit.op, edit.before, edit.after) for edit in edits]


def test_a_text_that_a_later_turn_kept_is_what_the_command_wrote(session: Session) -> None:
    session.turn(bash("./generate.sh"), a=(OLD, NEW), b=(None, "made\n"), c=("bye\n", None))
    session.turn(bash("./again.sh"), a=(NEW, OLD), b=("made\n", "other\n"))
    first, second = session.edits()
    assert shown(first) == [("a", "modify", OLD, NEW), ("b", "create", "", "made\n"), ("c", "delete", "bye\n", None)]
    assert shown(second) == [("a", "modify", NEW, OLD), ("b", "modify", "made\n", None)]


def test_the_text_before_makes_a_replacement_exact(session: Session) -> None:
    session.turn(bash("sed -i 's/one/uno/' a"), a=(OLD, NEW))
    [[edit]] = session.edits()
    assert whole_texts(edit, None) == (OLD, NEW)


def test_otherwise_the_file_is_known_by_name(session: Session) -> None:
    session.turn(bash("./generate.sh"), a=(OLD, NEW), b=(None, "made\n"))
    assert [(edit.path, edit.after, edit.hunks) for edit in session.edits()[0]] == [
        (f"{APP}/a", None, ()),
        (f"{APP}/b", None, ()),
    ]


def test_what_a_command_tells_itself_stays(session: Session) -> None:
    session.turn(bash("echo made > b; echo x > elsewhere"), b=(None, "made\n"))
    assert shown(session.edits()[0]) == [("b", "modify", "", "made\n"), ("elsewhere", "modify", None, "x\n")]


def test_files_of_edit_tools_are_told_by_those(session: Session) -> None:
    edit = ("edit", {"path": f"{APP}/a", "old_str": "one", "new_str": "uno"})
    session.turn(edit, bash("make"), a=(OLD, NEW))
    [[told]] = session.edits()
    assert (told.source, told.replacements[0].new) == ("tool", "uno")


def test_without_a_shell_command_the_change_is_somebody_elses(session: Session) -> None:
    session.turn(("view", {"path": f"{APP}/a"}), a=(OLD, NEW))
    assert session.edits() == [[]]


@pytest.mark.parametrize(
    "damage", ["{", "[]", '{"snapshots": 7}', '{"snapshots": [7, {"eventId": "e1", "files": [1]}]}']
)
def test_a_damaged_index_is_passed_over(session: Session, damage: str) -> None:
    session.turn(bash("echo x > a"), a=(OLD, "x\n"))
    session.edits()
    (session.folder / "rewind-file-snapshots" / "index.json").write_text(damage)
    [source] = AGENT.sources(session.root)
    [found] = AGENT.read(source).conversations
    assert [edit.after for turn in found.turns for edit in turn.edits] == ["x\n"]


def test_what_a_command_tells_wrongly_does_not(session: Session) -> None:
    session.turn(bash("echo made > b; ./format.sh"), b=(None, "other\n"))
    assert shown(session.edits()[0]) == [("b", "modify", None, None)]


def test_backups_that_are_large_or_no_text_are_not_read(session: Session) -> None:
    large = "x" * (LARGEST + 1)
    session.turn(bash("./generate.sh"), a=(large, NEW), b=("a\0b", NEW))
    assert [(edit.before, edit.after) for edit in session.edits()[0]] == [(None, None)] * 2


def test_what_is_kept_later_is_read_again(session: Session) -> None:
    session.turn(bash("./generate.sh"), a=(OLD, NEW))
    session.edits()
    [before] = AGENT.sources(session.root)
    session.snapshots.append({"eventId": "later", "files": {}})
    index = session.folder / "rewind-file-snapshots" / "index.json"
    index.write_text(json.dumps({"snapshots": session.snapshots}))
    [after] = AGENT.sources(session.root)
    assert before.stamp != after.stamp
