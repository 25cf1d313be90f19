"""SpecStory's Markdown: the own small store; real histories where a folder of some is named."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from gitstory.agents.specstory import AGENT, document
from gitstory.model import Conversation, Think
from gitstory.testing import Expect, conformance
from tests.smallstores import DATA

STORE = DATA / "specstory" / "app" / ".specstory" / "history"
NEW, OLD = "5ec57000-0000-4000-8000-000000000001", "5ec57000-0000-4000-8000-000000000002"


def read(root: Path = STORE) -> dict[str, Conversation]:
    return {one.id: one for source in AGENT.sources(root) for one in AGENT.read(source).conversations}


def test_it_conforms(tmp_path: Path) -> None:
    conformance(AGENT, STORE, tmp_path, Expect(2, 3, 3, 0), readings=150)


def test_prompts_answers_and_what_tools_say_they_did() -> None:
    one = read()[NEW]
    first, second = one.turns
    assert (one.version, one.times, one.models) == ("Markdown v2.1.0, Claude Code", "recorded", ("quill-2",))
    assert one.places == (STORE.parents[1].as_posix(),)
    assert (first.prompt, first.time) == ("Add a subtract function\nand say so in notes.md", 1772445600.0)
    assert second.prompt == "Thanks"
    assert [step.text for step in first.steps if isinstance(step, Think)] == ["Two files are needed."]
    calc, notes, state = first.edits
    assert (calc.path, calc.after, calc.hunks) == ("/home/dev/app/calc.py", None, ())
    assert (notes.op, notes.after) == ("create", "# Notes on the calculator\n\nsubtract was added\n")
    assert (state.source, state.after) == ("shell", "done\n")
    assert [commit for call in first.calls for commit in call.commits] == ["f316eb9"]


def test_files_of_2025_have_no_times() -> None:
    one = read()[OLD]
    assert (one.times, one.turns[0].time, one.started) == ("bounds", None, 1746090000.0)
    assert list(one.turns[0].answers) == ["The greeting names the person now."]


def test_what_only_looks_like_a_heading_is_none() -> None:
    text = "_**User (2026-03-02 10:00:00Z)**_\nnot alone\n\n_**User (2026-03-02 10:00:00Z)**_\n\nalone\n"
    (source,) = [one for one in AGENT.sources(STORE) if one.id == NEW]
    one = document.conversation("specstory", "x", source, text, "")
    assert [turn.prompt for turn in one.turns] == ["alone"]


def test_other_markdown_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.md").write_text("_**User**_\n\nhi\n")
    assert list(AGENT.sources(tmp_path)) == []


REAL = os.environ.get("GITSTORY_SPECSTORY", "")
"""Taken before tests get an environment of their own."""


@pytest.mark.skipif(not REAL, reason="GITSTORY_SPECSTORY names no folder of real files")
def test_real_histories() -> None:
    root = Path(REAL)
    found = read(root)
    assert all(one.turns and one.skipped == 0 for one in found.values())
    for source in AGENT.sources(root):
        # Nobody spoke in the others: a command like /model, or nothing, and no answer.
        assert (
            source.id in found or re.search("^_\\*\\*(Agent|Assistant)", source.path.read_text("utf-8"), re.M) is None
        )
