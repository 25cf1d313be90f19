"""Seeded secrets in every surrounding: at least 99 of 100 leave no piece behind (docs/maintainers/redaction.md)."""

from __future__ import annotations

from collections import Counter

import pytest

from gitstory.redact.engine import Redactor, Settings
from tests.unit.redact import corpus

LEAST = 0.99


@pytest.mark.slow
@pytest.mark.parametrize("seed", [5, 1905])
def test_recall(seed: int) -> None:
    total, missed = 0, []
    for what, secret, text in corpus.cases(seed, 1):
        total += 1
        if corpus.leaks(secret, Redactor(Settings()).text(text)):
            missed.append(what)
    assert total > 6000
    assert 1 - len(missed) / total >= LEAST, Counter(missed).most_common(20)


@pytest.mark.slow
def test_every_kind_of_surrounding_is_mostly_covered() -> None:
    """No surrounding hides behind the average: each finds at least nine in ten."""
    total: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    for what, secret, text in corpus.cases(11, 1):
        for part in what.split(" / ")[1:]:
            total[part] += 1
            missed[part] += corpus.leaks(secret, Redactor(Settings()).text(text))
    assert len(total) >= 20
    assert not {part: missed[part] for part in total if missed[part] > total[part] / 10}


def test_the_corpus_notices_a_leak() -> None:
    """The measure itself: text that was not redacted counts as leaked, whole or broken over lines."""
    cases = list(corpus.cases(3, 1))
    assert sum(corpus.leaks(secret, text) for _, secret, text in cases) / len(cases) > 0.99
