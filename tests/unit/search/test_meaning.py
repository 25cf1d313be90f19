"""How rankings by words and by meaning are joined, and what the model says of questions in other words."""

from __future__ import annotations

from importlib.util import find_spec

import pytest

from gitstory.search.meaning_search import _fused, _stretches
from tests.meanings import PROMPTS, QUESTIONS

HERE = "/r/.git"


def order(*turns: int, passage: int = 0) -> list[tuple[tuple[float, int, int, int], str]]:
    return [((1.0 / place, passage or turn, turn, 0), HERE) for place, turn in enumerate(turns, 1)]


def turns(*orders: list[tuple[tuple[float, int, int, int], str]]) -> list[int]:
    return [rated[2] for _, rated, _ in _fused(list(orders))]


def test_who_has_all_words_comes_before_what_is_only_near() -> None:
    assert turns(order(7), order(7), order(1, 2, 3))[0] == 7
    assert turns(order(), order(), order(3, 1)) == [3, 1]
    assert turns(order(), order(5, 6), order(6)) == [6, 5]


def test_shown_is_the_passage_by_which_a_turn_stands_highest() -> None:
    ((_, rated, _),) = _fused([order(7, passage=70), order(7, passage=71), order(7, passage=72)])
    assert rated[1] == 70
    found = {rated[2]: rated[1] for _, rated, _ in _fused([order(1, 2), order(), order(2, passage=72)])}
    assert found == {1: 1, 2: 72}


def test_stretches_are_the_text_cut_at_white_space() -> None:
    text = " ".join(f"word{at}" for at in range(200)) + " " * 400
    said = list(_stretches(text))
    assert "".join(said).split() == text.split() and max(map(len, said)) <= 180
    assert list(_stretches("x" * 500)) == ["x" * 180, "x" * 180, "x" * 140]


@pytest.mark.skipif(find_spec("wordllama") is None, reason="the extra `semantic` is not installed")
def test_questions_in_other_words_find_their_prompt() -> None:
    from gitstory.embedding import load

    embed = load().embed
    for question, at in QUESTIONS.items():
        assert not {*question.lower().split()} & {*PROMPTS[at].lower().split()}
    near = embed(list(QUESTIONS)) @ embed(list(PROMPTS)).T
    firsts = [int(row.argmax()) == at for row, at in zip(near, QUESTIONS.values(), strict=True)]
    assert sum(firsts) >= 6, "six of eight, among three dozen"


@pytest.mark.skipif(find_spec("wordllama") is None, reason="the extra `semantic` is not installed")
def test_a_byte_for_each_number_is_enough() -> None:
    import numpy as np

    from gitstory.embedding import cosines, kept, load

    made = load().embed([*PROMPTS, ""])
    assert not made[-1].any() and kept(made[-1]) == b""
    stored = np.frombuffer(b"".join(map(kept, made[:-1])), np.int8).reshape(len(PROMPTS), -1)
    for vector in made[:5]:
        assert abs(cosines(stored, vector) - made[:-1] @ vector).max() < 0.01
