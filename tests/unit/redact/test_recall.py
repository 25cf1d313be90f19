"""Seeded secrets in every surrounding: at least 99 of 100 leave no piece behind (docs/maintainers/redaction.md)."""

from __future__ import annotations

from collections import Counter
from functools import cache

import pytest

from gitstory.redact.engine import Redactor, Settings
from tests.unit.redact import corpus

LEAST = 0.99
SEEDS = (5, 1905)


@cache
def measured(seed: int) -> tuple[Counter[str], Counter[str]]:
    """How many texts each kind of secret in each surrounding has, and how many of them leak."""
    total: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    for what, secret, text in corpus.cases(seed, 1):
        total[what] += 1
        missed[what] += corpus.leaks(secret, Redactor(Settings()).text(text))
    return total, missed


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_recall(seed: int) -> None:
    total, missed = measured(seed)
    assert total.total() > 6000
    assert 1 - missed.total() / total.total() >= LEAST, missed.most_common(20)


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_every_kind_of_surrounding_is_mostly_covered(seed: int) -> None:
    """No surrounding hides behind the average: each finds at least nine in ten."""
    total: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    for counter, counted in zip((total, missed), measured(seed), strict=True):
        for what, count in counted.items():
            for part in what.split(" / ")[1:]:
                counter[part] += count
    assert len(total) >= 20
    assert not {part: missed[part] for part in total if missed[part] > total[part] / 10}


def test_the_corpus_notices_a_leak() -> None:
    """The measure itself: text that was not redacted counts as leaked, whole or broken over lines."""
    cases = list(corpus.cases(3, 1))
    assert sum(corpus.leaks(secret, text) for _, secret, text in cases) / len(cases) > 0.99
