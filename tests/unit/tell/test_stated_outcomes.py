"""What a closing answer says of the change it closes: the record of a turn in which no words sound like a choice."""

from __future__ import annotations

import pytest

from gitstory.tell.adr import recorded, records
from gitstory.tell.values import LoggedDecision
from tests.unit.tell.logs import edit, logged, ranged, say, turn

CACHE = edit("src/cache.py", "+class DiskCache:", "+    def evict(self): ...")
ANSWER = """Here is what changed:

- The page shows one column.
- `DiskCache` evicts its oldest entries first.
- The store keeps entries for a day.
- Updated the tests of the module for it.
- The menu has a button more.
- Each entry carries the time of its use.

## Verification
- The type checker is happy with all of it.

Next steps: measure it on a large repository."""


def stated(found: LoggedDecision) -> list[str]:
    return [cited.text for cited in (found.words, *found.also)]


def test_the_statements_most_about_the_edit_come_first_and_four_at_most() -> None:
    (found,) = recorded(logged(turn(1, "Make it faster", CACHE, say(ANSWER))))
    assert (found.kind, found.title) == ("choice", "`DiskCache` evicts its oldest entries first")
    assert stated(found) == [
        "`DiskCache` evicts its oldest entries first.",
        "The page shows one column.",
        "The store keeps entries for a day.",
        "The menu has a button more.",
    ]
    assert found.change is not None and found.change.path == "src/cache.py"


@pytest.mark.parametrize(
    "answer",
    [
        "Done.",
        "El servicio ahora guarda las entradas en el disco.",
        "Should I go on with the page?",
        "All tests pass and the build is green.",
        "Updated the documentation of it.",
    ],
)
def test_an_answer_that_says_nothing_of_the_program_gives_no_record(answer: str) -> None:
    assert recorded(logged(turn(1, "Make it faster", CACHE, say(answer)))) == []


def test_a_record_is_named_after_what_was_done() -> None:
    answer = say("- Oldest entries of the DiskCache go first.\n- Added a limit to the size of the cache.")
    (found,) = recorded(logged(turn(1, "Make it faster", CACHE, answer)))
    assert found.title == "Added a limit to the size of the cache"
    assert stated(found) == ["Oldest entries of the DiskCache go first.", "Added a limit to the size of the cache."]


def test_a_turn_that_changed_nothing_has_no_outcome() -> None:
    assert recorded(logged(turn(1, "How fast is it?", say(ANSWER)))) == []


def test_a_turn_with_one_record_tells_there_what_else_was_stated() -> None:
    chosen = say("I'll use a queue instead of a lock, because no reader has to wait for the others.")
    turns = logged(turn(1, "Make it faster", chosen, CACHE, say(ANSWER)))
    (found,) = recorded(turns)
    assert found.words.text.startswith("I'll use a queue") and len(found.also) == 4
    (record,) = records(ranged([], *turns))
    _, _, consequences = record.text.partition("### Consequences")
    assert "evicts its oldest entries first" in consequences.partition("### Confirmation")[0]


def test_two_records_of_a_turn_are_enough() -> None:
    chosen = say("I'll use a queue instead of a lock, because no reader has to wait for the others.")
    other = say("I'll keep entries in one file rather than in many, because a folder of them is slow.")
    found = recorded(logged(turn(1, "Make it faster", chosen, other, CACHE, say(ANSWER))))
    assert len(found) == 2 and not any(each.also for each in found)


def test_where_no_text_of_the_edit_is_recorded_the_order_of_the_answer_stays() -> None:
    (found,) = recorded(logged(turn(1, "Make it faster", edit("a.py"), say(ANSWER))))
    assert found.words.text == "The page shows one column."


def test_an_option_that_a_statement_gives_up_is_listed() -> None:
    said = say("Entries are kept in one file instead of a folder of files.")
    (found,) = recorded(logged(turn(1, "Make it faster", CACHE, say("Looking at it."), edit("b.py", "+x"), said)))
    assert [option.option.text for option in found.options if not option.chosen] == ["a folder of files"]
