"""Files that real Codex versions wrote (0.118, 0.14x, 0.169), counted independently from the raw JSON."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from gitstory.agents.codex import AGENT
from gitstory.agents.codex.store import source
from gitstory.model import Conversation, Edit, Hunk, Say

LAB = "/home/dev/work/lab/ws-codex"


def files(fixtures: Path) -> list[Path]:
    return [path for path in sorted((fixtures / "codex").rglob("*.jsonl")) if path.name != "hooks-captured.jsonl"]


def read(path: Path) -> Conversation:
    (conversation,) = AGENT.read(source(path)).conversations
    return conversation


def payloads(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line)["payload"] for line in path.read_bytes().splitlines()]


def raw_prompts(path: Path) -> list[str]:
    found = []
    for payload in payloads(path):
        item = payload.get("item") or {}
        if payload.get("type") == "user_message":
            found.append(payload["message"].strip())
        elif payload.get("type") == "item_completed" and item.get("type") == "UserMessage":
            found.append("".join(block["text"] for block in item["content"]).strip())
    return found


def raw_changes(path: Path) -> list[tuple[str, str]]:
    """Call id and path of every change that the patch events tell of."""
    found = []
    for payload in payloads(path):
        told = payload.get("item") or payload
        if payload.get("type") == "patch_apply_end" or told.get("type") == "FileChange":
            assert told.get("success", True)
            found += [(told.get("call_id") or told["id"], name) for name in told["changes"]]
    return found


@pytest.fixture
def lab(fixtures: Path) -> Path:
    (path,) = (fixtures / "codex" / "lab-0.169.0").rglob("rollout-*.jsonl")
    return path


def test_every_prompt_of_every_file_is_a_turn(fixtures: Path) -> None:
    for path in files(fixtures):
        conversation = read(path)
        assert [turn.prompt for turn in conversation.turns] == raw_prompts(path), path.name
        assert conversation.skipped == 0
        assert [turn.index for turn in conversation.turns] == list(range(1, len(conversation.turns) + 1))
        assert len({turn.id for turn in conversation.turns}) == len(conversation.turns)


def test_every_patched_file_of_every_file_is_one_edit(fixtures: Path) -> None:
    for path in files(fixtures):
        made = [
            (call.id, edit.path)
            for turn in read(path).turns
            for call in turn.calls
            for edit in call.edits
            if edit.source == "tool"
        ]
        assert made == raw_changes(path), path.name


def test_every_answer_is_there_once(fixtures: Path) -> None:
    for path in files(fixtures):
        if "schema-coverage" in path.name:
            continue  # its texts were all replaced by the same one
        expected = [
            "".join(block["text"] for block in payload["content"]).strip()
            for payload in payloads(path)
            if payload.get("type") == "message" and payload.get("role") == "assistant"
        ]
        steps = [step for turn in read(path).turns for step in turn.steps]
        assert [step.text.strip() for step in steps if isinstance(step, Say)] == expected, path.name


def test_every_commit_told_by_an_output_is_with_a_call(fixtures: Path) -> None:
    told = re.compile(r"^\[[^\]\n]+ ([0-9a-f]{7,40})\] ", re.MULTILINE)
    for path in files(fixtures):
        outputs = [payload["output"] for payload in payloads(path) if payload.get("type") == "function_call_output"]
        expected = [match for output in outputs if isinstance(output, str) for match in told.findall(output)]
        assert [commit for turn in read(path).turns for call in turn.calls for commit in call.commits] == expected


def test_places_agree_with_the_whole_reading(fixtures: Path) -> None:
    for path in files(fixtures):
        assert AGENT.places(source(path)) == read(path).places[:1]


def test_lab_turns(lab: Path) -> None:
    conversation = read(lab)
    assert conversation.id == "01a1f9a0-08f7-7092-b7e1-55f29155118b" == source(lab).id
    assert conversation.places == (LAB,)
    assert conversation.heads == ("3a3948e8767fb6b0150313b1f59891ec750616f8",)
    assert conversation.models == ("gpt-5.4",)
    assert (conversation.version, conversation.parent, conversation.subagent) == ("0.169.0", None, False)
    assert [(turn.id, turn.prompt, turn.branch) for turn in conversation.turns] == [
        (
            "01a1f9a0-0adc-7f31-b815-52f4a39d1b4f",
            "Add a subtract function to calc.py and create notes.md, then commit",
            "main",
        ),
        ("01a1f9a0-53a8-7de1-8c68-cbb0cb85ff83", "now mark the subtract line with a comment", "main"),
    ]


def test_lab_edits(lab: Path) -> None:
    first, second = read(lab).turns
    told = [(edit.path, edit.source, edit.after, edit.hunks) for edit in first.edits]
    assert told == [
        (f"{LAB}/notes.md", "shell", "# Notes\n\nsubtract added\n", ()),
        (
            f"{LAB}/calc.py",
            "tool",
            None,
            (Hunk(2, 2, ("     return a + b", "+", "+", "+def subtract(a, b):", "+    return a - b")),),
        ),
    ]
    (edit,) = second.edits
    hunk = Hunk(4, 4, (" ", "-def subtract(a, b):", "+def subtract(a, b):  # turn 2", "     return a - b"))
    assert edit == Edit(f"{LAB}/calc.py", hunks=(hunk,), time=edit.time)


def test_lab_commit_and_call_ids(lab: Path, fixtures: Path) -> None:
    """The call that committed is the one whose id stood in the hook's environment."""
    environment = dict(
        line.split("=", 1)
        for line in (fixtures / "codex" / "lab-0.169.0" / "git-hook-env.txt").read_text().splitlines()
        if "=" in line and not line.startswith("==")
    )
    conversation = read(lab)
    committed = [call for turn in conversation.turns for call in turn.calls if call.commits]
    assert [(call.id, call.commits) for call in committed] == [(environment["CODEX_TOOL_CALL_ID"], ("c0c4d34",))]
    assert environment["CODEX_THREAD_ID"] == conversation.id
    assert {name for name in AGENT.markers if name in environment} == set(AGENT.markers)
    assert [[call.id for call in turn.calls] for turn in conversation.turns] == [
        ["call_ae5e2f9c51e6", "call_1774b5e607f8", "call_990a6d37b99e", "call_f27482ad8421"],
        ["call_482fd1e38060", "call_1742e98ed625"],
    ]
