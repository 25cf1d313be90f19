"""gitstory's readers on stores that the real programs wrote a second ago."""

from __future__ import annotations

from pathlib import Path

import pytest

from gitstory.agents import registry
from gitstory.agents.base import Agent, Source
from gitstory.model import Conversation, Edit
from tests.lab.bench import Bench

pytestmark = pytest.mark.lab

FIRST = "Add subtract, note it down and commit"
SECOND = "Add multiply too"


def reader_of(bench: Bench) -> Agent:
    return registry.agent(bench.agent.name)


def only_source(bench: Bench) -> Source:
    reader = reader_of(bench)
    found = [source for root in reader.roots({}, bench.agent.home) for source in reader.sources(root)]
    (source,) = {source.path: source for source in found}.values()
    return source


def read(bench: Bench) -> Conversation:
    (conversation,) = reader_of(bench).read(only_source(bench)).conversations
    return conversation


def two_turns(bench: Bench) -> None:
    bench.turn(FIRST, *bench.add_subtract(bench.commit_call("Add subtract")))
    calc, line = bench.repo.path / "calc.py", "    return a - b\n"
    bench.turn(SECOND, bench.agent.read(calc), bench.agent.edit(calc, line, line + "# multiply\n"), session="resume")


def test_every_prompt_and_nothing_else(bench: Bench) -> None:
    two_turns(bench)
    conversation = read(bench)
    assert conversation.key == (bench.agent.name, bench.conversation)
    assert [(turn.index, turn.prompt) for turn in conversation.turns] == [(1, FIRST), (2, SECOND)]
    assert conversation.skipped == 0
    assert conversation.places == (str(bench.repo.path),)


def test_answers_in_order(bench: Bench) -> None:
    two_turns(bench)
    first = read(bench).turns[0]
    assert list(first.answers) == ["Step 1.", "Step 2.", "Step 3.", "Step 4.", "All done."]


def test_each_edit_once(bench: Bench) -> None:
    """Codex tells a change up to three times (call, item, patch event): it is still one edit."""
    two_turns(bench)
    first, second = read(bench).turns
    root = bench.repo.path
    assert sorted((edit.path, edit.op) for edit in first.edits) == [
        (str(root / "calc.py"), "modify"),
        (str(root / "notes.md"), "create"),
    ]
    assert [edit.path for edit in second.edits] == [str(root / "calc.py")]
    assert all(has_text(edit) for turn in (first, second) for edit in turn.edits)


def has_text(edit: Edit) -> bool:
    return edit.after is not None or bool(edit.hunks or edit.replacements)


def test_commit_is_reported_by_its_turn(bench: Bench) -> None:
    two_turns(bench)
    first, second = read(bench).turns
    made = [commit for call in first.calls for commit in call.commits]
    assert made
    assert {bench.repo.git("rev-parse", commit) for commit in made} == {bench.repo.git("rev-parse", "HEAD")}
    assert [commit for call in second.calls for commit in call.commits] == []


def test_source_leads_to_the_repository(bench: Bench) -> None:
    two_turns(bench)
    reader, source = reader_of(bench), only_source(bench)
    folder = reader.folder_of(Path(bench.repo.path))
    assert folder is None or source.folder == folder
    assert str(bench.repo.path) in reader.places(source)
