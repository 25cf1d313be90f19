"""What an agent decided by what it says, and what a person took of its advice."""

from __future__ import annotations

import pytest

from gitstory.model import Call, Mark
from gitstory.tell.adr import recorded, records
from gitstory.tell.decision_sentences import typed_sentences, wished
from gitstory.tell.decisions import decisions
from gitstory.tell.either_or_questions import put_aside
from gitstory.tell.given_up_options import given_up
from gitstory.tell.values import LoggedDecision
from tests.unit.tell.logs import edit, logged, ranged, say, turn
from tests.unit.tell.test_decisions import CACHE, only, options


def titles(found: list[LoggedDecision]) -> list[str]:
    return [each.title for each in found]


def test_a_yes_to_should_we_is_a_decision_where_it_changed_files() -> None:
    answer = say("Yes, direct links to the pages, with the index for all the others.")
    found = only(turn(1, "Should we link to the pages directly?", answer, CACHE, kind="question"))
    assert (found.kind, found.title) == ("option", "direct links to the pages, with the index for all the others")
    assert options(found) == {"Should we link to the pages directly?": True}
    assert decisions(logged(turn(1, "Should we link to the pages directly?", answer, kind="question"))) == []
    no = say("No, they are in the right place, each beside its own test.")
    (kept,) = decisions(logged(turn(1, "Should the pages live in the folder of the tests?", no, kind="question")))
    assert options(kept) == {"Should the pages live in the folder of the tests?": False}


def test_a_no_to_should_we_rejects_what_was_asked() -> None:
    answer = say("No, the index would then be out of date after each release.")
    found = only(turn(1, "Should we link to the pages directly?", answer, CACHE, kind="question"))
    assert options(found) == {"Should we link to the pages directly?": False}


def test_a_fix_has_its_cause_where_both_are_named() -> None:
    told = "**Root cause:** the queue shares the pool of the server.\n\n**Fix:** gave the queue a pool of its own."
    found = only(turn(1, "Requests hang", CACHE, say(told)))
    assert found.words.text == "Fix: gave the queue a pool of its own."
    assert [each.text for each in found.reasons] == ["Root cause: the queue shares the pool of the server."]


@pytest.mark.parametrize(
    ("told", "number"),
    [
        ("Added a fallback that compares the sorted roles. This catches the changes of admins as well.", 1),
        ("Moved the upload behind the confirmation, so the file exists when the event fires.", 1),
        ("This is the correct approach because the confirmation is where the upload is complete.", 1),
        ("The approach is clear: use profiles of compose to support both ways of running it.", 1),
        ("Since quoting cannot hold a name of any kind, the prompts will pass it as one argument.", 1),
        ("Added tests for the fallback so that it stays as it is from now on.", 0),
        ("Added a fallback that compares the sorted roles of the user.", 0),
    ],
)
def test_what_was_done_counts_with_its_reason(told: str, number: int) -> None:
    assert len(decisions(logged(turn(1, "The role of admins is lost", CACHE, say(told))))) == number


def test_what_follows_with_no_names_what_was_not_needed() -> None:
    told = "This is the right place because the upload is complete there. No retry loop is needed."
    assert options(only(turn(1, "The file is missing", CACHE, say(told)))) == {"retry loop": False}


def test_a_message_that_is_only_code_has_no_sentences() -> None:
    assert decisions(logged(turn(1, "Show the command", say("```sh\nmake\n```"), CACHE, say("```sh\nmake\n```")))) == []


def test_alternatives_that_the_answer_lists_were_not_taken() -> None:
    others = "- **White**, the most neutral\n- **Pink**, the loudest"
    told = f"I switched the pin to cyan.\n\nAlternatives I'd consider:\n{others}"
    found = only(turn(1, "Which color is better for the pin?", CACHE, say(told), kind="question"))
    assert options(found) == {
        "I switched the pin to cyan.": True,
        "White, the most neutral": False,
        "Pink, the loudest": False,
    }


ADVICE = "I would not submit a score after the first level, because the game goes on."


@pytest.mark.parametrize(("prompt", "number"), [("okay, change the service", 1), ("Add the other license", 0)])
def test_advice_counts_once_a_person_agrees_and_has_it_done(prompt: str, number: int) -> None:
    turns = logged(turn(1, "When are scores saved?", say(ADVICE), kind="question"), turn(2, prompt, CACHE))
    assert [each.words.text for each in decisions(turns)] == [ADVICE] * number
    assert [each.context[-1].text for each in decisions(turns)] == [prompt] * number


def test_a_record_says_once_what_is_the_only_option() -> None:
    turns = logged(turn(1, "When are scores saved?", say(ADVICE), kind="question"), turn(2, "okay, do it so", CACHE))
    (record,) = records(ranged([], *turns))
    assert "Considered Options" not in record.text and f"> {ADVICE}" in record.text
    assert "okay, do it so" in record.text


def test_a_list_in_bold_behind_a_question_has_options() -> None:
    message = (
        "How do you want to go on?\n- **Let it finish** (3 hours)\n- **Add a fast tier** of few files\n- **Cap it**"
    )
    found = only(turn(1, "How long?", say(message)), turn(2, "add a fast tier for now", CACHE))
    assert options(found) == {"Let it finish": False, "Add a fast tier": True, "Cap it": False}
    plain = message.replace("How do you want to go on?", "It has:") + "\n\nShall I go on?"
    assert decisions(logged(turn(1, "How long?", say(plain)), turn(2, "add a fast tier for now", CACHE))) == []


def test_a_yes_takes_what_the_sentence_before_an_offer_proposes() -> None:
    message = "For now I'd move the types into core. Want me to go ahead with that approach?"
    asked = "Does it make sense in core? Or rather in a package of its own?"
    found = only(turn(1, asked, say(message)), turn(2, "okay do that", CACHE, kind="answer"))
    assert options(found) == {"For now I'd move the types into core.": True, "in a package of its own": False}


def test_first_of_all_is_no_number_of_a_list() -> None:
    message = (
        "Findings:\n\n1. Tests are slow\n2. Calls block the loop\n\nShall I update the plan with these two findings?"
    )
    found = only(turn(1, "Look", say(message)), turn(2, "yes, and clear the cache first", CACHE, kind="answer"))
    assert options(found) == {"Shall I update the plan with these two findings?": True}


def test_a_correction_gets_a_record_where_it_changed_something() -> None:
    first = turn(
        1, "Move the parser", edit("cli.py", "+export * from core"), say("The old file re-exports the parser.")
    )
    found = recorded(logged(first, turn(2, "i dont like this reexport", CACHE, say("It is gone."), kind="correction")))
    assert titles(found) == ["The old file re-exports the parser", "i dont like this reexport"]
    assert "this reexport" in options(found[1])


def test_a_question_that_corrects_is_named_after_what_was_done() -> None:
    first = turn(1, "Write a benchmark", edit("bench.py", "+run(70)"), say("The benchmark runs 70 repositories."))
    done = say("The benchmark now covers all 24 languages.")
    found = recorded(logged(first, turn(2, "why is it 70?", CACHE, done, kind="correction")))
    assert [(each.kind, each.title) for each in found] == [
        ("choice", "The benchmark runs 70 repositories"),
        ("correction", "The benchmark now covers all 24 languages"),
    ]
    fails = turn(2, "why does it crash?", CACHE, done, kind="correction")
    assert [each.kind for each in recorded(logged(first, fails))] == ["choice", "choice"]


def test_prompts_without_capitals_have_sentences() -> None:
    typed = "looks good. i want it in one file, e.g. here..and remove the pin"
    assert list(typed_sentences(typed)) == ["looks good.", "i want it in one file, e.g. here", "and remove the pin"]


@pytest.mark.parametrize(
    ("said", "given"),
    [
        ("run it always not only in success case", ["only in success case"]),
        ("I don't like the glowing ring", ["the glowing ring"]),
        ("we dont need to name CLAUDE.md again", ["name CLAUDE.md again"]),
    ],
)
def test_what_a_person_gives_up(said: str, given: list[str]) -> None:
    assert given_up(said) == given


@pytest.mark.parametrize(
    ("prompt", "aside"),
    [
        ("Does it make sense in core? or rather in a new framework package?", ["in a new framework package"]),
        ("Should we keep it?", []),
    ],
)
def test_the_side_of_a_question_that_was_put_aside(prompt: str, aside: list[str]) -> None:
    assert put_aside(prompt, "I'd move the types into core") == aside


@pytest.mark.parametrize(
    ("said", "is_wish"),
    [
        ("what about hover with outline and a map pin", True),
        ("what about the tests of the parser here", False),
        ("investigate and replace the file with the method of the service.", True),
        ("i wanted the board to look more like this", True),
    ],
)
def test_wishes_of_people_who_type_as_they_speak(said: str, is_wish: bool) -> None:
    assert wished(said) is is_wish


def test_what_the_agent_says_on_the_way_is_recorded() -> None:
    told = "Let me apply the same limits to the mock, since both talk to one server now:"
    found = recorded(logged(turn(1, "Limit the readers", say(told), CACHE, say("Done."))))
    assert [each.words.text for each in found] == [told]


def test_a_short_settlement_has_the_sentence_before_it_as_its_reason() -> None:
    told = "This is a much better choice than the form of the tax office.\n\nPivoting to the public form."
    found = only(turn(1, "Find a form", say(told), CACHE))
    assert (found.words.text, len(found.reasons)) == ("Pivoting to the public form.", 1)
    assert options(found) == {"the form of the tax office": False}


def test_what_a_person_proposed_and_the_agent_called_better() -> None:
    prompt = "The end is odd. What if we stop at the form instead of the payment?"
    found = only(turn(1, prompt, say("That's a much better design. It needs no account."), kind="question"))
    assert (found.words.speaker, found.words.text) == ("person", "What if we stop at the form instead of the payment?")
    assert [each.text for each in found.reasons] == ["That's a much better design."]
    assert options(found) == {"the payment": False}


def test_a_proposal_without_praise_decides_nothing() -> None:
    prompt = "What if we stop at the form instead of the payment?"
    assert decisions(logged(turn(1, prompt, say("The payment has four steps."), kind="question"))) == []


@pytest.mark.parametrize(
    ("words", "given"),
    [
        ("Three projects, not five", ["five"]),
        ("A map is better than a list for this.", ["a list"]),
        ("Unlike a lock, this works when the process is killed.", ["a lock"]),
        ("A second table is not needed because the key is unique.", ["A second table"]),
        ("Use not a list but a map of the readers.", ["a list"]),
        ("It asks where to write instead of using one MEMORY.md for all.", ["using one MEMORY.md"]),
        ("The table is in the store, not in scope here.", []),
        ("Replace each with a map.", []),
        ("It is on the branch, not `main` yet.", []),
    ],
)
def test_what_is_set_against_the_choice_is_given_up(words: str, given: list[str]) -> None:
    assert given_up(words) == given


def test_wishes_of_many_words_without_a_stop() -> None:
    words = "the form has three colors now and i only want the green one so remove the other two " + "and more " * 14
    assert wished(words)
    assert not wished(words.replace("only want", "have"))


@pytest.mark.parametrize(
    ("words", "right"),
    [
        ("The action button should stretch above the square but never shrink below it", True),
        ("the fill is odd, it should be one line and not four pieces", True),
        ("The action button should stretch above the square", False),
        ("The action button should work again and not fail", False),
    ],
)
def test_what_is_required_and_what_is_not(words: str, right: bool) -> None:
    assert wished(words) == right


def test_what_is_now_done_instead_counts_after_the_first_edit() -> None:
    told = say("In `tree.py`, the view now reads the store instead of a list of its own.")
    assert options(only(turn(1, "The view is slow", CACHE, told, say("All of the views are read once."))))


def test_a_swap_of_a_closing_answer_needs_no_reason() -> None:
    first, second = (
        "Turned the centered dialog into a sheet at the bottom.",
        "Publish is in the run (removed `publish.yml`)",
    )
    told = say(f"{first}\n- {second}, as one part of all of it")
    found = decisions(logged(turn(1, "Make the form look better", CACHE, told)))
    assert {name for each in found for name in options(each)} == {"the centered dialog", "`publish.yml`"}


def test_what_a_person_removes_is_given_up() -> None:
    prompt = "i only want the green theme so remove the other two themes and the switch"
    found = only(turn(1, prompt, CACHE, say("Done.")))
    assert options(found)["the other two themes"] is False


def test_an_option_that_is_known_by_its_name_has_what_the_agent_says_of_it() -> None:
    steps = (Call("ask_question", "q1"), Mark("said", "read_only", occasion="question", call="q1"))
    told = say("Confirming: the page is read-only for another reader who opens it.")
    found = only(turn(1, "Lock the page", *steps, told, CACHE))
    assert (found.words.text, found.title) == (
        "read_only",
        "Confirming: the page is read-only for another reader who opens it",
    )
    assert decisions(logged(turn(1, "Lock the page", *steps, say("I lock the page for all of them now."), CACHE))) == []


def test_what_stands_behind_a_dash_is_the_reason_of_a_listed_decision() -> None:
    why = "calls of the handler are easier to read, and nothing else repeats in the parts of the service."
    told = say(f"Done.\n\n## Design choices\n\n**Library: none for now** — {why}\n")
    found = only(turn(1, "Write the plan of the service", CACHE, told))
    assert [each.text for each in found.reasons] == [why]


def test_what_is_given_up_is_quoted_as_it_stands() -> None:
    assert given_up("Use one file instead of a table (of rows) and a list.") == ["a table"]
    assert given_up("Use one file (of rows) instead of a table.") == ["a table"]
