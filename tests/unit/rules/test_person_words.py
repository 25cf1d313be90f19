"""Which sentences of a prompt a person typed."""

from __future__ import annotations

import pytest

from gitstory.model import Turn
from gitstory.rules.person_words import person_sentences


@pytest.mark.parametrize(
    ("prompt", "typed"),
    [
        ('"IMPORTANT: always say counts per minute. Report no other unit."', ['Report no other unit."']),
        ('"npm test" must always pass before a commit', ['"npm test" must always pass before a commit']),
    ],
)
def test_the_beginning_of_a_quoted_text_was_not_typed(prompt: str, typed: list[str]) -> None:
    assert [sentence.text for sentence in person_sentences(Turn("a", 1, prompt))] == typed
