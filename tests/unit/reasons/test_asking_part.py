"""What a prompt asks for where a program's introduction or pasted output fills the rest of it."""

from __future__ import annotations

import pytest

from gitstory.model import Say
from gitstory.queries.reasons.gather import gather
from gitstory.summary.asking_part import asking_part
from gitstory.summary.turn_labels import turn_label
from tests.unit.reasons.scenes import edit, only, scene, turn

RULES = "You are Robin, an agent that a program runs.\n\n" + "Follow the rules of the house at all times. " * 10
LOG = "npm run start\n\n> site@1.0.0 start\n> serve\n\n[ERROR] themes.json is missing\n    at read (read.js:20:11)"
TRACE = "rates.js:12 loading\n    at read (read.js:20:11)\nretry\nrates.js:14 gave up"
OWN = "The site does not start any more. Did we forget something?"


@pytest.mark.parametrize(
    ("prompt", "asked"),
    [
        (f"{RULES}\n\n# User Request\n\nCache the rates on disk.", "Cache the rates on disk."),
        (
            f'"{RULES}\n\n## Tasks\n\nProcess `plan.md`, the first open item.\n"',
            "Process `plan.md`, the first open item.",
        ),
        (f"{RULES}\n\n## Tasks", f"{RULES}\n\n## Tasks"),
        (f"# Cache on disk\n\n{'It is lost on restart. ' * 40}\n\n## Tasks\n\n- read", None),
        (f"{LOG}\n\n{OWN}", f"{OWN}\n\n{LOG}"),
        (f"{LOG}\n\n    at main (main.js:1:1)", None),
        (f"Error: it fails\n\n{OWN}", None),
        (f"{OWN}\n\n{LOG}", None),
        (f"{OWN}\n{TRACE}\nfix both of them", f"{OWN}\nfix both of them\n\n{TRACE}"),
        (f"{OWN}\nrates.js:12 loading\nfix both of them", None),
        (f"{OWN}\n```\n{TRACE}\n```\nfix both of them", None),
        (f"{TRACE}\nfix both", None),
    ],
)
def test_what_is_asked_comes_first(prompt: str, asked: str | None) -> None:
    assert asking_part(prompt) == (asked if asked is not None else prompt)


def test_the_passage_and_the_label_show_it() -> None:
    prompt = f"{RULES}\n\n# User Request\n\nCache the rates on disk, the server forgets them."
    reasons = gather(scene(turn(1, prompt, edit())))
    assert only(reasons, "prompt")[0].text == "Cache the rates on disk, the server forgets them."
    assert turn_label(turn(1, prompt)) == "Cache the rates on disk, the server forgets them."


def test_a_file_behind_a_lead_in_stays_what_a_lone_list_of_files_is_not() -> None:
    reasons = gather(
        scene(turn(1, "Process the tasks of this document:\n\ndocs/work/rates.md\n\nTick them off.", edit()))
    )
    assert "docs/work/rates.md" in only(reasons, "prompt")[0].text


def test_a_long_correction_after_work_that_was_done_begins_another_task() -> None:
    other = turn(
        1, "Drop the harness, and keep the commit of the manual alone.", edit("x = 1", path="docs/a.md"), Say("Done.")
    )
    again = turn(2, f"{LOG}\n{LOG}\n{LOG}\n{LOG}\n\n{OWN}", edit(), kind="correction")
    assert not only(gather(scene(other, again)), "earlier-request")
    running = turn(1, other.prompt, edit("x = 1", path="docs/a.md"))
    assert only(gather(scene(running, again)), "earlier-request")


def test_a_question_about_what_is_next_ends_the_task_before_it() -> None:
    before = turn(1, "Use the public repository for the tests of the transport.", Say("Done, all of them pass."))
    chosen = turn(2, "what's next", Say("Next I'd add the disk cache to `cache_store.py`. Shall I?"), kind="question")
    shown = [each.text for each in gather(scene(before, chosen, turn(3, "ok, continue", edit(), kind="continuation")))]
    assert not any("public repository" in text for text in shown)
    assert any("disk cache" in text for text in shown)


def test_a_correction_that_changed_nothing_has_to_be_about_the_lines() -> None:
    request = turn(1, "Cache the rates on disk, the server forgets them on every restart.", Say("Done."))
    lock = turn(2, "something is wrong with the lock of git, look again", Say("It was mine."), kind="correction")
    shown = [each.text for each in gather(scene(request, lock, turn(3, "continue", edit(), kind="continuation")))]
    assert not any("lock of git" in text for text in shown)
    assert any("forgets them" in text for text in shown)


def test_lines_that_are_only_markup_of_a_page_are_left_out() -> None:
    page = '<h3>Review</h3>\n<img src="x.svg" width="20%">\n<!-- tip -->\nThe keys lack the currency of the rate.'
    assert asking_part(page) == "The keys lack the currency of the rate."
    assert asking_part("Show <b>bold</b> names in the table of rates") == "Show <b>bold</b> names in the table of rates"
