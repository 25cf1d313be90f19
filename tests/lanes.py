"""Tests that need something a plain clone does not have, or take too long for every run, and how to ask for them.

They are left out of a run, not skipped: what is skipped lacks a program or a right on this machine (docs/testing.md).
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import pytest

FIXTURES = Path(os.environ.get("GITSTORY_FIXTURES", Path(__file__).resolve().parents[2] / "shared" / "fixtures"))
"""Real files of real agents."""

VARIABLES = {"lab": "GITSTORY_LAB", "matrix": "GITSTORY_MATRIX", "foreign": "GITSTORY_FOREIGN"}
"""Marker -> the environment variable that asks for its tests."""


def is_open(item: pytest.Item) -> bool:
    """Whether a test belongs to this run."""
    if any(item.get_closest_marker(name) and not os.environ.get(asked) for name, asked in VARIABLES.items()):
        return False
    needed = [Path(path) for mark in item.iter_markers("real_files") for path in mark.args]
    if "fixtures" in getattr(item, "fixturenames", ()):
        needed.append(FIXTURES)
    return all(path.exists() for path in needed)


def split(items: Iterable[pytest.Item]) -> tuple[list[pytest.Item], list[pytest.Item]]:
    """The tests of this run, those marked slow first, and those left out."""
    kept: list[pytest.Item] = []
    left: list[pytest.Item] = []
    for item in items:
        (kept if is_open(item) else left).append(item)
    return sorted(kept, key=lambda item: item.get_closest_marker("slow") is None), left


def left_out() -> str:
    """A line on the lanes that this run leaves out, "" for none."""
    closed = [f"{name} ({asked})" for name, asked in VARIABLES.items() if not os.environ.get(asked)]
    if not FIXTURES.exists():
        closed.append("real_files (GITSTORY_FIXTURES)")
    return f"left out unless asked for: {', '.join(closed)}" if closed else ""
