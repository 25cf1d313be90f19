"""Patterns of ignored files mean what .gitignore means, and no committed one takes long."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pathspec import GitIgnoreSpec

from gitstory.config.gitignore_matcher import MOST_SLOW, matcher, problem, without_backtracking
from tests.examples import tries

PARTS = ["*", "*", "a", "b", "?", "[ab]", "[]a]", "[a-b]", "\\*", "\\a", "/", "**/", "/**"]


@settings(max_examples=tries(200))
@given(pattern=st.lists(st.sampled_from(PARTS), min_size=1, max_size=8), path=st.from_regex(r"[ab]+(/[ab]+)*\Z"))
def test_it_means_what_it_means_to_pathspec(pattern: list[str], path: str) -> None:
    text = "".join(pattern)
    if problem([text]) is None:
        assert matcher([text])(path) == GitIgnoreSpec.from_lines([text]).match_file(path)


@pytest.mark.parametrize("unit", ["*a", "*[]a]", "*?", "*[a-]", "*\\a", "***a", "*[!b]"])
def test_every_star_before_the_last_of_a_name_has_one_way(unit: str) -> None:
    compiled = GitIgnoreSpec.from_lines([unit * 20 + "*c"]).patterns[0].regex  # type: ignore[union-attr]
    assert isinstance(compiled, re.Pattern)
    quick = without_backtracking(compiled.pattern)
    assert quick.count("[^/]*?") >= 20 and len(re.findall(r"\[\^/\]\*(?!\?)", quick)) == 1
    assert matcher([unit * 20 + "*c"])("a" * 4000) is False  # with backtracking the test would not end


@pytest.mark.parametrize(
    "patterns", [["!"], ["**/a/**/b/**/c"], ["a" * 2000], [f"**/a{n}/**/b" for n in range(MOST_SLOW + 1)]]
)
def test_what_is_refused(patterns: list[str]) -> None:
    assert problem(patterns)


def test_the_last_pattern_decides() -> None:
    assert [matcher(["*.log", "!keep.log"])(name) for name in ("a.log", "x/keep.log", "b.txt")] == [True, False, False]
