"""What a store tells once things in it are erased, and what is written into one where they are."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from msgspec.structs import replace

from gitstory.git.repo import Repo
from gitstory.model import Conversation, Link, Say, Story, Turn, TurnLink
from gitstory.store.record_paths import Tombstone
from gitstory.store.records import BY_HAND, encode_turn, taken_back, title_taken_back
from gitstory.store.store import Batch, StoryStore
from tests.gitrepo import GitRepo

COMMIT, OTHER = "a" * 40, "b" * 40
ONE, TWO, LONG = ("codex", "c1"), ("codex", "c2"), ("codex", "x" * 300)
TURNS = (Turn("t1", 1, "first", steps=(Say("a"),)), Turn("t2", 2, "second"))
STORY = Story(COMMIT, (Link(*ONE, "lines", 1, (TurnLink("t1", 1, "lines", 1),)),))


def conversation(key: tuple[str, str]) -> Conversation:
    return Conversation(*key, title=f"title of {key[1][:2]}", turns=TURNS)


@pytest.fixture
def store(repo: GitRepo) -> Iterator[StoryStore]:
    with Repo.open(repo.path) as opened:
        yield StoryStore(opened)


@pytest.fixture
def full(store: StoryStore) -> StoryStore:
    store.write(
        Batch(
            [STORY, replace(STORY, commit=OTHER)],
            [conversation(key) for key in (ONE, TWO, LONG)],
            {COMMIT: "note", OTHER: "n"},
        )
    )
    return store


def erase(store: StoryStore, *tombstones: Tombstone) -> None:
    store.write(Batch(tombstones=list(tombstones)))


def test_an_empty_store(store: StoryStore) -> None:
    assert (store.commits(), list(store.conversations()), store.stories([COMMIT])) == ([], [], {})
    assert (store.story(COMMIT), store.conversation(*ONE), store.note(COMMIT)) == (None, None, None)
    assert (store.excerpts({ONE: {"t1"}}), store.noted(), store.find("c"), store.refused) == ({}, [], [], 0)
    assert store.contents.tombstones == frozenset() and store.contents.newer is None
    assert store.contents.folder(b"commits") == {}


def test_what_is_stored_is_told(full: StoryStore) -> None:
    assert sorted(full.commits()) == [COMMIT, OTHER]
    assert full.story(COMMIT) == STORY and full.story("c" * 40) is None and full.story("a") is None
    assert full.stories(["c" * 40, OTHER, "no id"]) == {OTHER: replace(STORY, commit=OTHER)}
    assert full.conversation(*ONE) == conversation(ONE)
    assert full.conversation(*ONE, {"t2", "t9"}) == replace(conversation(ONE), turns=TURNS[1:])
    assert sorted(meta.id for meta in full.conversations()) == sorted(key[1] for key in (ONE, TWO, LONG))
    assert full.find("c") == [ONE, TWO] and full.find("x") == [LONG] and full.find("codex:c1") == [ONE]
    assert (full.note(COMMIT), full.note("c" * 40), sorted(full.noted())) == ("note\n", None, [COMMIT, OTHER])
    assert full.without_note() == []
    assert full.contents.folder(b"commits").keys() == {b"aa", b"bb"} and full.contents.folder(b"commits/none") == {}


def test_excerpts_have_the_turns_that_are_asked_for(full: StoryStore) -> None:
    found = full.excerpts({ONE: {"t2"}, TWO: set(), ("codex", "none"): {"t1"}, LONG: {"t1", "t9"}})
    assert {key: [turn.id for turn in one.turns] for key, one in found.items()} == {ONE: ["t2"], TWO: [], LONG: ["t1"]}
    folders = full.contents.conversation_folders()
    wanted = dict.fromkeys((ONE, TWO, LONG))
    assert full.excerpts(wanted, folders) == full.excerpts(wanted)
    assert full.excerpts({ONE: None, TWO: None}, {ONE: folders[TWO]}) == full.excerpts({TWO: None})


def test_a_story_that_is_erased_is_none(full: StoryStore) -> None:
    erase(full, Tombstone("commit", (COMMIT,)))
    assert (full.story(COMMIT), full.commits(), list(full.stories([COMMIT, OTHER]))) == (None, [OTHER], [OTHER])
    full.write(Batch([STORY], notes={COMMIT: "again"}))
    assert (full.story(COMMIT), full.note(COMMIT), full.commits()) == (None, None, [OTHER])


@pytest.mark.parametrize("key", [ONE, LONG])
def test_a_conversation_that_is_erased_is_none(full: StoryStore, key: tuple[str, str]) -> None:
    assert full.naming([Tombstone("conversation", ONE)]) == [COMMIT, OTHER]
    assert full.naming([Tombstone("conversation", TWO)]) == []
    erase(full, Tombstone("conversation", key))
    assert full.conversation(*key) is None and full.meta(*key) is None and full.excerpts({key: {"t1"}}) == {}
    assert key not in full.find("") and len(list(full.conversations())) == 2
    assert full.contents.as_kept(conversation(key)) is None
    full.write(Batch(conversations=[conversation(key)]))
    assert full.conversation(*key) is None
    assert full.story(COMMIT) == (replace(STORY, links=()) if key == ONE else STORY)


def test_a_turn_that_is_erased_is_left_out(full: StoryStore) -> None:
    erase(full, Tombstone("turn", (*ONE, "t1")))
    meta, read = full.meta(*ONE), full.conversation(*ONE)
    assert meta is not None and meta.turns == (("t2", 2),)
    assert read is not None and read.turns == TURNS[1:]
    assert full.excerpts({ONE: {"t1", "t2"}})[ONE].turns == TURNS[1:]
    assert full.contents.as_kept(conversation(ONE)) == replace(conversation(ONE), turns=TURNS[1:])
    assert full.contents.as_kept(conversation(TWO)) == conversation(TWO)


def test_a_text_that_is_erased_is_left_out_and_others_stay(full: StoryStore) -> None:
    erase(full, taken_back(encode_turn(TURNS[0])), title_taken_back("title of c2"))
    read = full.conversation(*ONE)
    assert read is not None and [turn.id for turn in read.turns] == ["t2"]
    assert full.excerpts({ONE: {"t1", "t2"}})[ONE].turns == TURNS[1:]
    other = replace(conversation(ONE), turns=(replace(TURNS[0], prompt="another"), TURNS[1]))
    full.write(Batch(conversations=[other]))
    assert full.conversation(*ONE) == other
    meta = full.meta(*TWO)
    assert meta is not None and meta.title == ""


def test_a_turn_that_was_redacted_stays_as_it_is_stored(full: StoryStore) -> None:
    hidden = replace(TURNS[0], prompt=f"it was {BY_HAND}")
    full.write(Batch(conversations=[replace(conversation(ONE), turns=(hidden,))], drop_conversations=[ONE]))
    erase(full, Tombstone("redacted", (*ONE, "t1")), Tombstone("redacted", (*TWO, "t1")), Tombstone("redacted", TWO))
    assert [turn.id for turn in (full.contents.as_kept(conversation(TWO)) or conversation(ONE)).turns] == ["t2"]
    kept = full.contents.as_kept(conversation(ONE))
    assert kept is not None and kept.turns == (hidden, TURNS[1])


@pytest.mark.parametrize(
    ("first", "second", "kept"),
    [
        (Turn("t1", 1, "p"), Turn("t1", 1, "p", steps=(Say("a"),)), "second"),
        (Turn("t1", 1, "p", steps=(Say("a"), Say("b"))), Turn("t1", 1, "p", steps=(Say("c"),)), "first"),
        (Turn("t1", 1, "p", steps=(Say("a"),)), Turn("t1", 1, "p", steps=(Say("b"),)), "second"),
    ],
)
def test_a_turn_is_not_replaced_by_one_with_fewer_steps(
    store: StoryStore, first: Turn, second: Turn, kept: str
) -> None:
    for turn in (first, second):
        store.write(Batch(conversations=[Conversation(*ONE, turns=(turn,))]))
    read = store.conversation(*ONE)
    assert read is not None and read.turns == ((first,) if kept == "first" else (second,))
