"""Segments of a text in a formatted one: exact by a model that only compares tokens, and in time linear in its size."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gitstory.attribution import reflow
from gitstory.attribution.line_ids import Lines
from gitstory.attribution.reflow import align, sources
from tests.examples import tries

WORDS = ("heron", "stork", "lands", "=", "(", ")", ",", "'", "return", "{", "}", "[", "]", ";", "if")


def stream(lines: Lines, ids: list[int]) -> bytes:
    return b"".join(lines.stream(one) for one in ids)


def texts(chance: Random) -> tuple[list[str], list[str]]:
    """Some lines, and the same with breaks, commas and brackets moved about and a word changed now and then."""
    old = [" ".join(chance.choices(WORDS, k=chance.randint(0, 6))) for _ in range(chance.randint(0, 12))]
    new: list[str] = []
    for line in old:
        words = line.split()
        if chance.random() < 0.2 and words:
            words[chance.randrange(len(words))] = chance.choice(WORDS)
        at = chance.randint(0, len(words))
        new += [" ".join(words)] if chance.random() < 0.5 else [" ".join(words[:at]), " ".join(words[at:])]
    return old, new


@settings(max_examples=tries(300))
@given(st.integers(0, 2**32))
def test_a_segment_has_the_same_tokens_on_both_sides(seed: int) -> None:
    old, new = texts(Random(seed))
    lines = Lines()
    a, b = lines.of_lines(old), lines.of_lines(new)
    upto = 0
    for one in align(a, b, lines):
        assert 0 <= one.a0 < one.a1 <= len(a)
        assert upto <= one.b0 < one.b1 <= len(b)
        assert stream(lines, a[one.a0 : one.a1]) == stream(lines, b[one.b0 : one.b1])
        for j, origin in sources(a, b, one, lines):
            whole = stream(lines, [a[i] for i in origin])
            assert stream(lines, [b[j]]) in whole or not stream(lines, [b[j]])
        upto = one.b1


@given(st.lists(st.text(alphabet=st.sampled_from("ab (),;'{}\n"), max_size=8), max_size=8))
def test_a_text_is_all_of_itself(old: list[str]) -> None:
    lines = Lines()
    ids = lines.of("\n".join(old))
    covered = [j for one in align(ids, ids, lines) for j in range(one.b0, one.b1)]
    assert covered == list(range(len(ids)))


def calls(count: int, quote: str = "'") -> list[str]:
    return [f"value_{n} = compute_{n}({quote}a{n}{quote}, {n})" for n in range(count)]


PAIRS = {
    "other quotes": lambda n: (calls(n), calls(n, '"')),
    "split": lambda n: (calls(n), [part for one in calls(n) for part in (f"{one.partition('(')[0]}(", "x", ")")]),
    "joined": lambda n: ([part for one in calls(n) for part in one.split(" ")], calls(n)),
    "nothing in common": lambda n: (calls(n), [f"other_{i} = {i}" for i in range(n)]),
    "the same line": lambda n: (["same_line = 1"] * n, ["same_line=1"] * (n + 3)),
    "brackets alone": lambda n: (["}"] * n, [" }"] * (n - 3)),
    "every second line changed": lambda n: (calls(n), [one + "x" * (i % 2) for i, one in enumerate(calls(n, '"'))]),
    "backwards": lambda n: (calls(n), calls(n, '"')[::-1]),
}


@pytest.mark.parametrize("name", PAIRS)
def test_the_work_grows_with_the_size(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    work = 0
    walk, reach = reflow.Added.walk, reflow.reach

    def walked(self: reflow.Added, old: list[bytes], new: list[bytes]) -> None:
        nonlocal work
        work += len(old) + len(new)
        walk(self, old, new)

    def reached(*args: object) -> object:
        nonlocal work
        work += 1
        return reach(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(reflow.Added, "walk", walked)
    monkeypatch.setattr(reflow, "reach", reached)
    spent = []
    for size in (200, 400, 800):
        work = 0
        lines = Lines()
        old, new = PAIRS[name](size)
        align(lines.of_lines(old), lines.of_lines(new), lines)
        spent.append(work)
    assert spent[2] <= 2.6 * spent[1] + 400
    assert spent[1] <= 2.6 * spent[0] + 400
