"""Vectors in the index: they come with passages, go with them, and with another model. Needs no model."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from gitstory.model import Conversation, Turn
from gitstory.search.db import vectors
from gitstory.search.db.schema import LIVE, connect
from gitstory.search.db.writer import Writer

REPO = "/r/.git"


@pytest.fixture
def db() -> Iterator[sqlite3.Connection]:
    made = connect(None)
    yield made
    made.close()


def told(*prompts: str) -> Conversation:
    turns = tuple(Turn(id=f"t{at}", index=at, prompt=text, time=1000.0 * at) for at, text in enumerate(prompts, 1))
    return Conversation(agent="claude-code", id="c", turns=turns)


def fill(db: sqlite3.Connection, vector: bytes = b"\x01\x02") -> None:
    vectors.prepare(db, "one")
    vectors.put(db, [(passage, vector) for passage in vectors.missing(db)])
    db.commit()


def kept(db: sqlite3.Connection) -> int:
    return int(db.execute("SELECT count(*) FROM vectors").fetchone()[0])


def test_the_newest_are_missing_first(db: sqlite3.Connection) -> None:
    assert not vectors.is_there(db)
    Writer(db, REPO).put(told("first", "second", "third"), LIVE)
    vectors.prepare(db, "one")
    said = [text for _, text in vectors.texts(db, vectors.missing(db))]
    assert said == ["third", "second", "first"] and vectors.is_there(db)
    fill(db)
    assert vectors.missing(db) == [] and kept(db) == 3


def test_a_vector_goes_with_its_passage(db: sqlite3.Connection) -> None:
    writer = Writer(db, REPO)
    writer.put(told("first", "second", "third"), LIVE)
    fill(db, b"\x05\x06")
    writer.put(told("first", "changed", "third"), LIVE)
    assert [text for _, text in vectors.texts(db, vectors.missing(db))] == ["changed"] and kept(db) == 2
    writer.put(told("first"), LIVE)
    assert kept(db) == 1
    writer.drop(("claude-code", "c"), LIVE)
    assert kept(db) == 0


def test_passages_that_went_meanwhile_get_none(db: sqlite3.Connection) -> None:
    Writer(db, REPO).put(told("first"), LIVE)
    vectors.prepare(db, "one")
    vectors.put(db, [(passage + 1, b"\x01") for passage in vectors.missing(db)])
    assert kept(db) == 0 and vectors.texts(db, [7]) == []


def test_vectors_of_another_model_go(db: sqlite3.Connection) -> None:
    Writer(db, REPO).put(told("first"), LIVE)
    fill(db)
    vectors.prepare(db, "one")
    assert kept(db) == 1
    vectors.prepare(db, "two")
    assert kept(db) == 0 and len(vectors.missing(db)) == 1


def test_those_that_say_nothing_are_not_compared_and_not_made_again(db: sqlite3.Connection) -> None:
    Writer(db, REPO).put(told("first"), LIVE)
    fill(db, b"")
    assert vectors.missing(db) == []
    assert list(vectors.rows(db, "", "1", ())) == [] == list(vectors.rows(db, "", "p.role IN (0)", ()))


def letters(texts: Sequence[str]) -> Any:
    """A real, small embedder: how often each letter occurs."""
    import numpy as np

    made = np.array([[text.lower().count(chr(97 + at)) for at in range(26)] for text in texts], np.float32)
    lengths = np.linalg.norm(made, axis=1, keepdims=True)
    lengths[lengths == 0] = 1
    return made / lengths


def test_embedding_goes_on_where_it_was_interrupted(db: sqlite3.Connection) -> None:
    pytest.importorskip("numpy")
    from gitstory.embedding import Embedder
    from gitstory.search.embed import Embedded, embed

    Writer(db, REPO).put(told(*(f"prompt {at}" for at in range(300)), "1234"), LIVE)
    batches: list[int] = []

    def interrupted(texts: Sequence[str]) -> Any:
        batches.append(len(texts))
        if len(batches) == 2:
            raise KeyboardInterrupt
        return letters(texts)

    assert embed(db, None, Embedder("letters", letters), 0.0) == Embedded(0, 301)
    with pytest.raises(KeyboardInterrupt):
        embed(db, None, Embedder("letters", interrupted), 60.0)
    db.rollback()
    assert kept(db) == batches[0] > 0
    heard: list[tuple[int, int]] = []
    left = 301 - batches[0]
    done = embed(db, None, Embedder("letters", letters), 60.0, lambda at, of: heard.append((at, of)))
    assert done == Embedded(left, 0) and heard[0] == (0, left) and heard[-1] == (left, left)
    assert kept(db) == 301
    (empty,) = db.execute("SELECT count(*) FROM vectors WHERE vector = x''").fetchone()
    assert empty == 1, "nothing but digits has no letters"
