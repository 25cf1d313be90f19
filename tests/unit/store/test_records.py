from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from gitstory.model import (
    Call,
    Conversation,
    Edit,
    FileStory,
    Hunk,
    Link,
    Mark,
    Range,
    Replacement,
    Say,
    Story,
    Think,
    Turn,
    TurnLink,
)
from gitstory.store import records
from gitstory.store.records import (
    decode_meta,
    decode_story,
    decode_turn,
    encode_meta,
    encode_story,
    encode_turn,
    meta_of,
    schema_of,
)
from tests.unit.store.values import COMMIT, stories

HUNK = Hunk(1, 1, (" a", "-b", "+c"))
TURN = Turn(
    id="7",
    index=7,
    prompt="why \U0001f600 \u2028 \x1b[31m",
    time=1700000000.25,
    steps=(
        Say("hello", 1.0),
        Think("hm"),
        Call(
            "Edit",
            "x",
            "in",
            "out",
            edits=(Edit("/w/a.py", hunks=(HUNK,), moved_from="/w/b.py", time=3.0),),
            commits=("abc",),
        ),
        Mark("interrupted"),
    ),
    models=("m-1",),
    abandoned=True,
)


def test_a_turn_comes_back_as_it_was() -> None:
    data = encode_turn(TURN)
    assert decode_turn(data, "7") == TURN
    assert json.loads(data)["schema"] == "gitstory.turn/1"


def test_whole_texts_of_edits_are_not_stored() -> None:
    edit = Edit(
        "/w/a.py",
        before="SECRET-BEFORE",
        after="SECRET-AFTER",
        hunks=(HUNK,),
        replacements=(Replacement("SECRET", "x"),),
    )
    data = encode_turn(Turn("1", 1, "p", steps=(Call("Edit", edits=(edit,)),)))
    assert b"SECRET" not in data
    stored = decode_turn(data, "1")
    assert stored is not None and next(stored.edits) == Edit("/w/a.py", hunks=(HUNK,))


@given(stories())
def test_a_story_comes_back_as_it_was(story: Story) -> None:
    data = encode_story(story)
    assert decode_story(data, story.commit) == story
    assert json.loads(data)["schema"] == "gitstory.commit/1"


def test_a_meta_names_its_turns_in_order() -> None:
    conversation = Conversation(
        "codex",
        "c1",
        (structs.replace(TURN, id="b", index=2), structs.replace(TURN, id="a", index=1)),
        places=("/z", "/b", "/a", "/b"),
    )
    meta = meta_of(conversation)
    assert meta.turns == (("a", 1), ("b", 2))
    assert meta.places == ("/z", "/a", "/b")
    assert decode_meta(encode_meta(meta), "codex", "c1") == meta
    assert b"why" not in encode_meta(meta)


def test_bytes_that_are_no_text_survive() -> None:
    story = Story(COMMIT, files=(FileStory("caf\udce9.txt", 3, 0, (Range(1, 2, "codex", "c", "t"),)),))
    data = encode_story(story)
    data.decode("ascii")
    assert decode_story(data, COMMIT) == story
    turn = Turn(
        "1", 1, "x\udc80", steps=(Say("y"), Call("Bash", edits=(Edit("caf\udce9", hunks=(HUNK,)),), failed=True))
    )
    assert decode_turn(encode_turn(turn), "1") == turn


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b"\xff\xfe",
        b'{"commit":"%s"}' % COMMIT.encode(),
        b'{"schema":"gitstory.commit/2","commit":"%s"}' % COMMIT.encode(),
        b'{"schema":"gitstory.commit/1","commit":"%s"}' % (b"f" * 40),
        b'{"schema":"gitstory.commit/1","commit":"%s","links":[{"agent":1}]}' % COMMIT.encode(),
        b'{"schema":"gitstory.commit/1","commit":"%s","links":[{"agent":"a","conversation":"b","evidence":"faith"}]}'
        % COMMIT.encode(),
        b'{"schema":"gitstory.commit/1","commit":"%s","open":' % COMMIT.encode() + b"[" * 100_000,
        b'{"schema":"gitstory.commit/1","commit":"%s","open":"\\ud800","x":' % COMMIT.encode() + b"[" * 100_000,
    ],
)
def test_what_is_torn_or_forged_is_no_story(data: bytes) -> None:
    assert decode_story(data, COMMIT) is None


@pytest.mark.parametrize(("start", "end"), [(0, 1), (2, 1), (1, 1 << 60), (-5, -1)])
def test_impossible_ranges_are_refused(start: int, end: int) -> None:
    story = Story(COMMIT, files=(FileStory("a", ranges=(Range(start, end, "codex", "c", "t"),)),))
    assert decode_story(encode_story(story), COMMIT) is None


def test_impossible_counts_are_refused() -> None:
    link = Link("codex", "c", "lines", 1, (TurnLink("t", 1, "lines", -1),))
    assert decode_story(encode_story(Story(COMMIT, (link,))), COMMIT) is None


def test_a_record_found_under_another_name_is_refused() -> None:
    assert decode_turn(encode_turn(TURN), "8") is None
    meta = encode_meta(meta_of(Conversation("codex", "c1")))
    assert decode_meta(meta, "codex", "c2") is None
    assert decode_meta(meta, "claude-code", "c1") is None


@given(st.binary(max_size=200))
def test_no_bytes_raise(data: bytes) -> None:
    for body in (data, b'{"schema":"gitstory.turn/1",' + data):
        assert decode_turn(body, "\0never") is None
        schema_of(body)


def test_what_is_too_big_is_cut_down(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "TURN_BOUND", 2000)
    monkeypatch.setattr(records, "STORY_BOUND", 2000)
    long = Turn("1", 1, "p", steps=(Say("s"), Call("Bash", output="x" * 5000, edits=(Edit("a", hunks=(HUNK,)),))))
    kept = decode_turn(encode_turn(long), "1")
    assert kept is not None and len(list(kept.edits)) == 1 and len(encode_turn(long)) <= 2000
    longer = Turn("1", 1, "p", steps=tuple(Say("s" * 100) for _ in range(100)))
    kept = decode_turn(encode_turn(longer), "1")
    assert kept is not None and kept.prompt == "p"
    files = tuple(
        FileStory(f"f{n}", 1, 0, tuple(Range(k, k, "codex", "c", "t") for k in range(1, 60))) for n in range(3)
    )
    story = decode_story(encode_story(Story(COMMIT, (Link("codex", "c", "lines", 1),), files)), COMMIT)
    assert story is not None and len(story.files) == 3 and not story.files[0].ranges and story.links


def test_times_that_are_no_numbers_are_left_out() -> None:
    stored = decode_turn(encode_turn(Turn("1", 1, "p", time=math.nan)), "1")
    assert stored is not None and stored.time is None
