"""False starts, failed calls and corrections: which count, in which order, with which words."""

from __future__ import annotations

import pytest

from gitstory.model import Mark
from gitstory.tell.setbacks import error_line, failed_calls, false_starts, put_right
from tests.unit.tell.logs import edit, logged, say, shell, turn

LINES = [f"+value_{n} = cached({n})" for n in range(6)]
GONE = [f"-value_{n} = cached({n})" for n in range(6)]


def kinds(*turns: object) -> list[tuple[str, str]]:
    return [(start.kind, start.words.source[-2:]) for start in false_starts(logged(*turns))]  # type: ignore[arg-type]


def test_a_turn_whose_lines_are_taken_out_again_is_a_false_start() -> None:
    first, second = turn(1, "Cache it", edit("a.py", *LINES)), turn(2, "Drop the cache", edit("a.py", *GONE))
    (start,) = false_starts(logged(first, second))
    assert (start.kind, start.lines, start.by, start.files) == ("written over", 6, "4de91640#2", ("a.py",))
    assert kinds(first, turn(2, "Drop it", edit("b.py", *GONE))) == []
    assert kinds(first, turn(2, "Drop one", edit("a.py", *GONE[:2]))) == []


def test_false_starts_are_in_order_of_time_and_one_a_turn() -> None:
    assert kinds(
        turn(
            1,
            "Try the disk",
            shell("make"),
            say("That approach did not work, so I will use memory."),
            Mark("interrupted"),
        ),
        turn(2, "Try again", edit("a.py", *LINES), abandoned=True),
        turn(3, "Use memory", say("My earlier fix broke the second test of the cache.")),
    ) == [("interrupted", "#1"), ("taken back", "#2"), ("did not work", "#3")]


def test_what_passed_on_the_first_attempt_is_no_false_start() -> None:
    assert kinds(turn(1, "Deploy it", shell("make"), say("The health check passed on the first attempt of all."))) == []


def test_what_the_next_prompt_says_did_not_help_is_one() -> None:
    first = turn(1, "The page hangs", edit("a.py", "+timeout = 60"), say("Raised the timeout to 60 seconds."))
    (start,) = false_starts(logged(first, turn(2, "still does not work", kind="correction")))
    assert (start.kind, start.words.text, start.by) == (
        "did not help",
        "Raised the timeout to 60 seconds.",
        "4de91640#2",
    )


def test_failed_calls_count_once_with_their_error() -> None:
    again = shell("cargo check", "   Compiling a\nerror[E0603]: module `trading` is private\n", failed=True)
    (call,) = failed_calls(logged(turn(1, "Build it", again, again)))
    assert (call.command, call.line, call.times) == ("cargo check", "error[E0603]: module `trading` is private", 2)


def test_calls_that_only_begin_alike_count_each() -> None:
    begin = "const page = await browser.open();\n"
    calls = [shell(f"{begin}page.{act}()", f"Error: cannot {act} the page\n", failed=True) for act in ("close", "save")]
    assert [each.line for each in failed_calls(logged(turn(1, "Look at it", *calls)))] == [
        "Error: cannot close the page",
        "Error: cannot save the page",
    ]


@pytest.mark.parametrize("said", ["i dont like the glowing ring", "that is not what i wanted"])
def test_what_a_person_does_not_like_is_a_false_start(said: str) -> None:
    first = turn(1, "Mark the island", edit("a.py", "+ring = glow(3)"), say("A glowing ring marks the island now."))
    assert kinds(first, turn(2, said, edit("b.py", "+pin = 1"), kind="correction")) == [("did not help", "#1")]


@pytest.mark.parametrize(
    "call",
    [
        shell("pip install x", "The user doesn't want to proceed with this tool use. It was rejected", failed=True),
        shell("grep -r nothing .", "grep: a: No such file or directory", failed=True),
        shell("ssh host uptime", "Ubuntu 24.04.4 LTS", failed=True),
        shell("make", "all good"),
    ],
)
def test_refusals_searches_and_outputs_without_an_error_do_not_count(call: object) -> None:
    assert failed_calls(logged(turn(1, "Go", call))) == []  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("output", "line"),
    [
        ("Exit code 1\n  ok\nfatal: not a git repository", "fatal: not a git repository"),
        ('Exit code 1\n(eval):26: unmatched "', '(eval):26: unmatched "'),
        ('Updated 4 entries\nno entry "019f8a67" found', 'no entry "019f8a67" found'),
        ("progress (1/9)\rprogress (2/9)\rerror: invalid path '.git/hooks'", "error: invalid path '.git/hooks'"),
        ("test a::rejects_invalid ... ok\nthread 'main' panicked at src/a.rs", "thread 'main' panicked at src/a.rs"),
        (
            "Parameter validation failed:\nInvalid type for Items[0]",
            "Parameter validation failed: Invalid type for Items[0]",
        ),
        ("Exit code 124", ""),
    ],
)
def test_the_line_of_an_output_that_names_the_error(output: str, line: str) -> None:
    assert error_line(output) == line


def test_a_correction_stands_beside_the_sentence_it_disputes() -> None:
    answer = "The page is done.\n\nI have no access to the AWS account from here.\n\nAnything else?"
    (found,) = put_right(
        logged(
            turn(1, "Clear the cache", shell("ls"), say(answer)),
            turn(
                2,
                "No, you changed the AWS account an hour ago",
                say("Cleared the cache of the AWS account."),
                kind="correction",
            ),
        )
    )
    assert found.claim is not None and found.claim.text == "I have no access to the AWS account from here."
    assert found.answer is not None and found.answer.text == "Cleared the cache of the AWS account."


def test_a_refusal_with_its_reason_is_a_correction() -> None:
    call = shell("pip install x")
    said = Mark("said", "use uv for that", occasion="refusal", call="c1")
    named = type(call)("Bash", "c1", "pip install x", failed=True)
    (found,) = put_right(logged(turn(1, "Install x", named, said)))
    assert found.claim is not None and (found.claim.text, found.words.text) == (
        "Bash: pip install x",
        "use uv for that",
    )


@pytest.mark.parametrize(
    ("answer", "number"),
    [
        ("You were right — that was a bug. Each reload took the lock again.", 1),
        ("You're right, I'll keep the old name.", 1),
        ("Good catch — the port was dropped.", 1),
        ("Good catch to ask for it: the port is kept.", 0),
        ("The lock is taken when the page is opened.", 0),
    ],
)
def test_a_question_is_a_correction_where_the_agent_owns_up_to_a_fault(answer: str, number: int) -> None:
    first = turn(1, "Lock the page", edit("page.py", "+lock()"), say("Locked the page."))
    asks = turn(2, "is the lock taken again when it is released?", edit("page.py", "-lock()"), say(answer))
    assert len(put_right(logged(first, asks))) == number
