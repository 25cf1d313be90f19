"""Where words of the list in a row make a recovery phrase, whatever stands around them."""

from __future__ import annotations

import random

import pytest

from gitstory.redact.recovery_phrases import _listed_words, find
from gitstory.redact.substring_search_view import View

LISTED = sorted(_listed_words())
OTHER = "cats"
"""A word that is not of the list."""


def found(words: list[str]) -> list[str]:
    return [span.secret for span in find(View(" ".join(words)))]


@pytest.mark.parametrize("before", [0, 1, 5, 11, 12, 13])
@pytest.mark.parametrize(("listed", "is_phrase"), [(11, False), (12, True), (24, True), (25, True), (26, False)])
@pytest.mark.parametrize("after", [0, 1, 13])
def test_a_phrase_is_found_wherever_it_begins(before: int, listed: int, *, is_phrase: bool, after: int) -> None:
    phrase = LISTED[40 : 40 + listed]
    words = [OTHER] * before + phrase + [OTHER] * after
    assert found(words) == ([" ".join(phrase)] if is_phrase else [])


def test_words_of_the_list_here_and_there_are_none() -> None:
    rng = random.Random(3)
    for _ in range(40):
        words = [rng.choice(LISTED) if rng.random() < 0.8 else OTHER for _ in range(120)]
        runs = [run.split() for run in " ".join(words).split(OTHER)]
        assert found(words) == [" ".join(run) for run in runs if 12 <= len(run) <= 25]


def test_two_phrases_in_one_line() -> None:
    first, second = LISTED[:12], LISTED[100:115]
    assert found([*first, OTHER, *second]) == [" ".join(first), " ".join(second)]
