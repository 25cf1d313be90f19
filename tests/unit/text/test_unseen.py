"""What nobody sees, or a terminal obeys: shown in text, escaped in JSON, whole in its value."""

from __future__ import annotations

import json

import pytest

from gitstory.render.json import dump
from gitstory.text.console import neutralise
from gitstory.text.escape_markdown import plain

HIDDEN = ["\x9b", "\x7f", "\x85", "\u202e", "\u2066", "\u200b", "\u2060", "\ufeff", "\u00ad", "\u3164", "\U000e0041"]


@pytest.mark.parametrize("char", [*HIDDEN, "\x1b"])
def test_shown_in_text_and_escaped_in_json(char: str) -> None:
    said = f"a{char}b ü 👩\u200d💻"
    assert char not in neutralise(said)
    assert neutralise(said) != neutralise(said.replace(char, ""))
    line = dump({"text": said})
    assert char not in line
    assert json.loads(line) == {"text": said}


@pytest.mark.parametrize("text", ["naïve 漢字 👩\u200d💻 ❤️", "می\u200cخواهم", "葛\U000e0100城"])
def test_what_writing_needs_stays(text: str) -> None:
    assert neutralise(text) == text


def test_joiners_between_latin_letters_are_shown() -> None:
    assert neutralise("pass\u200dword") == "pass<U+200D>word"


def test_nobody_is_mentioned_in_markdown() -> None:
    made = plain("thanks @octocat, see #12 and org/app#7; a@b stays")
    assert "@octocat" not in made.replace("\\", "")
    assert "#12" not in made.replace("\\", "")
    assert "@<!-- -->octocat" in made
    assert "#<!-- -->12" in made
