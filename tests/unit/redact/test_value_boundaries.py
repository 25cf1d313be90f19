# ruff: noqa: E501
"""Tokens beside whatever programs, languages and people put right before and behind them."""

from __future__ import annotations

import json
import random

import pytest

from bench.secrets import draw
from gitstory.redact.engine import Redactor, Settings

TOKENS = ("wq_{b62:32}", "rvt-{low:34}", "zkx.{b62:14}.{url:43}", "{b62:32}", "AKIA{b32:16}", "ATTA{hex:64}{HEX:8}")
"""Made-up forms, one that nothing leads, and listed ones."""
BESIDE = (
    "     7→X\n     8→x", "│X│", "it is “X” now", "c'est «X» là", "es ist „X“ hier", "是「X」吗", "密钥是X，谢谢", "키는 X입니다",
    "it leaked—X—today", "it is\u00a0X\u00a0now", "it is \u200bX\u200b now", "\ufeffX", "🔑X", "•X", "use **X** ok", "*X*",
    "^[[32mX^[[0m", "^IX^M$\n", "X$\n", "\x0bX\x0c", "\x08X", "x%3DX%26y", "%22X%22", "{X}", "<X>", "//X", "<!--X-->",
    "x=[-X-]{+y+}", "x={+X+}", 'it said "X" was refused', '    return "X"', "invalid: X", "run X", "got X… and more",
)  # fmt: skip
BROKEN = ('"A"\n  "B"', "A\x1b[0m\x1b[31mB", "x A\nB y", "> x A\n> B y", "+x A\n+B y", "│ A │\n│ B │", "x A\\\nB y")


def hidden(text: str, token: str) -> bool:
    made = Redactor(Settings()).text(text)
    return not any(token[at : at + 12] in made for at in range(len(token) - 11))


@pytest.mark.parametrize("beside", BESIDE)
def test_tokens_beside_any_character(beside: str) -> None:
    rng = random.Random(beside)
    for form in TOKENS:
        token = draw.fill(form, rng)
        assert hidden(beside.replace("X", token), token), form


@pytest.mark.parametrize("between", BROKEN)
def test_tokens_of_no_list_that_are_broken(between: str) -> None:
    rng = random.Random(between)
    for form in ("wq_{b62:32}", "rvt-{hex:40}", "acme_org_svc_{b62:32}"):
        token = draw.fill(form, rng)
        text = between.replace("A", token[:22]).replace("B", token[22:])
        made = Redactor(Settings()).text(text)
        assert token[10:22] not in made, form
        assert token[22:34] not in made, form


def test_the_id_that_belongs_to_a_token_is_hidden_with_it() -> None:
    rng = random.Random(4)
    for own, token in (("849302311380|", "{b62:40}"), ("qvO96K.z42ekw:", "{url:43}")):
        made = draw.fill(token, rng)
        for text in (f"x: {own}{made}\n", json.dumps({"x": own + made})):
            assert own not in Redactor(Settings()).text(text)


@pytest.mark.parametrize(
    "text",
    [
        "</thinking-content-7bbeb8e1441453ad999a0bbba8a46d4b>\n", "session: 9xK2mQ7vR4tB8nL3wZ6yP1cD",
        "invoice_id: 9xK2mQ7vR4tB8nL3wZ6yP1cD", "traceId → 7bbeb8e1441453ad999a0bbba8a46d4b",
    ],
)  # fmt: skip
def test_ids_stay(text: str) -> None:
    assert Redactor(Settings()).text(text) == text
