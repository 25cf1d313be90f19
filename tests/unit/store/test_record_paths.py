from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitstory.store.record_paths import (
    Tombstone,
    commit_of,
    commit_path,
    conversation_path,
    decode,
    encode,
    is_history,
    is_oid,
    turn_name,
)

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


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("a" * 40, True),
        ("0" * 64, True),
        ("a" * 39, False),
        ("a" * 41, False),
        ("g" * 40, False),
        ("A" * 40, False),
        ("a" * 40 + "\n", False),
    ],
)
def test_full_object_ids(text: str, is_one: bool) -> None:
    assert is_oid(text) is is_one


@pytest.mark.parametrize(
    ("path", "is_one"),
    [
        (".gitstory/history/anything.md", True),
        ("docs/2026-01-02_03-04Z_codex_12345678.md", True),
        ("2026-01-02_03-04Z_codex_12345678.md", True),
        ("a\nb/2026-01-02_03-04Z_codex_12345678.md", True),
        ("docs/2026-01-02_03-04Z_codex_1234567.md", False),
        ("docs/2026-01-02_03-04Z_codex_12345678.txt", False),
        ("docs/x2026-01-02_03-04Z_codex_12345678.md", False),
        (".gitstory/other.md", False),
        ("sub/.gitstory/history/anything.md", False),
    ],
)
def test_history_files_are_known_by_folder_or_name(path: str, is_one: bool) -> None:
    assert is_history(path) is is_one


@pytest.mark.parametrize(
    ("path", "commit"),
    [
        ([b"ab", b"0" * 38 + b".json"], "ab" + "0" * 38),
        ([b"ab", b"0" * 62 + b".json"], "ab" + "0" * 62),
        ([b"ab", b"0" * 38], None),
        ([b"ab", b"0" * 38 + b".json", b"x"], None),
        ([b"ab"], None),
        ([b"a", b"0" * 39 + b".json"], None),
        ([b"\xff\xff", b"0" * 38 + b".json"], None),
    ],
)
def test_the_commit_of_a_path(path: list[bytes], commit: str | None) -> None:
    assert commit_of(path) == commit


def test_where_things_lie() -> None:
    assert commit_path("ab" + "0" * 38) == b"commits/ab/" + b"0" * 38 + b".json"
    tombstone = Tombstone("turn", ("codex", "c1", "t1"))
    digest = tombstone.digest.encode()
    assert tombstone.path == b"tombstones/turn/" + digest[:2] + b"/" + digest[2:] + b".json"
    assert tombstone.name == f"turn/{tombstone.digest}"
    assert conversation_path("codex", "c1").startswith(b"conversations/")
    assert (encode("."), encode(".."), encode(""), encode(" ä")) == (b"%2E", b"%2E%2E", b"%", b"%20%C3%A4")
