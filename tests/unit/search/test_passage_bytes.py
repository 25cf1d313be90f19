"""Texts and lists of words as they are stored in the index."""

from __future__ import annotations

import tracemalloc

import pytest

from gitstory.search.db import passage_bytes
from gitstory.search.db.passage_bytes import packed, packed_lines, unpacked


@pytest.mark.parametrize("text", ["", "a", "a" * 300, "b" * 301, "é漢字 \U0001f600 " * 5000])
def test_a_text_comes_back(text: str) -> None:
    assert unpacked(packed(text)) == text


@pytest.mark.parametrize("count", [0, 1, 3, 4, 5, 9])
def test_lines_come_back_as_one_text(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passage_bytes, "_AT_ONCE", 4)
    lines = [f"größe{number}" for number in range(count)]
    assert unpacked(packed_lines(iter(lines))) == "\n".join(lines)


def test_halves_of_surrogate_pairs_are_replaced() -> None:
    assert unpacked(packed("\ud800" * 400)) == "?" * 400 and unpacked(packed_lines(["\ud800", "a"])) == "?\na"


def test_lines_are_not_held_in_memory() -> None:
    tracemalloc.start()
    try:
        packed_lines(f"word{number}" for number in range(100_000))
        assert tracemalloc.get_traced_memory()[1] < 2_500_000, "a list of them takes over 6 MB"
    finally:
        tracemalloc.stop()
