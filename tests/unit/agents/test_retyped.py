"""The records of another type that the conformance test shows a reader."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from gitstory.agents.base import Source
from gitstory.agents.pi import AGENT, Pi
from gitstory.testing import NotConforming, conformance
from gitstory.testing.wrong_types import STRANGE, of_database, of_file, some, write_cell

STORE = Path(__file__).resolve().parents[2] / "data" / "pi"


def test_each_value_becomes_each_strange_one(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"a": [1], "b": '{"c": 2}'}), "utf-8")
    changed = [json.loads(make()) for _, make in of_file(path)]
    # The whole, a, its element, b, the object in it, and c.
    assert len(changed) == 6 * len(STRANGE)
    for expected in ({}, {"a": {}, "b": '{"c": 2}'}, {"a": [{}], "b": '{"c": 2}'}, {"a": [1], "b": '{"c": {}}'}):
        assert expected in changed


def test_lines_are_changed_one_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"a":1}\n{"b":2}\n')
    changed = [make().splitlines() for _, make in of_file(path)]
    assert all(len(lines) == 2 and (lines[0] == b'{"a":1}') != (lines[1] == b'{"b":2}') for lines in changed)


def test_values_of_a_database(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("CREATE TABLE t (a TEXT, b BLOB); INSERT INTO t VALUES ('no JSON', x'7b7d');")
    found = of_database(path)
    assert {cell for cell, _ in found} == {("t", "b", 1)}
    cell, (_, make) = found[1]
    write_cell(path, cell, make())
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT * FROM t").fetchall() == [("no JSON", b"[]")]


def test_some_are_of_as_many_kinds_as_there_are() -> None:
    names = [f"line {n}, {value} at /{key}" for n in range(50) for value in ("{}", "1") for key in "ab"]
    chosen = some(names, str, 4)
    assert {name.split(", ")[1] for name in chosen} == {"{} at /a", "{} at /b", "1 at /a", "1 at /b"}
    assert sorted(some(names, str, 1000)) == sorted(names)


@pytest.mark.slow
def test_a_reader_that_takes_a_value_for_a_name_is_found_out(tmp_path: Path) -> None:
    class Trusting(Pi):
        def read(self, source: Source) -> object:  # type: ignore[override]
            for line in source.path.read_bytes().splitlines():
                try:
                    record = json.loads(line)
                except (ValueError, RecursionError):
                    continue
                if isinstance(record, dict) and record.get("type") in {"session"}:
                    break
            return AGENT.read(source)

    with pytest.raises(NotConforming, match="unhashable type"):
        conformance(Trusting(), STORE, tmp_path, readings=600)
