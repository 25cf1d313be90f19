"""Questions of an agent's tool and their answers, as SpecStory shows them."""

from __future__ import annotations

import pytest

from gitstory.agents import specstory
from gitstory.agents.specstory import AGENT
from gitstory.agents.specstory_questions import apart, shown_questions
from gitstory.model import Mark
from tests.unit.agents.test_specstory import NEW, STORE

SHOWN = """
**Where should the rates be kept?**

Options:
- **Disk (Recommended)** - survives a restart
- **Memory** - is faster

**Which tests?** _(select multiple)_

Options:
- **Unit** - no disk
- **Both**

**Answer:** """

STORES = frozenset({"Disk (Recommended)", "Memory"})
TESTS = frozenset({"Unit", "Both"})


def test_questions_their_options_and_answers() -> None:
    first, second = shown_questions(SHOWN + "Disk (Recommended), Both\n")
    assert (first.question, first.answer) == ("Where should the rates be kept?", "Disk (Recommended)")
    assert first.options == (("Disk (Recommended)", "survives a restart"), ("Memory", "is faster"))
    assert (second.question, second.answer, second.options[1]) == ("Which tests?", "Both", ("Both", ""))


def test_without_an_answer() -> None:
    assert [each.answer for each in shown_questions(SHOWN.replace("**Answer:** ", ""))] == ["", ""]


def test_other_texts_have_no_questions() -> None:
    assert shown_questions("**Bold** and\n\n- **a** list\n") == []


@pytest.mark.parametrize(
    ("answers", "each"),
    [
        ("Memory, Unit", ["Memory", "Unit"]),
        ("Memory, Unit, Both", ["Memory", "Unit, Both"]),
        ("not on the disk, that fills up, Both", ["not on the disk, that fills up", "Both"]),
        ("Disk (Recommended), none, they are slow", ["Disk (Recommended)", "none, they are slow"]),
        ("one, two, three", ["", ""]),
        ("one", ["", ""]),
    ],
)
def test_which_words_answer_which_question(answers: str, each: list[str]) -> None:
    assert apart(answers, [STORES, TESTS]) == each


def test_many_words_are_not_told_apart() -> None:
    assert apart(", ".join(["word"] * 60), [STORES, TESTS]) == ["", ""]


def conversation(answer: str) -> list[Mark]:
    text = (
        "_**User (2026-03-02 10:00:00Z)**_\n\nstore the rates\n\n_**Agent (quill-2 2026-03-02 10:00:01Z)**_\n\n"
        '<tool-use data-tool-type="generic" data-tool-name="AskUserQuestion"><details>\n'
        f"<summary>Tool use: **AskUserQuestion**</summary>\n{SHOWN}{answer}\n</details></tool-use>\n"
    )
    (source,) = [one for one in AGENT.sources(STORE) if one.id == NEW]
    turns = specstory.conversation(source, text, "").turns
    return [step for step in turns[0].steps if isinstance(step, Mark)]


def test_answers_are_said_by_the_person() -> None:
    first, second = conversation("Memory, Both")
    assert (first.kind, first.occasion, first.text, first.option) == ("said", "question", "Memory", "Memory: is faster")
    assert (second.question, second.text) == ("Which tests?", "Both")


def test_a_refused_question_has_no_answer() -> None:
    assert conversation("") == []
