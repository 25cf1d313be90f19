"""Wishes that were said once and that a person may mean for good."""

from __future__ import annotations

import pytest

from gitstory.rules.possible_rules import about_work, names_no_place


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Do not check for likely errors.", True),
        ("Do not touch lexer.py.", False),
        ("Do not use 2 copies.", False),
        ("Do not add that to the store.", False),
        ("Do not call parse().", False),
    ],
)
def test_a_possible_rule_names_no_place(text: str, expected: bool) -> None:
    assert names_no_place(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Do not guess, look into the source.", True),
        ("Never guess.", True),
        ("Avoid numpy.", True),
        ("Do not use playwright to browse the web.", True),
        ("Do not use larger values.", False),
        ("Do not show the total in the header.", False),
        ("No restarting of the game.", False),
        ("Use spaces for tags, not hyphens.", False),
    ],
)
def test_a_possible_rule_is_about_what_agents_do(text: str, expected: bool) -> None:
    assert about_work(text) == expected
