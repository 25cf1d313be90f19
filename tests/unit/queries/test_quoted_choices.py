"""Which sentences and answers a review quotes as decided or rejected."""

from __future__ import annotations

import pytest

from gitstory.model import Call, Edit, Hunk, Mark, Say, Turn
from gitstory.queries.review.answered_questions import answered, decides
from gitstory.queries.review.choice_evidence import sayings
from gitstory.queries.review.quoted_choices import (
    agent_decision,
    agent_rejection,
    person_decision,
    person_rejection,
)


@pytest.mark.parametrize(
    ("said", "decided", "rejected"),
    [
        # what is called the right way
        ("The cleanest approach is to keep the table of rates in one module.", 2, 0),
        ("The simplest fix: let the cache drop the oldest entry when it is full.", 2, 0),
        ("Since a rate cannot be negative, the correct solution is to return an error here.", 2, 0),
        ("A plain dictionary is the right choice here: the rates are read far more often than written.", 2, 0),
        ("The simplest fix is to wait until the server answers the next request.", 0, 0),
        ("The best place to look is the module that reads the rates.", 2, 0),
        ("The simplest fix is to run the same command again with more memory.", 0, 0),
        ("The simplest fix: set the limit of the cache, but that option does not exist.", 0, 0),
        ("The cleanest way is to pass the cache down, or have the caller build one of its own.", 0, 0),
        ("The simplest fix is to add the new rate to the fixture of the unit tests.", 0, 0),
        # one thing rather than another, in the first person
        ("Instead of asking the server each time, we'll keep the rates in a file.", 2, 0),
        ("I'll round in the view rather than when the rate is read.", 2, 0),
        ("Rates change often, so I'm accepting old ones rather than locking the file (which blocks).", 2, 0),
        ("The problem is that the view reads the file instead of the cache, because nobody fills it.", 0, 0),
        ("The view is still reading the file instead of the cache, so that it shows old rates.", 0, 0),
        ("Reused the table of the shops instead of adding one for each bank.", 2, 0),
        ("One choice worth noting: the table takes a clock, so that callers need no real time.", 2, 0),
        ("One migration choice surfaced: the strict set of rules adds 900 findings to this code.", 0, 0),
        ("A caller gets one rate instead of all of them.", 0, 0),
        # why not
        ("Two caches, not one shared one, because the limits of the rates differ.", 2, 0),
        ("A lock for each rate is overkill here, the file is written once a day.", 0, 1),
        ("The alternative (a table of its own) would need a migration in every shop.", 0, 2),
        ("A second file was considered but nobody would ever read it.", 0, 2),
        ("I didn't add a retry because the caller has one already.", 0, 2),
        ("Rounding was intentionally left out: the bank does it.", 2, 2),
        ("Not worth caching a single value of the table.", 0, 0),
        ('Raise the "not worth caching" limit from ten to twenty rates.', 0, 0),
        ("Splitting it into three steps would be over-engineering.", 0, 0),
        # what is said of the conversation and of those who work with it
        ("I kept your wording rather than mine, since the rule is about wording.", 0, 0),
        ("The second review is judged by its brief, not by this rule, because the rule came later.", 0, 0),
        ("The cleanest fix is to let `review_rates` return the whole table.", 2, 0),
        # neither
        ("The rates should now work when the server is down.", 0, 0),
        ("It keeps the rates, which means that a restart is harmless.", 0, 0),
    ],
)  # fmt: skip
def test_what_an_agent_says(said: str, decided: int, rejected: int) -> None:
    assert (agent_decision(said), agent_rejection(said)) == (decided, rejected)


@pytest.mark.parametrize(
    ("said", "pasted", "decided", "rejected"),
    [
        ("Use the daily rate instead of the hourly one.", False, 1, 0),
        ("when there is no rate, show the last one instead of an empty cell", False, 1, 0),
        ("The cache should never hold more than a thousand rates.", False, 1, 0),
        ("Let's keep the rates in a file because the server forgets them.", False, 2, 0),
        ("Let's keep the rates in a file because the server forgets them.", True, 2, 0),
        ("Let's keep the rates in a file from now on.", True, 0, 0),
        ("Use a file rather than a table, since it is read once a day.", True, 2, 0),
        ("If a shop copies the file, the server starts with old rates instead of asking.", False, 0, 0),
        ("I think we should leave out old rates instead of still showing them.", False, 1, 0),
        ("Could we use the daily rate instead of the hourly one?", False, 0, 0),
        ("can we just use the daily rate instead of the hourly one", False, 0, 0),
        ("The view shows zero instead of the last rate.", False, 0, 0),
        ("Manual test: the view must never show an empty cell.", False, 0, 0),
        ("This should never be the same for two shops.", False, 0, 0),
        ("Open a new pull request instead of adding to the old one.", False, 0, 0),
        ("we have up to three rates, depending on how the shop chose to round", False, 0, 0),
        ("Drop the hourly rates entirely, nobody reads them.", False, 0, 1),
        ("Don't store the hourly rates (they double the size of the file).", False, 0, 2),
        ("Don't store the hourly rates in the file.", True, 0, 0),
        ("i decided to not show the hourly rates for the moment", False, 1, 1),
        ("A table was considered but has no history, so we stay with files.", True, 0, 2),
        ("don't push to the main branch without asking me first", False, 0, 0),
        ("we won't find the user here, it will be always empty because the hook removes it", False, 0, 0),
    ],
)
def test_what_a_person_says(said: str, pasted: bool, decided: int, rejected: int) -> None:
    assert (person_decision(said, pasted), person_rejection(said, pasted)) == (decided, rejected)


@pytest.mark.parametrize(
    ("question", "answer", "choice"),
    [
        ("Where should the rates be kept?", "In a file (Recommended)", True),
        ("Should the rates be rounded or cut?", "rounded, as the bank does", True),
        ("Which PR would you like me to look at?", "#325", False),
        ("Where should I write the plan down?", "a file in docs", False),
        ("Should the rounding be part of this PR or tracked separately?", "Separately", False),
        ("Should I create a ticket for the rounding?", "Yes, create one", False),
        ("When should the import of all rates happen?", "Start now", False),
        ("Do you have an account at the bank already?", "yes, but an old one", False),
        ("How should old rates be handled?", "hm, what happens to them today? maybe drop them", False),
        ("What gets worked on today?", "the rates", False),
        ("What is the budget of this step?", "one hour", False),
        ("The design was left open. Does it hold?", "Approved - all of it", False),
        ("Do these three names look right to you?", "Confirm all three", False),
        ("Break the import to prove that it is noticed?", "Yes, break it", False),
        ("How should old rates be handled?", "I'm thinking we could also mark them", False),
        ("May I add the test of the window next?", "Authorize the secure-window test", False),
        ("Is this the shape and the scope of the settings that you want?", "Approve draft", False),
        ("Does this plan sound good to you?", "The plan looks good overall. Proceed with: messages of errors.", False),
        ("Is the cache to be kept on disk or in memory?", "Keep it on disk", True),
        ("Can you share the list of old rates, or export it?", "You have it, I gave it to you", False),
    ],
)
def test_which_answers_decide(question: str, answer: str, choice: bool) -> None:
    assert decides(question, answer) is choice


@pytest.mark.parametrize(
    ("question", "shown"),
    [
        ("Where should the rates be kept?", "Where should the rates be kept? A file"),
        ("The server forgets its rates. Where should we keep them from now on?",
         "Where should we keep them from now on? A file"),
        ("A table needs a migration. Use it?", "A table needs a migration. Use it? A file"),
        ("Where should the rates be kept? E.g., should they be in a table?", "Where should the rates be kept? A file"),
        ("Name the store of the rates", "Name the store of the rates A file"),
    ],
)  # fmt: skip
def test_of_a_long_question_what_it_asks_is_shown(question: str, shown: str) -> None:
    assert answered(question, "A file (Recommended)") == shown


RATES = Edit("src/rates.py", hunks=(Hunk(1, 1, ("+cache the rates of the table", "+oldest entry dropped, file kept")),))


def turn(prompt: str, *steps: str | Edit | Mark) -> Turn:
    made = (Say(x) if isinstance(x, str) else Call("Edit", edits=(x,)) if isinstance(x, Edit) else x for x in steps)
    return Turn("t", 1, prompt, steps=tuple(made))


def test_of_several_best_ways_the_last_one_counts() -> None:
    said = turn(
        "Fix the rates.",
        "The simplest fix is to drop the oldest entry of the cache.",
        "But the simplest fix that works is to keep the rates in a file.",
        RATES,
    )
    agent = [each.text for each in sayings(said, correction=False, stands=True) if each.speaker == "agent"]
    assert agent == ["But the simplest fix that works is to keep the rates in a file."]
    assert not [each for each in sayings(said, correction=False, stands=False) if each.speaker == "agent"]


def test_whether_edits_show_what_a_person_says() -> None:
    said = turn("Keep the rates in the file. Always answer in short words, please.", RATES)
    assert [each.shown_by_edits for each in sayings(said, correction=False, stands=True)] == [True, False]
    assert not list(sayings(said, correction=True, stands=True))
    remark = Mark("said", "Never drop the oldest entry.")
    assert [each.text for each in sayings(turn("", remark), correction=True, stands=True)] == [remark.text]


def test_much_of_a_long_prompt_was_pasted() -> None:
    short, long = (list(sayings(turn("Keep the rates. " * n, RATES), correction=False, stands=True)) for n in (1, 200))
    assert not short[0].pasted
    assert long[0].pasted
