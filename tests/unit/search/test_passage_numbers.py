"""Numbers of passages follow the clock, whatever time a remote sends."""

from __future__ import annotations

import sqlite3

import pytest

from gitstory.model import Conversation, Say, Turn
from gitstory.search.db.schema import connect
from gitstory.search.db.writer import Writer, first_number


@pytest.mark.parametrize("time", [None, -1.0, -1e300, 0.0, 1.7e9, 1e18, 1e19, 1e300, float("inf")])
def test_any_time_has_a_number_that_a_database_takes(time: float | None) -> None:
    with sqlite3.connect(":memory:") as db:
        assert db.execute("SELECT ?", (first_number(time),)).fetchone()[0] >= 1


def test_a_later_time_has_a_later_number() -> None:
    assert first_number(None) < first_number(1.7e9) < first_number(1.7e9 + 1) < first_number(1e300)


def conversation(name: str, *times: float) -> Conversation:
    turns = tuple(Turn(f"t{at}", at, f"word {at}", time=time, steps=(Say("yes"),)) for at, time in enumerate(times))
    return Conversation("codex", name, turns, started=times[0])


def numbers(writer: Writer) -> list[int]:
    return [row[0] for row in writer.db.execute("SELECT id FROM passages ORDER BY rowid")]


def test_free_numbers_are_looked_for_once_a_turn_and_each_is_used_once() -> None:
    writer = Writer(connect(None), "here")
    asked: list[str] = []
    writer.db.set_trace_callback(lambda text: asked.append(text) if "FROM passages WHERE id >" in text else None)
    writer.put(conversation("later", 20.0, 30.0), 1)
    count = len(asked)
    writer.put(conversation("earlier", 10.0, 10.0, 20.0), 1)
    first, second, third = first_number(10), first_number(20), first_number(30)
    assert numbers(writer) == [*range(first, first + 4), *range(second, second + 4), *range(third, third + 2)]
    assert count <= 2 * 2, "two questions a turn, however many passages it has"


def test_numbers_run_into_those_of_the_next_second() -> None:
    writer = Writer(connect(None), "here")
    writer.put(conversation("next", 11.0), 1)
    writer.put(conversation("many", *[10.0] * 40), 1)
    next_second = first_number(11)
    assert numbers(writer) == [*range(first_number(10), next_second + 2 + 16)]


def test_a_new_writer_uses_no_number_of_an_earlier_one() -> None:
    db = connect(None)
    for name in ("one", "two"):
        Writer(db, "here").put(conversation(name, 10.0), 1)
    assert numbers(Writer(db, "here")) == [*range(first_number(10), first_number(10) + 4)]


def test_full_text_search_holds_more_words_than_it_would_before_it_writes_them() -> None:
    """Each part that it writes is merged with others later: half of the time of a new index."""
    rows = dict(connect(None).execute("SELECT k, v FROM words_config"))
    assert rows["hashsize"] == 8 << 20
