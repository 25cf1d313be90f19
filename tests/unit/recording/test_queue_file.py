from __future__ import annotations

import os
import re
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitstory.agents.catalog import AGENTS, MARKER_VARIABLES, STORE_VARIABLES
from gitstory.recording.queue_file import (
    Event,
    append,
    finish,
    format_line,
    is_empty,
    parse,
    parse_line,
    take,
    waiting,
)

SHA = "1234567890" * 4
SHIM = Path(__file__).resolve().parents[3] / "hooks" / "shim.sh"

# What a process can have in its environment: any bytes but NUL.
values = st.binary(min_size=1, max_size=60).filter(lambda b: b"\0" not in b).map(os.fsdecode)
events = st.builds(
    Event,
    name=st.sampled_from(["post-commit", "post-merge", "post-rewrite"]),
    commit=st.sampled_from([SHA, "ab" * 32, None]),
    time=st.one_of(st.none(), st.integers(1, 10**10).map(float)),
    worktree=values,
    env=st.dictionaries(st.sampled_from([*MARKER_VARIABLES, *STORE_VARIABLES]), values, max_size=4),
    was=st.sampled_from([SHA, None]),
    by=st.sampled_from(["", "amend", "rebase"]),
)


@given(st.lists(events, max_size=5))
def test_what_is_written_is_read(written: list[Event]) -> None:
    read, skipped = parse(b"\n".join(format_line(event) for event in written))
    assert (list(read), skipped) == (written, 0)


@given(st.binary(max_size=200))
def test_noise_is_counted_and_never_raises(noise: bytes) -> None:
    good = format_line(Event("post-commit", SHA))
    read, skipped = parse(noise.replace(b"post-", b"") + b"\n" + good)
    assert read == (parse_line(good[:-1]),)
    assert skipped == len([line for line in noise.replace(b"post-", b"").split(b"\n") if line])


@pytest.mark.parametrize(
    "line",
    [
        b"2\tpost-commit\t" + SHA.encode() + b"\t0\t/x",
        b"1\tpre-commit\t" + SHA.encode() + b"\t0\t/x",
        b"1\tpost-commit\tHEAD\t0\t/x",
        b"1\tpost-commit\t" + SHA.encode()[:-1] + b"\t0\t/x",
        b"1\tpost-commit\t--output=x\t0\t/x",
        b"1\tpost-commit\t" + SHA.encode(),
        b"1\tpost-commit\t" + SHA.encode() + b"\t0\t" + b"x" * 70_000,
    ],
)
def test_lines_that_are_none(line: bytes) -> None:
    assert parse_line(line) is None


def test_unknown_variables_are_not_taken_over() -> None:
    event = parse_line(b"1\tpost-commit\t" + SHA.encode() + b"\t0\t/x\tLD_PRELOAD=/evil\tHOME=/home/dev")
    assert event is not None and event.env == {"HOME": "/home/dev"}


def test_the_shim_knows_the_same_variables() -> None:
    listed = re.search(r"for gitstory_name in(.*?); do", SHIM.read_text(), re.S)
    assert listed is not None
    assert listed.group(1).replace("\\", "").split() == [*MARKER_VARIABLES, *STORE_VARIABLES]
    assert {name for info in AGENTS.values() for name in info.markers} <= set(MARKER_VARIABLES)


def test_take_and_finish(tmp_path: Path) -> None:
    home = tmp_path / "gitstory"
    assert is_empty(home) and waiting(home) == 0 and take(home.parent) == []
    first, second = Event("post-commit", SHA, worktree="/a"), Event("post-merge", SHA, worktree="/b")
    append(home, first)
    assert stat.S_IMODE((home / "spool").stat().st_mode) == 0o600
    (batch,) = take(home)
    assert batch.events == (first,)
    append(home, second)
    assert waiting(home) == 2 and not is_empty(home)
    assert finish(batch) is None
    assert waiting(home) == 1
    (batch,) = take(home)
    assert batch.events == (second,) and finish(batch) is None and is_empty(home)
    assert list(home.iterdir()) == []


def test_what_a_killed_worker_took_comes_first(tmp_path: Path) -> None:
    for name in ("/1", "/2", "/3"):
        append(tmp_path, Event("post-commit", SHA, worktree=name))
        taken = take(tmp_path)
    assert [event.worktree for batch in taken for event in batch.events] == ["/1", "/2", "/3"]


def test_a_slow_writer_is_not_lost(tmp_path: Path) -> None:
    """One that opened the spool before it was renamed, and wrote after it was read."""
    append(tmp_path, Event("post-commit", SHA, worktree="/1"))
    with (tmp_path / "spool").open("ab") as slow:
        (batch,) = take(tmp_path)
        slow.write(b"\n" + format_line(Event("post-commit", SHA, worktree="/2")))
    rest = finish(batch)
    assert rest is not None and [event.worktree for event in rest.events] == ["/2"]
    assert finish(rest) is None and is_empty(tmp_path)


def test_an_empty_spool_leaves_nothing(tmp_path: Path) -> None:
    """A shim that died between making the file and writing to it."""
    (tmp_path / "spool").touch()
    (batch,) = take(tmp_path)
    assert batch.events == () and finish(batch) is None
    assert list(tmp_path.iterdir()) == []
