"""Which turns are private, by time, by word and by name."""

from __future__ import annotations

import pytest

from gitstory.attribution.private import FOREVER, Moment, Private, parse_conversation, parse_period
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
