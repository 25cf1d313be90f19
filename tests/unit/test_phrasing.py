"""What is sent to a model, which of its sentences are kept, and that the library is needed only then."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from gitstory.errors import GitStoryError
from gitstory.language_model import MOST_SENTENCES, Sourced, announcement, load, phrase, prompt_text, read
from tests.models import fake_model

ITEMS = [
    Sourced("person: Cache the rates", ("4de91640#1",)),
    Sourced("agent: Added a cache", ("4de91640#2", "1a2b3c4d5e")),
]


def clean(text: str) -> str:
    return text.replace("hunter2", "[redacted]")


class Parrot:
    """A model that gives one answer and remembers what it was asked."""

    name = "parrot"

    def __init__(self, answer: str) -> None:
        self._answer = answer
        self.prompts: list[str] = []

    def answer(self, prompt: str) -> str:
        self.prompts.append(prompt)
        return self._answer


def test_a_sentence_without_a_known_source_is_dropped() -> None:
    known = {"4de91640#1", "1a2b3c4d5e"}
    answer = (
        "- Rates are cached. [4de91640#1]\nThe cache is fast.\nIt uses Redis. [99999999#1]\n"
        "Both were asked for. [4de91640#1, 1a2b3c4d5e]\nHalf known. [4de91640#1, 99999999#1]\n[4de91640#1]\n"
    )
    assert read(answer, known) == [
        Sourced("Rates are cached.", ("4de91640#1",)),
        Sourced("Both were asked for.", ("4de91640#1", "1a2b3c4d5e")),
    ]


def test_answers_are_bounded() -> None:
    assert len(read("A sentence. [a]\n" * 1_000, {"a"})) == MOST_SENTENCES
    assert read("x" * 2_000 + " [a]", {"a"}) == []


def test_what_is_sent_is_redacted_and_named() -> None:
    items = [*ITEMS, Sourced("person: the password is hunter2", ("4de91640#3",))]
    prompt = prompt_text("Summarize.", items, clean)
    assert "hunter2" not in prompt and "[4de91640#2, 1a2b3c4d5e] agent: Added a cache" in prompt
    said = announcement(Parrot(""), items, prompt)
    assert "3 quotations" in said and f"{len(prompt):,} characters, redacted" in said and "parrot" in said


def test_what_comes_back_is_redacted_too() -> None:
    model = Parrot("The password is hunter2. [4de91640#1]")
    prompt = prompt_text("Summarize.", ITEMS, clean)
    assert phrase(model, prompt, ITEMS, clean) == [Sourced("The password is [redacted].", ("4de91640#1",))]
    assert model.prompts == [prompt]


def test_without_the_library_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "llm", None)
    with pytest.raises(GitStoryError) as caught:
        load("anything")
    assert "gitstory-cli[llm]" in str(caught.value.hint)


@pytest.fixture
def registered() -> Iterator[None]:
    with fake_model("Rates are cached. [4de91640#1]"):
        yield


def test_a_model_of_a_plug_in_answers(registered: None) -> None:
    model = load("fake-for-tests")
    assert model.name == "fake-for-tests"
    assert phrase(model, "prompt", ITEMS, clean) == [Sourced("Rates are cached.", ("4de91640#1",))]


def test_a_model_that_fails_or_is_not_there_is_one_line(registered: None) -> None:
    with pytest.raises(GitStoryError, match="fake-for-tests gave no answer: no key"):
        load("fake-for-tests").answer("fail")
    with pytest.raises(GitStoryError, match="no model called 'nosuch'"):
        load("nosuch")
