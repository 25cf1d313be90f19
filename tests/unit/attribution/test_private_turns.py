"""Which turns are private, by time, by word and by name."""

from __future__ import annotations

import pytest

from gitstory.attribution.conversation_trace import Trace, TraceCommit, TraceEdit, TraceTurn
from gitstory.attribution.private_turns import FOREVER, Moment, Private, parse_conversation, parse_period
from gitstory.errors import GitStoryError
from gitstory.model import Conversation, Say, Turn

KEY = ("codex", "c1")


def moment(name: str, began: float, ended: float, marked: bool = False) -> Moment:
    return Moment(name, marked, began, ended)


@pytest.mark.parametrize(
    ("began", "ended", "hidden"),
    [
        (10, 90, False),
        (10, 100, True),
        (10, 500, True),
        (120, 130, True),
        (199, 300, True),
        (200, 300, False),
        (0, 0, True),
    ],
)
def test_any_part_of_a_turn_counts(began: float, ended: float, hidden: bool) -> None:
    private = Private(periods=((100.0, 200.0),))
    assert bool(private.hidden(*KEY, [moment("t", began, ended)])) is hidden


def test_from_the_marked_turn_on() -> None:
    turns = [moment("a", 1, 2), moment("b", 3, 4, marked=True), moment("c", 5, 6)]
    assert Private().hidden(*KEY, turns) == {1, 2}


def test_one_conversation_whole_or_for_a_while() -> None:
    turns = [moment("a", 1, 2), moment("b", 300, 400)]
    whole = Private(conversations=((*KEY, 0.0, FOREVER),))
    assert whole.hidden(*KEY, turns) == {0, 1} and whole.hidden("codex", "c2", turns) == frozenset()
    assert Private(conversations=((*KEY, 0.0, 100.0),)).hidden(*KEY, turns) == {0}


def test_turns_without_times_take_the_place_of_what_is_before_them() -> None:
    turns = (Turn("a", 1, "x", steps=(Say("y", 50.0),)), Turn("b", 2, "x", steps=(Say("y", 150.0),)), Turn("c", 3, "x"))
    seen = Private(periods=((100.0, 200.0),)).visible(Conversation(*KEY, turns, title="title", started=10.0))
    assert seen is not None and [turn.id for turn in seen.turns] == ["a"] and seen.title == ""


def test_nothing_private_changes_nothing() -> None:
    one = Conversation(*KEY, (Turn("a", 1, "x", time=5.0),), title="title")
    assert Private().visible(one) is one
    assert Private(conversations=((*KEY, 0.0, FOREVER),)).visible(one) is None


@pytest.mark.parametrize(
    ("prompt", "marked"),
    [
        ("#private", True),
        ("a #Private.", True),
        ("(#private)", True),
        ("x#private", False),
        ("/a#private", False),
        ("#privately", False),
        ("#private-key", False),
    ],
)
def test_the_word(prompt: str, marked: bool) -> None:
    assert Private().marked(prompt) is marked
    assert Private(marker="").marked(prompt) is False


def test_settings_are_understood_or_refused() -> None:
    assert parse_period("5..9") == (5.0, 9.0) and parse_period("5..") == (5.0, FOREVER)
    assert parse_conversation("codex/a@b/c") == ("codex", "a@b/c", 0.0, FOREVER)
    assert parse_conversation("codex/a@1..2") == ("codex", "a", 1.0, 2.0)
    for text in ("", "x", "..5", "-1..2", "5..4x"):
        with pytest.raises(GitStoryError):
            parse_period(text)
    with pytest.raises(GitStoryError):
        parse_conversation("no-agent")


def traced(*marked: bool) -> Trace:
    turns = tuple(TraceTurn(f"t{n}", n, 100.0 * n, 100.0 * n + 50, one) for n, one in enumerate(marked, 1))
    edits = tuple(TraceEdit(f"/w/{n}", n, 100.0 * n + 10) for n in range(len(marked)))
    commits = tuple(TraceCommit(f"c{n}", n, 1.0) for n in range(len(marked)))
    return Trace(*KEY, 100.0, 900.0, (), (), (), turns, edits, commits)


def test_a_trace_is_divided_into_what_is_public_and_what_is_silent() -> None:
    one = traced(False, False, False)
    ((public,), (silent,)) = Private(periods=((210.0, 220.0),)).divide([one])
    assert [turn.id for turn in public.turns] == ["t1", "t3"] and not public.silent
    assert [(edit.path, edit.turn) for edit in public.edits] == [("/w/0", 0), ("/w/2", 1)]
    assert [(made.oid, made.turn) for made in public.commits] == [("c0", 0), ("c2", 1)]
    assert [turn.id for turn in silent.turns] == ["t2"] and silent.silent
    assert [(edit.path, edit.turn) for edit in silent.edits] == [("/w/1", 0)]


def test_what_is_all_public_or_all_silent_is_one_trace() -> None:
    public, marked = traced(False, False), traced(True, False)
    assert Private().divide([public]) == ([public], [])
    ((), (silent,)) = Private().divide([marked])
    assert len(silent.turns) == 2 and silent.silent


@pytest.mark.parametrize(
    ("began", "ended", "covered"),
    [(50, None, False), (100, None, True), (199, None, True), (200, None, False), (50, 100, True), (50, 99, False)],
)
def test_a_time_is_covered(began: float, ended: float | None, covered: bool) -> None:
    assert Private(periods=((100.0, 200.0),)).covers(began, ended) is covered
    assert Private().covers(began, ended) is False


def test_since_when_recording_is_off() -> None:
    assert Private().off_since is None
    assert Private(periods=((1.0, 2.0),)).off_since is None
    assert Private(periods=((1.0, 2.0), (7.0, FOREVER), (5.0, FOREVER))).off_since == 5.0


def test_what_was_stored_before_a_conversation_was_off_for_a_while_stays() -> None:
    one = Conversation(*KEY, (Turn("a", 1, "x", time=5.0), Turn("b", 2, "x", time=50.0)), started=5.0)
    while_off = Private(conversations=((*KEY, 0.0, 10.0),))
    assert while_off.visible_stored(one) is one
    seen = while_off.visible(one)
    assert seen is not None and [turn.id for turn in seen.turns] == ["b"]
    later = Private(conversations=((*KEY, 40.0, 60.0),)).visible_stored(one)
    assert later is not None and [turn.id for turn in later.turns] == ["a"]
    assert Private(conversations=((*KEY, 0.0, FOREVER),)).visible_stored(one) is None


def test_what_was_forgotten_is_hidden() -> None:
    turns = [moment("a", 1, 2), moment("b", 3, 4)]
    assert Private(forgotten=lambda agent, name, turn: turn == "b").hidden(*KEY, turns) == {1}
    assert Private(forgotten=lambda agent, name, turn: turn is None).hidden(*KEY, turns) == {0, 1}


def test_without_times_every_turn_may_lie_in_every_time() -> None:
    turns = (Turn("a", 1, "x"), Turn("b", 2, "x"))
    one = Conversation(*KEY, turns, started=10.0, updated=500.0, times="bounds")
    assert Private(periods=((400.0, 450.0),)).visible(one) is None
    assert Private(periods=((600.0, 650.0),)).visible(one) is one
