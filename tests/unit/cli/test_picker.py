"""The picker, driven by keys through a real prompt-toolkit application."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from gitstory.cli.picker import Choice, Piece, matching, pick
from gitstory.cli.picker.choices import lines, row
from gitstory.errors import GitStoryError

UP, DOWN, ENTER, ESCAPE, TAB, ALL = "\x1b[A", "\x1b[B", "\r", "\x1b", "\t", "\x01"
NAMES = ("apple pie", "banana", "Apple tart", "検索 cherry")
CHOICES = [Choice(name, (("", name), ("dim", " a fruit")), name) for name in NAMES]


def picked(keys: str, *, many: bool = False, query: str = "", source: object = None) -> list[str] | None:
    with create_pipe_input() as typed, create_app_session(input=typed, output=DummyOutput()):
        typed.send_text(keys)
        return pick(source or matching(CHOICES), preview=shown, many=many, query=query)  # type: ignore[arg-type]


def shown(name: str) -> Iterable[Piece]:
    return [("bold", name)]


@pytest.mark.parametrize(
    ("keys", "found"),
    [
        (ENTER, ["apple pie"]),
        (DOWN + ENTER, ["banana"]),
        (DOWN + DOWN + UP + ENTER, ["banana"]),
        (UP + ENTER, ["apple pie"]),
        (DOWN * 9 + ENTER, ["検索 cherry"]),
        ("apple" + DOWN + ENTER, ["Apple tart"]),
        ("tart apple" + ENTER, ["Apple tart"]),
        ("検" + ENTER, ["検索 cherry"]),
        ("nothing" + ENTER + "\x7f" * 7 + ENTER, ["apple pie"]),
        ("\x1b[6~" + ENTER, ["検索 cherry"]),
        (ESCAPE, None),
    ],
)
def test_one(keys: str, found: list[str] | None) -> None:
    assert picked(keys) == found


@pytest.mark.parametrize(("keys", "found"), [(ESCAPE + ENTER, None), (ENTER + ENTER, ["apple pie"])])
def test_a_key_behind_the_last_one_is_ignored(
    keys: str, found: list[str] | None, capsys: pytest.CaptureFixture[str]
) -> None:
    """prompt-toolkit prints a traceback where an application is ended twice."""
    assert picked(keys) == found
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("keys", "found"),
    [
        (ENTER, ["apple pie"]),
        (TAB + TAB + ENTER, ["apple pie", "banana"]),
        (TAB + UP + TAB + ENTER, ["banana"]),
        (TAB + "tart" + TAB + ENTER, ["apple pie", "Apple tart"]),
        ("apple" + ALL + ENTER, ["apple pie", "Apple tart"]),
        (ALL + ALL + DOWN + ENTER, ["banana"]),
        (TAB + "nothing" + ENTER, ["apple pie"]),
        (TAB + ESCAPE, None),
    ],
)
def test_many(keys: str, found: list[str] | None) -> None:
    assert picked(keys, many=True) == found


def test_a_query_to_begin_with_can_be_typed_on() -> None:
    assert picked(" tart" + ENTER, query="apple") == ["Apple tart"]


def test_control_c_interrupts() -> None:
    with pytest.raises(KeyboardInterrupt):
        picked("\x03")


def test_an_error_of_the_source_is_told_and_a_defect_is_passed_on() -> None:
    def source(query: str) -> list[Choice[str]]:
        if query == "x":
            raise GitStoryError("no \x1b[31m such thing")
        if query == "xy":
            raise ZeroDivisionError
        return CHOICES

    assert picked("x" + ENTER + ESCAPE, source=source) is None
    with pytest.raises(ZeroDivisionError):
        picked("xy", source=source)


def test_text_does_nothing_to_the_terminal() -> None:
    hostile = "a\x1b[2Jb\nc\td\u202ee"
    assert row([("", hostile)]) == [("", "a^[[2Jb c d<U+202E>e")]
    assert lines([("bold", hostile)]) == [[("bold", "a^[[2Jb")], [("bold", "c    d<U+202E>e")]]


def test_text_is_bounded() -> None:
    assert sum(len(text) for _, text in row([("", "x" * 10_000), ("dim", "y")])) <= 501
    assert sum(len(text) for line in lines([("", "x" * 10**6), ("", "y" * 10**6)]) for _, text in line) <= 50_000
    assert len(lines([("", "x\n" * 10**4)])) <= 2_000
