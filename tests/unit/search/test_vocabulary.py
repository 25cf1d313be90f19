"""Words of the index in one piece: new ones are in it at once, and what went takes its words along."""

from __future__ import annotations

import sqlite3

import pytest

from gitstory.model import Conversation, Say, Turn
from gitstory.search.db import vocabulary
from gitstory.search.db.schema import LIVE, STORED, connect
from gitstory.search.db.tokenizer import folded
from gitstory.search.db.writer import Writer
from gitstory.search.filters import SearchCriteria
from gitstory.search.query import Finder


@pytest.fixture
def db() -> sqlite3.Connection:
    return connect(None)


def talk(name: str, *prompts: str) -> Conversation:
    return Conversation("codex", name, tuple(Turn(f"t{n}", n, text, float(n)) for n, text in enumerate(prompts, 1)))


def put(db: sqlite3.Connection, *told: Conversation) -> None:
    writer = Writer(db, "here")
    for one in told:
        writer.put(one, LIVE)
    writer.commit(last=True)


def found(db: sqlite3.Connection, part: str) -> list[str]:
    return sorted(f"{hit.conversation} {hit.number}" for hit in Finder(db, SearchCriteria(part)).find(part, 20))


def test_a_part_is_found_in_what_came_before_and_after(db: sqlite3.Connection) -> None:
    put(db, talk("a", "the obsession"))
    assert vocabulary.is_kept(db)
    put(db, talk("a", "the obsession", "SessionStarted twice"), talk("b", "recession, dépression"))
    assert found(db, "essio") == ["a 1", "a 2", "b 1"]
    assert found(db, "epressi") == ["b 1"]


def test_what_it_holds_is_what_sqlite_says(db: sqlite3.Connection) -> None:
    """The same words whether they were there when the piece was made or came later."""
    texts = ["snake_case and parseHTTPHeader 2x", "Größe, naïve; 漢字 ẞ", "İstanbul ﬁne e\u0301tude", "a" * 100]
    put(db, talk("a", *texts))
    whole = set(vocabulary.lines(db).split())
    later = connect(None)
    put(later, talk("b", "nothing"))
    put(later, talk("a", *texts))
    assert later.execute("SELECT count(*) FROM vocabulary").fetchone() == (2,)
    assert set(vocabulary.lines(later).split()) - {"nothing"} == whole


def test_what_went_leaves_no_word(db: sqlite3.Connection) -> None:
    put(db, talk("a", "quinquereme"), talk("b", "of Nineveh"))
    writer = Writer(db, "here")
    writer.drop(("codex", "a"), LIVE)
    writer.commit(last=True)
    assert "quinquereme" not in vocabulary.lines(db)
    assert "nineveh" in vocabulary.lines(db)
    assert found(db, "uinquerem") == []


def test_a_conversation_that_something_else_knows_stays(db: sqlite3.Connection) -> None:
    writer = Writer(db, "here")
    for origin in (LIVE, STORED):
        writer.put(talk("a", "quinquereme"), origin)
    writer.commit(last=True)
    writer.drop(("codex", "a"), LIVE)
    assert vocabulary.is_kept(db)
    assert found(db, "uinquerem") == ["a 1"]


def test_many_pieces_become_one(db: sqlite3.Connection) -> None:
    put(db, talk("a", "first"))
    for number in range(70):
        put(db, talk(f"b{number}", f"word{number}", Say("x").text))
    (rows,) = db.execute("SELECT count(*) FROM vocabulary").fetchone()
    assert rows < 10
    assert len(found(db, "ord6")) == 11


def test_letters_are_compared_as_sqlite_compares_them(db: sqlite3.Connection) -> None:
    """Of all of Latin-1 and Extended-A but a long s and a dotted capital I, which our case has otherwise."""
    letters = [chr(code) for code in range(0xC0, 0x180) if chr(code).isalpha() and chr(code) not in "ſİ"]
    put(db, talk("a", " ".join(f"q{letter}q" for letter in letters)))
    assert {word for word in vocabulary.lines(db).split() if word[0] == "q"} == {folded(f"q{one}q") for one in letters}


def test_turns_of_one_second_are_numbered_without_a_look_at_each_other(db: sqlite3.Connection) -> None:
    """A remote may send any number of them; statements are counted, of this writer and of a later one."""
    statements: list[str] = []
    counts = []
    for start in (0, 200, 400):
        writer = Writer(db, "here")
        db.set_trace_callback(statements.append)
        for number in range(start, start + 200):
            writer.put(talk(f"one-{number}", f"say word{number}"), STORED)
        db.set_trace_callback(None)
        counts.append(len(statements))
        statements.clear()
        writer.commit(last=True)
    numbers = [number for (number,) in db.execute("SELECT id FROM passages ORDER BY id")]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    assert counts[2] < counts[0] * 1.2
