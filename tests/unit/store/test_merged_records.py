"""The rules by which two records of one thing become one, and what a link is worth that has lost turns."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from gitstory.model import Decision, Evidence, FileStory, Link, Range, Say, Story, Turn, TurnLink
from gitstory.store.record_merge import merge, merge_metas, merge_stories, scrub_story, settle, turn_rank, weighed
from gitstory.store.record_paths import META, Tombstone, commit_path, conversation_path, turn_name
from gitstory.store.records import Meta, decode_meta, encode_meta, encode_turn, taken_back
from tests.unit.store.values import COMMIT

ONE, TWO = ("codex", "c1"), ("codex", "c2")
FOLDER = conversation_path(*ONE)


def turn(name: str, evidence: Evidence = "lines", lines: int = 0) -> TurnLink:
    return TurnLink(name, 1, evidence, lines)


def link(evidence: Evidence, lines: int, *turns: TurnLink, by: str = "") -> Link:
    return Link(*ONE, evidence, lines, turns, by)


BOTH = turn("t1", "files"), turn("t2", "command")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (link("lines", 3, turn("t1", "lines", 3)), link("lines", 3, turn("t1", "lines", 3))),
        (link("lines", 5, turn("t1", "lines", 3)), link("lines", 3, turn("t1", "lines", 3))),
        (link("lines", 5, turn("t1", "command")), link("command", 0, turn("t1", "command"))),
        (link("lines", 5, *BOTH), link("command", 0, *BOTH)),
        (link("files", 5, turn("t1", "files")), link("files", 5, turn("t1", "files"))),
        (link("command", 5, turn("t1", "command")), link("command", 5, turn("t1", "command"))),
        (link("command", 5, turn("t1", "context")), None),
        (link("files", 5, turn("t1", "context")), None),
        (link("lines", 5), None),
        (link("lines", 5, by="git-ai"), link("lines", 5, by="git-ai")),
        (link("manual", 5), link("manual", 5)),
    ],
)  # fmt: skip
def test_a_link_claims_what_its_turns_bear_out(before: Link, after: Link | None) -> None:
    story = Story(COMMIT, (before,))
    assert weighed(story) == replace(story, links=(after,) if after else ())


def test_two_records_of_a_commit() -> None:
    no, yes = Decision(*ONE, False, 1.0), Decision(*ONE, True, 2.0)
    pieces = [Range(number, number, *ONE, "t1") for number in (1, 2, 3)]
    one = Story(
        COMMIT, (), (FileStory("b", 1, 5, (pieces[1], pieces[0]), (pieces[2],)),), ("x", "z"), ("p", "q"),
        decisions=(no,), author="a",
    )  # fmt: skip
    two = Story(
        COMMIT, (), (FileStory("b", 4, 2, (pieces[0], pieces[2])), FileStory("a")), ("y",), ("q", "r"),
        decisions=(yes,), author="b",
    )  # fmt: skip
    assert merge_stories(one, two) == merge_stories(two, one) == Story(
        COMMIT, (), (FileStory("a"), FileStory("b", 4, 5, tuple(pieces), (pieces[2],))), ("x", "y", "z"), ("q",),
        decisions=(yes,), author="b",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("ranges", "kept"),
    [
        (((1, 2), (3, 3)), ((1, 2), (3, 3))),
        (((3, 3), (1, 2)), ((1, 2), (3, 3))),
        (((1, 3), (3, 3)), ((1, 3),)),
        (((1, 1), (1, 4), (4, 9)), ((1, 1), (4, 9))),
        (((1, 2), (2, 4), (4, 5)), ((2, 4),)),
        (((5, 9), (1, 4), (4, 5)), ((1, 4), (5, 9))),
        (((2, 3), (1, 1), (4, 4), (3, 4)), ((1, 1), (2, 3), (4, 4))),
    ],
)
def test_of_ranges_that_overlap_the_longest_stands(
    ranges: tuple[tuple[int, int], ...], kept: tuple[tuple[int, int], ...]
) -> None:
    pieces = tuple(Range(start, end, *ONE, "t1") for start, end in ranges)
    assert tuple((one.start, one.end) for one in settle(pieces)) == kept


def test_of_equal_ranges_one_without_drift_stands() -> None:
    drifted, plain = Range(1, 2, *ONE, "t1", drift="whitespace"), Range(1, 2, *TWO, "t1")
    assert settle((drifted, plain)) == settle((plain, drifted)) == (plain,)


def test_a_story_loses_each_thing_that_was_erased() -> None:
    pieces = tuple(Range(1, 1, *key, name) for key in (ONE, TWO) for name in ("t1", "t2"))
    links = tuple(Link(*key, "lines", 1, (turn("t1"), turn("t2"))) for key in (ONE, TWO))
    whole = Story(
        COMMIT, links, (FileStory("a", 1, 1, pieces, pieces),),
        decisions=(Decision(*ONE, False, 1.0), Decision(*TWO, False, 1.0, "t1"), Decision(*TWO, False, 1.0, "t2")),
    )  # fmt: skip
    assert scrub_story(whole, frozenset()) == whole
    dead = {Tombstone("conversation", ONE).name, Tombstone("turn", (*TWO, "t1")).name}
    assert scrub_story(whole, dead) == Story(
        COMMIT, (replace(links[1], turns=(turn("t2"),)),), (FileStory("a", 1, 1, pieces[3:], pieces[3:]),),
        decisions=whole.decisions[2:],
    )  # fmt: skip


# --- conversations ---


def test_two_records_of_a_conversation() -> None:
    one = Meta(
        *ONE, "old", ("/b", "/z"), ("m2",), 5.0, 6.0, "1", "p", True, ("r1",), ("h1",), 9, (("t1", 1), ("t2", 5)),
        "bounds", True,
    )  # fmt: skip
    two = Meta(
        *ONE, "new", ("/a", "/c"), ("m1", "m2"), 4.0, 7.0, "2", None, False, ("r0",), ("h0",), 2, (("t3", 2), ("t2", 3))
    )
    assert merge_metas(one, two) == merge_metas(two, one) == Meta(
        *ONE, "new", ("/a", "/b", "/c", "/z"), ("m1", "m2"), 4.0, 7.0, "2", None, False, ("r0", "r1"), ("h0", "h1"), 2,
        (("t1", 1), ("t3", 2), ("t2", 5)),
    )  # fmt: skip
    undated = replace(two, started=None, updated=None)
    assert merge_metas(one, undated).title == "old" and merge_metas(undated, one).started == 5.0
    assert merge_metas(undated, undated).started is None


@pytest.mark.parametrize(
    "newer",
    [
        {"title": "b"},
        {"version": "2"},
        {"parent": ""},
        {"parent": "q"},
        {"subagent": True},
        {"skipped": 1},
        {"times": "recorded"},
        {"from_plan": True},
        {"updated": 0.0},
    ],
)
def test_of_records_of_one_moment_the_greater_one_counts_for_all(newer: dict[str, object]) -> None:
    old = Meta(*ONE, "a", version="1", times="bounds")
    assert merge_metas(old, replace(old, **newer)) == merge_metas(replace(old, **newer), old) == replace(old, **newer)


def test_which_text_of_a_turn_beats_another() -> None:
    says = Say("a"), Say("b")
    kinds = (0, "p"), (0, "long"), (1, "p"), (1, "q"), (2, "")
    texts = [b"junk", b"junk of greater length"]
    texts += [encode_turn(Turn("t1", 1, prompt, steps=says[:count])) for count, prompt in kinds]
    assert sorted(sorted(texts), key=lambda data: turn_rank(data, "t1")) == texts


def files(meta: bytes | None, **turns: bytes) -> dict[bytes, bytes]:
    made = {FOLDER + b"/" + turn_name(name): data for name, data in turns.items()}
    return made | ({FOLDER + b"/" + META: meta} if meta is not None else {})


META_OF_T1 = encode_meta(Meta(*ONE, turns=(("t1", 1),)))


def test_a_folder_that_no_program_of_ours_wrote_is_kept() -> None:
    other = encode_meta(Meta(*TWO))
    for mine, its in ((files(b"new", t1=b"a", t2=b"x"), files(b"newer", t1=b"b")), (files(META_OF_T1), files(other))):
        united = {path: max(side[path] for side in (mine, its) if path in side) for path in {*mine, *its}}
        assert merge(mine, its) == merge(its, mine) == united
    assert merge(files(None, t1=b"a"), {}) == files(None, t1=b"a")


def test_a_turn_that_is_listed_without_a_file_stays_listed_and_one_erased_does_not() -> None:
    t1 = encode_turn(Turn("t1", 4, "p"))
    merged = merge(files(META_OF_T1, t1=t1, t9=b"not listed"), files(META_OF_T1))
    meta = decode_meta(merged[FOLDER + b"/" + META])
    assert meta is not None and meta.turns == (("t1", 4),) and merged.keys() == files(b"", t1=b"").keys()
    bare = merge(files(META_OF_T1), files(META_OF_T1))
    assert bare == files(META_OF_T1)
    torn = merge(files(META_OF_T1, t1=b"torn"), {})
    assert torn == files(META_OF_T1, t1=b"torn")
    for stone in (taken_back(t1), Tombstone("turn", (*ONE, "t1"))):
        left = merge(files(META_OF_T1, t1=t1), {}, {stone.name})
        assert left == files(encode_meta(Meta(*ONE)))
    assert merge(files(META_OF_T1, t1=t1), {}, {Tombstone("conversation", ONE).name}) == {}


def test_of_files_that_are_no_records_the_greater_one_stays() -> None:
    path = commit_path(COMMIT)
    assert merge({path: b"a"}, {path: b"b"}) == merge({path: b"b"}, {path: b"a"}) == {path: b"b"}
    assert merge({b"x/y": b"a"}, {b"x/y": b"b", b"commits/odd": b"c"}) == {b"x/y": b"b", b"commits/odd": b"c"}
    assert merge({path: b"a"}, {}, {Tombstone("commit", (COMMIT,)).name}) == {}
