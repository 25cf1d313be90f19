"""Patterns of a committed file: none takes long, and a wrong one is named."""

from __future__ import annotations

import pytest

from gitstory.config import ConfigError, find_key
from gitstory.recording.recording_setup import path_filter

KEY = "capture.ignore_paths"


@pytest.mark.parametrize("pattern", ["dist/*", "*.lock", "**/gen/**/*.py", "!src/*.min.*", "a?[bc]/", "/**/x"])
def test_usual_patterns_are_taken(pattern: str) -> None:
    assert find_key(KEY).check([pattern], "here") == (pattern,)
    assert path_filter((pattern,))("nothing of that") is False


@pytest.mark.parametrize("pattern", ["**/" * 3 + "x", "x" * 1001])
def test_patterns_that_could_take_long_are_refused(pattern: str) -> None:
    with pytest.raises(ConfigError, match="of at most"):
        find_key(KEY).check([pattern], "here")


@pytest.mark.parametrize("pattern", ["*a" * 3, "x/*a*b*", "a***", "*a" * 20 + "*b"])
def test_many_stars_take_no_time(pattern: str) -> None:
    assert find_key(KEY).check([pattern], "here") == (pattern,)
    assert path_filter((pattern,))("c" * 4000) is False  # with backtracking the last would not end


@pytest.mark.parametrize("pattern", ["!", "a\\", "[z-a]"])
def test_what_is_no_pattern_is_a_mistake_in_the_settings(pattern: str) -> None:
    with pytest.raises(ConfigError, match=r"patterns as in \.gitignore"):
        find_key(KEY).check([pattern], "here")
