"""The part of a turn's change that is most about some words."""

from __future__ import annotations

from gitstory.tell.relevant_diff import TurnChanges, change_for
from tests.unit.tell.logs import edit, logged, turn

WORDS = "The cache evicts its oldest entries."
CACHE = edit("cache.py", "+def evict(oldest, entries): ...")


def test_only_edits_from_a_step_on_count() -> None:
    (one,) = logged(turn(1, "Go", CACHE, edit("page.py", "+columns = 1")))
    changes = TurnChanges(one)
    before, after = change_for(WORDS, changes), change_for(WORDS, changes, 1)
    assert before is not None and before.path == "cache.py"
    assert after is None or after.path == "page.py"


def test_an_edit_late_in_a_long_turn_is_seen_from_its_step_on() -> None:
    steps = [edit(f"page{number}.py", "+columns = 1") for number in range(450)]
    (one,) = logged(turn(1, "Go", *steps, edit("menu.py", *["+button = 1"] * 90), CACHE))
    changes = TurnChanges(one)
    assert change_for(WORDS, changes) is None, "the first edits of very many are looked at"
    late = change_for(WORDS, changes, len(steps))
    assert late is not None and late.path == "cache.py"
