"""Which paths and addresses the parse cache may hold as they are."""

from __future__ import annotations

import random

import pytest

from gitstory.redact.cacheable_paths import clean
from tests.unit.redact import corpus


@pytest.mark.parametrize(
    "text",
    [
        "/home/dev/work/app/src/main.py",
        "/home/dev/.claude/projects/x/5e551011-0000-4000-8000-000000000001.jsonl",
        "docs/2026-11-20-how-we-came-to-like-it.md",
        "https://github.com/acme/app.git",
        "git@github.com:acme/app.git",
        "node_modules/.pnpm/some-package@1.20.3_typescript@5.4.5/index.js",
    ],
)
def test_ordinary_ones(text: str) -> None:
    assert clean([text])


def test_those_with_a_secret_in_them() -> None:
    rng = random.Random(7)
    assert not clean(["https://dev:pa55w0rd-of-mine@git.corp.example/app.git"])
    for what, secret in corpus.tokens(rng):
        if "/" not in secret:
            assert not clean(["src/main.py", f"/tmp/{secret}.txt"]), what
