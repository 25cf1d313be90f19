from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from gitstory.agents.base import Source
from gitstory.attribution.conversation_trace import Trace, trace
from gitstory.linking.trace_cache import TraceCache
from tests.damaged import endless_row
from tests.unit.attribution.builders import conversation, swap, turn, write

SECRET = "a line that nobody may read"


def source(stamp: int = 1) -> Source:
    return Source("claude-code", Path("/home/dev/.claude/x.jsonl"), (stamp, 2), 10, 1.0, id="one")


def sample(cache: TraceCache) -> Trace:
    told = conversation(
        turn(1, write("a.py", f"{SECRET}\nx = 1\n", 5), commits=("abc1234",)),
        turn(2, swap("a.py", "x = 1", "x = 2", 9), swap("b.py", "old text", "new text", 10)),
    )
    return trace(told, cache.lines, folder="-home-dev")


def test_a_trace_comes_back_as_it_was(tmp_path: Path) -> None:
    cache = TraceCache(tmp_path / "traces.db")
    made = sample(cache)
    cache.put(source(), [made])
    cache.close()
    again = TraceCache(tmp_path / "traces.db")
    assert again.get(source()) == (made,)
    assert again.lines.of(SECRET) == cache.lines.of(SECRET)
    [brief] = again.briefs(source()) or ()
    assert (brief.names, brief.commits) == (frozenset({"a.py", "b.py"}), ("abc1234",))
    again.close()


def test_a_grown_transcript_is_read_again(tmp_path: Path) -> None:
    cache = TraceCache(tmp_path / "traces.db")
    cache.put(source(), [sample(cache)])
    cache.close()
    again = TraceCache(tmp_path / "traces.db")
    assert again.briefs(source(stamp=2)) is None
    again.close()


def test_no_text_reaches_the_disk(tmp_path: Path) -> None:
    cache = TraceCache(tmp_path / "traces.db")
    cache.put(source(), [sample(cache)])
    cache.close()
    with sqlite3.connect(tmp_path / "traces.db") as db:
        db.execute("VACUUM")
    assert SECRET.encode() not in (tmp_path / "traces.db").read_bytes()
    assert (tmp_path / "traces.db").stat().st_mode & 0o077 == 0


def test_what_was_ruled_out_is_asked_again_when_the_work_trees_change(tmp_path: Path) -> None:
    cache = TraceCache(tmp_path / "traces.db", b"one tree")
    cache.put(source(), [])
    cache.close()
    same = TraceCache(tmp_path / "traces.db", b"one tree")
    assert same.briefs(source()) == ()
    same.close()
    other = TraceCache(tmp_path / "traces.db", b"two trees")
    assert other.briefs(source()) is None
    other.close()


@pytest.mark.parametrize("damage", [b"", b"not a database at all", b"SQLite format 3\0" + b"\xff" * 200, endless_row()])
def test_a_damaged_cache_is_made_anew(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / "traces.db").write_bytes(damage)
    cache = TraceCache(tmp_path / "traces.db")
    cache.put(source(), [sample(cache)])
    cache.close()
    again = TraceCache(tmp_path / "traces.db")
    assert again.get(source()) is not None
    again.close()
