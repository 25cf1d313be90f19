"""What is taken for a choice, a rejection or a test run, and that a brief stays short."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitstory.model import Call, Edit, Hunk, Mark, Say, Turn
from gitstory.queries.review.answered_questions import chooses, is_about_work, only_approves
from gitstory.queries.review.choice_evidence import answers_before_edits, is_carried_out, messages
from gitstory.queries.review.choice_sentences import (
    decision,
    first_words,
    is_narrative,
    is_progress,
    rejection,
    sentences,
)
from gitstory.queries.review.length_budget import WORDS, fitted
from gitstory.queries.review.surviving_lines import runs
from gitstory.queries.review.test_runs import outcome, suite_command
from gitstory.queries.review.values import Brief, Dropped, FileBrief, FileShape, Quote, SuiteRun
from gitstory.sources.story_source import TurnRef


def test_sentences_leave_out_what_is_no_prose() -> None:
    text = (
        "# Plan\n\nFirst *this* one. Then e.g. Python is used, said J. Doe.\n\n"
        "- an item of **bold** words\n- another\n\n"
        "| a | b |\n|---|---|\n\n```py\nnot this. Or this.\n```\n> quoted here\n"
    )
    assert list(sentences(text)) == [
        "First *this* one.",
        "Then e.g. Python is used, said J. Doe.",
        "an item of bold words",
        "another",
        "quoted here",
    ]


@pytest.mark.parametrize(
    ("said", "chosen", "refused"),
    [
        ("I'll use a set here because the order of the names does not matter.", 2, 0),
        ("The simplest fix is to normalise both names before they are compared.", 1, 0),
        ("We decided against a daemon, since nobody wants to have one more process.", 2, 2),
        ("A lock file would be too slow for what we need here on each commit.", 0, 1),
        ("Use plain files rather than a database, so that people can read them.", 2, 2),
        ("Let me use the search tool to find where this function is called from.", 0, 0),
        ("The function silently returns an empty string instead of raising an error.", 0, 0),
        ("Should we use a set here instead of a list because it is quicker?", 0, 0),
        ("I'll use it.", 0, 0),
        ("I’m checking the callers first, so the fix lands in one place instead of in three.", 0, 0),
        ("I'll check the current workflows rather than guess what they do on a release.", 0, 0),
        ("That should not require much code because it follows the model we have.", 0, 0),
        ("Names are shown in full instead of disappearing, because we keep the whole line.", 0, 0),
        ("If we use the last search anyway, then we must always store it in both places.", 0, 0),
        ("We use KeyCloak here and there is no scope for roles of clients.", 0, 0),
        ("The match was too broad because it looked at the name of the package only.", 0, 0),
        ("The fix must not break this.", 0, 0),
        ("Files are kept rather than removed, since we must never lose what a person wrote.", 2, 2),
        ("Currently we store the names as a list rather than as a set of strings.", 0, 0),
        ("Now I'll use the new helper instead of the old one in all of the callers.", 0, 0),
    ],
)
def test_choices_and_rejections(said: str, chosen: int, refused: int) -> None:
    assert (decision(said), rejection(said)) == (chosen, refused)


def test_the_first_words_of_a_request() -> None:
    assert first_words("Fix it.") == "Fix it."
    assert (
        first_words("# Plan: keep names\n\n## Context\n\nNames are lost today.")
        == "Plan: keep names Names are lost today."
    )
    assert first_words("word " * 50) == " ".join(["word"] * 30) + "…"
    assert first_words("```\nonly code\n```") == "``` only code ```"
    assert first_words("") == ""


@pytest.mark.parametrize(
    ("command", "suite"),
    [
        ("cd /a/b && python -m pytest -q tests | tail -5", "python -m pytest -q tests"),
        ("npm run test:unit -- --watch=false", "npm run test:unit -- --watch=false"),
        ("CI=1 npx vitest run", "CI=1 npx vitest run"),
        ("git add -A\ncargo test --all 2>&1 | grep FAILED\ngit status", "cargo test --all"),
        ("cat tests/test_a.py", ""),
        ("git commit -m 'make test pass'", ""),
        ("echo pytest", ""),
        ("grep -rn pytest .", ""),
    ],
)
def test_which_commands_run_tests(command: str, suite: str) -> None:
    assert suite_command(command) == suite


@pytest.mark.parametrize(
    ("output", "result"),
    [
        ("....\n===== 3 failed, 2 passed in 0.1s =====", ("failed", "3 failed, 2 passed in 0.1s")),
        ("===== 12 passed in 3.00s =====", ("passed", "12 passed in 3.00s")),
        ("ok  \texample/a\t0.1s\n--- FAIL: TestB (0.0s)\nFAIL", ("failed", "FAIL")),
        ("ok  \texample/a\t0.1s", ("passed", "ok  \texample/a\t0.1s")),
        (
            "test result: ok. 5 passed; 0 failed; 0 ignored",
            ("passed", "test result: ok. 5 passed; 0 failed; 0 ignored"),
        ),
        ("Ran 4 tests in 0.001s\n\nOK", ("passed", "OK")),
        ("nothing that tells", ("unknown", "")),
    ],
)
def test_how_a_test_run_ended(output: str, result: tuple[str, str]) -> None:
    assert outcome(Call("Bash", input="pytest", output=output)) == result


def test_a_failed_call_is_a_failed_run() -> None:
    assert outcome(Call("Bash", input="pytest", output="12 passed", failed=True)) == ("failed", "")


def test_numbers_become_ranges() -> None:
    assert runs([1, 2, 3, 7, 9, 10]) == ((1, 3), (7, 7), (9, 10))
    assert runs([]) == ()


def quote(words: int, index: int = 1) -> Quote:
    return Quote(" ".join(["word"] * words), TurnRef("codex", "c1", str(index)), index, "agent")


def file_of(words: int, ranges: int) -> FileBrief:
    return FileBrief("dir/file.py", words, 0, words, (FileShape(quote(words), words),), ((1, 2),) * ranges)


def run_of(words: int) -> SuiteRun:
    return SuiteRun("make " + "x " * words, "passed", quote(words))


def dropped_of(words: int) -> Dropped:
    return Dropped("reverted", quote(words), ("a.py",) * 5)


BRIEFS = st.builds(
    Brief,
    st.just("a..b"), st.just("a"), st.just("b"), st.just(()), st.just(1), st.just(1), st.just(9), st.just(3),
    requests=st.lists(st.builds(quote, st.integers(1, 31)), max_size=12).map(tuple),
    decided=st.lists(st.builds(quote, st.integers(6, 45)), max_size=12).map(tuple),
    rejected=st.lists(st.builds(quote, st.integers(6, 45)), max_size=12).map(tuple),
    corrected=st.lists(st.builds(quote, st.integers(1, 31)), max_size=12).map(tuple),
    files=st.lists(st.builds(file_of, st.integers(1, 31), st.integers(0, 9)), max_size=20).map(tuple),
    tests=st.lists(st.builds(run_of, st.integers(1, 20)), max_size=9).map(tuple),
    dropped=st.lists(st.builds(dropped_of, st.integers(1, 31)), max_size=9).map(tuple),
)  # fmt: skip


@given(BRIEFS)
def test_a_brief_is_never_longer_than_it_may_be(brief: Brief) -> None:
    from io import StringIO

    from gitstory.render.review import write_review
    from gitstory.text.console import Console

    short = fitted(brief)
    out = StringIO()
    write_review(short, Console(out, color=False, width=100), lambda one: "1f2e3d4c#2")
    assert len(out.getvalue().split()) <= WORDS
    parts = ("requests", "decided", "rejected", "corrected", "files", "tests", "dropped")
    assert short.left == sum(len(getattr(brief, one)) - len(getattr(short, one)) for one in parts)
    for one in parts:
        assert getattr(brief, one)[: len(getattr(short, one))] == getattr(short, one)
        assert getattr(short, one) or not getattr(brief, one)


def spoken(*steps: str | Edit) -> Turn:
    return Turn(
        "t", 1, "", steps=tuple(Say(one) if isinstance(one, str) else Call("Edit", edits=(one,)) for one in steps)
    )


SLUGS = Edit(
    "src/slug_names.py", hunks=(Hunk(1, 1, (" untouched context", "-    return table[letter]", "+    fold()")),)
)


@pytest.mark.parametrize(
    ("steps", "borne_out"),
    [
        (("I'll keep the slug table instead of a database, since names are few.", SLUGS), True),
        ((SLUGS, "I'll keep the slug table instead of a database, since names are few."), False),
        ((SLUGS, "The slug table stays in memory instead of a database, since names are few."), True),
        (("I'll keep the context untouched instead of reading files again.", SLUGS), False),
        (("I'll drive the headless browser with that slug instead of sending requests by hand again.", SLUGS), False),
    ],
)
def test_edits_bear_out_what_an_agent_says(steps: tuple[str | Edit, ...], borne_out: bool) -> None:
    message = next(messages(spoken(*steps)))
    assert is_carried_out(message.text, message) is borne_out


def test_only_what_was_answered_ahead_of_an_edit_is_a_decision() -> None:
    question = Mark("said", "in a table", question="Where shall names be kept?")
    late = Mark("said", "now", question="Restart the server?")
    turn = Turn("t", 1, "", steps=(question, Call("Edit", edits=(SLUGS,)), late))
    assert list(answers_before_edits(turn)) == [question]
    assert not list(answers_before_edits(Turn("t", 1, "", steps=(question,))))


@pytest.mark.parametrize(
    ("question", "answer", "only"),
    [
        ("Does the design of the ring buffer look correct?", "Looks good", True),
        ("Does the design of the ring buffer look correct?", "No, keep one cursor for each socket", False),
        ("Should a new socket see old events?", "Start at the newest one", False),
        ("Keep READ as it is, and only change READ_WAIT?", "Yes, hybrid approach", False),
        ("How does a player win?", "just work on the world first", True),
        ("Which option?", "2. Push and create PR", True),
        ("Which option?", "Create an index for each table", False),
        ("How do you want to execute the plan?", "Subagent-driven (this session)", True),
    ],
)
def test_an_approval_or_an_order_to_deliver_is_no_decision(question: str, answer: str, only: bool) -> None:
    assert only_approves(question, answer) is only


def test_a_person_who_tells_what_happened_decides_nothing() -> None:
    assert is_narrative("we made a mistake, the guide ended up on the wrong branch")
    assert not is_narrative("keep the names in a table instead of a database")


@pytest.mark.parametrize(
    ("question", "about_work"),
    [
        ("Which store should hold the names?", True),
        ("How should we fix the release script?", True),
        ("What would you like to do with this todo?", False),
        ("How would you like to proceed?", False),
        ("All tests pass. Should I commit the changes?", False),
        ("Ready to continue?", False),
    ],
)
def test_questions_about_what_to_do_next_give_no_decision(question: str, about_work: bool) -> None:
    assert is_about_work(question) is about_work


@pytest.mark.parametrize(
    ("sentence", "progress"),
    [
        ("I’m normalizing that path so the failure goes back to the real check instead of the cache.", True),
        ("I'll fix the test first, then roll the names back so the commit stays small.", True),
        ("That one touches the hot path, so it must not be delegated as these were.", True),
        ("The shift is in place; now I'm adding tests so that reads are checked instead of only writes.", True),
        ("It's small enough to finish, so this should close the item rather than only improve it.", True),
        ("My recommendation is the first one: it keeps the design and must never lock.", True),
        ("Asserts the read completes, so the fetch must remain.", True),
        ("I'm keeping the table in memory because names are few.", False),
        ("Use a table rather than a database, since names are few.", False),
    ],
)
def test_progress_and_delivery_are_no_choices_of_an_agent(sentence: str, progress: bool) -> None:
    assert is_progress(sentence) is progress


def test_a_sentence_that_ends_within_a_quotation_is_not_whole() -> None:
    cut = 'For the gap: I considered a test for "no closure here but the relay turns it down.'
    assert rejection(cut) == 0
    assert rejection(cut.replace('"', "")) == 1


@pytest.mark.parametrize(
    ("answer", "chosen"),
    [
        ("Rename to `--sign-mode`", True),
        ("what is the best pattern that you would recommend?", False),
        ("hmm, error: list refs: http 403", False),
    ],
)
def test_an_answer_that_asks_back_or_shows_output_is_no_decision(answer: str, chosen: bool) -> None:
    assert chooses(answer) is chosen
