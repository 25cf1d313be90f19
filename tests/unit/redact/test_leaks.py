"""The corpus under `bench/secrets`: what `docs/privacy.md` says is hidden stays hidden, in both halves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path

import pytest

from bench.secrets import cases, draw

LEAST = {
    ("tokens", "tune"): 0.98,
    ("named", "tune"): 0.97,
    ("structures", "tune"): 0.97,
    ("keys", "tune"): 0.96,
    ("prose", "tune"): 0.97,
    ("tokens", "aside"): 0.98,
    ("named", "aside"): 0.98,
    ("structures", "aside"): 0.97,
    ("keys", "aside"): 0.98,
    ("prose", "aside"): 0.97,
}


LEAST_LATER = {
    ("tokens", "tune"): 0.93,
    ("named", "tune"): 0.96,
    ("structures", "tune"): 0.93,
    ("keys", "tune"): 0.94,
    ("prose", "tune"): 0.95,
    ("tokens", "aside"): 0.93,
    ("named", "aside"): 0.95,
    ("structures", "aside"): 0.95,
    ("keys", "aside"): 0.97,
    ("prose", "aside"): 0.93,
}


LEAST_THIRD = {
    ("tokens", "tune"): 0.95,
    ("named", "tune"): 0.96,
    ("structures", "tune"): 0.94,
    ("keys", "tune"): 0.95,
    ("prose", "tune"): 0.93,
    ("tokens", "aside"): 0.96,
    ("named", "aside"): 0.95,
    ("structures", "aside"): 0.95,
    ("keys", "aside"): 0.96,
    ("prose", "aside"): 0.94,
}


LEAST_FOURTH = {
    ("tokens", "tune"): 0.86,
    ("named", "tune"): 0.90,
    ("structures", "tune"): 0.94,
    ("keys", "tune"): 0.96,
    ("tokens", "aside"): 0.97,
    ("named", "aside"): 0.95,
    ("structures", "aside"): 0.95,
    ("keys", "aside"): 0.92,
}


LEAST_FIFTH = {
    ("tokens", "tune"): 0.97,
    ("named", "tune"): 0.90,
    ("structures", "tune"): 0.96,
    ("keys", "tune"): 0.96,
    ("tokens", "aside"): 0.97,
    ("named", "aside"): 0.90,
    ("structures", "aside"): 0.96,
    ("keys", "aside"): 0.96,
}


LEAST_SIXTH = {
    ("tokens", "tune"): 0.97,
    ("named", "tune"): 0.96,
    ("structures", "tune"): 0.97,
    ("keys", "tune"): 0.93,
    ("prose", "tune"): 0.92,
    ("tokens", "aside"): 0.94,
    ("named", "aside"): 0.88,
    ("structures", "aside"): 0.91,
    ("keys", "aside"): 0.96,
    ("prose", "aside"): 0.86,
}
"""Of the halves "aside" only that of the sixth corpus is still put aside; those of the others have been read."""


def leaks() -> object:
    loader = SourceFileLoader("leaks", str(Path(__file__).parents[3] / "bench" / "leaks"))
    module = module_from_spec(spec_from_loader("leaks", loader))  # type: ignore[arg-type]
    loader.exec_module(module)
    return module


@pytest.mark.slow
@pytest.mark.parametrize(
    ("made", "least"),
    [
        (cases.cases, LEAST),
        (cases.later_cases, LEAST_LATER),
        (cases.third_cases, LEAST_THIRD),
        (cases.fourth_cases, LEAST_FOURTH),
        (cases.fifth_cases, LEAST_FIFTH),
        (cases.sixth_cases, LEAST_SIXTH),
    ],
)
def test_shares_of_hidden_secrets(
    made: Callable[[int], Iterator[cases.Case]], least: dict[tuple[str, str], float]
) -> None:
    leaked = leaks().leaked  # type: ignore[attr-defined]
    total: Counter[tuple[str, str]] = Counter()
    hidden: Counter[tuple[str, str]] = Counter()
    for case in made(3):
        total[case.group, case.half] += 1
        hidden[case.group, case.half] += not leaked(case)
    shares = {place: hidden[place] / total[place] for place in total}
    assert not {place: share for place, share in shares.items() if share < least[place]}


@pytest.mark.parametrize("kind", ["aws", "gcp", "pem"])
def test_halves_follow_names_alone(kind: str) -> None:
    assert draw.half(kind) == draw.half(kind) in ("tune", "aside")
