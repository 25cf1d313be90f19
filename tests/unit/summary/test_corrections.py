from __future__ import annotations

import pytest

from gitstory.model import Call, Edit, Mark, Say, Turn
from gitstory.summary.corrections import corrections, disagrees, is_correction

EDITED = Turn(id="1", index=1, prompt="do it", steps=(Call(tool="Edit", edits=(Edit(path="/a"),)),))
TALKED = Turn(id="1", index=1, prompt="hello")
STOPPED = Turn(id="1", index=1, prompt="do it", steps=(Say("I will use spaces"), Mark("interrupted")))


@pytest.mark.parametrize(
    "prompt",
    [
        "no, use a dict",
        "No. That is the old name",
        "nope",
        "Don't touch the tests",
        "don’t do that",
        "that's wrong",
        "This is not what I asked for",
        "revert that",
        "Undo the last change please",
        "actually, keep the old one",
        "Ok, but use a list instead of a set",
        "instead of raising, return None",
        "No, raise ZeroDivisionError instead.",
        "why did you delete the test?",
        "you forgot the import",
        "still fails",
        "fix it, the build is broken",
        "it doesn't work",
        "I meant the other file",
        "stop, wrong file",
        "hmm, that breaks the parser",
        "not like that",
    ],
)
def test_corrections_are_known(prompt: str) -> None:
    assert disagrees(prompt)
    assert is_correction(Turn(id="2", index=2, prompt=prompt), EDITED)
    assert not is_correction(Turn(id="2", index=2, prompt=prompt), TALKED)
    assert not is_correction(Turn(id="2", index=2, prompt=prompt), None)


@pytest.mark.parametrize(
    "prompt",
    [
        "",
        "Now add tests",
        "no problem, go on",
        "no worries",
        "Add a revert command",
        "Support undo in the editor",
        "Fix the parser for wrong dates",
        "notice that the tests are slow",
        "node version please",
        "great, commit it",
        "what is wrong with line 3 of the other file?",
        "/clear",
        "northern lights page",
        "wait for the build, then commit",
    ],
)
def test_ordinary_requests_are_not_corrections(prompt: str) -> None:
    assert not disagrees(prompt)


def test_what_follows_an_interruption_corrects_unless_it_goes_on() -> None:
    assert is_correction(Turn(id="2", index=2, prompt="Use tabs"), STOPPED)
    assert not is_correction(Turn(id="2", index=2, prompt="ok, continue"), STOPPED)


def test_only_the_turn_just_before_counts() -> None:
    later = Turn(id="3", index=3, prompt="no, wrong")
    assert corrections([EDITED, later]) == set()
    assert corrections([EDITED, Turn(id="2", index=2, prompt="no, wrong")]) == {"2"}


@pytest.mark.parametrize(
    "prompt", ["The gap is 16 px, should be 12 px", "The text should be larger", "The left side looks even worse"]
)
def test_a_wanted_state_corrects_where_the_same_file_is_changed_again(prompt: str) -> None:
    again = (Call(tool="Edit", edits=(Edit(path="/a"),)),)
    elsewhere = (Call(tool="Edit", edits=(Edit(path="/b"),)),)
    assert is_correction(Turn(id="2", index=2, prompt=prompt, steps=again), EDITED)
    assert corrections([EDITED, Turn(id="2", index=2, prompt=prompt, steps=again)]) == {"2"}
    assert corrections([EDITED, Turn(id="2", index=2, prompt=prompt, steps=elsewhere)]) == set()
    assert corrections([EDITED, Turn(id="2", index=2, prompt=f"{prompt}?", steps=again)]) == set()


@pytest.mark.parametrize(
    "prompt",
    [
        "続けて",
        "コミットして",
        "继续修复其他问题吧",
        "Продолжай с тестами",
        "mach bitte mit den Tests weiter",
        "sigue con las pruebas ahora",
    ],
)
def test_after_an_interruption_words_of_other_languages_correct_nothing(prompt: str) -> None:
    assert not is_correction(Turn(id="2", index=2, prompt=prompt), STOPPED)


@pytest.mark.parametrize(
    "prompt", ["use tabs", "We use tabs in this repository", "tabs — the café's rule is in the docs"]
)
def test_after_an_interruption_other_wishes_correct(prompt: str) -> None:
    assert is_correction(Turn(id="2", index=2, prompt=prompt), STOPPED)
