"""A turn of a history file, named on one line of a message."""

from __future__ import annotations

from fnmatch import fnmatchcase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitstory.history_files.folder import file_name
from gitstory.history_files.references import matching, parse, reference, within

UUID = "11111111-aaaa-4bbb-8ccc-000000000001"
IDS = st.one_of(
    st.uuids().map(str), st.from_regex(r"\A[a-z]{2,5}_[A-Za-z0-9]{4,60}\Z"), st.text(min_size=1, max_size=90)
)
FOLDERS = st.sampled_from([".gitstory/history", "h", "docs/" + "long/" * 20 + "x", "with blanks/in it", "très/loin"])


@given(IDS, FOLDERS, st.text(max_size=200), st.integers(0, 9999), st.integers(0, 4_000_000_000))
def test_it_fits_and_leads_back(id: str, folder: str, said: str, turn: int, started: int) -> None:
    name = file_name(id, started, said)
    value = reference(f"{folder}/{name}", id, turn, room=65)
    assert len(f"Story: {value}") <= 72 and "\n" not in value
    read = parse(value)
    assert read is not None and read[1] == turn
    pattern = within(read[0], folder)
    assert pattern is not None and matching(pattern, [name, "other.md", "2026_x_y.md"]) == [name]
    assert fnmatchcase(name, value.rpartition("#")[0].rpartition("/")[2])  # a shell finds it as well


def test_what_is_short_enough_is_a_path() -> None:
    assert reference("h/undated_add_1.md", "1", 7) == "h/undated_add_1.md#turn-7"


def test_one_form_for_all_turns_of_a_file() -> None:
    path = ".gitstory/history/" + file_name(UUID, 0, "Add the greeting")
    assert {reference(path, UUID, turn).partition("#")[0] for turn in (1, 10, 100, 9999)} == {
        ".gitstory/history/*_11111111-aaaa-4bbb-8ccc*.md"
    }


def test_a_name_without_an_id() -> None:
    name = "2026-05-28_20-26Z-a-long-title-that-specstory-gave-to-a-conversation.md"
    value = reference(f".gitstory/history/{name}", UUID, 3)
    read = parse(value)
    assert read is not None and len(value) <= 72
    assert matching(within(read[0], ".gitstory/history") or "", [name]) == [name]


@pytest.mark.parametrize("value", ["", "x#turn-1", "a.md#turn-", "a.md#turn-1x", "a.md", "a.md#turn-1234567890"])
def test_what_is_none(value: str) -> None:
    assert parse(value) is None


def test_nothing_outside_of_the_folder() -> None:
    for path in ("../a.md", "a/../b.md", "a.md", "/a/b.md", "a/b/c.md", "./a/b.md", "***/b.md"):
        assert within(path, "a") is None or path == "a/b.md", path
    assert within("a/b.md", "a") == "b.md" and within("**/b.md", "a") == "b.md"
