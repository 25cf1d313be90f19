"""Words that are looked for in one pass are found wherever a search for each would find them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitstory.redact import multi_word_search, passwords_in_prose, token_formats
from gitstory.redact.substring_search_view import View

WORDS = sorted(
    {
        *passwords_in_prose.STEMS,
        *(prefix.lower() for _, prefix in token_formats.BROKEN),
        b"private key",
        b"priv",
        b"cookie",
    }
)


def searched(low: bytes, word: bytes) -> list[int]:
    found, at = [], low.find(word)
    while at >= 0:
        found.append(at)
        at = low.find(word, at + len(word))
    return found


@given(st.lists(st.sampled_from([*WORDS, b" ", b"k", b"?", b"priv", b"z"]), max_size=12))
def test_one_pass_finds_what_a_search_for_each_word_finds(parts: list[bytes]) -> None:
    low = b"".join(parts)
    found = multi_word_search.places(low)
    for word in WORDS:
        if word in multi_word_search.IN_ANY_CASE:
            assert found.get(word, []) == searched(low, word)


def test_a_word_as_it_is_written_is_not_found_in_another_case() -> None:
    view = View("private key, then -----BEGIN PRIVATE KEY-----")
    assert list(view.hits(b"PRIVATE KEY")) == [29]
    assert list(view.hits_low(b"priv")) == [0, 29]


def test_every_word_of_the_detectors_is_looked_for_in_the_one_pass() -> None:
    words = [
        *passwords_in_prose.STEMS,
        *(prefix for _, prefix in token_formats.BROKEN if not prefix.startswith(b"AAAA")),
    ]
    assert all(word.lower() in multi_word_search.IN_ANY_CASE for word in words)


def test_a_word_that_overlaps_itself_is_found_as_it_is_written_behind_its_small_letters() -> None:
    prefix = next(prefix for _, prefix in token_formats.BROKEN if prefix.startswith(b"AAAA"))
    text = "a" * (len(prefix) - 1) + prefix.decode()
    assert list(View(text).hits(prefix)) == [len(prefix) - 1]


@pytest.mark.parametrize("word", [b"cred", b"kennwort"])
def test_a_word_is_found_with_frequent_and_with_rare_characters(word: bytes) -> None:
    assert list(View(f"my {word.decode().upper()}: x").hits_low(word)) == [3]
