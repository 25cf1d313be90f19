"""Droid: an own small store, and the shared fixture where it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from gitstory.agents.droid import AGENT
from gitstory.model import Conversation, Mark, Replacement, Tokens
from gitstory.testing import Expect, conformance, findings
from tests.examples import tries
from tests.smallstores import DATA

FIXTURES = Path(__file__).resolve().parents[4] / "shared" / "fixtures" / "droid"


def read(root: Path) -> dict[str, Conversation]:
    return {one.id: one for source in AGENT.sources(root) for one in AGENT.read(source).conversations}


def test_it_conforms(tmp_path: Path) -> None:
    conformance(
        AGENT, DATA / "droid", tmp_path, Expect(conversations=2, prompts=3, edits=4, skipped=0), readings=tries(100)
    )


def test_what_the_harness_put_in_is_no_prompt() -> None:
    one = read(DATA / "droid")["d1"]
    assert [turn.prompt for turn in one.turns] == ["Add subtract to @calc.py", "Now a patch, and commit"]
    assert [step.text for turn in one.turns for step in turn.steps if isinstance(step, Mark)] == ["Make it short", ""]
    assert (one.places, one.title, one.times) == (("/home/dev/work/app",), "Add subtract", "recorded")


def test_edits_are_those_that_took_effect() -> None:
    first, second = read(DATA / "droid")["d1"].turns
    calc = "/home/dev/work/app/calc.py"
    assert [(edit.path, edit.op) for edit in first.edits] == [
        (calc, "modify"),
        ("/home/dev/work/app/notes.md", "create"),
    ]
    assert [call.failed for call in first.calls] == [False, True, False]
    assert next(iter(first.edits)).replacements == (Replacement("a = 1\n", "a = 1\nb = 2\n"),)
    patched, replaced = second.edits
    assert patched.hunks[0].lines == ("-b = 2", "+b = 3")
    assert replaced.replacements == (Replacement("a", "c", True),)
    assert [commit for call in second.calls for commit in call.commits] == ["3c9728b"]


def test_tokens_and_model_of_the_session_are_given_to_no_turn_they_may_not_be_of() -> None:
    whole = read(DATA / "droid")
    assert [(turn.models, turn.tokens) for turn in whole["d1"].turns] == [(("lab-1",), None), (("lab-2",), None)]
    assert [(turn.models, turn.tokens) for turn in whole["d2"].turns] == [(("lab-3",), Tokens(155, 20, 50))]


def test_a_session_another_one_started_is_a_subagents() -> None:
    whole = read(DATA / "droid")
    assert (whole["d1"].parent, whole["d1"].subagent) == (None, False)
    assert (whole["d2"].parent, whole["d2"].subagent) == ("d1", True)


@pytest.mark.real_files(FIXTURES)
def test_fixture() -> None:
    (one,) = read(FIXTURES).values()
    told = findings([one])
    assert (told.prompts, told.calls, told.edits, told.edits_with_text, told.tokens, told.skipped) == (1, 5, 1, 1, 1, 0)
    (turn,) = one.turns
    assert turn.prompt == 'Update the first comment in @index.ts to "DROID3"'
    assert [edit.path for edit in turn.edits] == ["/Users/testuser/projects/testing-git/index.ts"]
    assert turn.tokens == Tokens(6743 + 42496, 1450, 42496)
