"""Kilo Code: small stores of both of its times, made after those of the agents it was made of."""

from __future__ import annotations

from pathlib import Path

import pytest

from gitstory.agents.kilo import AGENT
from gitstory.model import Conversation
from gitstory.testing import Expect, conformance
from tests.examples import tries
from tests.smallstores import built


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return built("kilo-code", tmp_path)


def read(root: Path) -> dict[str, Conversation]:
    return {one.id: one for source in AGENT.sources(root) for one in AGENT.read(source).conversations}


def test_it_conforms(store: Path, tmp_path: Path) -> None:
    found = read(store)
    edits = sum(len(list(turn.edits)) for one in found.values() for turn in one.turns)
    prompts = sum(bool(turn.prompt) for one in found.values() for turn in one.turns)
    assert (len(found), prompts, edits) == (3, 5, 5)
    conformance(AGENT, store, tmp_path / "work", Expect(len(found), prompts, edits, 0), readings=tries(120))


def test_both_times_are_told_as_its_own(store: Path) -> None:
    found = read(store)
    assert {one.agent for one in found.values()} == {"kilo-code"}
    assert {"0b1c-task", "ses_k1", "ses_k2"} == set(found)


def test_where_it_stores(tmp_path: Path) -> None:
    roots = AGENT.roots({"XDG_DATA_HOME": str(tmp_path / "data")}, tmp_path)
    assert roots[0] == tmp_path / "data" / "kilo"
    assert tmp_path / ".config/Code/User/globalStorage/kilocode.kilo-code/tasks" in roots
    assert list(AGENT.sources(tmp_path / "nowhere")) == []
