"""Cline: an own small store, and the shared fixture where it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from gitstory.agents.cline import AGENT
from gitstory.model import Conversation, Hunk, Replacement, Tokens
from gitstory.testing import Expect, conformance, findings
from tests.examples import tries
from tests.smallstores import DATA

FIXTURES = Path(__file__).resolve().parents[4] / "shared" / "fixtures" / "cline"


def read(root: Path) -> dict[str, Conversation]:
    return {one.id: one for source in AGENT.sources(root) for one in AGENT.read(source).conversations}


def test_it_conforms(tmp_path: Path) -> None:
    conformance(
        AGENT, DATA / "cline", tmp_path, Expect(conversations=2, prompts=4, edits=6, skipped=0), readings=tries(100)
    )


def test_a_session_of_the_command_line() -> None:
    one = read(DATA / "cline")["100_a"]
    first, second = one.turns
    calc = "/home/dev/work/app/calc.py"
    assert (one.title, one.version, one.places) == ("Add subtract", "3.0.65", ("/home/dev/work/app",))
    assert [turn.prompt for turn in one.turns] == ["Add subtract to calc.py", "Insert a line and commit"]
    assert [call.failed for call in first.calls] == [False, True, False]
    replaced, created = first.edits
    assert (replaced.path, replaced.replacements) == (calc, (Replacement("a = 1\n", "a = 1\nb = 2\n"),))
    assert (created.path, created.op, created.after) == ("/home/dev/work/app/notes.md", "create", "Notes\n")
    inserted, printed = second.edits
    assert (inserted.path, inserted.hunks) == (calc, (Hunk(0, 0, ("+c = 3",)),))
    assert (printed.path, printed.source, printed.after) == ("/home/dev/work/app/x.txt", "shell", "x\n")
    assert [commit for call in second.calls for commit in call.commits] == ["3c9728b"]
    assert (first.models, first.tokens) == (("lab-1",), Tokens(200, 14, 120))


@pytest.mark.real_files(FIXTURES)
def test_fixture_of_the_command_line() -> None:
    (one,) = read(FIXTURES / "lab-3.0.65" / ".cline" / "data" / "sessions").values()
    told = findings([one])
    assert (told.prompts, told.answers, told.calls, told.edits, told.edits_with_text) == (1, 5, 4, 2, 2)
    assert (told.skipped, one.version, one.times) == (0, "3.0.65", "recorded")
    (turn,) = one.turns
    assert turn.prompt == "Add a subtract function to calc.py and create notes.md, then commit"
    assert turn.tokens == Tokens(6300, 200, 5000)
    assert [commit for call in turn.calls for commit in call.commits] == ["7320b6a"]
