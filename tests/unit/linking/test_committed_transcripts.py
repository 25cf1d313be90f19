"""When a turn without a time was: after the last commit whose version of the transcript does not hold it."""

from __future__ import annotations

import pytest

from gitstory.attribution.conversation_trace import Trace, TraceEdit, TraceTurn
from gitstory.linking.committed_transcripts import dated

KEY = ("specstory", "one")


def trace(turns: int, *, bounds: bool = True, started: float = 100.0) -> Trace:
    return Trace(
        *KEY,
        started,
        9000.0,
        (),
        (),
        (),
        tuple(TraceTurn(f"t{at}", at, started, 9000.0) for at in range(1, turns + 1)),
        tuple(TraceEdit("/home/dev/x/a.py", at, started) for at in range(turns)),
        (),
        bounds=bounds,
    )


def times(one: Trace) -> list[float]:
    assert [edit.time for edit in one.edits] == [turn.time for turn in one.turns]
    return [turn.time for turn in one.turns]


def test_a_turn_is_behind_the_commit_before_the_one_that_brings_it() -> None:
    commits = [(1000.0, {KEY: range(1, 3)}), (2000.0, {KEY: range(2, 4)})]
    assert times(dated([trace(4)], commits)[0]) == [100.0, 100.0, 1002.0, 2002.0]


@pytest.mark.parametrize("one", [trace(2, bounds=False), Trace("specstory", "two", 1, 2, (), (), (), (), (), ())])
def test_what_has_times_or_is_in_no_commit_stays(one: Trace) -> None:
    assert dated([one], [(1000.0, {KEY: range(1, 2)})]) == [one]


def test_a_turn_is_never_ahead_of_its_conversation() -> None:
    commits = [(10.0, {KEY: range(1, 2)}), (20.0, {KEY: range(1, 3)})]
    assert times(dated([trace(2, started=500.0)], commits)[0]) == [500.0, 500.0]


def test_a_version_with_fewer_turns_takes_none_back() -> None:
    commits = [(1000.0, {KEY: range(1, 4)}), (2000.0, {KEY: range(1, 2)}), (3000.0, {KEY: range(3, 5)})]
    assert times(dated([trace(4)], commits)[0]) == [100.0, 100.0, 100.0, 2002.0]
