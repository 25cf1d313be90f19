"""Conversations that are spread over several files of a store."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from gitstory.agents import claude_code, codex
from gitstory.agents.base import Agent
from gitstory.model import Conversation, Mark
from tests.claude_session import ClaudeSession

THREAD = "019b8000-0000-7000-8000-000000000077"
SEGMENT = "019b8000-0000-7000-8000-000000000078"
NOON = 1_780_000_000


def everything(agent: Agent, root: Path) -> list[Conversation]:
    """What each of the sources holds: for one conversation they agree."""
    read = [one for source in agent.sources(root) for one in agent.read(source).conversations]
    assert all(one.turns == read[0].turns for one in read)
    return read


def entered(home: Path, top: Path) -> tuple[ClaudeSession, Path]:
    """A session that enters a work tree in the middle of its second turn; what follows is in another folder."""
    (top / "app").mkdir()
    session = ClaudeSession(home, top / "app", NOON)
    session.prompt("Add one")
    session.write("one.py", "one = 1\n")
    session.prompt("Add two, in a work tree")
    session.say("I enter it.")
    session.path = session.path.parent.parent / "-a-worktree" / session.path.name
    session.path.parent.mkdir()
    session.write("two.py", "two = 2\n")
    session.prompt("Add three")
    session.write("three.py", "three = 3\n")
    return session, home / ".claude" / "projects"


def names(one: Conversation) -> list[list[str]]:
    return [[edit.path.rpartition("/")[2] for edit in turn.edits] for turn in one.turns]


def test_a_turn_goes_on_in_the_folder_of_a_work_tree(home: Path, tmp_path: Path) -> None:
    session, root = entered(home, tmp_path)
    found = everything(claude_code.AGENT, root)
    assert [(one.id, names(one)) for one in found] == [(session.id, [["one.py"], ["two.py"], ["three.py"]])] * 2
    assert [turn.prompt for turn in found[0].turns] == ["Add one", "Add two, in a work tree", "Add three"]


def test_both_files_change_the_stamp_of_both(home: Path, tmp_path: Path) -> None:
    session, root = entered(home, tmp_path)
    before = {source.path: source.stamp for source in claude_code.AGENT.sources(root)}
    session.say("More.")
    after = {source.path: source.stamp for source in claude_code.AGENT.sources(root)}
    assert all(before[path] != after[path] for path in before)


def test_a_whole_copy_in_another_folder_adds_nothing(home: Path, tmp_path: Path) -> None:
    session = ClaudeSession(home, tmp_path, NOON)
    session.prompt("Add one")
    with session.path.open("a") as file:
        for operation in ("enqueue", "remove"):
            record = {"type": "queue-operation", "operation": operation, "content": "and quickly"}
            file.write(json.dumps(record | {"sessionId": session.id, "timestamp": "2026-05-28T20:30:00.000Z"}) + "\n")
    session.write("one.py", "one = 1\n")
    [alone] = everything(claude_code.AGENT, home / ".claude" / "projects")
    copy = session.path.parent.parent / "-moved" / session.path.name
    copy.parent.mkdir()
    copy.write_bytes(session.path.read_bytes())
    assert len(alone.turns) == 2
    assert [one.turns for one in everything(claude_code.AGENT, home / ".claude" / "projects")] == [alone.turns] * 2


def test_what_is_lost_of_either_file_is_counted(home: Path, tmp_path: Path) -> None:
    session, root = entered(home, tmp_path)
    with session.path.open("ab") as file:
        file.write(bytes(64) + b"\n")
    assert [one.skipped for one in everything(claude_code.AGENT, root)] == [1, 1]


class Rollout:
    """A paginated rollout with numbered records."""

    def __init__(self, folder: Path, name: str, number: int, second: int, **meta: Any) -> None:
        self.path, self.number, self.second = folder / f"rollout-{name}.jsonl", number, second
        self.line("session_meta", {"id": THREAD, "cwd": "/home/dev/app", "history_mode": "paginated", **meta})

    def line(self, kind: str, payload: dict[str, Any]) -> None:
        self.second += 1
        stamp = f"2026-11-30T03:{self.second // 60:02d}:{self.second % 60:02d}.000Z"
        record = {"timestamp": stamp, "ordinal": self.number, "type": kind, "payload": payload}
        with self.path.open("a") as file:
            file.write(json.dumps(record) + "\n")
        self.number += 1

    def turn(self, number: int) -> int:
        """A prompt that writes a file; the ordinal it began with."""
        began = self.number
        turn = f"turn-{number}"
        prompt = {"type": "UserMessage", "id": f"prompt-{number:020d}", "content": [{"type": "text", "text": turn}]}
        self.line("event_msg", {"type": "task_started", "turn_id": turn})
        self.line("event_msg", {"type": "item_completed", "turn_id": turn, "item": prompt})
        change = {f"/home/dev/app/f{number}.py": {"type": "add", "content": f"x = {number}\n"}}
        done = {"type": "FileChange", "id": f"call-{number}", "changes": change, "status": "completed"}
        self.line("event_msg", {"type": "item_completed", "turn_id": turn, "item": done})
        self.line("event_msg", {"type": "task_complete", "turn_id": turn})
        return began


def base(end: int) -> dict[str, Any]:
    return {"thread_id": THREAD, "end_ordinal_exclusive": end, "end_byte_offset": 1}


def told(root: Path) -> list[tuple[str, bool, list[str]]]:
    found = everything(codex.AGENT, root)[0]
    assert found.id == THREAD
    return [(turn.prompt, turn.abandoned, names(found)[turn.index - 1]) for turn in found.turns]


def test_a_thread_goes_on_in_a_second_rollout_after_a_rewind(tmp_path: Path) -> None:
    first = Rollout(tmp_path, f"2026-11-30T03-00-00-{THREAD}", 0, 0)
    first.turn(1)
    cut = first.turn(2)
    second = Rollout(tmp_path, f"2026-11-30T03-01-00-{THREAD}_{SEGMENT}", cut, 60, history_base=base(cut))
    second.turn(3)
    assert [source.id for source in codex.AGENT.sources(tmp_path)] == [THREAD, THREAD]
    assert told(tmp_path) == [
        ("turn-1", False, ["f1.py"]),
        ("turn-2", True, ["f2.py"]),
        ("turn-3", False, ["f3.py"]),
    ]
    marks = [step for turn in everything(codex.AGENT, tmp_path)[0].turns for step in turn.steps]
    assert [step.kind for step in marks if isinstance(step, Mark)] == ["rewound"]


def test_a_second_rewind_cuts_what_followed_the_first(tmp_path: Path) -> None:
    first = Rollout(tmp_path, f"2026-11-30T03-00-00-{THREAD}", 0, 0)
    first.turn(1)
    cut = first.turn(2)
    second = Rollout(tmp_path, f"2026-11-30T03-01-00-{THREAD}_{SEGMENT}", cut, 60, history_base=base(cut))
    second.turn(3)
    again = second.turn(4)
    third = Rollout(tmp_path, f"2026-11-30T03-02-00-{THREAD}_{SEGMENT[:-1]}9", again, 120, history_base=base(again))
    third.turn(5)
    assert [(prompt, gone) for prompt, gone, _ in told(tmp_path)] == [
        ("turn-1", False),
        ("turn-2", True),
        ("turn-3", False),
        ("turn-4", True),
        ("turn-5", False),
    ]


def test_a_rewind_whose_first_rollout_is_gone_has_the_rest(tmp_path: Path) -> None:
    Rollout(tmp_path, f"2026-11-30T03-01-00-{THREAD}_{SEGMENT}", 5, 60, history_base=base(5)).turn(3)
    assert told(tmp_path) == [("turn-3", False, ["f3.py"])]
