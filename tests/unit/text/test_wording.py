from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitstory.text.wording import (
    agent_label,
    clock,
    count,
    first_lines,
    git_date,
    hanging,
    listed,
    rfc3339,
    sentences,
    shorten,
    width_of,
    wrap,
)

TEXT = st.text(alphabet=st.characters(codec="utf-8"), max_size=300)


@given(TEXT, st.integers(min_value=2, max_value=60))
def test_cut_text_fits_and_is_one_line(text: str, width: int) -> None:
    cut = shorten(text, width)
    assert width_of(cut) <= width and "\n" not in cut


@given(TEXT, st.integers(min_value=12, max_value=60))
def test_wrapped_lines_fit_and_lose_nothing_but_space(text: str, width: int) -> None:
    lines = list(wrap(text, width))
    assert all(width_of(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


def test_widths_of_wide_and_combining_text() -> None:
    assert width_of("abc") == 3 and width_of("日本") == 4 and width_of("e\u0301") == 1
    assert shorten("日本語のテキスト", 7) == "日本語…"


def test_cut_lines_say_so() -> None:
    assert first_lines("one\ntwo\nthree", 40, 2) == ["one", "two …"]
    assert first_lines("one\ntwo", 40, 2) == ["one", "two"]


def test_first_sentences() -> None:
    text = "## Done\nI changed `a.b` to v1.2. It works! More follows. And more.\n\nNext paragraph."
    assert sentences(text) == "Done I changed `a.b` to v1.2. It works!"
    assert sentences("```py\ncode\n```\nFixed it.") == "Fixed it."
    assert sentences("") == ""


def test_times() -> None:
    assert rfc3339(1_763_600_000.0) == "2025-11-20T00:53:20Z"
    assert rfc3339(1_763_600_000.25) == "2025-11-20T00:53:20.250Z"
    assert rfc3339(None) is None and rfc3339(1e300) is None
    assert git_date(1_763_600_000, 330) == "Thu Nov 20 06:23:20 2025 +0530"
    assert git_date(1_763_600_000, -90) == "Wed Nov 19 23:23:20 2025 -0130"
    assert clock(1_763_600_000, 0, 1_763_600_900) == "00:53"
    assert clock(1_763_600_000, 0, 1_763_800_000) == "2025-11-20 00:53"


def test_small_words() -> None:
    assert (count(1, "line"), count(1200, "line")) == ("1 line", "1,200 lines")
    assert (listed([]), listed(["a"]), listed(["a", "b", "c"])) == ("", "a", "a, b and c")
    assert (agent_label("claude-code"), agent_label("some-new-agent")) == ("Claude Code", "Some New Agent")


ROW = "past     `git story backfill` links the commits you made before to conversations still here"


@pytest.mark.parametrize("width", [30, 40, 60, 80])
def test_a_row_keeps_its_label_apart_and_its_commands_whole(width: int) -> None:
    lines = list(hanging(ROW, width))
    assert len(lines) > 1 and max(map(len, lines)) <= width
    assert lines[0].startswith("past     `git story backfill`")
    assert all(line.startswith(" " * 9) and line[9] != " " for line in lines[1:])
    assert " ".join(line[9:] for line in lines) == ROW[9:]


def test_the_colour_of_a_label_takes_no_columns() -> None:
    lines = list(hanging(f"\x1b[1mpast     \x1b[0m{ROW[9:]}", 60))
    assert lines[1:] and all(line.startswith(" " * 9) and line[9] != " " for line in lines[1:])


@pytest.mark.parametrize("line", ["| a | table |  with spaces |", "claude --resume 5f0e6a52 now", ROW[:30], ""])
def test_what_is_no_row_or_fits_stays_as_it_is(line: str) -> None:
    width = 20 if line != ROW[:30] else 30
    assert list(hanging(line, width)) == [line]
