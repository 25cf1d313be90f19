from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitstory.store.paths import Tombstone, commit_of, commit_path, conversation_path, decode, encode, turn_name

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=80)


@given(ANY_TEXT)
def test_an_id_becomes_one_harmless_name(text: str) -> None:
    part = encode(text)
    assert re.fullmatch(rb"[A-Za-z0-9._%~-]{1,200}", part)
    assert part not in (b".", b"..")
    assert not part.lower().startswith(b".git")


@given(ANY_TEXT)
def test_a_name_is_read_back_or_known_to_be_hashed(text: str) -> None:
    part = encode(text)
    assert decode(part) == (None if part.startswith(b"~") else text)


@given(ANY_TEXT, ANY_TEXT)
def test_two_ids_never_share_a_name(one: str, two: str) -> None:
    assert (encode(one) == encode(two)) == (one == two)


def test_long_ids_and_git_names_are_hashed() -> None:
    assert encode("x" * 201).startswith(b"~")
    assert encode("/" * 70).startswith(b"~")
    assert encode(".Git").startswith(b"~")
    assert encode("x" * 200) == b"x" * 200


@pytest.mark.parametrize("part", [b"%61", b"%2f", b"a b", b"..", b"%", b"%zz", b"\xff", b"~abc", b""])
def test_what_encode_never_makes_is_none_of_ours(part: bytes) -> None:
    assert decode(part) in (None, "") and (decode(part) is None or part == b"%")


def test_commit_paths_lead_back() -> None:
    for commit in ("ab" + "0" * 38, "cd" + "1" * 62):
        assert commit_of(commit_path(commit).split(b"/")[1:]) == commit
    assert commit_of([b"ab", b"c.json"]) is None
    assert commit_of([b"abc", b"0" * 37 + b".json"]) is None
    assert commit_of([b"AB", b"0" * 38 + b".json"]) is None


@pytest.mark.parametrize("commit", ["", "abc", "../" + "0" * 37, "ab" + "0" * 38 + "\n", "AB" + "0" * 38])
def test_only_full_ids_have_a_place(commit: str) -> None:
    with pytest.raises(ValueError, match="not a commit id"):
        commit_path(commit)


def test_a_turn_is_never_taken_for_the_meta() -> None:
    assert turn_name("meta") == b"t-meta.json"
    assert conversation_path("codex", "a/../b").split(b"/")[2:] == [b"codex", b"a%2F..%2Fb"]


def test_tombstones_do_not_tell_what_they_bury() -> None:
    buried = Tombstone("turn", ("codex", "secret-conversation", "7"))
    assert b"secret" not in buried.path
    assert buried.name != Tombstone("turn", ("codex", "secret-conversation\0007", "")).name
