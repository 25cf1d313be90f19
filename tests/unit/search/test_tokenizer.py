"""Which texts hold names whose parts are words of their own."""

from __future__ import annotations

import random

import pytest

from gitstory.search.db.tokenizer import _CAMEL, _has_camel, analysed


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("nothing of the kind", ""),
        ("HTTP AND X", ""),
        ("a B 1 A", ""),
        ("useParser2 and parseHTTPHeader, useParser2", "use Parser 2 . parse HTTP Header"),
        ("v2Ray", "v 2 Ray"),
        ("éA", ""),
        ("naïve 搜索 getName", "get Name"),
    ],
)
def test_the_parts_of_names(text: str, parts: str) -> None:
    assert analysed(text)[1] == parts


def test_the_quick_look_says_what_the_expression_says() -> None:
    rng = random.Random(5)
    texts = ["".join(rng.choices("aA0 _éÀ搜", k=rng.randint(1, 6))) for _ in range(4000)]
    quick = [_has_camel(text) for text in texts]
    assert quick == [_CAMEL.search(text) is not None for text in texts]
    assert any(quick)
    assert not all(quick)
