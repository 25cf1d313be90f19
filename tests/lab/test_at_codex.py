"""Codex at its own screen: what a person takes back with Esc Esc."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.lab.agents import Codex
from tests.lab.bench import SUBTRACT, Bench
from tests.lab.interactive import Person, at_codex
from tests.lab.model import Model
from tests.lab.programs import CODEX, Package
from tests.lab.test_at_terminal import MINUS, PLUS, calls_that_add, committed, prompts
from tests.lab.test_story import FIRST, MULTIPLY, SECOND

pytestmark = pytest.mark.lab


@pytest.fixture
def agent(installed: Callable[[Package], Path], model: Model, home: Path) -> Codex:
    return Codex(installed(CODEX), home, model.url)


def rewind(person: Person) -> None:
    """Esc Esc and Enter go back to before the last prompt; files stay as they are."""
    person.press("Escape", shows="esc again to edit previous message")
    person.press("Escape", shows="rewind")
    person.terminal.keys("Enter")
    person.terminal.wait("Conversation reverted to this point")
    person.terminal.keys("C-u")


def test_rewound_conversation_whose_code_was_kept(enabled: Bench) -> None:
    """The thread goes on in a second rollout; the lines of the turn before the cut are still its own."""
    with at_codex(enabled) as person:
        person.ask(FIRST, *calls_that_add(enabled, SUBTRACT, PLUS), answer="First is done.")
        rewind(person)
        person.ask(SECOND, *calls_that_add(enabled, MULTIPLY, MINUS), answer="Second is done.")
    assert len(enabled.agent.transcripts()) == 2
    committed(enabled, (None, 2), (FIRST, 4), (SECOND, 4))
    assert prompts(enabled) == [(FIRST, False), (SECOND, False)]
