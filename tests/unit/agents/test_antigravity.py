"""Antigravity: an own small store, and the shared fixture where it is."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from gitstory.agents.antigravity import AGENT
from gitstory.model import Conversation, Mark, Replacement
from gitstory.testing import Expect, conformance, findings
from tests.examples import tries
from tests.smallstores import DATA

STORE = DATA / "antigravity"
FIXTURES = Path(__file__).resolve().parents[4] / "shared" / "fixtures" / "antigravity"
FULL, ESCAPED = "5a1c0001-0000-4000-8000-00000000000a", "5a1c0002-0000-4000-8000-00000000000b"
APP = "/home/dev/work/app"


def read(root: Path) -> dict[str, Conversation]:
    return {one.id: one for source in AGENT.sources(root) for one in AGENT.read(source).conversations}


def test_it_conforms(tmp_path: Path) -> None:
    expect = Expect(conversations=2, prompts=3, edits=3, skipped=0)
    conformance(AGENT, STORE, tmp_path, expect, readings=tries(100))


def test_prompts_are_the_persons() -> None:
    one = read(STORE)[FULL]
    assert [turn.prompt for turn in one.turns] == ["Add subtract to calc.py, write notes", "Commit it"]
    assert [turn.models for turn in one.turns] == [("Lab 3.5 (Medium)",)] * 2
    assert [step.kind for turn in one.turns for step in turn.steps if isinstance(step, Mark)] == ["compacted"]
    assert (one.places, one.times) == ((APP,), "recorded")


def test_edits_are_those_that_took_effect() -> None:
    first, second = read(STORE)[FULL].turns
    replaced, created = first.edits
    assert (replaced.path, replaced.hunks[0].lines) == (f"{APP}/calc.py", (" a = 1", "+b = 2"))
    assert (created.path, created.op, created.before, created.after) == (f"{APP}/notes.md", "create", "", "# Notes\n")
    assert [call.failed for call in (*first.calls, *second.calls)] == [True, False, False, True, False]
    assert [commit for call in second.calls for commit in call.commits] == ["7d0a1b2"]


def test_arguments_written_as_json_within_texts_are_read() -> None:
    (edit,) = (edit for turn in read(STORE)[ESCAPED].turns for edit in turn.edits)
    assert edit.path == f"{APP}/values.py"
    assert edit.replacements == (
        Replacement("first = 1\n", "first = 'the first value of all'\n"),
        Replacement("last = 1\n", "last = 'the last value of all'\n"),
    )


def test_where_it_was_typed_is_told_without_reading_it() -> None:
    assert {AGENT.places(source) for source in AGENT.sources(STORE)} == {(APP,)}


def test_arguments_that_were_cut_tell_the_file_alone(tmp_path: Path) -> None:
    logs = tmp_path / "brain" / "c1" / ".system_generated" / "logs"
    logs.mkdir(parents=True)
    (logs / "transcript.jsonl").write_text(
        '{"source":"USER_EXPLICIT","type":"USER_INPUT","status":"DONE","content":"Write it"}\n'
        '{"source":"MODEL","type":"PLANNER_RESPONSE","status":"DONE","truncated_fields":["tool_calls"],"tool_calls":'
        '[{"name":"write_to_file","args":{"TargetFile":"\\"/tmp/a.py\\"","CodeContent":"\\"a = 1 <trunc"}}]}\n'
        '{"source":"MODEL","type":"CODE_ACTION","status":"DONE","content":"Created file file:///tmp/a.py"}\n'
    )
    (one,) = read(tmp_path).values()
    (edit,) = (edit for turn in one.turns for edit in turn.edits)
    assert (edit.path, edit.after, edit.replacements, one.times) == ("/tmp/a.py", None, (), "bounds")


@pytest.mark.real_files(FIXTURES)
def test_fixture(tmp_path: Path) -> None:
    logs = tmp_path / "brain" / "c1" / ".system_generated" / "logs"
    logs.mkdir(parents=True)
    shutil.copy(FIXTURES / "agentsessions-cli_small.jsonl", logs / "transcript.jsonl")
    (one,) = read(tmp_path).values()
    told = findings([one])
    assert (told.prompts, told.calls, told.edits, told.edits_with_text, told.skipped) == (1, 10, 1, 0, 1)
    (turn,) = one.turns
    assert (turn.prompt, turn.models) == ("List the files.", ("Gemini 3.5 Flash (Medium)",))
    assert [edit.path for edit in turn.edits] == ["/tmp/repo/notes.md"]
