"""In which order the record goes into the index, and what git is asked for then."""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from gitstory.git.repo import Objects, Repo
from gitstory.model import Conversation, Link, Say, Story, Turn
from gitstory.search import indexer
from gitstory.search.db.schema import connect
from gitstory.search.db.tokenizer import unfinished
from gitstory.search.db.writer import Writer
from gitstory.store.store import Batch, StoryStore
from tests.gitrepo import GitRepo

FIRST = 1_700_000_000


@pytest.fixture
def opened(repo: GitRepo, home: Path) -> Iterator[Repo]:
    repo.commit("first", {"a.txt": "a\n"})
    with Repo.open(repo.path) as opened:
        yield opened


def record(repo: Repo, count: int) -> None:
    """Conversations whose times are in no order of their ids, and a story for each."""
    conversations, stories = [], []
    for number in range(count):
        time = FIRST + 60.0 * (number * 7 % count)
        turns = tuple(Turn(f"t{at}", at, f"word{number} again", time=time + at, steps=(Say("yes"),)) for at in (1, 2))
        conversations.append(Conversation("codex", f"c{number}", turns, started=time, updated=time + 2))
        stories.append(Story(f"{number:040x}", (Link("codex", f"c{number}", "files"),)))
    StoryStore(repo).write(Batch(stories, conversations))


def fed(repo: Repo, limit: float = 1000.0) -> tuple[sqlite3.Connection, int]:
    db = connect(None)
    return db, indexer.feed(repo, None, limit, shared=db).left


def times(db: sqlite3.Connection) -> list[int]:
    return [int(row[0] - FIRST) // 60 for row in db.execute("SELECT started FROM conversations ORDER BY id")]


def test_the_newest_go_in_first_and_many_at_a_time_in_order(opened: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indexer, "_IN_ORDER", 4)
    record(opened, 11)
    assert times(fed(opened)[0]) == [7, 8, 9, 10, 3, 4, 5, 6, 0, 1, 2]
    clock = itertools.count()
    monkeypatch.setattr(indexer.time, "monotonic", lambda: next(clock))
    db, left = fed(opened, 4)
    assert left and times(db) and set(times(db)) <= {7, 8, 9, 10}, "a run that stops leaves the oldest out"


def test_passages_reach_full_text_search_in_the_order_of_their_numbers(opened: Repo) -> None:
    """Each number that is smaller than the last one makes FTS5 write a part of its index."""
    record(opened, 30)
    db = connect(None)
    rows: list[int] = []
    db.set_trace_callback(
        lambda text: rows.append(number(text)) if text.startswith("INSERT INTO words (rowid") else None
    )
    indexer.feed(opened, None, 1000.0, shared=db)
    assert len(rows) == 30 * 2 * 2
    assert rows == sorted(rows)


def number(statement: str) -> int:
    return int(statement.partition("VALUES (")[2].partition(",")[0])


@pytest.mark.parametrize("count", [20, 60])
def test_git_walks_to_no_record_from_the_top(opened: Repo, count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    record(opened, count)
    _ = StoryStore(opened).index
    asked: list[bytes] = []
    blobs, read = Objects.blobs, Objects.read

    def noted(self: Objects, specs: Sequence[bytes], limit: int | None = None) -> Iterator[bytes | None]:
        asked.extend(specs)
        return blobs(self, specs, limit)

    def noted_one(self: Objects, spec: str | bytes, limit: int | None = None) -> tuple[str, str, bytes] | None:
        asked.append(spec.encode() if isinstance(spec, str) else spec)
        return read(self, spec, limit)

    monkeypatch.setattr(Objects, "blobs", noted)
    monkeypatch.setattr(Objects, "read", noted_one)
    db, left = fed(opened)
    assert (left, len(times(db))) == (0, count)
    assert not [spec for spec in asked if b":conversations/" in spec or b":commits/" in spec]


def test_passages_that_wait_are_removed_with_their_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    db = connect(None)
    writer = Writer(db, "here")
    before = Conversation("codex", "c", (Turn("t", 1, "aardvark", time=1.0),))
    writer.put(before, 1)
    writer.put(Conversation("codex", "c", (Turn("t", 1, "badger", time=1.0),)), 1)
    writer.commit(last=True)
    found = [
        db.execute("SELECT count(*) FROM words WHERE words MATCH ?", (word,)).fetchone()[0]
        for word in ("aardvark", "badger")
    ]
    assert found == [0, 1]


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("a", ""),
        ("go", "go"),
        ("fix go", "fix go"),
        ("fix g", "fix "),
        ("gor", "gor*"),
        ("x.go", "x.go*"),
        ("日", "日*"),
    ],
)
def test_a_word_of_two_letters_is_taken_for_whole(typed: str, asked: str) -> None:
    """Beginnings of one and two letters are those of a large part of all words."""
    assert unfinished(typed) == asked
