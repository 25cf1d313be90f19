"""Rules that a configuration file brings along: checked before use, run on bounded windows and within bounded time.

A committed file is not trusted: a pattern such as `(a+)+$` would hang the worker. Python's `re` cannot be
interrupted, so a pattern is refused when one step over one window can be slow, and a rule that in sum takes too long
fails the redaction (nothing is stored), which `status` then reports.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from re import _constants as op  # type: ignore[attr-defined]  # the parser behind `re`; there is no public way to its tree
from re import _parser as sre  # type: ignore[attr-defined]
from typing import Any

from gitstory.errors import GitStoryError
from gitstory.redact.spans import Span

ID = re.compile(r"[a-z0-9][a-z0-9-]{0,60}\Z")
LONGEST_PATTERN = 500
WIDEST_STEP = 50_000_000
"""Steps of the matcher that one window may cost at worst, by estimate; some two seconds."""
WINDOWS = (4096, 2048, 1024, 512)
SECONDS = 20.0
"""For all own rules together in one conversation, in processor time."""

_REPEATS = {op.MAX_REPEAT, op.MIN_REPEAT, getattr(op, "POSSESSIVE_REPEAT", op.MAX_REPEAT)}
_ALL = frozenset(range(257))
"""Characters by code up to 255; 256 stands for all others."""


class BadRule(GitStoryError):
    """An own rule or allow-list entry that cannot be used."""


class Clock:
    """What the own rules of one conversation have used so far, in seconds."""

    def __init__(self) -> None:
        self.spent = 0.0


class Rule:
    """One own rule, ready to run."""

    def __init__(self, name: str, pattern: str, clock: Clock | None = None) -> None:
        if not ID.match(name):
            raise BadRule(f"redaction rule {name!r}: the id must be lower-case letters, digits and dashes")
        self.name = name
        self.pattern, self.window = compile_safe(pattern, f"redaction rule {name!r}")
        self.clock = clock or Clock()

    def find(self, text: str) -> Iterator[Span]:
        """Finds in `text`, window by window (half of each overlaps the next), each place once."""
        begun, seen = time.process_time(), -1
        for base in range(0, max(1, len(text)), self.window // 2):
            for match in self.pattern.finditer(text, base, min(len(text), base + self.window)):
                start, end = match.span("secret") if "secret" in self.pattern.groupindex else match.span()
                if end > start and end > seen:
                    yield from _lines(text, start, end, self.name)
                    seen = end
            if self.clock.spent + time.process_time() - begun > SECONDS:
                raise BadRule(
                    f"own redaction rules take too long, lastly {self.name!r}", hint="make their patterns simpler"
                )
            if base + self.window >= len(text):
                break
        self.clock.spent += time.process_time() - begun


def _lines(text: str, start: int, end: int, rule: str) -> Iterator[Span]:
    secret, more = text[start:end], False
    while start < end:
        stop = text.find("\n", start, end)
        stop = end if stop < 0 else stop
        if stop > start:
            yield Span(start, stop, rule, secret, rank=-1, more=more)
            more = True
        start = stop + 1


def compile_safe(pattern: str, what: str) -> tuple[re.Pattern[str], int]:
    """The compiled pattern and the largest window it may run on; raises `BadRule` with the reason."""
    if not pattern or len(pattern) > LONGEST_PATTERN:
        raise BadRule(f"{what}: the pattern must have 1 to {LONGEST_PATTERN} characters")
    try:
        compiled = re.compile(pattern)
        tree = sre.parse(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        raise BadRule(
            f"{what}: no regular expression: {error}", hint=f"`{re.escape(pattern)}` matches it letter for letter"
        ) from None
    if compiled.match(""):
        raise BadRule(f"{what}: the pattern matches the empty text")
    factors: list[int] = []
    _measure(tree, factors, what, looped=False)
    for window in WINDOWS:
        cost = window
        for factor in factors:
            cost *= min(factor, window)
        if cost <= WIDEST_STEP:
            return compiled, window
    raise BadRule(
        f"{what}: the pattern can take too long on hostile text",
        hint="bound its repeats, e.g. `{0,40}` for `*`, and keep neighbouring repeats to different characters",
    )


def _measure(tree: Any, factors: list[int], what: str, looped: bool) -> None:
    """Collects how many ways each repeat can be taken; a repeat followed by what it cannot itself match has one."""
    items = list(tree)
    for place, (kind, value) in enumerate(items):
        if kind in _REPEATS:
            least, most, body = value
            if most > 1 and _varies(body):
                raise BadRule(f"{what}: a repeat inside a repeat", hint="repeat only parts of one fixed length")
            if most != least and not looped:
                rest = items[place + 1 :]
                overlap = not rest or bool(_first(body) & _first(rest))
                factors.append(int(most) - int(least) + 1 if overlap else 2)
            _measure(body, factors, what, looped=most > 1)
        elif kind is op.BRANCH:
            for branch in value[1]:
                _measure(branch, factors, what, looped)
            factors.append(len(value[1]))
        elif kind is op.SUBPATTERN:
            _measure(value[3], factors, what, looped)
        elif kind is op.ATOMIC_GROUP:
            _measure(value, factors, what, looped)
        elif kind in (op.ASSERT, op.ASSERT_NOT):
            _measure(value[1], factors, what, looped)
        elif kind in (op.GROUPREF, op.GROUPREF_EXISTS):
            raise BadRule(f"{what}: references to groups are not supported")


def _varies(body: Any) -> bool:
    low, high = body.getwidth()
    return bool(low != high or any(kind in (op.BRANCH, op.SUBPATTERN) and _branches(value) for kind, value in body))


def _branches(value: Any) -> bool:
    inner = value[3] if len(value) == 4 else ()
    return len(value) == 2 or any(kind is op.BRANCH for kind, _ in inner)


def _first(items: Any) -> frozenset[int]:
    """Characters that can begin what `items` match; generous where that is hard to tell."""
    codes: frozenset[int] = frozenset()
    for kind, value in items:
        if kind is op.AT:
            continue
        if kind is op.LITERAL:
            return codes | {min(value, 256)}
        if kind is op.IN:
            return codes | _class(value)
        if kind in _REPEATS:
            codes |= _first(value[2])
            if value[0] > 0:
                return codes
            continue
        if kind is op.SUBPATTERN:
            return codes | _first(value[3])
        return _ALL
    return _ALL


def _class(items: Any) -> frozenset[int]:
    codes: set[int] = set()
    for kind, value in items:
        if kind is op.LITERAL:
            codes.add(min(value, 256))
        elif kind is op.RANGE:
            codes.update(range(min(value[0], 256), min(value[1], 256) + 1))
        elif kind is op.CATEGORY:
            codes.update(_category(value))
        elif kind is not op.NEGATE:
            return _ALL
    return _ALL - codes | ({256} if 256 in codes else frozenset()) if items[0][0] is op.NEGATE else frozenset(codes)


def _category(name: Any) -> frozenset[int]:
    tests = {
        op.CATEGORY_DIGIT: r"\d", op.CATEGORY_NOT_DIGIT: r"\D", op.CATEGORY_SPACE: r"\s",
        op.CATEGORY_NOT_SPACE: r"\S", op.CATEGORY_WORD: r"\w", op.CATEGORY_NOT_WORD: r"\W",
    }  # fmt: skip
    test = re.compile(tests[name])
    return frozenset(code for code in range(256) if test.match(chr(code))) | {256}
