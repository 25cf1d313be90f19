"""Searching an index that nothing may write, whether it was completed or not."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from gitstory.model import Call, Conversation, Edit, Turn
from gitstory.search.db import vocabulary
from gitstory.search.db.schema import LIVE, connect, connect_read_only
from gitstory.search.db.writer import Writer
from gitstory.search.filters import SearchCriteria
from gitstory.search.query import Finder


@pytest.mark.parametrize("completed", [True, False])
def test_every_search_answers(tmp_path: Path, completed: bool) -> None:
    """Parts of words are looked for in SQLite's own list of words where ours was not made yet."""
    path = tmp_path / "search.db"
    db = connect(path)
    edit = Call("Edit", edits=(Edit("src/net.py"),))
    turn = Turn("t1", 1, "the obsession with retries", 1.0, steps=(edit,), branch="main")
    writer = Writer(db, "here")
    writer.put(Conversation("codex", "a", (turn,)), LIVE)
    writer.commit(last=completed)
    db.close()
    before = path.read_bytes()
    reader = connect_read_only(path)
    assert reader is not None and vocabulary.is_kept(reader) == completed
    for asked in (
        SearchCriteria("obsession"),
        SearchCriteria("bsessi"),
        SearchCriteria("obsession", file="src/net.py"),
        SearchCriteria("bsessi", branch="main"),
    ):
        assert [hit.number for hit in Finder(reader, asked).find(asked.text, 20)] == [1], asked
    with pytest.raises(sqlite3.OperationalError):
        reader.execute("DELETE FROM turns")
    reader.close()
    assert path.read_bytes() == before
