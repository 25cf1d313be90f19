"""What a prompt asks for where a program's introduction or pasted output fills the rest of it."""

from __future__ import annotations

import pytest

from gitstory.model import Say
from gitstory.queries.reasons.gather import gather
from gitstory.summary.asking_part import asking_part
from gitstory.summary.labels import turn_label
from tests.unit.reasons.scenes import edit, only, scene, turn

RULES = "You are Robin, an agent that a program runs.\n\n" + "Follow the rules of the house at all times. " * 10
LOG = "npm run start\n\n> site@1.0.0 start\n> serve\n\n[ERROR] themes.json is missing\n    at read (read.js:20:11)"
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
