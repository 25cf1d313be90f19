"""The one-line label of a turn, and what it did in one line."""

from __future__ import annotations

from gitstory.model import Call, Edit, Mark, Reference, Say, Turn
from gitstory.summary.closing_answers import closing_answers, one_line_answer
from gitstory.summary.turn_labels import explaining, turn_label

PROPOSAL = Say(
    "Two things are wrong:\n\n1. **Fee**: pass the customer's fee through\n2. Round once\n\n"
    "Shall I pass the fee through?"
)
ASKED = Turn(id="a", index=1, prompt="Why are invoices wrong for foreign customers?", steps=(PROPOSAL,))
DONE = Call(tool="Edit", edits=(Edit(path="a.py"),))


def label(prompt: str, *others: Turn, **given: object) -> str:
    return turn_label(Turn(id="b", index=2, prompt=prompt, **given), others or (ASKED,))  # type: ignore[arg-type]


def test_a_prompt_that_says_enough_is_its_own_label() -> None:
    assert label("Round the invoices once,\nnot twice please") == "Round the invoices once, not twice please"
    assert label("Is there a test?") == "Is there a test?"


def test_what_a_program_put_before_a_stored_prompt_is_no_label() -> None:
    injected = "<system_instruction>\nYou work in an app.\n</system_instruction>\n\n"
    assert label(f"{injected}Create a release of the server") == "Create a release of the server"
    assert label(f"{injected}yes") == 'yes → "Shall I pass the fee through?"'
    before = Turn(id="a", index=1, prompt=f"{injected}Round the invoices once, not twice")
    assert label("continue", before, kind="continuation") == 'continue → "Round the invoices once, not twice"'
    assert label("<b>bold</b> text in the title of the page") == "<b>bold</b> text in the title of the page"


def test_an_attached_plan_is_labelled_by_its_heading() -> None:
    plan = Turn(id="a", index=1, prompt="@plan.md", expanded="# Cache on disk\n\nIt is lost on restart.")
    assert turn_label(plan) == "@plan.md → Cache on disk"
    assert label("continue", plan, kind="continuation") == 'continue → "Cache on disk"'
    assert turn_label(Turn(id="a", index=1, prompt="@plan.md")) == "@plan.md"


def test_a_short_answer_names_what_it_answers() -> None:
    assert label("yes") == 'yes → "Shall I pass the fee through?"'
    assert label("do 2") == 'do 2 → "Round once"'
    assert label("yes", ASKED, reply_to=Reference("a", 0)) == 'yes → "Shall I pass the fee through?"'


def test_go_on_names_the_request_it_carries_on() -> None:
    assert label("continue", kind="continuation") == 'continue → "Why are invoices wrong for foreign customers?"'
    assert label("continue", Turn(id="z", index=9, prompt="Something later and unrelated")) == "continue"


def test_a_pasted_plan_is_named_by_its_heading() -> None:
    assert label("Implement the following plan:\n\n# Greeting\n\n## Steps\n1. Add it") == "Greeting"
    assert label("Add dates:\n\nto the log file of the server") == "Add dates: to the log file of the server"


def test_a_slash_command_is_named_by_what_it_stands_for() -> None:
    started = Mark("subagent", "14-03: share service client")
    assert label("/execute-phase 14", steps=(started,)) == "/execute-phase 14 → 14-03: share service client"
    assert label("/review", expanded="# Review the changes\n\nLook at each file") == "/review → Review the changes"


def test_a_turn_without_a_prompt_is_named_by_its_task() -> None:
    assert label("", steps=(Mark("subagent", "Tidy up"),)) == "Tidy up"
    assert label("", images=2) == "[2 images]"


def test_only_short_prompts_need_other_turns() -> None:
    assert not explaining(Turn(id="b", index=5, prompt="Round the invoices once and not twice"))
    assert list(explaining(Turn(id="b", index=5, prompt="yes"))) == [2, 3, 4]


def done(*texts: str) -> str:
    return one_line_answer(Turn(id="1", index=1, prompt="p", steps=(DONE, *(Say(text) for text in texts))))


def test_lead_ins_and_checks_are_passed_over_for_the_items_that_follow() -> None:
    text = (
        "All tests pass. Here's a summary of the changes:\n\n**`a.py`**:\n- Added `foo`\n- Removed `bar`\n\n"
        "**Verification:** lint is clean"
    )
    assert done(text) == "Added `foo`; Removed `bar`"
    assert done("Done. `divide` is in calc.py.") == "`divide` is in calc.py."


def test_an_answer_to_a_hook_is_not_what_was_done() -> None:
    assert done("The fee is passed through now, and invoices agree.", "The stop hook found nothing to do.") == (
        "The fee is passed through now, and invoices agree."
    )


def test_the_closing_answer_is_said_after_the_last_edit() -> None:
    turn = Turn(id="1", index=1, prompt="p", steps=(Say("I will look at the fee, which is dropped somewhere."), DONE))
    assert closing_answers(turn) == []


def test_of_several_answers_the_one_that_tells_what_was_done() -> None:
    told = "Added the fee to the invoice of foreign customers, so totals agree."
    review = "Reviewed. The two blocks share four lines, extracting them is not worth extracting. No other concerns."
    assert done(told, review) == told
    assert done(review) == review


def test_what_was_said_between_the_edits_counts_where_the_end_tells_nothing() -> None:
    between = Say("The invoice now takes the customer's fee, and rounds only once at the end of the sum.")
    steps = (
        DONE,
        between,
        DONE,
        Say("All 12 tests pass and the lint is clean, there is nothing more to say about it."),
    )
    assert one_line_answer(Turn(id="1", index=1, prompt="p", steps=steps)) == between.text


def test_a_lead_in_that_tells_what_was_done_stays_before_its_list() -> None:
    assert done("Done.\n\n**Split `a.py` into two files:**\n\n- `b.py`: readers\n- `c.py`: writers") == (
        "Split `a.py` into two files: `b.py`: readers; `c.py`: writers"
    )


def test_the_rows_of_a_table_count_and_its_head_does_not() -> None:
    table = "Here's a summary:\n\n| File | Change |\n|---|---|\n| `a.py` | Added `foo` |\n| `b.py` | Removed `bar` |"
    assert done(table) == "`a.py`: Added `foo`; `b.py`: Removed `bar`"


def test_a_cause_comes_after_what_was_done_about_it() -> None:
    text = "Root cause: the fee was removed twice. Replaced the second subtraction by an assertion."
    assert done(text) == "Replaced the second subtraction by an assertion. Root cause: the fee was removed twice."


def test_a_link_is_its_words_and_a_promise_is_no_answer() -> None:
    assert done("Moved the fee to [fees.py](/home/dev/x/fees.py#L12).") == "Moved the fee to fees.py."
    assert (
        done("The run has 39 entries so far. Let me wait a bit longer and then look at them again:") == "Changed a.py."
    )
