"""What is said of agents' stores without reading them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from gitstory import safe_open
from gitstory.agents.registry import reader
from gitstory.cli.status_findings import agent_findings
from gitstory.environment import Surroundings
from gitstory.queries.agents import store_views


@pytest.mark.parametrize(
    ("beginning", "size", "is_named"),
    [(b"{}\n", safe_open.LARGEST + 1, True), (b"{}\n", safe_open.LARGEST, False), (b"\x1f\x8b", 2 << 30, False)],
)
def test_a_transcript_that_is_too_large_is_named_by_status(
    tmp_path: Path, beginning: bytes, size: int, is_named: bool
) -> None:
    file = tmp_path / ".claude" / "projects" / "-x" / "0f5bd1e0-5b0e-4a8e-9c0b-6a1d7d2b1c11.jsonl"
    file.parent.mkdir(parents=True)
    file.write_bytes(beginning)
    os.truncate(file, size)
    agent = reader("claude-code")
    [view] = store_views([agent], Surroundings({}, tmp_path), None)
    assert view.conversations == 1 and view.problem is None
    assert view.aside == (((str(file), "larger than 1024 MB"),) if is_named else ())
    assert [f"{file} is not read" in each.message for each in agent_findings((view,))] == [True] * is_named
