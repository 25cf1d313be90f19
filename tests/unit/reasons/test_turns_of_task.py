"""Which earlier turns belong to the task of a line, and which are about something else."""

from __future__ import annotations

import pytest

from gitstory.queries.reasons.gather import gather
from gitstory.queries.reasons.turns_of_task import earlier
from gitstory.summary.dependent_prompts import answers, references, says_little
from tests.unit.reasons.scenes import PATH, SAID, edit, only, scene, turn


def test_what_was_asked_before_the_work_was_merged_is_another_task() -> None:
    turns = (
        turn(1, "Bring the branch of the parser up to date with main", SAID),
        turn(2, "ok, merged. can we tag it please?", SAID),
        turn(3, "yes", edit()),
    )
    assert [each.index for each in earlier(scene(*turns))] == [2]


def test_a_request_of_its_own_that_edited_other_files_is_another_task() -> None:
    words = "disk_cache.read and cache_key of cache_store"
    asked = turn(2, "Is it worth to read from the disk in the cache?", SAID, kind="question")
    for path, shown in (("src/other.py", []), (PATH, [f"Look why {words} are untracked"])):
        before = turn(1, f"Look why {words} are untracked", edit("x = 1", path=path), kind="request")
        found = only(gather(scene(before, asked, turn(3, "Implement this", edit()))), "earlier-request")
        assert [each.text for each in found if "untracked" in each.text] == shown


def test_a_chore_ahead_of_the_task_is_not_what_was_asked() -> None:
    sync = turn(1, "let's bring this branch up to date with origin/main please", SAID)
    found = gather(scene(sync, turn(2, "/review-pr", SAID), turn(3, "yep, in 3 commits", edit())))
    assert not [each for each in only(found, "earlier-request") if "origin" in each.text]


def test_a_prompt_that_turns_to_something_else_begins_a_task() -> None:
    cache = turn(1, "Cache the rates on disk, the server forgets them on every restart.", edit(), SAID)
    for words, kept in (
        ("works now. now lets have a look at the colours of the chart, they are too pale", []),
        ("works. the chart of the rates is still too pale on a bright screen for me", [1]),
        ("let's debug the chart quickly, its colours are too pale on a bright screen", []),
    ):
        task = turn(2, words, edit("pale = 1"), SAID, kind="correction")
        assert [each.index for each in earlier(scene(cache, task))] == kept
        assert [each.index for each in earlier(scene(cache, task, turn(3, "go on", edit())))] == [2, *kept]


def test_a_correction_that_stands_by_itself_is_of_the_work_whose_files_it_edits() -> None:
    words = "The colours of the chart are still too pale for me on a bright screen"
    for path, shown in (("docs/a.md", 0), (PATH, 1)):
        before = turn(1, "Write down how old letters are to be sorted", edit("x = 1", path=path), SAID)
        found = only(gather(scene(before, turn(2, words, edit(), kind="correction"))), "earlier-request")
        assert len(found) == shown


@pytest.mark.parametrize(
    ("prompt", "items"),
    [
        ("do 2 and 5", ["2", "5"]),
        ("go with 2, please", ["2"]),
        ("implement 3 now", ["3"]),
        ("show the time with 2 digits behind the dot", []),
        ("only 3 rows fit on the page", []),
        ("take 4 letters of the name", []),
    ],
)
def test_a_number_that_counts_something_names_no_item(prompt: str, items: list[str]) -> None:
    assert list(references(prompt)) == items


@pytest.mark.parametrize(
    ("prompt", "little"),
    [
        ("implement it if its easy, then commit, push and create a PR and run the review skill", True),
        ("public is fine", True),
        ("I moved to full access. Try again now.", True),
        ("implement this parser with a table of states", False),
        ("implement @specs/placement-of-panes.md", False),
        ("the tab is too wide and looks wrong", False),
    ],
)
def test_prompts_that_leave_what_they_ask_for_to_the_message_before(prompt: str, little: bool) -> None:
    assert says_little(prompt) is little


def test_a_question_of_its_own_behind_okay_answers_nothing() -> None:
    message = "Shall a wish of the person make a look at once?"
    assert answers("okay, that is good", message)
    assert not answers("okay, can we fix the generator now with our plan?", message)


def test_a_long_list_of_wishes_after_a_question_is_a_request_of_its_own() -> None:
    before = turn(1, "We have these rates already, why is there a request for them", SAID)
    wishes = (
        "1. Our code is hard to read so if we can create some class or service to manage these operations\n"
        "2. we are going into a flow so make it more maintainable too and add proper logging everywhere"
    )
    asked = turn(2, wishes, edit(), kind="answer")
    assert not only(gather(scene(before, asked)), "earlier-request")
