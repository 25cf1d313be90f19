"""Expressions that were proved linear before, by a key of everything that the proof depends on.

A proof takes seconds of processor time and its verdict is always the same, so it is made again only for what changed:
the pattern, its flags, the ways it is used, the code that proves, or the version of Python. `make expressions` proves
all of them again and writes the file.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from tests.expressions.collected import Expression
from tests.expressions.measured import kinds

FOLDER = Path(__file__).parent
FILE = FOLDER / "proved.txt"
PROVER = ("measured.py", "nasty.py")
HEAD = "# Keys of expressions that were proved linear; written by `make expressions`.\n"


def key(expression: Expression, prover: bytes | None = None, version: tuple[int, ...] = sys.version_info[:2]) -> str:
    """A digest of what the verdict on `expression` depends on."""
    pattern = expression.pattern
    parts = (
        type(pattern.pattern).__name__,
        pattern.pattern,
        pattern.flags,
        sorted(kinds(expression.uses)),
        sys.implementation.name,
        tuple(version),
        hashlib.sha256(prover or prover_code()).hexdigest(),
    )
    return hashlib.sha256(repr(parts).encode("utf-8", "backslashreplace")).hexdigest()


@cache
def prover_code() -> bytes:
    """The source of the modules that make texts and measure."""
    return b"\0".join((FOLDER / name).read_bytes() for name in PROVER)


def read() -> frozenset[str]:
    """The keys in the file."""
    lines = FILE.read_text().splitlines() if FILE.exists() else []
    return frozenset(line for line in lines if not line.startswith("#"))


def write(keys: Iterable[str]) -> None:
    FILE.write_text(HEAD + "".join(f"{one}\n" for one in sorted(set(keys))))
