"""What became of a turn's work or proposal in the rest of its conversation."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from gitstory.model import Call, Edit, Hunk, Say, Turn, TurnKind
from gitstory.summary.refused_or_replaced import outcomes

FOUR = ("first line", "second line", "third line", "fourth line")


def turn(number: int, prompt: str = "do it", *lines: str, kind: TurnKind = "request", path: str = "a.py") -> Turn:
    edits = (Edit(path, hunks=(Hunk(1, 1, lines),)),) if lines else ()
    return Turn(str(number), number, prompt, steps=(Call("Edit", edits=edits), Say("done")), kind=kind)


def added(*lines: str) -> tuple[str, ...]:
    return tuple(f"+{line}" for line in lines)


def removed(*lines: str) -> tuple[str, ...]:
    return tuple(f"-{line}" for line in lines)


@pytest.mark.parametrize(
    ("later", "outcome"),
    [
        ((turn(2, "now this", *removed(*FOUR)),), "replaced"),
        ((turn(2, "now this", *removed(*FOUR[:2])), turn(5, "and this", *removed(FOUR[2]))), "replaced"),
        ((turn(2, "now this", *removed(*FOUR[:2])),), ""),
        ((turn(2, "no, not so", *removed(*FOUR[:2]), kind="correction"),), "replaced"),
        ((turn(2, "no, not so", *removed(FOUR[0]), kind="correction"),), ""),
        ((turn(2, "now this", *removed(*FOUR), path="b.py"),), ""),
        ((turn(2, "now this", *removed(*FOUR)), turn(3, "put it back", *added(*FOUR))), ""),
        ((turn(2, "now this", *removed(*FOUR), *added(*FOUR)),), ""),
        ((replace(turn(2, "now this", *removed(*FOUR)), abandoned=True),), ""),
        ((), ""),
    ],
)
def test_work_is_replaced_where_later_turns_took_its_lines_out(later: tuple[Turn, ...], outcome: str) -> None:
    assert outcomes([turn(1, "do it", *added(*FOUR)), *later]).get("1", "") == outcome


def test_a_proposal_is_refused_by_the_next_prompt_only() -> None:
    proposal = turn(1, "how would you do it?")
    assert outcomes([proposal, turn(2, "no, not that")]) == {"1": "refused"}
    assert outcomes([proposal, turn(3, "no, not that")]) == {}
    assert outcomes([proposal, turn(2, "yes, do it")]) == {}
    assert outcomes([turn(1, "do it", *added(*FOUR)), turn(2, "no, not that")]) == {}


def test_work_that_was_rewound_was_replaced() -> None:
    assert outcomes([replace(turn(1, "do it", *added(*FOUR)), abandoned=True)]) == {"1": "replaced"}
