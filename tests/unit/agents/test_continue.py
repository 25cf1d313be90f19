"""Continue: an own small store, and the shared fixture where it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from gitstory.agents.continue_dev import AGENT
from gitstory.model import Conversation, Mark, Tokens
from gitstory.testing import Expect, conformance, findings
from tests.examples import tries
from tests.smallstores import DATA

STORE = DATA / "continue"
FIXTURES = Path(__file__).resolve().parents[4] / "shared" / "fixtures" / "continue"


def read(root: Path) -> Conversation:
    ((one,),) = [AGENT.read(source).conversations for source in AGENT.sources(root)]
    return one


def test_it_conforms(tmp_path: Path) -> None:
    conformance(AGENT, STORE, tmp_path, Expect(conversations=1, prompts=2, edits=5, skipped=0), readings=tries(100))


def test_where_it_stores() -> None:
    home = Path("/home/dev")
    assert AGENT.roots({}, home) == [home / ".continue" / "sessions"]
    assert AGENT.roots({"CONTINUE_GLOBAL_DIR": "/elsewhere"}, home)[0] == Path("/elsewhere/sessions")
    assert [AGENT.places(source) for source in AGENT.sources(STORE)] == [("/home/dev/work/app",)]


def test_prompts_and_times() -> None:
    one = read(STORE)
    assert [(turn.prompt, turn.images) for turn in one.turns] == [
        ("Add subtract, write notes", 0),
        ("Say hello, and commit", 1),
    ]
    assert [step.kind for turn in one.turns for step in turn.steps if isinstance(step, Mark)] == ["compacted"]
    assert (one.times, one.started, one.models) == ("bounds", None, ("lab-1",))
    assert [turn.tokens for turn in one.turns] == [Tokens(200, 20, 80), Tokens(100, 10, 40)]


def test_edits_are_those_that_took_effect() -> None:
    first, second = read(STORE).turns
    names = [[Path(edit.path).name for edit in turn.edits] for turn in (first, second)]
    assert names == [["notes.md", "calc.py"], ["hello.py", "calc.py", "other.py"]]
    assert {Path(edit.path).parent.as_posix() for edit in [*first.edits, *second.edits]} == {"/home/dev/work/app"}
    assert [call.failed for call in first.calls] == [True, False, True, False]
    assert [commit for call in second.calls for commit in call.commits] == ["1f2e3d4"]


@pytest.mark.real_files(FIXTURES)
def test_the_session_of_a_real_program() -> None:
    one = read(FIXTURES / "lab-1.5.47" / ".continue" / "sessions")
    told = findings([one])
    assert (told.prompts, told.calls, told.edits, told.edits_with_text, told.skipped) == (2, 6, 3, 3, 0)
    assert [commit for turn in one.turns for call in turn.calls for commit in call.commits] == ["35c09b7"]
