"""What counts as a decision, which options it had, and what does not count."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from gitstory.model import Call, Mark, Turn
from gitstory.tell.decisions import decisions
from gitstory.tell.given_up_options import given_up
from gitstory.tell.setbacks import put_right
from gitstory.tell.values import LoggedDecision
from tests.unit.tell.logs import ask, edit, logged, say, turn

STORES = {"Disk": "A file, survives restarts", "Memory": "Simplest, but forgets", "Redis": "One more service"}
CACHE = edit("cache.py", "-rates = {}", "+rates = disk_cache.load('rates')")
LIST = (
    "Three ways:\n\n1. Keep rates in memory\n2. Write rates to disk\n3. Ask the server each time\n\n"
    "Which one do you prefer?"
)


def only(*turns: Turn) -> LoggedDecision:
    found = decisions(logged(*turns))
    assert len(found) == 1, [each.words.text for each in found]
    return found[0]


def options(decision: LoggedDecision) -> dict[str, bool]:
    return {each.option.text: each.chosen for each in decision.options}


def test_an_answered_question_has_its_options_and_what_was_said_of_them() -> None:
    found = only(turn(1, "Cache the rates", *ask("Which store should the cache use?", STORES, "Disk"), CACHE))
    assert (found.kind, found.title) == ("question", "Disk: Which store should the cache use?")
    assert options(found) == {"Disk": True, "Memory": False, "Redis": False}
    assert [why.text for each in found.rejected for why in each.why] == ["Simplest, but forgets", "One more service"]
    assert [each.text for each in found.reasons] == ["A file, survives restarts"]
    assert found.words.source == "4de91640#1" and found.words.speaker == "person"
    assert found.change is not None and found.change.path == "cache.py"


def test_several_answers_are_all_chosen() -> None:
    found = only(turn(1, "Cache", *ask("Which?", STORES, "Disk, Redis")))
    assert options(found) == {"Disk": True, "Memory": False, "Redis": True}


def test_an_answer_of_its_own_rejects_all_options() -> None:
    found = only(turn(1, "Cache", *ask("Which store?", STORES, "sqlite, we have it already")))
    assert options(found) == {"sqlite, we have it already": True, "Disk": False, "Memory": False, "Redis": False}


@pytest.mark.parametrize("answer", ["You decide", "what does Redis cost?", "Hmm, it depends on the load"])
def test_an_answer_that_leaves_it_open_decides_nothing(answer: str) -> None:
    assert (
        decisions(logged(turn(1, "Cache", *ask("Which store?", {**STORES, "You decide": "Claude picks"}, answer))))
        == []
    )


@pytest.mark.parametrize("labels", [["Yes, rewrite", "No, wait"], ["More questions", "Next area"]])
def test_leave_to_go_on_decides_nothing(labels: list[str]) -> None:
    steps = ask("Proceed?", dict.fromkeys(labels, "about it"), labels[0])
    assert decisions(logged(turn(1, "Rewrite the history", *steps))) == []


def test_a_prompt_chooses_from_the_list_in_the_message_before() -> None:
    found = only(turn(1, "Rates are lost on restart", say(LIST)), turn(2, "option 2", CACHE, kind="answer"))
    assert (found.kind, found.title) == ("option", "Write rates to disk")
    assert options(found) == {
        "Keep rates in memory": False,
        "Write rates to disk": True,
        "Ask the server each time": False,
    }
    assert found.options[0].option.source == "4de91640#1" and found.words.source == "4de91640#2"
    assert [each.text for each in found.context] == ["Rates are lost on restart"]


def test_options_under_headings_keep_what_was_said_of_them() -> None:
    message = (
        "### Option A: A lock\n\n- Simple to add\n- Blocks every reader\n\n"
        "### Option B: A queue\n\n- No reader waits\n\nWhich do you want?"
    )
    found = only(turn(1, "Readers see half a file", say(message)), turn(2, "B please", kind="answer"))
    assert options(found) == {"A lock": False, "A queue": True}
    assert [why.text for why in found.rejected[0].why] == ["Simple to add", "Blocks every reader"]


def test_a_bare_yes_takes_the_option_that_was_recommended() -> None:
    message = LIST.replace("Which one do you prefer?", "I recommend option 2. Shall I implement it?")
    found = only(turn(1, "Rates are lost on restart", say(message)), turn(2, "yes, go ahead", CACHE, kind="answer"))
    assert found.title == "Write rates to disk"
    assert decisions(logged(turn(1, "Rates are lost", say(LIST)), turn(2, "yes", kind="answer"))) == []


def test_all_of_a_list_is_no_choice_among_it() -> None:
    assert decisions(logged(turn(1, "Find faults", say(LIST)), turn(2, "do 1, 2 and 3", CACHE, kind="answer"))) == []


def test_an_approved_plan_has_those_that_were_sent_back() -> None:
    first = Call(
        "ExitPlanMode", "p1", plan="# Keep rates in Redis\n\nOne more service to run for the rates.", failed=True
    )
    no = Mark("said", "no more services please", occasion="plan", call="p1")
    second = Call("ExitPlanMode", "p2", plan="# Keep rates on disk\n\nRates have to survive a restart of the server.")
    found = decisions(logged(turn(1, "Cache the rates of the bank on disk or so", first, no, second, CACHE)))
    plan = next(each for each in found if each.kind == "plan")
    assert options(plan) == {"Keep rates on disk": True, "Keep rates in Redis": False}
    assert [why.text for why in plan.rejected[0].why] == ["no more services please"]


def test_a_plan_that_was_closed_with_leave_to_carry_it_out_is_approved() -> None:
    plan = Call("ExitPlanMode", "p1", plan="# Keep rates on disk\n\nRates have to survive a restart.", failed=True)
    closed = Mark("said", "Fix all of it in the suggested order", occasion="plan", call="p1")
    turns = logged(turn(1, "Cache the rates of the bank", plan, closed, CACHE))
    [found] = decisions(turns)
    assert (found.kind, found.words.text, options(found)) == ("plan", closed.text, {"Keep rates on disk": True})
    assert put_right(turns) == []
    objected = logged(
        turn(1, "Cache the rates of the bank", plan, replace(closed, text="Fix all but not on disk"), CACHE)
    )
    assert [each.words.text for each in put_right(objected)] == ["Fix all but not on disk"]


def test_what_the_fix_is_counts_behind_its_cause() -> None:
    cause = "The server sends rates in the header, but the client looks for them in the body."
    found = only(turn(1, "Rates are empty", CACHE, say(f"{cause} The fix is to read the header of the answer.")))
    assert found.words.text == "The fix is to read the header of the answer."
    assert [each.text for each in found.reasons] == [cause]
    assert (
        decisions(logged(turn(1, "Rates are empty", CACHE, say("The fix is to read the header of the answer.")))) == []
    )


def test_a_correction_that_says_what_to_do_rejects_what_the_agent_had_done() -> None:
    done = say("The email is stored in local storage now.")
    found = only(
        turn(1, "Show the email of the user", edit("a.ts", "+localStorage.set(email)"), done),
        turn(
            2, "no, do not store it in local storage, ask the server", edit("a.ts", "+ask(server)"), kind="correction"
        ),
    )
    assert found.kind == "correction"
    assert options(found) == {"The email is stored in local storage now.": False, "store it in local storage": False}


def test_a_report_that_something_fails_is_no_decision() -> None:
    turns = logged(
        turn(1, "Show the email of the user", edit("a.ts", "+show(email)"), say("The email is shown now.")),
        turn(2, "Seems to get stuck in thinking?", edit("a.ts", "+wait(email)"), kind="correction"),
    )
    assert decisions(turns) == []


def test_a_wish_counts_where_the_turn_changed_files() -> None:
    words = "Cache the rates. Do not add another service for that please."
    assert only(turn(1, words, CACHE)).words.text == "Do not add another service for that please."
    assert decisions(logged(turn(1, words))) == []


def test_sentences_of_a_pasted_text_are_no_wishes() -> None:
    pasted = "How to fix this:\n\n" + "The page loads. " * 80 + "Do not use the old tables for new readings."
    assert decisions(logged(turn(1, pasted, CACHE))) == []


def test_a_choice_of_the_agent_needs_its_reason_and_names_what_it_gave_up() -> None:
    said = say("I'll use a queue instead of a lock, because no reader has to wait for it.")
    found = only(turn(1, "Readers see half a file", said, edit("queue.py", "+queue = Queue()")))
    assert (found.kind, found.words.speaker) == ("choice", "agent")
    assert options(found) == {"a lock": False}
    assert decisions(logged(turn(1, "Readers see half a file", said))) == []


def test_what_took_another_things_place_is_a_choice() -> None:
    said = say("Replaced the mutex with an atomic counter to keep readers from waiting.")
    assert options(only(turn(1, "Make it faster", said, edit("a.rs", "+AtomicU64")))) == {"the mutex": False}


def test_a_choice_that_was_written_over_says_so() -> None:
    said = say("The simplest fix is to keep the email in local storage, so that a refresh finds it.")
    lines = [f"+line_{n} = local_storage({n})" for n in range(6)]
    back = [f"-line_{n} = local_storage({n})" for n in range(6)]
    found = decisions(
        logged(
            turn(1, "Refresh loses the email", said, edit("a.ts", *lines)),
            turn(2, "Ask the server for it", edit("a.ts", *back)),
        )
    )
    assert [(each.kind, each.undone_by) for each in found] == [("choice", "4de91640#2")]


def test_turns_that_were_taken_back_decide_nothing() -> None:
    assert decisions(logged(turn(1, "Cache", *ask("Which?", STORES, "Disk"), abandoned=True))) == []


@pytest.mark.parametrize("prompt", ["از پایگاه داده استفاده کن و نه فایل", "Bitte nimm eine Datei und keine Datenbank"])
def test_other_languages_find_nothing(prompt: str) -> None:
    assert decisions(logged(turn(1, prompt, CACHE))) == []


def test_an_offer_that_was_accepted_names_what_it_takes_the_place_of() -> None:
    message = (
        "Folders have random keys already. I'd advise against a second table for it.\n\n"
        "Want me to switch the keys of files from deterministic to random?"
    )
    found = only(turn(1, "Why are the keys so?", say(message)), turn(2, "yes, do that", CACHE, kind="answer"))
    assert found.title == "Want me to switch the keys of files from deterministic to random?"
    assert options(found) == {
        "Want me to switch the keys of files from deterministic to random?": True,
        "deterministic": False,
        "I'd advise against a second table for it.": False,
    }


@pytest.mark.parametrize("offer", ["Want me to commit?", "Shall I run the tests?", "Would you like me to show it?"])
def test_leave_for_routine_work_decides_nothing(offer: str) -> None:
    assert (
        decisions(logged(turn(1, "Fix the cache", say(f"Fixed. {offer}")), turn(2, "yes", CACHE, kind="answer"))) == []
    )


def test_an_option_may_be_chosen_by_its_words() -> None:
    message = "**1. Keep both running**\n\n- Safe\n\n**2. Switch the old one off**\n\n- Cheap\n\nWhat do you think?"
    found = only(
        turn(1, "And the old server?", say(message)), turn(2, "Good idea to keep both running.", kind="answer")
    )
    assert options(found) == {"Keep both running": True, "Switch the old one off": False}


@pytest.mark.parametrize(
    ("said", "given"),
    [
        ("We need no lock, use a queue rather than a lock", ["a lock"]),
        ("Do not add another service for this", ["add another service for this"]),
        ("Branching from main for this won't work", ["Branching from main for this"]),
        ("The fix was switching from styled views to plain views, which work without a provider", ["styled views"]),
        (
            '`guide`: Replaced the "default to generic" bias with guidance that names the kind',
            ['the "default to generic" bias'],
        ),
        ("It runs over the whole night", []),
        ("Moved the file to the state directory, which systemd keeps over restarts", []),
        ("I chose a queue over locks, for this", ["locks"]),
        ("I don't know what it does", []),
    ],
)
def test_what_a_sentence_gives_up(said: str, given: list[str]) -> None:
    assert given_up(said) == given


def test_what_the_agent_did_instead_with_its_reason_is_a_choice() -> None:
    told = "I used a lock rather than a queue since only one worker writes. The tests pass."
    found = only(turn(1, "Cache the rates", CACHE, say(told)))
    assert (found.kind, options(found)) == ("choice", {"a queue": False})
    assert decisions(logged(turn(1, "Cache the rates", CACHE, say("I used a lock rather than a queue.")))) == []


def test_what_a_plan_turns_down_is_among_its_options() -> None:
    plan = (
        "# Keep one pull request open\n\nOlder ones are out of date.\n\n"
        "## Not doing (rejected alternatives)\n\n"
        "- Merge driver for the list: gives garbage\n- Merging without a review\n"
    )
    found = [
        each for each in decisions(logged(turn(1, "Fix it", Call("ExitPlanMode", plan=plan)))) if each.kind == "plan"
    ]
    assert [option.option.text for option in found[0].rejected] == [
        "Merge driver for the list: gives garbage",
        "Merging without a review",
    ]


def test_a_heading_of_a_plan_names_the_way() -> None:
    plan = "# Bring them in\n\n## Approach: one folder with local paths\n\nNo addresses, rather than a registry.\n"
    found = decisions(logged(turn(1, "Fix it", Call("ExitPlanMode", plan=plan))))
    assert "Approach: one folder with local paths" in [each.words.text for each in found]


def test_options_on_lines_that_begin_with_a_letter() -> None:
    first = turn(1, "How often?", say("Which one do you want?\n\na) Always, in the background\nb) Each fifth time\n"))
    found = decisions(logged(first, turn(2, "good, go with option B", CACHE, kind="answer")))
    assert options(found[0]) == {"Always, in the background": False, "Each fifth time": True}


def test_a_yes_that_says_more_decides() -> None:
    more = ask("Add a guard?", {"Yes, add a guard step": "", "No, fix only": ""}, "Yes, add a guard step")
    assert len(decisions(logged(turn(1, "Fix it", *more, CACHE)))) == 1
    only_leave = ask("Go on?", {"Yes, proceed with it": "", "No, stop now please": ""}, "Yes, proceed with it")
    assert decisions(logged(turn(1, "Fix it", *only_leave, CACHE))) == []


def test_items_of_a_plan_that_name_what_they_do_not_do() -> None:
    kept = "- Keep the best model by its rate on the rows, not by its loss"
    plan = f"# Train the reader\n\n{kept}\n- Add a test of the rows\n"
    found = decisions(logged(turn(1, "Fix it", Call("ExitPlanMode", plan=plan))))
    assert [options(each) for each in found if each.kind == "choice"] == [{"its loss": False}]


def test_what_is_settled_while_nothing_changes() -> None:
    told = "Great, we've locked three decisions: one reader, one store, and a map of the names."
    found = decisions(logged(turn(1, "Plan the reader of the rows with me", say(told))))
    assert [each.words.text for each in found] == [told]
