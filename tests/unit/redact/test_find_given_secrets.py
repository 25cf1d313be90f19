"""Known secrets in a text: one pass finds what a search for each finds."""

from __future__ import annotations

import random

import pytest

from gitstory.redact import engine, find_given_secrets, headerless_keys
from gitstory.redact.engine import Redactor, Settings
from gitstory.redact.substring_search_view import View
from tests.unit.redact import corpus

RNG = random.Random(12)


def test_one_pass_finds_every_place_of_each() -> None:
    text = "abcabcabcabc xabcdefabcdef abcab"
    secrets = {"abcabc": "token", "abcdef": "password", "abcdefabc": "token", "abcabd": "token"}
    found = {(span.start, span.secret, span.rule) for span in find_given_secrets.many(text, secrets)}
    wanted = set()
    for secret, rule in secrets.items():
        at = text.find(secret)
        while at >= 0:
            wanted.add((at, secret, rule))
            at = text.find(secret, at + len(secret))
    assert found == wanted


def test_many_secrets_are_hidden_as_few_are(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = [corpus.draw(RNG, corpus.BASE62, RNG.randint(20, 30)) for _ in range(engine.MANY + 20)]
    texts = [f"API_TOKEN={one}" for one in drawn] + [f"it printed {one} again" for one in drawn]
    many = Redactor(Settings()).texts(texts)
    assert not any(one in text for one in drawn for text in many)
    monkeypatch.setattr(engine, "MANY", engine.MOST_KNOWN)
    assert Redactor(Settings()).texts(texts) == many


def test_a_key_in_an_object_with_many_kinds_is_found_once() -> None:
    value = corpus.draw(RNG, corpus.BASE62, 43)
    text = f'{{"kty":"OKP","kty":"OKP","d":"{value}"}} {{"kty":"oct","k":"{value[::-1]}"}}'
    assert [span.secret for span in headerless_keys.find(View(text))] == [value, value[::-1]]
