"""Each test of redaction draws the same made-up secrets alone, in any order, and in parallel."""

from __future__ import annotations

import random

import pytest


@pytest.fixture(autouse=True)
def _same_draws(request: pytest.FixtureRequest) -> None:
    for name in ("RNG", "rng"):
        generator = getattr(request.module, name, None)
        if isinstance(generator, random.Random):
            generator.seed(request.node.nodeid)
