"""Overlapping places become one, whatever their number and order."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gitstory.redact.spans import Span, merge

SPANS = st.builds(
    lambda start, size, rank, more: Span(start, start + size, f"rule{rank}", f"{start}+{size}", rank, None, more),
    st.integers(0, 40),
    st.integers(1, 12),
    st.integers(0, 3),
    st.booleans(),
)


@given(st.lists(SPANS, max_size=12))
def test_what_was_found_is_covered_once_and_named_by_the_best_rule(spans: list[Span]) -> None:
    merged = merge(spans)
    covered = {place for span in spans for place in range(span.start, span.end)}
    assert [place for one in merged for place in range(one.start, one.end)] == sorted(covered)
    for one in merged:
        parts = [span for span in spans if one.start <= span.start < one.end]
        assert one.rank == min(part.rank for part in parts)
        assert (one.rule, one.secret) in [(part.rule, part.secret) for part in parts if part.rank == one.rank]
        assert one.more == all(part.more for part in parts)


def test_one_that_overlaps_nothing_stays_itself() -> None:
    spans = [Span(4, 9, "token", "b", 2, None, True), Span(0, 4, "home", "a", 8, "~")]
    assert merge(spans) == [spans[1], spans[0]]
