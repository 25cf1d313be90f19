"""Numbers of passages follow the clock, whatever time a remote sends."""

from __future__ import annotations

import sqlite3

import pytest

from gitstory.search.db.writer import first_number


@pytest.mark.parametrize("time", [None, -1.0, -1e300, 0.0, 1.7e9, 1e18, 1e19, 1e300, float("inf")])
def test_any_time_has_a_number_that_a_database_takes(time: float | None) -> None:
    with sqlite3.connect(":memory:") as db:
        assert db.execute("SELECT ?", (first_number(time),)).fetchone()[0] >= 1


def test_a_later_time_has_a_later_number() -> None:
    assert first_number(None) < first_number(1.7e9) < first_number(1.7e9 + 1) < first_number(1e300)
