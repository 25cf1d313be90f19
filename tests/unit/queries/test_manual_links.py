from __future__ import annotations

import pytest

from gitstory.errors import GitStoryError
from gitstory.git.commit_details import CommitInfo
from gitstory.model import Conversation, Link, Story, Turn, TurnLink
from gitstory.queries.manual_links import (
    AmbiguousName,
    Meant,
    NoSuchConversation,
    NoSuchTurn,
    NotLinked,
    TooShort,
    around,
    choose,
    choose_turn,
    parse,
    tied,
    untied,
)

COMMIT = CommitInfo("ab" + "0" * 38, (), "Dev One", "dev@example.com", 100, 0, "Dev One", 100, "subject", "")
KEYS = [("claude-code", "4f2a9c1b-aa"), ("codex", "4f2a9c1b-bb"), ("codex", "77")]
TURNS = [("aaaa1111", 1), ("aaaa2222", 2), ("12", 3)]


def turn(id: str, index: int, time: float | None = None, ended: float | None = None) -> Turn:
    return Turn(id, index, f"prompt {index}", time, ended=ended)


TALK = Conversation("codex", "77", (turn("t1", 1, 10.0, 20.0), turn("t2", 2, 50.0), turn("t3", 3, 200.0)))


def test_a_conversation_is_named_with_or_without_a_turn() -> None:
    assert parse("4f2a") == Meant("4f2a")
    assert parse("4f2a#3") == Meant("4f2a", "3")
    for wrong in ("", " ", "#3", "4f2a#"):
        with pytest.raises(GitStoryError, match="no conversation named"):
            parse(wrong)


def test_the_beginning_of_an_id_is_enough_where_it_is_clear() -> None:
    assert choose("77", KEYS) == ("codex", "77")
    with pytest.raises(TooShort, match="7 is too short"):
        choose("7", KEYS)
    assert choose("4f2a9c1b-b", KEYS) == ("codex", "4f2a9c1b-bb")
    assert choose("77", [*KEYS, ("codex", "778")]) == ("codex", "77")
    with pytest.raises(AmbiguousName, match=r"4f2a9c1b-aa \(claude-code\), 4f2a9c1b-bb \(codex\)"):
        choose("4f2a", KEYS)
    with pytest.raises(NoSuchConversation, match="starts with x"):
        choose("x", KEYS)


def test_a_turn_is_meant_by_its_id_its_number_or_the_beginning_of_its_id() -> None:
    assert choose_turn("aaaa2222", KEYS[0], TURNS) == ("aaaa2222", 2)
    assert choose_turn("1", KEYS[0], TURNS) == ("aaaa1111", 1)
    assert choose_turn("aaaa1", KEYS[0], TURNS) == ("aaaa1111", 1)
    assert choose_turn("12", KEYS[0], TURNS) == ("12", 3)
    for wrong in ("aaaa", "aaa", "9", "²"):
        with pytest.raises(NoSuchTurn):
            choose_turn(wrong, KEYS[0], TURNS)


def test_the_turns_around_a_commit() -> None:
    assert [one.id for one in around(TALK.turns, 15.0, 100.0)] == ["t1", "t2"]
    assert [one.id for one in around(TALK.turns, 30.0, 100.0)] == ["t2"]
    assert [one.id for one in around(TALK.turns, None, 100.0)] == ["t1", "t2"]
    assert [one.id for one in around(TALK.turns, 300.0, 400.0)] == ["t3"]
    assert [one.id for one in around(TALK.turns, 1.0, 5.0)] == ["t1"]
    assert around((), None, 5.0) == []


def test_a_link_by_hand_does_not_weaken_better_evidence() -> None:
    known = Story(COMMIT.oid, (Link("codex", "77", "lines", 2, (TurnLink("t1", 1, "lines", 2),)),))
    story = tied(known, COMMIT, 5.0, TALK, None, 1.0)
    assert story.links == (
        Link("codex", "77", "lines", 2, (TurnLink("t1", 1, "lines", 2), TurnLink("t2", 2, "context"))),
    )
    assert [(one.linked, one.turn) for one in story.decisions] == [(True, None)]


def test_only_what_is_linked_can_be_untied() -> None:
    story = tied(None, COMMIT, 5.0, TALK, "t2", 1.0)
    assert untied(story, COMMIT, TALK.key, "t2", 2.0).links == ()
    for key, name in ((("codex", "78"), None), (TALK.key, "t1")):
        with pytest.raises(NotLinked) as caught:
            untied(story, COMMIT, key, name, 2.0)
        assert caught.value.hint == "linked are: 77"
    with pytest.raises(NotLinked) as caught:
        untied(None, COMMIT, TALK.key, None, 2.0)
    assert caught.value.hint == "no conversation is linked to this commit"
