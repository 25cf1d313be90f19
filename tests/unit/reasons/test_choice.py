"""Which reasons are shown: how many, and which ones beside those of the same kind."""

from __future__ import annotations

from gitstory.queries.reasons.choose import choose
from gitstory.queries.reasons.passages import ReasonPassage, Unit
from gitstory.queries.reasons.values import Kind, Part, Reason

WORDS = "alder birch cedar dogwood elder fir gorse hazel ivy juniper".split()  # noqa: SIM905


def reason(at: int, kind: Kind, part: Part, score: float) -> Reason:
    return Reason(kind, "agent", part, ReasonPassage((Unit(WORDS[at], 1.0),), 1.0), f"abcdef12#{at}", score)


BEST = [
    reason(0, "prompt", "origin", 0.9),
    reason(1, "answered-message", "detail", 0.8),
    reason(2, "before-edit", "account", 0.7),
]


def kinds(reasons: list[Reason]) -> list[str]:
    return [each.kind for each in reasons]


def test_five_are_shown_at_most_and_fewer_where_asked_for_fewer() -> None:
    more = [reason(at, "plan-file", "detail", 0.9) for at in range(3, 9)]
    assert len(choose([*BEST, *more])) == 5
    assert len(choose([*BEST, *more], 2)) == 2


def test_beyond_the_best_of_each_part_a_reason_has_to_say_more() -> None:
    weak, strong = reason(3, "todo", "detail", 0.49), reason(4, "closing-answer", "account", 0.51)
    assert kinds(choose([*BEST, weak, strong])) == ["prompt", "answered-message", "before-edit", "closing-answer"]


def test_another_kind_goes_before_a_second_passage_of_one_that_is_shown() -> None:
    second = [reason(at, "before-edit", "account", 0.65) for at in (3, 4)]
    other = reason(5, "todo", "detail", 0.55)
    assert choose([*BEST, *second, other])[2] == other
    assert len([each for each in choose([*BEST, *second, other]) if each.kind == "before-edit"]) == 2
