"""What is erased from the record leaves the index down to its bytes, and nothing else has to be read again."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from gitstory.git.repo import Repo
from gitstory.model import Conversation, Link, Say, Story, Turn
from gitstory.search import erase, indexer
from gitstory.search.db.schema import FOREIGN, connect
from gitstory.search.db.writer import Writer
from gitstory.search.update import index_path, name_of
from gitstory.store.batch_changes import Key
from gitstory.store.erasure_plan import Wish, forgetting, widened
from gitstory.store.store import Batch, StoryStore
from tests.gitrepo import GitRepo

COUNT = 6
WORDS = ["aardvark", "bandicoot", "capybara", "dormouse", "echidna", "fossa"]


def conversation(number: int, ident: str = "") -> Conversation:
    word = WORDS[number]
    turns = tuple(
        Turn(f"t{at}", at, f"{word}{at} runs", time=1e9 + 60 * number + at, steps=(Say(f"{word}{at} ran"),))
        for at in (1, 2)
    )
    return Conversation("codex", ident or f"c{number}", turns, title=f"about {word}", started=1e9 + 60 * number)


@pytest.fixture
def opened(repo: GitRepo, home: Path) -> Iterator[Repo]:
    repo.commit("first", {"a.txt": "a\n"})
    with Repo.open(repo.path) as opened:
        opened.home.mkdir()
        stories = [Story(f"{number:040x}", (Link("codex", f"c{number}", "files"),)) for number in range(COUNT)]
        StoryStore(opened).write(Batch(stories, [conversation(number) for number in range(COUNT)]))
        fed(opened)
        yield opened


def path_of(repo: Repo) -> Path:
    path = index_path(repo)
    assert path is not None
    return path


def fed(repo: Repo) -> None:
    assert indexer.feed(repo, path_of(repo), 1000.0).left == 0


def forget(repo: Repo, *conversations: Key, turns: tuple[tuple[str, str, str], ...] = ()) -> None:
    """As `git story forget` writes it, and as a pull brings it."""
    store, wish = StoryStore(repo), Wish(frozenset(conversations), frozenset(turns))
    store.update(lambda contents: forgetting(contents, widened(contents, wish), lambda story, conversations: ""))


def words_in(repo: Repo) -> set[str]:
    """The words that stand anywhere in the files of the index."""
    data = b"".join(file.read_bytes() for file in path_of(repo).parent.glob(f"{path_of(repo).name}*"))
    return {word for word in WORDS if word.encode() in data}


def rows(repo: Repo) -> dict[int, str]:
    with closing(sqlite3.connect(path_of(repo))) as db:
        return dict(
            db.execute(
                "SELECT t.id, c.name || '#' || t.number FROM turns t JOIN conversations c ON c.id = conversation"
            )
        )


@pytest.fixture
def redacted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of the conversations that are read into the index."""
    read: list[str] = []
    real = indexer.redact_conversation

    def noted(conversation: Conversation, redactor: object) -> Conversation:
        read.append(conversation.id)
        return real(conversation, redactor)  # type: ignore[arg-type]

    monkeypatch.setattr(indexer, "redact_conversation", noted)
    return read


def test_an_erased_conversation_leaves_no_byte_and_no_other_is_read_again(opened: Repo, redacted: list[str]) -> None:
    before = rows(opened)
    assert words_in(opened) == set(WORDS)
    forget(opened, ("codex", "c1"), ("codex", "c4"))
    fed(opened)
    assert words_in(opened) == set(WORDS) - {"bandicoot", "echidna"}
    assert redacted == []
    assert rows(opened) == {turn: name for turn, name in before.items() if name[:2] not in ("c1", "c4")}


def test_of_a_conversation_that_lost_a_turn_the_rest_is_read_again(opened: Repo, redacted: list[str]) -> None:
    forget(opened, turns=(("codex", "c2", "t2"),))
    fed(opened)
    assert redacted == ["c2"]
    assert b"capybara2" not in path_of(opened).read_bytes()
    assert sorted(rows(opened).values()) == sorted(
        f"c{number}#{at}" for number in range(COUNT) for at in (1, 2) if (number, at) != (2, 2)
    )


def test_words_that_went_earlier_are_overwritten_too(opened: Repo) -> None:
    """What only left the index in the ordinary way may still be in parts of FTS5's index."""
    store = StoryStore(opened)
    store.update(lambda contents: Batch(conversations=[conversation(0)]))
    with closing(connect(path_of(opened))) as db:
        writer = Writer(db, name_of(opened))
        writer.drop(("codex", "c0"), 1)
        writer.commit(last=True)
    assert "aardvark" in words_in(opened)
    forget(opened, ("codex", "c0"))
    assert erase.erase_index(opened, StoryStore(opened))
    assert "aardvark" not in words_in(opened)


def test_while_somebody_reads_the_log_beside_the_file_it_is_not_said_to_be_erased(opened: Repo) -> None:
    with closing(sqlite3.connect(path_of(opened))) as reader, closing(connect(path_of(opened))) as db:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM turns").fetchone()
        db.execute("PRAGMA busy_timeout = 0")
        forget(opened, ("codex", "c1"))
        assert not erase.erase(Writer(db, name_of(opened)), StoryStore(opened))
        reader.execute("ROLLBACK")
        assert erase.erase(Writer(db, name_of(opened)), StoryStore(opened))
    assert "bandicoot" not in words_in(opened)


@pytest.mark.parametrize("why", ["another tool", "another tool's commits", "most of it", "fewer", "unknown", "odd id"])
def test_where_it_is_not_certain_what_has_to_go_the_index_is_made_anew(
    opened: Repo, why: str, redacted: list[str]
) -> None:
    if why == "odd id":
        StoryStore(opened).write(Batch(conversations=[conversation(0, "with a blank")]))
        fed(opened)
        redacted.clear()
    with closing(connect(path_of(opened))) as db:
        writer = Writer(db, name_of(opened))
        if why == "another tool":
            db.execute("UPDATE turns SET origin = ? WHERE id = 1", (FOREIGN,))
        elif why == "another tool's commits":
            writer.took(erase.CLAIMS + b"/" + b"0" * 40, "0" * 40)
        elif why == "fewer":
            writer.tell(erase.TOMBSTONES, "9 " + "0" * 40)
        elif why == "unknown":
            db.execute("DELETE FROM facts WHERE name LIKE 'tombstones %'")
        db.commit()
    gone = [("codex", f"c{number}") for number in (range(1, 5) if why == "most of it" else (1,))]
    forget(opened, *gone)
    assert not erase.erase_index(opened, StoryStore(opened))
    fed(opened)
    assert len(redacted) == COUNT - len(gone) + (why == "odd id")
    assert "bandicoot" not in words_in(opened)


def test_nothing_is_done_where_the_tombstones_are_the_same(opened: Repo) -> None:
    with closing(connect(path_of(opened))) as db:
        statements: list[str] = []
        db.set_trace_callback(statements.append)
        assert erase.erase(Writer(db, name_of(opened)), StoryStore(opened))
        assert not [text for text in statements if "optimize" in text or text.startswith("DELETE")]
