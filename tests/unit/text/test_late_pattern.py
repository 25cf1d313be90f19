from __future__ import annotations

import re

import pytest

from gitstory.text.late_pattern import late_pattern


def test_a_late_pattern_does_what_the_pattern_does() -> None:
    pattern = late_pattern(r"b(\d)", re.IGNORECASE)
    found = pattern.search("a B7")
    assert found is not None and found[1] == "7"
    assert pattern.sub("-", "b1 b2") == "- -"
    assert pattern.match("a") is None
    assert pattern.pattern == r"b(\d)" and pattern.flags & re.IGNORECASE


def test_nothing_is_compiled_before_the_first_use() -> None:
    pattern = late_pattern("(")
    with pytest.raises(re.error):
        pattern.match("")


def test_a_pattern_is_compiled_once(monkeypatch: pytest.MonkeyPatch) -> None:
    pattern = late_pattern("x")
    pattern.match("x")
    monkeypatch.setattr("gitstory.text.late_pattern.re", None)
    assert pattern.match("x") is not None
