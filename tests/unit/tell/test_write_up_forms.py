"""Documents: complete, bounded, safe to paste, and nothing in them that nobody said."""

from __future__ import annotations

import re

from msgspec.structs import replace

from gitstory.model import Call, Edit, Turn
from gitstory.tell.handoff import MOST_LINES, handoff
from gitstory.tell.post import post
from gitstory.tell.quotable_material import copies
from gitstory.tell.quotation_extracts import closing, informative
from tests.unit.tell.logs import ask, edit, material, say, shell, turn

STORES = {"Disk": "A file, survives restarts", "Memory": "Simplest, but forgets"}


def whole() -> list[Turn]:
    return [
        turn(
            1,
            "Cache the rates, the server forgets them on every restart.",
            *ask("Which store should the cache use?", STORES, "Disk"),
            edit("cache.py", "-rates = {}", "+rates = disk.load('rates')"),
            shell("python -m pytest -q", "E   AssertionError: no rates\n1 failed, 2 passed in 0.1s", failed=True),
            shell("python -m pytest -q", "3 passed in 0.1s"),
            say("Added a cache on disk for the rates."),
        ),
        turn(
            2,
            "No, keep the file in the home of the user.",
            edit("cache.py", "+home = Path.home()"),
            say("Moved the file."),
            kind="correction",
        ),
        turn(3, "Write a page about it", say("Shall I write it in English?")),
    ]


def test_a_post_has_each_part() -> None:
    text = post(material(*whole()))
    for part in (
        "# Cache the rates, the server forgets them on every restart",
        "> Cache the rates, the server forgets them on every restart.",
        "### 1. Disk: Which store should the cache use?",
        "- not chosen: “Memory”: “Simplest, but forgets” — agent `4de91640#1`",
        "+rates = disk.load('rates')",
        "## Where the agent was wrong, and how it was put right",
        "> No, keep the file in the home of the user.",
        "## Tool calls that failed",
        "`python -m pytest -q`: `E AssertionError: no rates` — output `4de91640#1`",
        "## What came of it",
        "- “Shall I write it in English?” — agent `4de91640#3`",
        "> Write a page about it",
    ):
        assert part in text, part
    assert text.count("<!-- your view:") >= 4


def test_a_lead_in_that_says_what_was_done_stands_before_its_first_item() -> None:
    said = "Added the `cache` section with:\n\n- `ages`: 600 and 300 seconds\n- `most`: 40 rates of a bank"
    assert list(informative(said)) == [
        "Added the `cache` section with: `ages`: 600 and 300 seconds",
        "`most`: 40 rates of a bank",
    ]


def test_a_goal_is_no_address_and_no_question() -> None:
    text = handoff(
        material(
            turn(1, "is the server of the bank down?", kind="question"),
            turn(2, "Cache the rates of the bank on disk"),
            turn(3, "https://example.org/pull/4#review"),
        )
    )
    assert text.startswith("# Handoff: Cache the rates") and text.count("Cache the rates of the bank on disk”") == 1


def test_a_name_of_one_word_is_no_title() -> None:
    mine = material(*whole())
    named = [replace(each, title="fix-the-cache") for each in mine.conversations]
    heading = post(replace(mine, conversations=tuple(named))).splitlines()[0]
    assert (
        heading == post(replace(mine, conversations=tuple(replace(each, title="") for each in named))).splitlines()[0]
    )


def test_a_post_quotes_each_prompt_once() -> None:
    text = post(material(*whole()))
    assert text.count("> No, keep the file in the home of the user.") == 1
    assert text.count("> Write a page about it") == 1


def test_parts_without_anything_are_left_out() -> None:
    text = post(material(turn(1, "What does the cache do?", say("The cache keeps rates of the bank on disk."))))
    assert "No sentence of the log says that something was decided." in text
    for heading in ("## False starts", "## Tool calls that failed", "## Where the agent", "## The other prompts"):
        assert heading not in text


def test_quoted_markup_is_shown_as_text() -> None:
    text = post(material(turn(1, "Mention @somebody <script>x</script> ![a](http://b.example) <!-- your view -->")))
    assert "<script>" not in text and "![a](" not in text and "> Mention \\@<!-- -->somebody" in text


def test_a_handoff_fits_however_much_there_is() -> None:
    turns = [
        turn(n, f"Use a queue number {n} instead of the lock {n}.", edit(f"f{n}.py", "+a"), say(f"Added queue {n}."))
        for n in range(1, 200)
    ]
    text = handoff(material(*turns))
    assert text.count("\n") <= MOST_LINES and "## Prompt to paste" in text


def test_a_handoff_names_goal_state_decisions_and_what_is_open() -> None:
    text = handoff(material(*whole()))
    for part in (
        "- “Cache the rates, the server forgets them on every restart.” — prompt `4de91640#1`",
        "- tests: `python -m pytest -q` passed, run 2 times, failed once before: `3 passed in 0.1s` — `4de91640#1`",
        "because “A file, survives restarts” — agent `4de91640#1`; not “Memory”",
        "- `cache.py` +2 -1",
        "- `python -m pytest -q`",
        "- “Shall I write it in English?” — agent `4de91640#3`",
        "git story show 4de91640",
    ):
        assert part in text, part


def test_every_line_is_a_heading_a_count_a_slot_or_quoted_with_its_source() -> None:
    text = re.sub(r"(?ms)^```.*?^```$", "", post(material(*whole())))
    for line in filter(None, (line.strip() for line in text.splitlines())):
        known = (
            line.startswith(("#", ">", "<!--", "—")) or "4de91640#" in line or re.search(r"\d (?:prompt|turn)", line)
        )
        assert known or line in ("What it became:", "Tests:", "Open:", "No commit is linked."), line


def test_a_note_that_the_agent_was_stopped_is_no_prompt() -> None:
    stopped = turn(2, "[Request interrupted by user for tool use]", kind="correction")
    log = material(turn(1, "Add a lock.", say("Added a lock to the module.")), stopped)
    assert [logged.by_person for logged in log.turns] == [True, False]
    assert "interrupted" not in post(log)


def test_a_turn_that_only_repeats_a_prompt_is_a_copy() -> None:
    worked = turn(1, "Add a lock.", say("Added."))
    again = replace(turn(2, "Add a lock."), id="again")
    listed = replace(turn(1, "Add a lock. "), id="listed", time=None)
    other = replace(turn(3, "Now remove it."), id="other", time=None)
    assert copies([worked, again, listed, other]) == {"listed"}
    plan = turn(
        4, "Implement the plan:\n\n## What to add\n\n- a section on colours and the fonts of headings", say("Added.")
    )
    part = "## What to add\n\n- a section on colours and the fonts of headings"
    section = replace(turn(4, part), id="section", time=None)
    short = replace(turn(5, "Implement"), id="short", time=None)
    assert copies([plan, section, short]) == {"section"}


def test_an_item_of_a_list_is_quoted_with_the_heading_it_belongs_to() -> None:
    told = (
        "Done.\n\n### Session locks\n- Replaced the file by a row of the table\n\n### What changed\n- Added a column\n"
    )
    last = closing(material(turn(1, "Lock it", edit("a.py", "+lock()"), say(told))).turns[0])
    assert last is not None and last.text == "Session locks […] Replaced the file by a row of the table"


def test_an_item_with_a_name_of_its_own_stands_alone() -> None:
    told = "### Session locks\n- **Table**: replaced the file by a row\n"
    last = closing(material(turn(1, "Lock it", edit("a.py", "+lock()"), say(told))).turns[0])
    assert last is not None and last.text == "Table: replaced the file by a row"


def test_half_of_a_quotation_is_no_sentence() -> None:
    assert list(
        informative('The page said: "The number is wrong. Please try again." It is right now, and tested.')
    ) == ["It is right now, and tested."]


def test_a_post_begins_with_a_prompt_that_asks_for_something() -> None:
    text = post(material(turn(1, "/init"), turn(2, "Lock the page while it is edited", edit("a.py", "+lock()"))))
    assert "> Lock the page while it is edited" in text.partition("## What was asked")[2].partition("##")[0]


def test_files_whose_lines_are_not_recorded_have_no_counts() -> None:
    text = handoff(material(turn(1, "Lock the page while it is edited", Call("Edit", edits=(Edit("page.py"),)))))
    assert "- `page.py`\n" in text and "+0" not in text.partition("## Files")[2]


def test_a_post_shows_decisions_of_each_kind() -> None:
    asked = [
        ask(f"Which store for part {number}?", {"Disk": "", "Memory": ""}, "Disk", f"q{number}") for number in range(12)
    ]
    steps = [step for each in asked for step in each]
    told = say("I'll only limit the second part since the first has one reader.")
    text = post(material(turn(1, "Keep the parts somewhere", *steps, told, edit("a.py", "+lock()"))))
    assert "I'll only limit the second part" in text
