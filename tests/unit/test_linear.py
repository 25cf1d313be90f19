"""No expression of the program takes more than its share of time, whatever the text.

A new pattern is found by itself (`tests.expressions.collected`) and tried with texts made from its own form. Each run
is a process of its own with an end: the engine behind `re` cannot always be stopped.
"""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.expressions.collected import Expression, expressions
from tests.expressions.measured import armed, slow

PARTS = 4
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a search is stopped by a signal")

EXPONENTIAL = (
    r"(a+)+\Z",
    r"(?:a|aa)*b",
    r"(?:[a-z]+|\d+|[\W_])+\Z",
    r"(?:tests?|pass|password|word|[0-9]{1,6}|[\W_])+\Z",
    r"(x\w*\s*)*;",
)
POWERS = (
    r"\s+\Z",
    r"a.*b.*c",
    r"<a>.*?</a>",
    r'"(?:[^"\\]|\\.)*"',
    r"\d+\.\d+",
    r"key=\S*\s*;",
    r"^\s*#",
    r"(?:\.\d+)+-[\w.]+\Z",
    r"(\w{3,})\s*=\s*\1;",
    r"[a-z]{1,9000}!",
)
LINEAR = (
    r"\A(?:a++)+\Z",
    r"(?<!\s)\s++\Z",
    r'"[^"\n]*+(?:"|$)',
    r"\d{1,9}\.\d{1,9}",
    r"^[ \t]*+#",
    r"[a-z]{1,60}!",
    r"(?:one|two|three)\b",
)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_every_expression_is_linear(part: int) -> None:
    command = [sys.executable, "-m", "tests.expressions", f"{part}/{PARTS}"]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=1200, cwd=Path(__file__).resolve().parents[2], check=False
    )
    assert done.stdout == ""
    assert done.returncode == 0, done.stderr[-2000:]


@pytest.mark.parametrize("pattern", EXPONENTIAL + POWERS)
def test_what_is_not_linear_is_found(pattern: str) -> None:
    assert _slow(pattern) is not None


@pytest.mark.parametrize("pattern", LINEAR)
def test_what_is_linear_passes(pattern: str) -> None:
    assert _slow(pattern) is None


def test_patterns_are_found_wherever_they_are_made() -> None:
    found = {one.place: one for one in expressions()}
    assert len(found) > 300
    assert found["gitstory.agents.shell_words:_OPERATOR"].uses == {"search"}, "matched from places within a text"
    assert found["gitstory.summary.coauthors:_LINE"].uses == {"match"}
    assert any(place.startswith("gitstory.queries.line_target:regex") for place in found), "made from a name"


def _slow(pattern: str) -> object:
    before = signal.getsignal(signal.SIGPROF)
    armed()
    try:
        return slow(Expression("here", re.compile(pattern, re.MULTILINE), frozenset({"search"})))
    finally:
        signal.signal(signal.SIGPROF, before)
