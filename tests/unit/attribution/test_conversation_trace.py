"""What is kept of a conversation for linking: the texts its edits leave, hunks, times, and where a file was before."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from gitstory.attribution.conversation_trace import _as_hunk, _patched, _replaced, located, trace, whole_texts
from gitstory.attribution.line_ids import Lines
from gitstory.model import Conversation, Edit, Hunk, Replacement, Turn
from tests.unit.attribution.builders import ROOT, conversation, turn


@pytest.mark.parametrize(
    ("text", "pairs", "left"),
    [
        ("a b a", [Replacement("a", "c")], "c b a"),
        ("a b a", [Replacement("a", "c", all=True)], "c b c"),
        ("a a\nb\na a", [Replacement("a", "c", each_line=True)], "c a\nb\nc a"),
        ("a", [Replacement("b", "c")], None),
        ("a", [Replacement("a", "b"), Replacement("b", "c")], "c"),
        ("", [Replacement("", "new")], "new"),
        ("a", [Replacement("", "new")], None),
    ],
)
def test_replacements(text: str, pairs: list[Replacement], left: str | None) -> None:
    assert _replaced(text, Edit("a", replacements=tuple(pairs))) == left


OLD = "one\ntwo\nthree\nfour\n"


@pytest.mark.parametrize(
    ("hunks", "left"),
    [
        ([Hunk(2, 2, ("-two", "+2"))], "one\n2\nthree\nfour\n"),
        ([Hunk(1, 1, (" one", "+1b")), Hunk(4, 5, ("-four",))], "one\n1b\ntwo\nthree\n"),
        ([Hunk(2, 3, ("+between",))], "one\ntwo\nbetween\nthree\nfour\n"),
        ([Hunk(0, 1, ("+first",))], "first\none\ntwo\nthree\nfour\n"),
        ([Hunk(0, 0, ("-one",))], None),  # at an unknown place
        ([Hunk(-1, 0, ("+x",))], None),
        ([Hunk(3, 3, ("-two",))], None),  # does not stand there
        ([Hunk(2, 2, ("-two",)), Hunk(1, 1, ("-one",))], None),  # out of order
        ([Hunk(2, 2, ("-two\r", "+2\r"))], "one\n2\nthree\nfour\n"),
        ([], OLD),
    ],
)
def test_hunks_apply_at_the_lines_they_name(hunks: list[Hunk], left: str | None) -> None:
    assert _patched(OLD, hunks) == left


def test_a_replacement_as_a_hunk_has_no_place() -> None:
    assert _as_hunk("a\nb\n", "a\nc\n") == Hunk(0, 0, (" a", "-b", "+c"))
    assert _as_hunk("a\n", "a\n") == Hunk(0, 0, ())


@pytest.mark.parametrize(
    ("edit", "known", "texts"),
    [
        (Edit("a", op="delete", before="x"), "y", ("x", None)),
        (Edit("a", op="create", after="x"), None, ("", "x")),
        (Edit("a", op="create", before="o", after="x"), None, ("o", "x")),
        (Edit("a", after="x"), "y", (None, "x")),
        (Edit("a", before="one\n", replacements=(Replacement("one", "1"),)), "other", ("one\n", "1\n")),
        (Edit("a", replacements=(Replacement("one", "1"),)), "one\n", ("one\n", "1\n")),
        (Edit("a", before="other", replacements=(Replacement("one", "1"),)), "one\n", ("one\n", "1\n")),
        (Edit("a", op="create", hunks=(Hunk(0, 1, ("+one",)),)), None, ("", "one\n")),
        (Edit("a", before="b", replacements=(Replacement("one", "1"),)), None, ("b", None)),
        (Edit("a", replacements=(Replacement("one", "1"),)), None, (None, None)),
    ],
)
def test_the_texts_before_and_after_an_edit(
    edit: Edit, known: str | None, texts: tuple[str | None, str | None]
) -> None:
    assert whole_texts(edit, known) == texts


def test_times_are_those_of_records_and_begin_where_none_has_one() -> None:
    nothing = trace(Conversation("codex", "one", turns=(Turn("1", 1, "p"),)), Lines())
    assert (nothing.started, nothing.ended, nothing.turns[0].time, nothing.turns[0].ended) == (0.0, 0.0, 0.0, 0.0)
    late = trace(replace(conversation(Turn("1", 1, "p", time=50.0)), started=None), Lines())
    assert (late.started, late.ended) == (50.0, 50.0)
    bounds = trace(replace(conversation(Turn("1", 1, "p")), started=5.0, updated=9.0, times="bounds"), Lines())
    assert (bounds.bounds, bounds.ended, bounds.turns[0].ended) == (True, 9.0, 9.0)


@pytest.mark.parametrize(
    ("step", "time"), [(-1.0, 100.0), (-120.0, 100.0), (-121.0, -21.0), (0.0, 100.0), (5.0, 105.0)]
)
def test_a_clock_that_steps_back_a_little_stands_still(step: float, time: float) -> None:
    one = trace(conversation(Turn("1", 1, "p", time=100.0), Turn("2", 2, "p", time=100.0 + step)), Lines())
    assert [each.time for each in one.turns] == [100.0, time]


def test_where_edits_are_and_where_their_files_were() -> None:
    edits = (
        Edit(f"{ROOT}/b.py", after="x\n", moved_from=f"{ROOT}/a.py", time=1.0),
        Edit("/elsewhere/c.py", after="x\n", time=2.0),
        Edit(f"{ROOT}/d.py", after="x\n", moved_from="/elsewhere/d.py", time=3.0),
        Edit(f"{ROOT}/e.py", after="x\n", time=4.0),
    )
    made = trace(conversation(turn(1, *edits)), Lines())

    def locate(path: str) -> tuple[str, str] | None:
        return (ROOT, path.removeprefix(f"{ROOT}/")) if path.startswith(ROOT) else None

    found = [(number, root, path, origin) for number, root, _, path, origin in located(made, locate)]
    assert found == [(0, ROOT, "b.py", "a.py"), (2, ROOT, "d.py", None), (3, ROOT, "e.py", None)]
