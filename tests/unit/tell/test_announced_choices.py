"""What agents say on the way: which sentences state a decision, and which only say what comes next."""

from __future__ import annotations

import pytest

from gitstory.tell.announced_choices import (
    announces,
    argues_for,
    now_does,
    praises,
    prefers_own,
    sets_against,
    settles,
    wants_so,
)


@pytest.mark.parametrize(
    "words",
    [
        "I'll only raise the limit of the live branch since the other one is fast.",
        "Let me apply the same options to the mock, since both talk to the same server now:",
        "The reader has two limits — I'll only raise the second since the first is never reached.",
        "Routing through a map instead of the list, so that no reader has to wait.",
        "A map is better than a list for this — every reader knows the key.",
        "The right move is to read the file once and keep it.",
        "Unlike a lock, this works when the process is killed.",
        "I left the old names alone because callers use them.",
        "The lock is deliberately held while the file is read, so no reader sees half of it.",
        "A second table is not needed because the key is unique.",
        "Keep the file open instead of a copy for each of the readers.",
        "Rates of the readers — moved from the local lists to the store so they survive a restart",
        "I’ll keep one table since the second has no reader.",
        "A small reader is enough here, and there is no library for it.",
        "Instead, the column should have a smallest width so it never gets narrower than the icon.",
        'Leaving it off for readers is the right "small" fix, not a workaround for the lock.',
        "For the second part I'll use a staged rollout, not a workaround of the first.",
        "I'll treat the note as private and use it only as a list of what to do.",
        "Store the shared files in the image — removes a process for files that never change.",
    ],
)
def test_a_decision_is_announced(words: str) -> None:
    assert announces(words)


@pytest.mark.parametrize(
    "words",
    [
        "I'll keep building the reader since there is time left.",
        "Let me use the search tool to find where the rates are read.",
        "I'll apply the remaining fixes now, so that the tests can be run.",
        "I'll write the test first so you can see that it fails.",
        "This is better than the list because every reader knows the key.",
        "I'll push the branch because the tests are green.",
        "I'll add a table for the rates of the readers.",
        "The reader is better.",
        "Let me read the file, since it has the rates of the last year.",
        "I didn't find the table because the name was wrong.",
        "Using the writing skill since the reader asked for a plan.",
        "Which of them is better than the list of the readers?",
    ],
)
def test_other_sentences_decide_nothing(words: str) -> None:
    assert not announces(words)


@pytest.mark.parametrize(
    "words", ["Pivoting to the public form.", "Decision: keep one table", "I've decided on a map."]
)
def test_short_sentences_settle(words: str) -> None:
    assert settles(words)
    assert announces(words)


def test_questions_and_long_tales_settle_nothing() -> None:
    assert not settles("Going with the map then?")
    assert not settles("Pivoting to " + "word " * 60)


def test_a_sentence_argues_for_the_next() -> None:
    assert argues_for("This is a much better choice than the list.")
    assert not argues_for("The file has four tables.")


@pytest.mark.parametrize(
    ("words", "right"),
    [
        ("That's a much cleaner pattern — the caller does nothing.", True),
        ("Yes, that is the right approach.", True),
        ("That's a good question.", False),
        ("The pattern is cleaner.", False),
        ("Good call — a script is easier to read.", True),
        ("Good call, I will look.", False),
    ],
)
def test_an_agent_calls_a_proposal_better(words: str, right: bool) -> None:
    assert praises(words) == right


@pytest.mark.parametrize(
    ("words", "right"),
    [
        ("i only want the small table, not both of them", True),
        ("i want the reader to wait", False),
        ("the table is not what was there before", False),
    ],
)
def test_what_a_person_wants_and_does_not(words: str, right: bool) -> None:
    assert prefers_own(words) == right


@pytest.mark.parametrize(
    ("words", "right"),
    [
        ("Sorting now happens in memory after the rows are read, which works with every store.", True),
        ("Sorting now happens in memory after the rows are read.", False),
        ("I'm sorting the rows now because they are read in another order.", False),
        ("The tests now pass because the rows are sorted in memory.", False),
    ],
)
def test_what_something_does_now_and_why(words: str, right: bool) -> None:
    assert now_does(words) == right


@pytest.mark.parametrize(
    "words",
    [
        "Replacing the list of the readers with a map that they share.",
        "Removing the lock from the page leaves the store as the only one that waits.",
        "`body` already handles the lock of the page; `root` doesn't need it.",
    ],
)
def test_what_takes_the_place_or_is_left(words: str) -> None:
    assert announces(words)


def test_how_a_person_wants_something_to_be() -> None:
    assert wants_so("i want the list of the readers to have one column")
    assert not wants_so("i want to know the list of the readers")


def test_what_is_set_against_a_choice() -> None:
    assert sets_against("It only builds a full address when the path is whole.")
    assert not sets_against("It builds a full address of the path.")


@pytest.mark.parametrize(
    ("words", "right"),
    [
        ("I'm checking how the view is wired, then I'll patch it so the list reads the store.", False),
        ("The script has both names, so I'll keep it as it is.", True),
        ("I'm removing the second reader rather than keeping a list in both.", True),
        ("I'll refactor to one reader now: remove the list entirely, keep the map of the names.", True),
        ("Great, we've locked three decisions: one reader, one store, and a map of the names.", True),
    ],
)
def test_what_agents_say_as_they_work(words: str, right: bool) -> None:
    assert announces(words) == right
