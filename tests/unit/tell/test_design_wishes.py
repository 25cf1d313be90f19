"""What people type about how something is to be built, and what something does now instead of something else."""

from __future__ import annotations

import pytest

from gitstory.model import Call, Mark
from gitstory.tell.adr import recorded
from gitstory.tell.considered_options import Offered, chosen_options
from gitstory.tell.decision_sentences import typed_sentences, wished
from gitstory.tell.decisions import decisions
from gitstory.tell.design_wishes import designs
from gitstory.tell.given_up_options import given_up
from gitstory.tell.stated_swaps import does_now_instead, only_reports, says_what_fix_does
from tests.unit.tell.logs import edit, logged, say, turn
from tests.unit.tell.test_decisions import CACHE, only, options


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("lets keep the summary next to the file it is about", True),
        ("I want to store the whole summary in a file of its own.", True),
        ("300 -> 600 bcz five minutes of rates are not stale at all", True),
        ("also increase the default timeout of the client to 15 seconds", True),
        ("This option should be parsed last, after all the others.", True),
        ("I think 50 and 600 is good bcz more rows are hard to read", True),
        ("Let's write the errors of the script to a file of their own", True),
        ("Then let's write a report of our findings.", False),
        ("lets keep it?", False),
        ("lets see what the table looks like after the change", False),
        ("the list goes from open -> closed and nobody sees it", False),
        ("this table is good but the other one is not there", False),
    ],
)
def test_what_a_person_says_of_how_it_is_to_be(words: str, expected: bool) -> None:
    assert designs(words) == expected


@pytest.mark.parametrize(
    ("words", "given"),
    [
        ("300 -> 600 bcz five minutes of rates are not stale", ["300"]),
        ("RATE_LIMIT -> 600 as well, it is the same there", []),
        ("No need for the old rows, lets look ahead", ["the old rows"]),
        ("The mark should not be the whole row but a red button", ["the whole row"]),
        ("Replaced `align: center` with `top: 4` to keep it at the edge.", ["`align: center`"]),
    ],
)
def test_values_and_needs_that_are_given_up(words: str, given: list[str]) -> None:
    assert given_up(words) == given


def test_a_wish_of_how_it_is_to_be_has_a_record_where_files_changed() -> None:
    prompt = "lets keep the summary next to the file it is about"
    assert [each.kind for each in recorded(logged(turn(1, prompt, CACHE)))] == ["wish"]
    assert recorded(logged(turn(1, prompt, say("It is there already, next to the file.")))) == []


def test_a_long_prompt_without_a_stop_is_cut_where_another_wish_begins() -> None:
    prompt = (
        "we have two tables of rates and nobody knows which of them is the one that is read by the server at night so "
        "lets keep the one with the dates and rename the other one to something that says it is old"
    )
    assert [len(part.split()) for part in typed_sentences(prompt)] == [23, 8, 12]


def test_a_complaint_asks_for_nothing() -> None:
    assert only_reports("The result pointed at tests instead of the source of the parser.")
    assert not wished("The result pointed at tests instead of the source of the parser.")
    assert wished("The result should point at the source of the parser instead of tests.")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Ambiguous names now yield no edge instead of a guess.", True),
        ("Workers now send whole files rather than flattened rows.", True),
        ("The reader now returns a status instead of failing without a word.", False),
        ("The choice that we're now resting on is one table rather than two.", False),
        ("Workers send whole files rather than flattened rows.", False),
        ("Editing state -- set during the render instead of in an effect.", True),
    ],
)
def test_what_something_does_now(words: str, expected: bool) -> None:
    assert does_now_instead(words) == expected


def test_what_is_now_done_instead_is_a_choice_of_a_closing_answer() -> None:
    told = "Done. Ambiguous names now yield no edge instead of a guess."
    found = only(turn(1, "Names are resolved to the wrong file", CACHE, say(told)))
    assert (found.kind, options(found)) == ("choice", {"a guess": False})
    early = turn(1, "Names are wrong", say(told), CACHE, say("All names are resolved to the file that has them."))
    assert decisions(logged(early)) == []


def test_a_plan_that_was_sent_back_is_what_the_words_reject() -> None:
    plan = Call("ExitPlanMode", "p1", plan="# Document the store of one agent\n\nSteps.", failed=True)
    words = Mark("said", "no, I meant it for all agents, not for one", occasion="plan", call="p1")
    found = decisions(logged(turn(1, "Write down what we learned", plan, words)))
    assert {"Document the store of one agent": False} in [options(each) for each in found]


def test_what_a_fix_does_is_a_choice_where_it_replaces_something() -> None:
    told = "The fix threads the imports into the pass and replaces the first match with a ladder of rules."
    assert says_what_fix_does(told) and not says_what_fix_does("The fix works on all of the files that we have here.")
    assert options(only(turn(1, "Names are wrong", CACHE, say(told)))) == {"the first match": False}


def test_the_cause_may_follow_what_leads_to_it() -> None:
    told = "What was wrong:\n\nThe queue shares the pool of the server.\n\nThe fix: gave the queue a pool of its own."
    found = only(turn(1, "Requests hang", CACHE, say(told)))
    assert [each.text for each in found.reasons] == ["The queue shares the pool of the server."]


@pytest.mark.parametrize(
    ("answer", "chosen"),
    [
        ("Do 1, 3, and measure both", [True, False, True]),
        ("2", [False, True, False]),
        ("Keep both", [False, True, False]),
        ("7 days", [False, False, False]),
        ("2 of them would be enough for me", [False, False, False]),
    ],
)
def test_an_answer_names_options_by_their_places(answer: str, chosen: list[bool]) -> None:
    offered = [Offered("", "New table"), Offered("", "Keep both"), Offered("", "One view")]
    assert chosen_options(offered, answer) == chosen


def test_a_prompt_takes_the_first_few_of_a_list() -> None:
    message = "We could add:\n\n1. a table of rates\n2. a table of days\n3. a view of both"
    found = only(
        turn(1, "What can we add?", say(message), kind="question"),
        turn(2, "Let's draft these first two :)", edit("tables.sql", "+create table rates;")),
    )
    assert list(options(found).values()) == [True, True, False]


def test_what_is_good_as_it_is_rejects_what_was_offered() -> None:
    message = "Two ways to go on:\n\n- A. Remove the limit of rows\n- B. Raise the limit of rows to 250"
    found = decisions(
        logged(
            turn(1, "600 seconds please", say(message)),
            turn(2, "I think 50 rows is good bcz more of them are hard to read", say("Agreed, both limits stay.")),
        )
    )
    assert [list(options(each)) for each in found][-1:] == [
        ["Remove the limit of rows", "Raise the limit of rows to 250"]
    ]
