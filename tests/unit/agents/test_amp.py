"""Amp: an own small store, and the shared fixture where it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from gitstory.agents.amp import AGENT
from gitstory.model import Conversation, Hunk, Mark, Replacement, Tokens
from gitstory.testing import Expect, conformance, findings
from tests.examples import tries
from tests.smallstores import DATA

FIXTURES = Path(__file__).resolve().parents[4] / "shared" / "fixtures" / "amp"


def read(root: Path) -> Conversation:
    ((one,),) = [AGENT.read(source).conversations for source in AGENT.sources(root)]
    return one


def test_it_conforms(tmp_path: Path) -> None:
    conformance(
        AGENT, DATA / "amp", tmp_path, Expect(conversations=1, prompts=2, edits=3, skipped=0), readings=tries(100)
    )


def test_edits_are_those_that_took_effect() -> None:
    first, second = read(DATA / "amp").turns
    calc = "/home/dev/work/app/calc.py"
    (edit,) = first.edits
    assert (edit.path, edit.hunks) == (calc, (Hunk(1, 1, (" a = 1", "+b = 2")),))
    assert [call.failed for call in first.calls] == [False, True, True]
    created, replaced = second.edits
    assert (created.path, created.op, created.after) == ("/home/dev/work/app/notes.md", "create", "Notes\n")
    assert replaced.replacements == (Replacement("b", "c", True),)
    assert [commit for call in second.calls for commit in call.commits] == ["3c9728b"]


def test_what_is_said_beside_a_refusal_begins_no_turn() -> None:
    one = read(DATA / "amp")
    assert [turn.prompt for turn in one.turns] == ["Add subtract to calc.py", "Write notes instead, and commit"]
    marks = [(step.kind, step.text) for turn in one.turns for step in turn.steps if isinstance(step, Mark)]
    assert marks == [("said", "Not that file"), ("interrupted", "")]


def test_repository_model_and_tokens() -> None:
    one = read(DATA / "amp")
    assert (one.places, one.remotes) == (("/home/dev/work/app",), ("https://example.com/dev/app",))
    assert one.heads == ("6be354d80ba6ad3af3e22c2e1a0d8e93da1577fa",)
    assert [(turn.models, turn.tokens) for turn in one.turns] == [
        (("lab-1",), Tokens(33, 7, 20)),
        (("lab-1",), Tokens(99, 21, 60)),
    ]
    assert [AGENT.places(source) for source in AGENT.sources(DATA / "amp")] == [("/home/dev/work/app",)]


@pytest.mark.real_files(FIXTURES)
def test_fixture() -> None:
    one = read(FIXTURES)
    told = findings([one])
    assert (told.prompts, told.calls, told.edits, told.thinking, told.answers, told.skipped) == (1, 4, 0, 1, 2, 0)
    assert (one.title, one.models, one.times) == (
        "Add jokes CLI with CSV data source",
        ("claude-opus-4-6",),
        "recorded",
    )
