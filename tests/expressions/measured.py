"""How long a pattern takes over nasty texts; one that takes far too long is stopped.

A quick look at a short text picks out what may be slow; the verdict is on a text sixteen times as long, in processor
time and the best of several. Work that grows with the square takes some sixteen times as long a character there; what
costs the same a character at both lengths is linear, however slow the machine.
"""

from __future__ import annotations

import re
import signal
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.expressions.collected import Expression
from tests.expressions.nasty import units

SHORT, LONG = 2_000, 32_000
SUSPECT, LIMIT = 0.3e-6, 4e-6
"""Seconds a character: ordinary expressions take a tenth of `SUSPECT`."""
GROWTH = 2.0
"""How many times longer a character may take in the longer text before the time beyond `LIMIT` counts as growing."""
CEILING = 40e-6
"""Seconds a character that are too many even where they do not grow."""
STOP = 1.0


class TooLong(Exception):
    """One search was stopped."""


@dataclass(frozen=True)
class Slow:
    """A text that an expression is slow on, and microseconds a character at two lengths (None: stopped)."""

    place: str
    use: str
    head: str
    unit: str
    tail: str
    short: float
    long: float | None

    def __str__(self) -> str:
        taken = f"stopped after {STOP} s" if self.long is None else f"{self.long * 1e6:.1f}"
        return (
            f"{self.place} ({self.use}): {self.head[-60:]!r} + {self.unit[:60]!r} * n + {self.tail[:40]!r}: "
            f"{self.short * 1e6:.1f} us a character of {SHORT}, {taken} of {LONG}"
        )


def slow(expression: Expression, more: int = 60) -> Slow | None:
    """The first text found on which the expression takes more than its share, or None."""
    for use in sorted(kinds(expression.uses)):
        run = _runner(expression.pattern, use)
        for head, unit, tail in units(expression.pattern, more):
            texts = [_text(head, unit, tail, size, expression.pattern) for size in (SHORT, LONG)]
            try:
                short = _looked_at(run, texts[0]) / SHORT
                if short < SUSPECT:
                    continue
                long = _processor(run, texts[1]) / LONG
            except TooLong:
                return Slow(expression.place, use, head, unit, tail, STOP / SHORT, None)
            if long > CEILING or (long > LIMIT and long > GROWTH * short):
                return Slow(expression.place, use, head, unit, tail, short, long)
    return None


def _text(head: str, unit: str, tail: str, size: int, pattern: re.Pattern[Any]) -> Any:
    text = head + unit * (size // len(unit) + 1) + tail
    return text.encode("utf-8", "replace") if isinstance(pattern.pattern, bytes) else text


def kinds(uses: frozenset[str]) -> set[str]:
    """The ways of running a pattern that stand for all of `uses`."""
    return {one if one in ("match", "fullmatch", "search") else "scan" for one in uses}


def _runner(pattern: re.Pattern[Any], use: str) -> Callable[[Any], object]:
    if use == "scan":
        return lambda text: deque(pattern.finditer(text), maxlen=0)
    method: Callable[[Any], object] = getattr(pattern, use)
    return method


def _looked_at(run: Callable[[Any], object], text: Any) -> float:
    """Seconds on the clock, the least of three where the first is suspect."""
    best = float("inf")
    for _ in range(3):
        begun = time.perf_counter()
        stoppable(run, text)
        best = min(best, time.perf_counter() - begun)
        if best < SUSPECT * SHORT:
            break
    return best


def _processor(run: Callable[[Any], object], text: Any) -> float:
    """Seconds of processor time, the least of three."""
    best = float("inf")
    for _ in range(3):
        begun = time.process_time()
        stoppable(run, text)
        best = min(best, time.process_time() - begun)
        if best < LIMIT * LONG:
            break
    return best


def stoppable(run: Callable[[Any], object], text: Any) -> None:
    """Runs over the text, and raises `TooLong` when it takes more than `STOP`; `armed` comes first."""
    signal.setitimer(signal.ITIMER_PROF, STOP)
    try:
        run(text)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _stop(*_: object) -> None:
    raise TooLong


def armed() -> None:
    """Lets `slow` stop a search that does not end: `re` looks for signals as it goes."""
    signal.signal(signal.SIGPROF, _stop)
