"""What the index holds of a turn beside its passages: the label that a list names it by."""

from __future__ import annotations

from gitstory.model import Mark, Say, Turn
from gitstory.search.db.split_turn import label
from gitstory.summary.turn_labels import turn_label

ASKED = Turn(
    id="a",
    index=1,
    prompt="Why are invoices wrong for foreign customers?",
    steps=(Say("The fee is lost.\n\nShall I pass the customer's fee through?"),),
)


def labelled(turn: Turn, *others: Turn) -> str:
    return label(turn, {each.index: each for each in (*others, turn)})


def test_a_short_prompt_has_the_label_that_all_views_print() -> None:
    yes = Turn(id="b", index=2, prompt="yes")
    assert labelled(yes, ASKED) == turn_label(yes, (ASKED,)) == 'yes → "Shall I pass the customer\'s fee through?"'
    more = Turn(id="b", index=2, prompt="continue", kind="continuation")
    assert labelled(more, ASKED) == 'continue → "Why are invoices wrong for foreign customers?"'


def test_a_slash_command_and_a_pasted_plan_are_labelled_by_themselves() -> None:
    command = Turn(id="b", index=2, prompt="/execute-phase 14", steps=(Mark("subagent", "14-03: share the client"),))
    assert labelled(command) == "/execute-phase 14 → 14-03: share the client"
    assert labelled(Turn(id="b", index=2, prompt="Implement the plan:\n\n# Greeting\n\nSay it")) == "Greeting"


def test_a_prompt_that_says_enough_has_none() -> None:
    assert labelled(ASKED) == ""
    assert labelled(Turn(id="b", index=2, prompt="Round the invoices once,\nnot twice"), ASKED) == ""


def test_of_a_part_of_a_conversation_all_turns_that_could_explain_are_needed() -> None:
    more = Turn(id="c", index=3, prompt="continue", kind="continuation")
    between = Turn(id="b", index=2, prompt="Round the invoices once and not twice")
    assert label(more, {1: ASKED, 3: more}, whole=False) == ""
    assert label(more, {1: ASKED, 2: between, 3: more}, whole=False) == turn_label(more, (ASKED, between)) != "continue"


def test_nothing_is_made_up_where_what_was_answered_is_not_known() -> None:
    assert labelled(Turn(id="b", index=9, prompt="yes"), ASKED) == ""
    assert labelled(Turn(id="b", index=2, prompt="yes")) == ""
