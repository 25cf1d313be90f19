"""Texts of nothing but labels are withheld, not searched; others beside them are searched as ever."""

from __future__ import annotations

import base64
import random
import string

import pytest

from gitstory.redact import too_many_labels
from gitstory.redact.engine import Redactor, Settings
from gitstory.redact.substring_search_view import View

MANY = "password:\n" * 4_000
WORDS = "the quick brown fox jumps over the lazy dog\n"


def test_a_text_of_labels_is_withheld_line_by_line() -> None:
    assert Redactor(Settings()).text(MANY) == "[redacted:withheld]\n" * 4_000


def test_what_stands_beside_it_is_searched() -> None:
    secret = "ghp_" + "aK9xQ2mV7pLwTz4bN8cR1dY6sH3jF5gE0uWi"
    plain, withheld, labelled = Redactor(Settings()).texts([WORDS, MANY, f"export GH={secret}\n"])
    assert plain == WORDS
    assert set(withheld.splitlines()) == {"[redacted:withheld]"}
    assert secret not in labelled and labelled.startswith("export GH=")


def test_what_looks_drawn_in_it_is_hidden_elsewhere_too() -> None:
    secret = "kT9vQz2wLm4xRb7n"
    texts = Redactor(Settings()).texts([f"{MANY}{secret}\n", f"see {secret[:4]} and /a/{secret}/b"])
    assert secret not in texts[1] and secret[:4] in texts[1]


def test_null_characters_do_not_let_labels_through() -> None:
    texts = Redactor(Settings()).texts([f"\x00{number}\n" + "password:\n" * 400 for number in range(10)])
    assert all("password" not in text for text in texts)


def test_markers_are_no_labels() -> None:
    markers = " ".join(f"[redacted:token:{number}]" for number in range(3_000))
    assert Redactor(Settings()).text(markers) == markers


def test_labels_in_base64_are_hidden_with_all_of_it() -> None:
    encoded = base64.b64encode(b"password: a token: b " * 120).decode()
    assert Redactor(Settings()).text(f"data {encoded} end") == "data [redacted:token:1] end"


def test_words_are_hidden_without_judgement_behind_many_that_are_drawn() -> None:
    rng = random.Random(1)
    alphabet = string.ascii_letters + string.digits
    drawn = [f"x1A{''.join(rng.choices(alphabet, k=13))}" for _ in range(1_200)]
    name = "parseUTF8AsText2Bytes"
    assert name in Redactor(Settings()).text(f"{name} {' '.join(drawn[:20])}\n")
    text = Redactor(Settings()).text(f"{' '.join(drawn)} {name}\n")
    assert not [word for word in drawn[600:] if word in text]


@pytest.mark.parametrize(
    "text",
    ["password:\n" * 100, WORDS * 500 + "password: hunter\n" * 1_900, f"token {WORDS}" * 4_000],
    ids=["short", "few in all", "as many as in code that works with keys"],
)
def test_other_texts_are_searched(text: str) -> None:
    assert not too_many_labels.is_crowded(View(text))
