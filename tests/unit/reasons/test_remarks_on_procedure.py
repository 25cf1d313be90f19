"""Sentences about the agent's own procedure, told from those that say why."""

from __future__ import annotations

import pytest

from gitstory.model import Say, Think
from gitstory.queries.reasons.accounts_of_work import before_edit, closing_answer
from gitstory.queries.reasons.remarks_on_procedure import cause_worth, is_check, is_procedure, says_nothing
from tests.unit.reasons.scenes import LINE, edit, scene, turn


@pytest.mark.parametrize(
    "sentence",
    [
        "Now let me update the store:",
        "1. Read the spec and trace the placement code → identify exact edit points and tests.",
        "3. Run the focused role-loading test and formatting checks.",
        "Red as expected — module doesn't exist.",
        "I’m about to edit the CLI and add a new provider module for the commands that are required.",
        "Bash parse error — let me write the file in its own command.",
        "The heredoc is failing around line 176, likely because of a backtick.",
        "Now the fix — one change, addressing the root cause.",
        "Let me update the task list and first look which kinds of symbols the parser emits for types and traits.",
        "- `SKILL.md`: **211 lines**",
        "让我先读一下当前文件的内容，以便精准编辑。",
    ],
)
def test_what_the_agent_reads_runs_and_tries_is_procedure(sentence: str) -> None:
    assert is_procedure(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "1. **Branding**: the letter π as a subtle mark with a high contrast.",
        "Run time doubles because each line is parsed twice.",
        "The loader accepts only regular files, so it silently ignores all three links.",
        "现在更新很慢，因为每一行都解析两次。",
        "I’ll keep the existing visual language rather than introducing a new style.",
    ],
)
def test_what_says_why_is_none(sentence: str) -> None:
    assert not is_procedure(sentence)


@pytest.mark.parametrize(
    ("thought", "about_itself"),
    [
        ("I need to create references and shorten the file, aiming for about 150 lines.", True),
        ("I'm settling on a module of its own.", True),
        ("This involves creating the folder and then filling the page with code.", True),
        ("Rewriting the board I'm undertaking a significant rewrite of the component.", True),
        ("我这次只改这个文件。", True),
        ("In the old database, maybe the path has to do with imports.", True),
        ("Should this be an expression that checks the id?", True),
        ("I should read from disk, because memory is lost on restart.", False),
        ("The cache is lost on restart.", False),
    ],
)
def test_of_a_thought_what_is_about_itself_is_procedure(thought: str, about_itself: bool) -> None:
    assert is_procedure(thought, thought=True) is about_itself


def test_what_is_wrong_is_a_cause_where_it_is_about_the_lines() -> None:
    assert cause_worth("The keys are wrong, they lack the currency.", close=2.0) > cause_worth(
        "It is wrong.", close=0.0
    )
    assert cause_worth("I need to read the folder again.", close=5.0) == 0.0
    assert cause_worth("It is lost because memory is cleared.", close=0.0) == cause_worth("It is wrong", close=9.0)


def test_a_thought_right_before_the_edit_needs_more_than_a_word_of_the_lines() -> None:
    text = "There is a disk somewhere in this picture as well."
    assert list(before_edit(scene(turn(1, "Fix it", Say(text), edit()))))
    assert not list(before_edit(scene(turn(1, "Fix it", Think(text), edit()))))


def test_a_closing_answer_that_leads_to_nothing_is_left_out() -> None:
    for said in ("Done. Here is what was changed in `src/cache_store.py`:", "已写入 `src/cache_store.py`。三件事："):
        assert not list(closing_answer(scene(turn(1, "Fix it", edit(LINE), Say(said)))))
        assert says_nothing(said)
    assert says_nothing("- `cd sidecar && node --check src/sidecar.js` passed.")


@pytest.mark.parametrize(
    ("item", "checks"),
    [
        ("Run validation tests", True),
        ("Run focused tests/build and browser UAT", True),
        ("Commit and push the branch", True),
        ("Read the cache from disk", False),
        ("Run migrations when the server starts", False),
    ],
)
def test_items_about_checks_and_delivery(item: str, checks: bool) -> None:
    assert is_check(item) is checks


def test_a_turn_that_ended_in_an_announcement_has_no_closing_answer() -> None:
    """The person typed on while the agent was still looking for the test that failed."""
    said = Say("One of the tests failed after that. Let me see which one.")
    assert not list(closing_answer(scene(turn(1, "Fix it", edit(LINE), said))))
