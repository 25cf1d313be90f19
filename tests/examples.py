"""How many examples the property tests and the long loops try.

An ordinary run tries few, and the same ones each time: it never fails by chance. `make property` (GITSTORY_PROPERTY=1)
tries many random ones.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TypeVar

from hypothesis import HealthCheck, Phase, settings

_Example = TypeVar("_Example")

THOROUGH = bool(os.environ.get("GITSTORY_PROPERTY"))
_LEAST = 10
_FEWER, _MORE = 4, 5

# How long an example takes is up to the machine, and a test's directory may serve all of its examples.
_RELAXED = settings(
    deadline=None,
    print_blob=True,
    phases=[phase for phase in Phase if phase is not Phase.explain],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.register_profile("ordinary", _RELAXED, derandomize=True, max_examples=25)
settings.register_profile("property", _RELAXED, max_examples=500)
settings.register_profile("mutants", settings.get_profile("ordinary"), phases=[Phase.explicit, Phase.generate])
settings.load_profile("property" if THOROUGH else "mutants" if os.environ.get("GITSTORY_MUTANTS") else "ordinary")


def tries(count: int) -> int:
    """How many of `count` examples this run tries: a quarter, or five times as many where it is thorough."""
    return count * _MORE if THOROUGH else min(count, max(_LEAST, count // _FEWER))


def some(examples: Sequence[_Example]) -> Sequence[_Example]:
    """The examples of a long loop that this run tries: all where it is thorough, else a quarter from all along it."""
    return examples[:: max(1, len(examples) // tries(len(examples)))]
