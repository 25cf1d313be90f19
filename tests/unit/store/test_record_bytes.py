"""The bytes of each kind of record, its bounds, and what is cut from one that is too big, as docs/storage.md has it."""

from __future__ import annotations

import pytest
from msgspec import Struct, structs

from gitstory.model import (
    Call,
    Conversation,
    Edit,
    Evidence,
    FileStory,
    Hunk,
    Link,
    Range,
    Replacement,
    Say,
    Story,
    Turn,
    TurnLink,
)
from gitstory.store import records
from gitstory.store.record_paths import Tombstone
from gitstory.store.records import (
    BY_HAND,
    Meta,
    conversation_of,
    decode_meta,
    decode_record,
    decode_story,
    decode_turn,
    encode_meta,
    encode_record,
    encode_story,
    encode_turn,
    first_kept,
    is_taken_back,
    living_title,
    meta_of,
    schema_of,
    stored_edit,
    taken_back,
    title_taken_back,
)
from tests.unit.store.values import COMMIT

KEY = ("codex", "c1")
HUNKS = (Hunk(1, 1, ("+x",)),)
ODD = "caf\udce9"
"""A name that is no Unicode."""
FAILED = Call("Edit", failed=True, edits=(Edit(ODD, hunks=HUNKS),))


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (encode_story(Story(COMMIT)), b'{"schema":"gitstory.commit/1","commit":"%s"}' % COMMIT.encode()),
        (
            encode_story(
                Story(
                    COMMIT,
                    (Link(*KEY, "lines", 2, (TurnLink("t1", 3, "lines", 2),)),),
                    (FileStory("a", 2, 1, (Range(1, 2, *KEY, "t1", "00"),)),),
                )
            ),
            (
                b'{"schema":"gitstory.commit/1","commit":"%s","links":[{"agent":"codex","conversation":"c1","evidence":'
                b'"lines","lines":2,"turns":[{"id":"t1","index":3,"evidence":"lines","lines":2}]}],"files":[{"path":"a",'
                b'"added":2,"deleted":1,"ranges":[{"start":1,"end":2,"agent":"codex","conversation":"c1","turn":"t1",'
                b'"hash":"00"}]}]}' % COMMIT.encode()
            ),
        ),
        (
            encode_meta(Meta(*KEY, turns=(("t1", 1),), skipped=2)),
            b'{"schema":"gitstory.conversation/1","agent":"codex","id":"c1","skipped":2,"turns":[["t1",1]]}',
        ),
        (
            encode_turn(Turn("t1", 1, "p", steps=(Say("s", 1.5), Call("Edit", edits=(Edit("a", hunks=HUNKS),))))),
            (
                b'{"schema":"gitstory.turn/1","id":"t1","index":1,"prompt":"p","steps":[{"type":"say","text":"s","time":1.5'
                b'},{"type":"call","tool":"Edit","edits":[{"path":"a","hunks":[[1,1,["+x"]]]}]}]}'
            ),
        ),
        (
            encode_turn(Turn("t1", 1, ODD, steps=(Say("s"), FAILED))),
            (
                b'{"schema":"gitstory.turn/1","id":"t1","index":1,"prompt":"caf\\udce9","steps":[{"type":"say","text":"s"}'
                b',{"type":"call","tool":"Edit","failed":true,"edits":[{"path":"caf\\udce9","hunks":[[1,1,["+x"]]]}]}]}'
            ),
        ),
    ],
)  # fmt: skip
def test_the_bytes_of_records(data: bytes, expected: bytes) -> None:
    assert data == expected


class Bare(Struct, omit_defaults=True):
    """A record that may have no fields at all."""

    flag: bool = False
    text: str = ""


def test_a_record_without_fields_and_one_with_a_false_that_is_a_nought() -> None:
    assert encode_record(Bare(), "x/1") == b'{"schema":"x/1"}'
    assert decode_record(b'{"schema":"x/1"}', Bare, "x/1") == Bare()
    assert encode_record(Bare(text=ODD), "x/1") == b'{"schema":"x/1","text":"caf\\udce9"}'
    assert encode_record(Bare(flag=0, text=ODD), "x/1") == b'{"schema":"x/1","flag":0,"text":"caf\\udce9"}'  # type: ignore[arg-type]


def test_bounds_are_those_of_the_format() -> None:
    mebi = 1024 * 1024
    assert (4 * mebi, 4 * mebi, 16 * mebi) == (records.STORY_BOUND, records.META_BOUND, records.TURN_BOUND)


@pytest.mark.parametrize(
    ("data", "schema"),
    [
        (b'{"schema":"gitstory.turn/1"}', "gitstory.turn/1"),
        (b'{"schema":"gitstory.turn/12","id":1}', "gitstory.turn/12"),
        (b'{"schema":"%s"}' % (b"x" * 64), "x" * 64),
        (b'{"schema":"%s"}' % (b"x" * 65), ""),
        (b'{"schema":""}', ""),
        (b'{"schema":"Gitstory"}', ""),
        (b' {"schema":"gitstory.turn/1"}', ""),
        (b'{"id":1,"schema":"gitstory.turn/1"}', ""),
        (b'{"schema":"gitstory.turn/1"', ""),
    ],
)
def test_the_schema_leads_a_record(data: bytes, schema: str) -> None:
    assert schema_of(data) == schema


@pytest.mark.parametrize(
    ("text", "prompt"),
    [
        (b'"prompt":"caf\\udce9"', ODD),
        (b'"prompt":"caf\\uDCE9"', ODD),
        (b'"prompt":"caf\\udce9","images":"x"', None),
        (b'"prompt":"caf\\udce9"]', None),
        (b'"prompt":1', None),
    ],
)
def test_a_record_with_names_that_are_no_text_is_read_by_another_parser(text: bytes, prompt: str | None) -> None:
    turn = decode_turn(b'{"schema":"gitstory.turn/1","id":"t1","index":1,%s}' % text, "t1")
    assert (turn.prompt if turn is not None else None) == prompt


LARGEST = 2**53


@pytest.mark.parametrize(
    ("start", "end", "count", "sound"),
    [
        (1, 1, 0, True),
        (1, LARGEST - 1, LARGEST - 1, True),
        (0, 1, 0, False),
        (2, 1, 0, False),
        (1, LARGEST, 0, False),
        (1, 1, -1, False),
        (1, 1, LARGEST, False),
    ],
)
def test_line_numbers_and_counts_are_bounded_wherever_they_are(start: int, end: int, count: int, sound: bool) -> None:
    piece = (Range(start, end, *KEY, "t1"),)
    evidence: Evidence = "lines"
    file = (FileStory("a", ranges=piece),)
    for story in (
        Story(COMMIT, files=(FileStory("a", count, 0, piece),)),
        Story(COMMIT, files=(FileStory("a", 0, count, (), piece),)),
        Story(COMMIT, (Link(*KEY, evidence, count),), file),
        Story(COMMIT, (Link(*KEY, evidence, 0, (TurnLink("t", count, evidence),)),), file),
        Story(COMMIT, (Link(*KEY, evidence, 0, (TurnLink("t", 0, evidence, count),)),), file),
    ):
        assert (decode_story(encode_story(story), COMMIT) == story) is sound
    assert (decode_turn(encode_turn(Turn("t", count, "p")), "t") is not None) is (0 <= count < LARGEST)
    assert (decode_meta(encode_meta(Meta(*KEY, skipped=count))) is not None) is (0 <= count < LARGEST)
    assert (decode_meta(encode_meta(Meta(*KEY, turns=(("t", count),)))) is not None) is (0 <= count < LARGEST)


def test_a_meta_is_read_by_the_names_that_are_known() -> None:
    data = encode_meta(Meta(*KEY))
    for names in ((), KEY, (None, "c1"), ("codex", None)):
        assert decode_meta(data, *names) == Meta(*KEY)
    for names in (("amp", None), (None, "c2")):
        assert decode_meta(data, *names) is None


CALL = Call("Bash", "i", "x" * 1500, "y" * 3000, edits=(Edit("a", hunks=(Hunk(1, 1, ("+" + "z" * 3000,)),)),))
SAYS = tuple(Say("s" * 100) for _ in range(10))


@pytest.mark.parametrize(
    ("bound", "expected"),
    [
        (9500, (CALL, *SAYS)),
        (8500, (structs.replace(CALL, output=""), *SAYS)),
        (4500, (structs.replace(CALL, output="", edits=(), input="x" * 1000), *SAYS)),
        (1500, ()),
    ],
)
def test_a_turn_beyond_the_bound_loses_one_thing_after_another(
    monkeypatch: pytest.MonkeyPatch, bound: int, expected: tuple[object, ...]
) -> None:
    monkeypatch.setattr(records, "TURN_BOUND", bound)
    turn = Turn("t", 1, "p" * 500, steps=(CALL, *SAYS))
    stored = decode_turn(encode_turn(turn), "t")
    assert stored == structs.replace(turn, steps=expected)  # type: ignore[arg-type]


def test_a_record_of_exactly_the_bound_is_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    turn = Turn("t", 1, "p", steps=(CALL,))
    files = (FileStory("a", 3, 2, (Range(1, 2, *KEY, "t"),), (Range(4, 4, *KEY, "t"),)),)
    story = Story(COMMIT, (Link(*KEY, "lines", 1),), files)
    bare = structs.replace(story, files=(FileStory("a", 3, 2),))
    monkeypatch.setattr(records, "TURN_BOUND", len(encode_turn(turn)))
    assert decode_turn(encode_turn(turn), "t") == turn
    sizes = len(encode_story(story)), len(encode_story(bare)), 0
    for size, kept, less in zip(sizes, (story, bare), (bare, structs.replace(story, files=())), strict=False):
        monkeypatch.setattr(records, "STORY_BOUND", size)
        assert decode_story(encode_story(story), COMMIT) == kept
        monkeypatch.setattr(records, "STORY_BOUND", size - 1)
        assert decode_story(encode_story(story), COMMIT) == less


def test_a_prompt_beyond_the_bound_keeps_its_first_mebibyte(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "TURN_BOUND", 3 << 19)
    stored = decode_turn(encode_turn(Turn("t", 1, "p" * (1 << 21))), "t")
    assert stored is not None and len(stored.prompt) == 1024 * 1024


def test_of_an_edit_the_patch_and_the_names_are_stored() -> None:
    edit = Edit("/a", "rename", "shell", "before", "after", (Hunk(1, 1, ("+x",)),), (Replacement("o", "n"),), "/b", 1.0)
    assert stored_edit(edit) == Edit("/a", "rename", "shell", hunks=(Hunk(1, 1, ("+x",)),), moved_from="/b", time=1.0)


def test_a_conversation_and_its_meta() -> None:
    turns = (Turn("b", 2, ""), Turn("c", 1, ""), Turn("a", 1, ""))
    talk = Conversation(
        *KEY, turns, "title", ("z", "b", "a", "z"), ("m2", "m1", "m2"), 1.0, 2.0, "v", "parent", True, True,
        ("r2", "r1"), ("h2", "h1"), "source", 3, "bounds",
    )  # fmt: skip
    meta = Meta(
        *KEY, "title", ("z", "a", "b"), ("m1", "m2"), 1.0, 2.0, "v", "parent", True, ("r1", "r2"), ("h1", "h2"), 3,
        (("a", 1), ("c", 1), ("b", 2)), "bounds", True,
    )  # fmt: skip
    assert meta_of(talk) == meta
    again = structs.replace(talk, places=meta.places, models=meta.models, remotes=meta.remotes, heads=meta.heads)
    assert conversation_of(meta, turns) == structs.replace(again, source="")
    assert first_kept(()) == () and first_kept(("b", "b", "a")) == ("b", "a")


# --- what was erased ---

TEXT, HAND = b'{"prompt":"secret"}', b'{"prompt":"%s1]"}' % BY_HAND.encode()
NAME = (*KEY, "t1")


@pytest.mark.parametrize(
    ("text", "stones", "gone"),
    [
        (TEXT, [], False),
        (TEXT, [Tombstone("redacted", (*KEY, "t2"))], False),
        (TEXT, [Tombstone("redacted", NAME)], True),
        (HAND, [Tombstone("redacted", NAME)], False),
        (TEXT, [taken_back(TEXT)], True),
        (TEXT, [taken_back(HAND)], False),
        (HAND, [taken_back(HAND)], True),
    ],
)
def test_which_texts_of_a_turn_were_erased(text: bytes, stones: list[Tombstone], gone: bool) -> None:
    assert is_taken_back(text, NAME, {stone.name for stone in stones}) is gone


@pytest.mark.parametrize(
    ("title", "stones", "gone"),
    [
        ("secret", [], False),
        ("secret", [Tombstone("redacted", NAME)], False),
        ("secret", [Tombstone("redacted", KEY)], True),
        (f"{BY_HAND}1]", [Tombstone("redacted", KEY)], False),
        ("secret", [title_taken_back("secret")], True),
        (ODD, [title_taken_back(ODD)], True),
        ("secret", [taken_back(b"secret")], False),
    ],
)
def test_which_titles_were_erased(title: str, stones: list[Tombstone], gone: bool) -> None:
    meta = Meta(*KEY, title, skipped=1)
    assert living_title(meta, {stone.name for stone in stones}) == (structs.replace(meta, title="") if gone else meta)


@pytest.mark.parametrize(
    ("stone", "name"),
    [
        (taken_back(b"text"), "content/2cbb4a15c1f6b60881ee02676a78710635ebb12a348b593c9763277e0763ce92"),
        (title_taken_back("title"), "content/2572a59a8d16360c69267226d2b0406d4e4bbd95c28c284d664e1813b786c897"),
        (Tombstone("turn", NAME), "turn/9e0dd54710b177c8039bfb7b551b2c3165c947935d49a2149615579ad1016098"),
    ],
)
def test_tombstones_are_found_again_in_stores_that_have_them(stone: Tombstone, name: str) -> None:
    """As `sha256sum` has them: of the key's parts with NUL between, which for a text is its own digest."""
    assert stone.name == name
    kind, digest = name.split("/")
    assert stone.path.decode() == f"tombstones/{kind}/{digest[:2]}/{digest[2:]}.json"
