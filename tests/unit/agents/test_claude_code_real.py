"""Real transcripts (skipped where they are not at hand), checked against a count made another way."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from gitstory.agents.base import Source
from gitstory.agents.claude_code import AGENT
from gitstory.model import Conversation, Edit

LAB = "lab-2.1.197"


def sources(fixtures: Path) -> list[Source]:
    folder = fixtures / "claude-code"
    files = [path for path in sorted(folder.rglob("*.jsonl")) if path.name != "hooks-captured.jsonl"]
    return [source for path in files if not path.name.startswith("agent-") for source in AGENT.sources(path)]


def conversation(source: Source) -> Conversation:
    (found,) = AGENT.read(source).conversations
    return found


def counted(path: Path) -> Iterator[str]:
    """Ids of the prompts that a plain look at the raw records finds (no queue is in these files)."""
    for line in path.read_text("utf-8").splitlines():
        record = json.loads(line)
        if record["type"] != "user" or record.get("isMeta") or record.get("isSidechain"):
            continue
        content = record["message"]["content"]
        blocks = [{"type": "text", "text": content}] if isinstance(content, str) else content
        if record.get("isCompactSummary") or any(block["type"] == "tool_result" for block in blocks):
            continue
        text = "".join(block.get("text", "") for block in blocks)
        harness = ("<local-command-", "<command-name>", "[Request interrupted", "<task-notification>")
        if text.rpartition("</system-reminder>")[2].strip().startswith(harness):
            continue
        yield record["uuid"]


def test_every_prompt_is_found(fixtures: Path) -> None:
    checked = 0
    for source in sources(fixtures):
        found = conversation(source)
        assert [turn.id for turn in found.turns] == list(counted(source.path)), source.path.name
        assert found.skipped == 0
        checked += len(found.turns)
    assert checked >= 15


def test_every_edit_fits_its_file(fixtures: Path) -> None:
    """What the agent saw before its next edit of a file is what the edit before left there."""
    same = other = 0
    for source in sources(fixtures):
        last: dict[str, str | None] = {}
        for edit in (edit for turn in conversation(source).turns for edit in turn.edits):
            if last.get(edit.path) is not None and edit.before is not None:
                same += last[edit.path] == edit.before
                other += last[edit.path] != edit.before
            last[edit.path] = edit.after
    assert (same > 0, other) == (True, 0)


def test_the_lab_session_is_read_exactly(fixtures: Path) -> None:
    (source,) = (source for source in sources(fixtures) if LAB in str(source.path))
    found = conversation(source)
    root = "/home/dev/work/lab/ws-claude"
    first, second = found.turns
    assert [first.prompt, second.prompt] == [
        "Add a subtract function to calc.py and create notes.md, then commit",
        "now mark the subtract line with a comment",
    ]
    added = "def add(a, b):\n    return a + b\n\n\ndef subtract(a, b):\n    return a - b\n"
    assert [(e.path, e.op, e.before, e.after) for e in first.edits] == [
        (f"{root}/notes.md", "create", "", "# Notes\n\nsubtract added\n"),
        (f"{root}/calc.py", "modify", "def add(a, b):\n    return a + b\n", added),
    ]
    (edit,) = second.edits
    assert isinstance(edit, Edit)
    assert (edit.before, edit.after) == (
        added,
        added.replace("(a, b):\n    return a -", "(a, b):  # turn 2\n    return a -"),
    )
    assert [call.commits for call in first.calls if call.commits] == [("9a66a9f",)]
    assert (found.places, found.version, found.models) == ((root,), "2.1.197", ("claude-opus-4-8",))
    assert source.folder == AGENT.folder_of(Path(root))
    assert AGENT.places(source) == (root,)
