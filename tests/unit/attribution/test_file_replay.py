"""The replay: who owns each line of a file after a sequence of edits."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from gitstory.attribution.conversation_trace import trace
from gitstory.attribution.file_replay import NOBODY, EditCounts, FileReplay
from gitstory.attribution.line_ids import Lines
from gitstory.model import Edit
from tests.examples import tries
from tests.unit.attribution.builders import ROOT, conversation, swap, turn, write


def replay(*edits: Edit) -> tuple[list[int] | None, list[int]]:
    lines = Lines()
    reduced = trace(conversation(*(turn(n + 1, edit) for n, edit in enumerate(edits))), lines)
    weave = FileReplay(EditCounts(lines))
    for number, edit in enumerate(reduced.edits):
        weave.apply(number, edit)
    return weave.lines, weave.owners


def test_a_rewrite_keeps_the_owners_of_lines_it_repeats() -> None:
    _, owners = replay(
        write("a.py", "alpha\nbeta\n", 1), write("a.py", "alpha\ngamma\nbeta\n", 2, before="alpha\nbeta\n")
    )
    assert owners == [0, 1, 0]


def test_lines_that_appear_between_edits_are_nobodys() -> None:
    _, owners = replay(
        write("a.py", "alpha = 1\n", 1), swap("a.py", "gamma", "delta", 2, before="alpha = 1\nhand written\ngamma\n")
    )
    assert owners == [0, NOBODY, 1]


def test_a_line_lost_to_a_checkout_is_recalled_when_the_content_returns() -> None:
    text = "def parse_the_header(line):\n"
    _, owners = replay(
        write("a.py", text, 1),
        swap("a.py", "x", "y", 2, before="x\n"),
        swap("a.py", "zz", "w", 3, before=f"{text}zz\n"),
    )
    assert owners == [0, 2]


def test_an_edit_without_a_place_is_applied_where_its_text_stands() -> None:
    lines, owners = replay(
        write("a.py", "one\ntwo\nthree\n", 1), Edit(f"{ROOT}/a.py", replacements=swap("", "two", "2", 0).replacements)
    )
    assert owners == [0, 1, 0]
    assert lines is not None
    assert len(lines) == 3


@settings(max_examples=tries(300))
@given(st.lists(st.lists(st.integers(0, 40), max_size=12), min_size=1, max_size=8))
def test_every_state_holds_the_recorded_text_and_owners_never_come_from_the_future(states: list[list[int]]) -> None:
    texts = ["".join(f"statement number {n}\n" for n in state) for state in states]
    edits = [write("a.py", text, n + 1, before=texts[n - 1] if n else None) for n, text in enumerate(texts)]
    lines, owners = replay(*edits)
    assert lines == Lines().of(texts[-1])
    # The independent model: a line of a state that the state before did not have is that edit's.
    seen: set[str] = set()
    for number, text in enumerate(texts):
        for line in set(text.splitlines()) - seen:
            for spot, present in enumerate(texts[-1].splitlines()):
                if present == line and number == len(texts) - 1:
                    assert owners[spot] == number
        seen |= set(text.splitlines())
    assert all(0 <= owner < len(edits) for owner in owners)
