"""Each source of reasons: what it finds, and what it leaves alone."""

from __future__ import annotations

from msgspec.structs import replace

from gitstory.model import Call, Conversation, Edit, Mark, Reference, Say, Think, Turn
from gitstory.queries.reasons.accounts_of_work import before_edit, closing_answer, commit_message, tool_output
from gitstory.queries.reasons.answered_agent_messages import answered_message, words_within
from gitstory.queries.reasons.passages import about, opening
from gitstory.queries.reasons.plan_files import named
from gitstory.queries.reasons.plan_writers import written_here
from gitstory.queries.reasons.plans import (
    announced_before_start,
    approved_plan,
    plan_files,
    reported_before,
    subagent_task,
    todo,
)
from gitstory.queries.reasons.requests import earlier_requests, planned_for, prompt
from gitstory.queries.reasons.values import Document
from tests.unit.reasons.scenes import LINE, edit, only, scene, turn

ASKED = turn(1, "Please cache the rates on disk, the server forgets them on every restart", edit("x = 1"), Say("Done."))
LIST = """I found three problems:

1. `cache_store.py` reads from memory, so nothing survives a restart
2. The log has no dates
3. `rates.py` rounds twice

Which of them shall I fix?"""


def test_a_prompt_that_says_enough_is_the_origin() -> None:
    (reason,) = prompt(scene(turn(1, "Read the cache from disk, please. Memory is lost on restart.", edit())))
    assert (reason.kind, reason.speaker, reason.part, reason.source) == ("prompt", "person", "origin", "abcdef12#1")
    assert reason.text == "Read the cache from disk, please. Memory is lost on restart."
    (little,) = prompt(scene(turn(1, "continue", edit())))
    assert little.score < 0.4 < reason.score


def test_of_a_pasted_plan_the_context_and_the_section_of_the_file_count() -> None:
    plan = (
        "Implement the following plan:\n\n# Keep rates\n\n## Context\n\nRates are lost on restart.\n\n## Steps\n\n"
        "### 1. Logging\n\n"
        + "Add dates to the log. " * 20
        + "\n\n### 2. Disk\n\n**File:** `src/cache_store.py`\n\n- Let `read` look on disk first\n"
    )
    origin, detail = prompt(scene(turn(1, plan, edit())))
    assert origin.text == "Keep rates\nRates are lost on restart."
    assert "- Let `read` look on disk first" in detail.text and "dates" not in detail.text


def test_of_a_prompt_that_only_attaches_a_document_the_document_is_what_was_asked() -> None:
    steps = "## Steps\n\n### Disk\n\n- Let `disk_cache.read` look on disk"
    plan = f"# Keep rates\n\n## Context\n\nRates are lost on restart.\n\n{steps}"
    attached = turn(1, "@plan.md", edit(), expanded=plan)
    found = list(prompt(scene(attached)))
    best = max(found, key=lambda reason: reason.score)
    assert (best.kind, best.speaker, best.text) == ("prompt", "tool", "Keep rates\nRates are lost on restart.")
    assert any("Let `disk_cache.read` look on disk" in reason.text for reason in found)
    later = scene(replace(attached, steps=()), turn(2, "continue", edit()))
    assert [reason.text for reason in only(list(earlier_requests(later)), "earlier-request")] == [best.text]
    other = turn(2, "Rename the login button to sign in everywhere", edit("x = 1"))
    assert not list(earlier_requests(scene(replace(attached, steps=()), other)))


def test_a_prompt_no_person_wrote_is_an_agents_task() -> None:
    (reason,) = prompt(scene(turn(1, "You are a helper: move the cache to disk now", edit(), kind="automated")))
    assert (reason.kind, reason.speaker) == ("subagent-task", "agent")


def test_short_prompts_go_back_to_the_request_the_task_began_with() -> None:
    other = turn(1, "Rename the login button to sign in everywhere", Say("Renamed."))
    first = replace(ASKED, id="t2", index=2)
    (reason,) = earlier_requests(scene(other, first, turn(3, "continue"), turn(4, "yes", edit())))
    assert reason.source == "abcdef12#2" and reason.text.startswith("Please cache the rates on disk")
    assert not list(earlier_requests(scene(other, turn(2, "Cache rates on disk between restarts", edit()))))


def test_what_was_typed_while_the_agent_worked_belongs_to_the_running_request() -> None:
    first = replace(ASKED, steps=())
    added = turn(2, "Use the folder from the settings for the files", edit(), added_to="t1")
    (reason,) = earlier_requests(scene(first, added))
    assert reason.source == "abcdef12#1"


def test_lines_written_again_lead_to_the_turn_that_wrote_them_first() -> None:
    again = turn(2, "Go back to the main branch before you do that, and pull", edit())
    first, *_ = earlier_requests(scene(replace(ASKED, steps=(edit(LINE),)), again))
    assert first.source == "abcdef12#1"


def test_the_numbered_item_that_was_chosen() -> None:
    answered = replace(ASKED, steps=(Say(LIST),))
    (reason,) = answered_message(scene(answered, turn(2, "do 1 and 3", edit())))
    assert reason.text.endswith("so nothing survives a restart") and reason.source == "abcdef12#1"
    assert reason.speaker == "agent" and "dates" not in reason.text
    (other,) = answered_message(scene(answered, turn(2, "only 2 please", edit())))
    assert "2. The log has no dates" in other.text


def test_the_item_about_the_file_where_all_were_meant() -> None:
    (reason,) = answered_message(scene(replace(ASKED, steps=(Say(LIST),)), turn(2, "yes, fix all of them", edit())))
    assert "nothing survives a restart" in reason.text and "dates" not in reason.text


def test_an_item_named_by_its_code_is_found_some_messages_back() -> None:
    review = replace(ASKED, steps=(Say("### Findings\n\n- **LOW-02**: keys stay in memory\n- **LOW-03**: no limits"),))
    asked = turn(3, "also add a todo for LOW-02", edit("note"))
    (reason,) = answered_message(scene(review, turn(2, "commit this", Say("Committed.")), asked))
    assert "keys stay in memory" in reason.text and "limits" not in reason.text


def test_the_message_a_turn_says_it_answers() -> None:
    first = replace(ASKED, steps=(Say("Shall `cache_store` read from disk?"), Say("By the way, the tests pass.")))
    (reason,) = answered_message(scene(first, turn(2, "yes", edit(), reply_to=Reference("t1", 0))))
    assert reason.text == "Shall `cache_store` read from disk?"


def test_a_proposal_that_was_turned_down_says_so() -> None:
    first = replace(ASKED, steps=(Say("I would let `cache_store` read from a server."),))
    (reason,) = answered_message(scene(first, turn(2, "no, disk", edit())))
    assert reason.standing == "refused"


def test_a_prompt_that_stands_by_itself_answers_nothing() -> None:
    first = replace(ASKED, steps=(Say("The log has no dates. Shall I add them?"),))
    assert not list(answered_message(scene(first, turn(2, "Read the cache from disk after a restart", edit()))))


def test_answers_to_questions_and_reasons_of_refusals() -> None:
    answer = Mark("said", "Disk", occasion="question", question="Which store?", option="a file, survives restarts")
    refusal = Mark("said", "Use lower case", occasion="refusal")
    asked = turn(1, "Add a cache for the rates", answer, refusal, edit(), Mark("said", "later words"))
    found = list(words_within(scene(asked)))
    assert [reason.text for reason in found] == ["Use lower case", "Which store?\n→ Disk (a file, survives restarts)"]
    assert {reason.speaker for reason in found} == {"person"}


def test_answers_about_the_delivery_count_for_little() -> None:
    question = "After I commit on the new branch, should I push it to your repository?"
    delivery = Mark("said", "push it and open a pull request", occasion="question", question=question)
    answer = Mark("said", "Disk", occasion="question", question="Which store?", option="a file, survives restarts")
    found = list(words_within(scene(turn(1, "Add a cache for the rates", answer, delivery, edit()))))
    assert {reason.text.split()[0]: reason.score >= 0.5 for reason in found} == {"Which": True, "After": False}


def test_the_offer_to_commit_is_no_part_of_the_message() -> None:
    message = "The disk_cache.read is in cache_store now. Nothing is committed. Do you want me to commit it?"
    asked = turn(1, "Move the cache to the disk", edit("x = 1"), Say(message))
    (reason,) = answered_message(scene(asked, turn(2, "ok", edit(), kind="continuation")))
    assert reason.text == "The disk_cache.read is in cache_store now."


def test_a_request_that_only_names_a_file_is_shown_as_it_is() -> None:
    (reason,) = prompt(scene(turn(1, "implement @specs/placement.md", edit())))
    assert reason.text == "implement @specs/placement.md"


def test_what_a_program_reports_is_shown_where_it_is_about_the_lines() -> None:
    nothing = "<ci-monitor-event>PR 3 has 1 new review comment: no issues found!</ci-monitor-event>"
    finding = (
        f"<ci-monitor-event>PR 3 has comments.\n\n{'Please read. ' * 40}\n\nIn cache_store the disk_cache.read fails."
    )
    assert not list(prompt(scene(turn(1, nothing, edit()))))
    (reason,) = prompt(scene(turn(1, finding, edit())))
    assert "disk_cache.read fails" in reason.text and reason.part == "detail"


def test_what_the_conversation_before_this_one_asked_counts_where_this_one_says_little() -> None:
    parent = Conversation("pi", "99998888", (turn(1, "Make rates survive restarts of the server"),))
    assert list(planned_for(scene(turn(1, "go on", edit()), parent=parent)))
    assert not list(
        planned_for(scene(turn(1, "Draw the chart of the rates in a brighter colour", edit()), parent=parent))
    )


def test_the_request_a_plan_was_made_for() -> None:
    parent = Conversation("claude-code", "99998888", (turn(1, "Make rates survive restarts of the server"),))
    made = scene(turn(1, "Implement the following plan:\n\n# Disk", edit()), parent=parent)
    made = replace(made, conversation=replace(made.conversation, from_plan=True))
    (reason,) = planned_for(made)
    assert (reason.source, reason.speaker) == ("99998888#1", "person") and "survive" in reason.text


def test_the_request_of_a_plan_is_what_its_turn_worked_on_and_no_other_task() -> None:
    planned = Call(tool="ExitPlanMode", plan="# Disk\n\nKeep rates on disk")
    other = turn(1, "Add a page with the names of all administrators", edit(path="src/names.py"))
    handed = replace(Conversation("claude-code", "abcdef12", ()), from_plan=True)

    def origins(*turns: Turn) -> list[str]:
        made = scene(turn(1, "Implement the following plan:\n\n# Disk", edit()))
        conversation = replace(handed, turns=made.conversation.turns)
        parent = Conversation("claude-code", "99998888", turns)
        return [each.source for each in planned_for(replace(made, conversation=conversation, parent=parent))]

    asked = turn(2, "Make the rates survive restarts of the server", planned)
    assert origins(other, asked, turn(3, "Now tell me how many threads the server has")) == ["99998888#2"]
    assert origins(other, turn(2, "How many threads does this use?", kind="question")) == []
    assert origins(turn(1, "Implement the following plan:\n\n# Names\n\nAll of them")) == []
    assert origins(other, turn(2, "Make the rates survive restarts of the server")) == ["99998888#2"]


def test_the_plan_that_was_approved_and_not_the_one_sent_back() -> None:
    plan = "# Cache\n\n## Steps\n- `cache_store.py`: look on disk"
    back = Call(tool="ExitPlanMode", plan=plan.replace("disk", "a server"), failed=True)
    made = scene(turn(1, "Plan a cache for the rates", back, Call(tool="ExitPlanMode", plan=plan), edit()))
    found = [reason for reason in approved_plan(made) if reason.part == "detail"]
    assert ["disk" in reason.text for reason in found] == [True, False]
    assert [reason.standing for reason in found] == ["", "refused"]


def test_the_task_of_the_subagent_that_made_the_edit() -> None:
    one = Mark(
        "subagent", "Cache", agent="a1", task="Work on the cache.\n\n- In cache_store.py read from disk", call="c1"
    )
    two = Mark("subagent", "Logs", agent="a2", task="In cache_store.py write a log", call="c2")
    made = scene(turn(1, "Use helpers for this", one, two, edit(agent="a1")))
    found = list(subagent_task(made))
    assert "read from disk" in found[0].text and not any("write a log" in reason.text for reason in found)
    assert not list(subagent_task(scene(turn(1, "Use helpers", one, edit()))))


def test_what_the_main_agent_wrote_before_it_started_the_subagent() -> None:
    before, after = Say("Two parts:\n\n- Logs get dates\n- The disk cache comes first"), Say("The disk cache is done.")
    started = Mark("subagent", "Cache", agent="a1", task="Run /execute-plan 2")
    made = scene(turn(1, "/execute-phase 14", before, started, after, edit(agent="a1")))
    (reason,) = announced_before_start(made)
    assert "The disk cache comes first" in reason.text and "Logs" not in reason.text
    assert not list(subagent_task(made))
    assert not list(announced_before_start(scene(turn(1, "go", before, edit()))))


def test_what_a_subagent_reported_before_the_main_agent_edited() -> None:
    report = Say("- `cache_store.py` reads the cache from memory, so rates are lost on restart.", agent="a1")
    (found,) = reported_before(scene(turn(1, "review it", report, edit())))
    assert "lost on restart" in found.text and (found.kind, found.part) == ("before-edit", "detail")
    assert not list(reported_before(scene(turn(1, "review it", report, edit(agent="a1")))))
    assert not list(reported_before(scene(turn(1, "review it", edit(), report), lines=[LINE])))
    (other,) = reported_before(scene(turn(1, "review it", report, edit(agent="a2"))))
    assert other.text == found.text


def test_the_text_of_a_command_given_again_and_again_is_no_origin() -> None:
    text = "Review what changed in the working tree and report every fault that you find in it. " * 6
    (repeated,) = [one for one in prompt(scene(turn(1, text), turn(2, text, edit()))) if one.part == "origin"]
    (single,) = [one for one in prompt(scene(turn(1, "hello"), turn(2, text, edit()))) if one.part == "origin"]
    assert repeated.score < 0.5 < single.score


def test_an_offer_that_is_no_question_is_answered_too() -> None:
    offered = turn(1, "hide it", Say("Hidden. If you want, the download can use the same text."))
    (found,) = answered_message(scene(offered, turn(2, "yeah do that", edit())))
    assert "the download can use the same text" in found.text


def test_records_of_earlier_versions_have_the_task_in_the_call() -> None:
    call = Call(tool="Task", id="c1", input='{"description":"Cache","prompt":"In cache_store.py read from disk first"}')
    mark = Mark("subagent", "In cache_store.py read")
    found = list(subagent_task(scene(turn(1, "Use helpers", call, mark, edit(agent="a1")))))
    assert found[0].text == "In cache_store.py read from disk first"


def test_the_to_do_in_progress() -> None:
    (reason,) = todo(scene(turn(1, "go", edit(todo="Read the cache from disk"))))
    assert reason.text == "Read the cache from disk"
    assert not list(todo(scene(turn(1, "go", edit()))))


def test_the_section_of_a_plan_file_and_what_it_was_written_for() -> None:
    text = "# Phase 14\n\n## Logs\n\nAdd dates.\n\n## Disk\n\n`src/cache_store.py` must survive a restart.\n"
    document = Document("docs/plan.md", "docs/plan.md@1a2b3c4", text, "Make rates survive restarts", "77776666#2")
    found = list(plan_files(scene(turn(1, "/execute-phase 14", edit()), documents=(document,))))
    assert found[0].text == "Disk\n`src/cache_store.py` must survive a restart."
    assert found[0].source == "docs/plan.md@1a2b3c4"
    assert [(reason.text, reason.source) for reason in only(found, "earlier-request")] == [
        ("Make rates survive restarts", "77776666#2")
    ]
    unasked = plan_files(scene(turn(1, "Show the dates of the rates as well", edit()), documents=(document,)))
    assert not only(list(unasked), "earlier-request")
    other = replace(document, text="# Notes\n\nNothing about it.")
    assert not list(plan_files(scene(turn(1, "/execute-phase 14", edit()), documents=(other,))))


def test_a_plan_file_that_is_carried_out_says_what_it_is_for() -> None:
    text = "# Phase 14\n\n## Context\n\nRestarts lose rates.\n\n## Disk\n\n`src/cache_store.py` reads the disk cache.\n"
    document = Document("docs/plan.md", "docs/plan.md@1a2b3c4", text)

    def purpose(prompt: str) -> float:
        found = plan_files(scene(turn(1, prompt, edit()), documents=(document,)))
        return next(reason.score for reason in found if reason.part == "origin")

    assert purpose("/execute-phase 14") > purpose("Cache the rates on disk, they are lost on restart")


def test_a_plan_file_that_git_lacks_is_what_the_conversation_wrote() -> None:
    path = "/home/dev/x/.planning/14-PLAN.md"
    plan = Call(tool="Write", edits=(Edit(path=path, op="create", after="Read from disk first"),))
    asked = turn(1, "Plan how rates survive a restart of the server", plan, Say("Planned."))
    made = scene(asked, turn(2, "/execute-plan @.planning/14-PLAN.md", edit()))
    found = written_here(made, ".planning/14-PLAN.md")
    assert found is not None
    assert (found.source, found.text) == ("abcdef12#1", "Read from disk first")
    assert (found.request, found.request_source) == (asked.prompt, "abcdef12#1")
    assert written_here(made, ".planning/15-PLAN.md") is None
    assert written_here(scene(turn(1, "Plan", edit(), plan)), ".planning/14-PLAN.md") is None  # written after the edit


def test_a_plan_file_that_an_earlier_turn_wrote_counts_unnamed_and_code_does_not() -> None:
    review = turn(1, "Review it", edit("- cache_store", path="docs/review.md"), edit(path="src/a.py"))
    assert named(scene(review, turn(2, "0", edit()))) == ["/home/dev/x/docs/review.md"]
    later = [turn(at, f"Do another thing with number {at} of the list, please") for at in range(2, 6)]
    assert named(scene(review, *later, turn(6, "0", edit()))) == []


def test_a_pasted_plan_names_the_files_to_change_and_a_short_request_those_to_follow() -> None:
    pasted = "Implement this:\n\n" + "- rates come from the disk first, then from the bank\n" * 20
    pasted += "- change prompts/completeness.md\n"
    assert named(scene(turn(1, pasted, edit()))) == []
    assert named(scene(turn(1, "Do as prompts/completeness.md says", edit()))) == ["prompts/completeness.md"]


def test_the_name_of_the_repositorys_folder_makes_no_plan() -> None:
    read = Call(tool="Read", input="/home/dev/design-spec/prompts/completeness.md")
    made = scene(turn(1, "Go on", read, edit()))
    assert named(made) != []
    placed = replace(made.conversation, places=("/home/dev/design-spec",))
    assert named(replace(made, conversation=placed)) == []


def test_a_plan_files_name_is_found_whole_however_long_it_is() -> None:
    name = "tasks/7-" + "when-a-rate-is-old-" * 6 + "ask-again.md"
    assert named(scene(turn(1, f"/execute @{name}", edit())))[0] == name


def test_lists_of_files_to_read_say_nothing() -> None:
    text = "@docs/cache_store.md @src/cache_store.py\n\n`disk_cache` is read first."
    first, part = opening(text), about(text, scene(turn(1, "go", edit())).subject)
    assert first is not None and part is not None
    assert first.text == part.text == "`disk_cache` is read first."


def test_a_chore_is_no_part_of_the_task_before_it() -> None:
    asked = turn(1, "Make the colours of the start page warmer, please", edit(path="web/start.css"), Say("Warmer now."))
    assert not list(earlier_requests(scene(asked, turn(2, "resolve the merge conflicts", edit()))))
    assert list(earlier_requests(scene(asked, turn(2, "continue", edit(), kind="continuation"))))
    same = replace(asked, steps=(edit(), Say("Done.")))
    assert list(earlier_requests(scene(same, turn(2, "resolve the merge conflicts", edit()))))


def test_a_question_counts_less_than_a_request() -> None:
    asked = turn(1, "Where does the server keep its rates between restarts?", Say("In memory."))
    go = turn(2, "go ahead", edit(), kind="continuation")
    (question,) = earlier_requests(scene(replace(asked, kind="question"), go))
    (request,) = earlier_requests(scene(replace(asked, kind="request"), go))
    assert question.score < request.score


def test_a_proposal_that_was_agreed_to_is_shown_with_the_item_about_the_lines() -> None:
    message = (
        "Both work. I'd recommend the second one, it is safer.\n\n- `cache_store.py`: read from disk\n- logs: none"
    )
    (found,) = answered_message(scene(turn(1, "Which one?", Say(message)), turn(2, "proceed", edit())))
    assert found.text == "I'd recommend the second one, it is safer.\n- `cache_store.py`: read from disk"
    plain = message.replace("I'd recommend the second one", "There are two of them")
    (other,) = answered_message(scene(turn(1, "Which one?", Say(plain)), turn(2, "proceed", edit())))
    assert other.text == "- `cache_store.py`: read from disk"


def test_a_short_last_message_points_to_the_one_before_it() -> None:
    report = (
        "# Findings\n\n"
        + "Nothing is wrong with the names of the files. " * 12
        + "\n\n- `disk_cache` in cache_store.py is never read"
    )
    review = turn(1, "/code-review", Say(report), Say("The review is complete, see the report above."))
    (reason, *_) = answered_message(scene(review, turn(2, "Please implement the suggestions", edit())))
    assert reason.text.endswith("- `disk_cache` in cache_store.py is never read")


def test_sentences_before_the_edit_and_no_announcements() -> None:
    said = Say("The cache_store reads from memory, which is lost on restart. Now let me update cache_store.py:")
    (reason,) = before_edit(scene(turn(1, "Fix it", said, edit())))
    assert reason.text == "The cache_store reads from memory, which is lost on restart."
    assert not list(before_edit(scene(turn(1, "Fix it", Say("Now let me update `cache_store.py`:"), edit()))))


def test_what_will_be_read_is_no_reason_however_long_the_sentence_is() -> None:
    reads = Say(
        "I'll start by reading cache_store, which must be known because it is used in many places of the program."
    )
    assert not list(before_edit(scene(turn(1, "Fix it", reads, edit()))))


def test_the_message_right_before_the_edit_counts_more_than_an_earlier_one() -> None:
    near, far = Say("The keys are wrong, they lack the currency."), Say("Dates are wrong, they lack the year.")
    (reason,) = before_edit(scene(turn(1, "Fix it", far, near, edit("key = rate_currency"))))
    worth = {unit.text: unit.worth for unit in reason.passage.units}
    assert worth[near.text] > worth.get(far.text, 0.0) + 2
    off = Say("Eleven of them.")
    assert not list(before_edit(scene(turn(1, "Fix it", off, edit()))))


def test_words_of_another_agent_are_not_taken_for_the_editing_ones() -> None:
    helper = Say("cache_store must read from disk because memory is lost.", agent="a1")
    main = Say("cache_store must write a log because we need dates.")
    made = scene(turn(1, "Use helpers", helper, main, edit(agent="a1")))
    assert [reason.text for reason in before_edit(made)] == [helper.text]


def test_a_thought_counts_less_than_what_was_said() -> None:
    text = "cache_store must read from disk because memory is lost."
    (said,) = before_edit(scene(turn(1, "Fix it", Say(text), edit())))
    (thought,) = before_edit(scene(turn(1, "Fix it", Think(text), edit())))
    assert thought.score < said.score


def test_a_thought_that_is_said_again_is_shown_once() -> None:
    thought = Think("cache_store must read from disk because memory is lost on every restart.")
    said = Say("cache_store must read from disk, since memory is lost on every restart of it.")
    (reason,) = before_edit(scene(turn(1, "Fix it", thought, said, edit())))
    assert reason.text == said.text


def test_the_failing_output_that_names_what_was_edited() -> None:
    ran = Call(tool="Bash", input="make test", output="ok 12\nError: disk_cache.read is undefined\n", failed=True)
    (reason,) = tool_output(scene(turn(1, "Fix the tests", ran, edit())))
    assert (reason.speaker, reason.text) == ("tool", "Error: disk_cache.read is undefined")
    other = replace(ran, output="Error: no such button\n")
    assert not list(tool_output(scene(turn(1, "Fix the tests", other, edit()))))


def test_the_item_of_the_closing_answer_and_no_answer_to_a_hook() -> None:
    closing = "Here is what I did:\n\n- `cache_store.py`: reads from disk, so restarts are harmless\n- `log.py`: dates"
    hook = Say("The stop hook reports that cache_store.py is formatted.")
    (reason,) = closing_answer(scene(turn(1, "Fix it all", edit(), Say(closing), hook)))
    assert "restarts are harmless" in reason.text and "log.py" not in reason.text


def test_a_turn_that_was_cut_off_has_its_closing_answer_in_the_one_that_went_on() -> None:
    later = turn(2, "continue", edit("y = 2", path="src/log.py"), Say("- `cache_store.py` reads from disk now\n- logs"))
    other = turn(2, "Now add a login page for administrators", Say("- `cache_store.py` is used by the login"))
    first = turn(1, "Read the cache from disk", edit())
    assert [reason.source for reason in closing_answer(scene(first, later, at=0))] == ["abcdef12#2"]
    assert not list(closing_answer(scene(first, other, at=0)))


def test_the_item_of_the_commits_message() -> None:
    message = (
        "Keep rates\n\n- cache_store: read from disk, restarts lost all\n- log: dates\n\nCo-authored-by: A <a@b.c>\n"
    )
    (reason,) = commit_message(scene(turn(1, "yes", edit()), message=message, commit="1a2b3c4d5e6f"))
    assert "read from disk, restarts lost all" in reason.text and "dates" not in reason.text
    assert reason.source == "1a2b3c4d5e" and "Co-authored" not in reason.text


def test_a_closing_answer_of_lead_ins_and_titles_says_nothing() -> None:
    for said, shown in (("Perfect! Here is a summary of all the fixes I made:\n\n**Fixed the problem:**", 0),
                        ("Perfect! The rates survive a restart of the machine.", 1)):  # fmt: skip
        found = list(closing_answer(scene(turn(1, "Cache the rates on disk", edit(), Say(said)))))
        assert len(found) == shown


def test_very_short_sentences_and_steps_before_the_edit_say_nothing() -> None:
    for said in ("disk_cache regenerated at 14.", "I'm applying the scoped changes to disk_cache and cache_key now."):
        assert not list(before_edit(scene(turn(1, "Cache the rates on disk", Say(said), edit()))))
