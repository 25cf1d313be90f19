"""Decision records: what each section holds, which decisions get one, and that a second run finds them."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from gitstory.model import Turn
from gitstory.tell.adr import adr, numbered, recorded, records, slug
from tests.unit.tell.logs import ask, edit, logged, material, say, shell, turn

STORES = {"Disk": "A file, survives restarts", "Memory": "Simplest, but forgets"}


def decided() -> list[Turn]:
    return [
        turn(
            1,
            "Cache the rates, the server forgets them on every restart.",
            *ask("Which store should the cache use?", STORES, "Disk"),
            edit("cache.py", "-rates = {}", "+rates = disk.load('rates')"),
            shell("python -m pytest -q", "3 passed in 0.1s"),
            say("Added a cache on disk for the rates."),
        )
    ]


def test_a_record_has_the_sections_of_madr() -> None:
    (record,) = records(replace(material(*decided()), standing={"4de91640#1": (3, 4)}))
    sections = [line for line in record.text.splitlines() if line.startswith("#")]
    assert sections == [
        "# Disk: Which store should the cache use?",
        "## Context and Problem Statement",
        "## Considered Options",
        "## Decision Outcome",
        "### Consequences",
        "### Confirmation",
        "## Pros and Cons of the Options",
        "### Memory",
        "## More Information",
    ]
    assert record.text.startswith("---\nstatus: accepted\ndate: 1970-01-01\ndecision-makers: person\n---\n")
    for part in (
        "> Which store should the cache use?",
        "- “Disk”\n- “Memory”",
        "Chosen option: “Disk”, because “A file, survives restarts” — agent `4de91640#1`",
        "- `python -m pytest -q` passed: `3 passed in 0.1s` — `4de91640#1`",
        "- of 4 lines that `4de91640#1` wrote, 3 are in HEAD",
        "- “Simplest, but forgets” — agent `4de91640#1`\n- not chosen",
    ):
        assert part in record.text, part


def test_without_tests_and_lines_the_confirmation_says_so() -> None:
    (record,) = records(material(turn(1, "Cache", *ask("Which store?", STORES, "Disk"))))
    assert "No test ran after it, and no line of it is known in a commit." in record.text


def test_a_choice_that_nothing_was_rejected_for_and_that_has_no_reason_gets_none() -> None:
    wish = turn(1, "Cache the rates. Make sure the file is small.", edit("cache.py", "+rates = disk.load('rates')"))
    assert recorded(logged(wish)) == []
    reason = turn(1, "Cache the rates. Keep the file small, because the disk is slow.", edit("c.py", "+rates = disk()"))
    assert len(recorded(logged(reason))) == 1


def test_an_agents_choice_without_a_commit_is_only_proposed() -> None:
    spoken = say("I'll use a queue instead of a lock, because no reader has to wait for it.")
    (record,) = records(material(turn(1, "Readers see half a file", spoken, edit("queue.py", "+queue = Queue()"))))
    assert "status: proposed" in record.text and "- “a lock”" in record.text


def test_files_are_numbered_on_and_a_decision_is_written_once() -> None:
    written = records(material(*decided()))
    first = numbered(written, {"0007-older.md": "# Older", "README.md": ""})
    assert [name for name, _ in first] == ["0008-disk-which-store-should-the-cache-use.md"]
    assert numbered(written, dict(first)) == []


def test_all_records_in_one_text_name_their_files() -> None:
    assert adr(material(*decided())).startswith("<!-- 0001-disk-which-store-should-the-cache-use.md -->\n\n---\n")


@pytest.mark.parametrize(
    ("title", "name"),
    [("Café: use `x/y`!", "cafe-use-x-y"), ("از پایگاه", "decision"), ("word " * 30, "-".join(["word"] * 12))],
)
def test_names_of_files(title: str, name: str) -> None:
    assert slug(title) == name


def test_a_record_says_once_what_decided_it() -> None:
    words = "Lets keep the summary next to the file"
    (alone,) = records(material(turn(1, words, edit("a.py", "+x = 1"))))
    assert alone.text.count(f"> {words}") == 1 and "Decided in the words above." in alone.text
    (part,) = records(material(turn(1, f"The summary is lost. {words}.", edit("a.py", "+x = 1"))))
    context, outcome = part.text.split("## Decision Outcome")
    assert f"> The summary is lost. {words}." in context and f"> {words}." in outcome


def test_files_before_a_prompt_are_no_title() -> None:
    prompt = ".context/comments/b0d453a9.md and also lets increase the limit of rows to 600"
    (record,) = records(material(turn(1, prompt, edit("a.py", "+x = 1"))))
    assert record.text.splitlines()[6] == "# also lets increase the limit of rows to 600"


@pytest.mark.parametrize(
    ("left", "words"), [(1, "of 4 lines that `4de91640#1` wrote, 1 is in HEAD"), (3, "3 are in HEAD")]
)
def test_the_lines_that_are_left_are_counted(left: int, words: str) -> None:
    (record,) = records(replace(material(*decided()), standing={"4de91640#1": (left, 4)}))
    assert words in record.text


def test_a_turn_that_changed_nothing_has_no_consequences() -> None:
    asked = ask("Which store should the cache use?", STORES, "Disk")
    (record,) = records(
        material(turn(1, "Cache the rates.", *asked, say("That is a cleaner way than the others are.")))
    )
    assert "### Consequences" not in record.text


def test_the_reason_of_a_choice_without_options_is_told() -> None:
    told = "This is a better choice than what we had, which had no index.\n\nGoing with a table."
    found = records(material(turn(1, "Find a place", say(told), edit("a.py", "+table"))))
    assert any("Because “This is a better choice than what we had" in each.text for each in found)


def test_the_title_of_an_answer_is_the_sentence_that_decides() -> None:
    answer = "I do not see the file anyway, it is odd. So let's just drop it."
    steps = ask("What about the file?", {"Skip it": "", "Write it later": ""}, answer)
    (found,) = recorded(material(turn(1, "Go on", *steps, edit("a.py", "+b"))).turns)
    assert found.title.startswith("let's just drop it")
