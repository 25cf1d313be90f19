"""When to look, and when a turn counts as ended."""

from __future__ import annotations

from gitstory.watching import schedule
from gitstory.watching.schedule import (
    NEVER,
    QUIET,
    SETTLED,
    STILL,
    File,
    failed,
    judged,
    next_look,
    ready,
    saved,
    written,
)


def test_a_file_is_looked_at_when_it_rests() -> None:
    one = written(None, 10.0)
    assert one.look == 10.0 + STILL
    assert written(one, 10.1).look == 10.1 + STILL


def test_one_that_never_rests_is_looked_at_all_the_same() -> None:
    one, now = written(None, 0.0), 0.0
    while now < 10.0:
        now += 0.1
        one = written(one, now)
        assert one.look <= schedule.LATEST + 1e-9 or now > schedule.LATEST
    assert one.look == schedule.LATEST


def test_looks_that_take_long_are_seldom() -> None:
    one, _ = judged(written(None, 0.0), "running", 1.0, cost=2.0)
    assert written(one, 3.0).look == 1.0 + 2.0 / schedule.SHARE


def test_a_marked_end_is_saved_at_once() -> None:
    one, due = judged(written(None, 0.0), "ended", 0.3)
    assert due and one.look == NEVER and not ready({"x": one}, 1e9)


def test_an_answer_has_to_stand() -> None:
    one, due = judged(written(None, 0.0), "answered", 0.3)
    assert not due and one.look == SETTLED
    assert judged(one, "answered", SETTLED)[1]


def test_a_turn_that_stopped_is_saved_late() -> None:
    one, due = judged(written(None, 0.0), "running", 0.3)
    assert not due and one.look == QUIET
    assert judged(one, "running", QUIET)[1]


def test_who_went_on_once_is_given_more_time() -> None:
    one = saved(judged(written(None, 0.0), "answered", 5.0)[0], "t1", "answered")
    assert not one.doubted
    again = saved(judged(written(one, 6.0), "answered", 9.0)[0], "t1", "answered")
    assert again.doubted and not judged(written(again, 10.0), "answered", 12.0)[1]
    assert judged(written(again, 10.0), "ended", 10.3)[1]
    other = saved(judged(written(one, 6.0), "answered", 9.0)[0], "t2", "answered")
    assert not other.doubted


def test_what_failed_is_tried_again() -> None:
    one = failed(judged(written(None, 0.0), "ended", 0.3)[0], 1.0)
    assert ready({"x": one}, 1.0 + schedule.AGAIN) == ["x"]


def test_the_order_and_the_alarm() -> None:
    files = {"b": File(2.0, 2.0, 5.0), "a": File(1.0, 3.0, 5.0), "c": File(0.0, 0.0, NEVER)}
    assert ready(files, 5.0) == ["a", "b"]
    assert next_look(files, 99.0) == 5.0 and next_look({}, 99.0) == 99.0


def test_sleep_is_noticed() -> None:
    assert schedule.slept(1.0, 3600.0) and schedule.slept(30.0, -50.0) and not schedule.slept(30.0, 30.2)
