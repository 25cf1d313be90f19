"""The changes made by hand that tests must notice fit the code of today (tests/mutants/by_hand.py)."""

from __future__ import annotations

from pathlib import Path

from tests.mutants.by_hand import CHANGES, by_hand

ROOT = Path(__file__).resolve().parents[2]


def test_each_change_by_hand_finds_its_text_once_and_is_python() -> None:
    found = by_hand(ROOT / "gitstory" / name for name in CHANGES)
    assert len(found) == sum(map(len, CHANGES.values()))
    for mutant in found:
        assert mutant.code().co_filename == str(mutant.path)
