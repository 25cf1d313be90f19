"""No expression of the program takes more than its share of time, whatever the text.

A new pattern is found by itself (`tests.expressions.collected`) and tried with texts made from its own form. Each run
is a process of its own with an end: the engine behind `re` cannot always be stopped. What was proved before is not
proved again (`tests.expressions.proved`); `make expressions` proves all.
"""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from tests.expressions import __main__ as command
from tests.expressions import measured, proved
from tests.expressions.collected import Expression, expressions
from tests.expressions.measured import armed, slow

PARTS = 2
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


@cache
def collected() -> tuple[Expression, ...]:
    """All expressions of the program; it takes seconds to read its source."""
    return tuple(expressions())


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_every_expression_is_linear(part: int) -> None:
    if not list(command.unproved(collected(), proved.read()))[part::PARTS]:
        return  # all of these were proved before
    words = [sys.executable, "-m", "tests.expressions", f"{part}/{PARTS}"]
    done = subprocess.run(
        words, capture_output=True, text=True, timeout=1200, cwd=Path(__file__).resolve().parents[2], check=False
    )
    assert done.stdout == ""
    assert done.returncode == 0, done.stderr[-2000:]


@pytest.mark.parametrize("pattern", EXPONENTIAL + POWERS)
def test_what_is_not_linear_is_found(pattern: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measured, "STOP", 0.1)  # seconds of a search that never ends
    assert _slow(pattern) is not None


@pytest.mark.parametrize("pattern", LINEAR)
def test_what_is_linear_passes(pattern: str) -> None:
    assert _slow(pattern) is None


def test_patterns_are_found_wherever_they_are_made() -> None:
    found = {one.place: one for one in collected()}
    assert len(found) > 300
    assert found["gitstory.effects.shell.command_parser:_OPERATOR"].uses == {"search"}, (
        "matched from places within a text"
    )
    assert found["gitstory.summary.coauthors:_LINE"].uses == {"match"}
    assert any(place.startswith("gitstory.queries.line_target:regex") for place in found), "made from a name"


def test_a_proof_is_of_one_pattern_its_flags_uses_prover_and_python() -> None:
    variants = [
        _key("a+b"),
        _key("a+c"),
        _key(b"a+b"),
        _key("a+b", re.IGNORECASE),
        _key("a+b", use="match"),
        _key("a+b", prover=b"other"),
        _key("a+b", version=(3, 99)),
    ]
    assert len(set(variants)) == len(variants)
    assert _key("a+b") == variants[0] == _key("a+b", place="elsewhere")


def test_what_is_not_linear_was_not_proved() -> None:
    keys = {_key(pattern, re.MULTILINE) for pattern in EXPONENTIAL + POWERS}
    assert not keys & proved.read()


def test_expressions_that_were_not_proved_are_tried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    some = Expression("here", re.compile(r"\s+\Z"), frozenset({"search"}))
    other = Expression("there", re.compile(r"\d\Z"), frozenset({"match"}))
    tried: list[str] = []
    monkeypatch.setattr(proved, "FILE", tmp_path / "proved.txt")
    monkeypatch.setattr(command, "expressions", lambda: iter((some, other)))
    monkeypatch.setattr(command, "slow", lambda one: tried.append(one.place))
    proved.write([proved.key(other)])
    assert command.main([]) == 0
    assert tried == ["here"]
    assert command.main(["--write"]) == 0
    assert tried == ["here", "here", "there"]
    assert proved.read() == {proved.key(some), proved.key(other)}


def _key(
    pattern: str | bytes,
    flags: int = 0,
    use: str = "search",
    place: str = "here",
    prover: bytes | None = None,
    version: tuple[int, ...] = (3, 11),
) -> str:
    return proved.key(Expression(place, re.compile(pattern, flags), frozenset({use})), prover, version)


def _slow(pattern: str) -> object:
    before = signal.getsignal(signal.SIGPROF)
    armed()
    try:
        return slow(Expression("here", re.compile(pattern, re.MULTILINE), frozenset({"search"})))
    finally:
        signal.signal(signal.SIGPROF, before)
