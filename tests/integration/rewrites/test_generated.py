"""Random histories, randomly rewritten, against a model that only remembers who wrote which line (see `world`)."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.examples import THOROUGH
from tests.integration.rewrites.world import Count, World

REWRITES = 6
"""Rewrites in each history."""
HISTORIES = int(os.environ.get("GITSTORY_HISTORIES", "70" if THOROUGH else "4"))
"""Histories of each kind, four processor seconds each; docs/rewrites.md tells of a run with more."""
FIRST = int(os.environ.get("GITSTORY_FIRST_SEED", "1"))


@pytest.mark.slow
@pytest.mark.parametrize("gone", [False, True], ids=["transcripts", "store-only"])
def test_lines_keep_their_turn(tmp_path: Path, home: Path, gone: bool, capsys: pytest.CaptureFixture[str]) -> None:
    total = Count()
    notes: list[str] = []
    for seed in range(FIRST, FIRST + HISTORIES):
        world = World(tmp_path / str(seed), home, seed, gone=gone)
        total.add(world.live(REWRITES))
        notes += [f"seed {seed}: {note}" for note in world.did if note.startswith(" ")]
    with capsys.disabled():
        print(f"\n{HISTORIES} histories of {REWRITES} rewrites: {total}")
    assert total.wrong == 0, "\n".join(notes)
    assert total.kept >= 0.99 * (total.kept + total.lost), "\n".join(notes)
    assert total.kept > 50 * HISTORIES and total.persons > 100 * HISTORIES
