from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitstory.attribution.diff_hunks import hunks_between
from gitstory.attribution.line_diff import Block, changes, exact_changes
from gitstory.model import Hunk

FILES = st.lists(st.sampled_from(["a", "b", "", "  x", "-y", "+z"]), max_size=12)
NUMBERS = st.lists(st.integers(0, 6), max_size=14)


def patched(old: list[str], hunks: tuple[Hunk, ...]) -> list[str]:
    """Apply hunks at the lines they name, as `patch` would."""
    out: list[str] = []
    at = 0
    for hunk in hunks:
        gone = [line[1:] for line in hunk.lines if line[0] in " -"]
        start = hunk.old_start - 1 if gone else hunk.old_start
        assert old[start : start + len(gone)] == gone
        out += old[at:start] + [line[1:] for line in hunk.lines if line[0] in " +"]
        at = start + len(gone)
    return out + old[at:]


def text(lines: list[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


@given(FILES, FILES, st.integers(0, 3))
def test_hunks_applied_to_the_old_text_give_the_new_one(old: list[str], new: list[str], context: int) -> None:
    assert patched(old, hunks_between(text(old), text(new), context)) == new


def rebuilt(a: list[int], b: list[int], blocks: list[Block]) -> list[int]:
    out: list[int] = []
    at = 0
    for a0, a1, b0, b1 in blocks:
        out += a[at:a0] + b[b0:b1]
        at = a1
    return out + a[at:]


@given(NUMBERS, NUMBERS)
def test_changed_blocks_turn_one_sequence_into_the_other(a: list[int], b: list[int]) -> None:
    assert rebuilt(a, b, changes(a, b)) == b
    assert rebuilt(a, b, exact_changes(a, b)) == b
    assert changes(a, a) == []


@pytest.mark.parametrize(("apart", "count"), [(5, 1), (6, 1), (7, 2)])
def test_changes_that_would_share_context_are_one_hunk(apart: int, count: int) -> None:
    between = [f"same {n}" for n in range(apart)]
    old, new = ["a", *between, "b"], ["A", *between, "B"]
    hunks = hunks_between(text(old), text(new))
    assert len(hunks) == count and patched(old, hunks) == new
    assert hunks[-1].lines[-2:] == ("-b", "+B")


def test_hunks_name_their_lines_on_both_sides() -> None:
    made = hunks_between("a\nb\n", "x\ny\na\nB\nc\n", 0)
    assert [(hunk.old_start, hunk.new_start, hunk.lines) for hunk in made] == [
        (0, 1, ("+x", "+y")),
        (2, 4, ("-b", "+B", "+c")),
    ]
    [gone] = hunks_between("a\nb\n", "a\n", 0)
    assert (gone.old_start, gone.new_start, gone.lines) == (2, 1, ("-b",))
    [whole] = hunks_between("a\nb\nc\n", "a\nB\nc\n")
    assert (whole.old_start, whole.new_start, whole.lines) == (1, 1, (" a", "-b", "+B", " c"))
