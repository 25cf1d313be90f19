from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from gitstory.model import Conversation, FileStory, Link, Range, Say, Story, Turn, TurnLink
from gitstory.store.record_merge import buried, merge, settle
from gitstory.store.record_paths import COMMITS, META, Tombstone, commit_path, conversation_path, turn_name
from gitstory.store.records import decode_meta, decode_story, decode_turn, encode_turn, taken_back
from tests.examples import tries
from tests.unit.store.values import COMMIT, ranges, tombstones, tree, trees


@settings(max_examples=tries(60))
@given(trees(), trees(), trees())
def test_stores_meet_in_any_order(one: dict[bytes, bytes], two: dict[bytes, bytes], three: dict[bytes, bytes]) -> None:
    assert merge(one, two) == merge(two, one)
    assert merge(one, one) == one
    assert merge(merge(one, two), three) == merge(one, merge(two, three))
    assert merge(one, merge(one, two)) == merge(one, two)


@settings(max_examples=tries(60))
@given(trees(), trees())
def test_only_what_is_buried_is_lost(one: dict[bytes, bytes], two: dict[bytes, bytes]) -> None:
    merged = merge(one, two)
    dead = buried(merged)
    assert dead == buried(one) | buried(two)
    for path in {*one, *two} - {*merged}:
        parts = path.split(b"/")
        if parts[0] == COMMITS:
            names = {Tombstone("commit", ((parts[1] + parts[2][:-5]).decode(),)).name}
        else:
            key = (parts[2].decode(), parts[3].decode())
            names = {Tombstone("conversation", key).name, Tombstone("turn", (*key, parts[4][2:-5].decode())).name}
        assert names & dead


@settings(max_examples=tries(60))
@given(trees(), tombstones())
def test_a_tombstone_wins_over_every_mention(one: dict[bytes, bytes], tombstone: Tombstone) -> None:
    merged = merge(one, {tombstone.path: b"{}\n"})
    for path, data in merged.items():
        if path.startswith(b"commits/"):
            story = decode_story(data, (path[8:10] + path[11:-5]).decode())
            assert story is not None
            assert tombstone != Tombstone("commit", (story.commit,))
            for link in story.links:
                assert tombstone != Tombstone("conversation", (link.agent, link.conversation))
                assert all(tombstone != Tombstone("turn", (link.agent, link.conversation, t.id)) for t in link.turns)
            for piece in (piece for file in story.files for piece in (*file.ranges, *file.removed)):
                assert tombstone != Tombstone("conversation", (piece.agent, piece.conversation))
                assert tombstone != Tombstone("turn", (piece.agent, piece.conversation, piece.turn))
        elif path.endswith(META):
            meta = decode_meta(data)
            assert meta is not None
            assert tombstone != Tombstone("conversation", (meta.agent, meta.id))
            assert all(tombstone != Tombstone("turn", (meta.agent, meta.id, turn)) for turn, _ in meta.turns)


@settings(max_examples=tries(60))
@given(trees(), trees())
def test_metas_list_exactly_the_turns_there_are(one: dict[bytes, bytes], two: dict[bytes, bytes]) -> None:
    merged = merge(one, two)
    for path in [path for path in merged if path.endswith(META)]:
        meta = decode_meta(merged[path])
        assert meta is not None
        folder = conversation_path(meta.agent, meta.id) + b"/"
        files = {name for name in merged if name.startswith(folder) and name != path}
        assert files == {folder + turn_name(turn) for turn, _ in meta.turns}
        for turn, index in meta.turns:
            stored = decode_turn(merged[folder + turn_name(turn)], turn)
            assert stored is not None and stored.index == index


@settings(max_examples=tries(40))
@given(trees(), trees())
def test_a_merge_of_the_differing_paths_is_a_merge(one: dict[bytes, bytes], two: dict[bytes, bytes]) -> None:
    """As sync calls it: equal files left out, but for the metas of conversations that differ somewhere."""
    differing = {path for path in {*one, *two} if one.get(path) != two.get(path)}
    touched = {b"/".join(path.split(b"/")[:4]) for path in differing if path.startswith(b"conversations/")}
    asked = differing | {folder + b"/" + META for folder in touched}
    part = merge(
        {path: data for path, data in one.items() if path in asked},
        {path: data for path, data in two.items() if path in asked},
        buried(one) & buried(two),
    )
    whole = merge(one, two)
    assert {path: whole.get(path) for path in asked} == {path: part.get(path) for path in asked}


def test_the_longest_turn_wins() -> None:
    short = Conversation("codex", "c", (Turn("t1", 1, "p" * 99, steps=(Say("a"),)),))
    long = Conversation("codex", "c", (Turn("t1", 1, "p", steps=(Say("a"), Say("b"))),))
    merged = merge(tree([], [short], []), tree([], [long], []))
    stored = decode_turn(merged[conversation_path("codex", "c") + b"/t-t1.json"], "t1")
    assert stored == long.turns[0]


def test_the_strongest_evidence_wins_and_links_are_united() -> None:
    one = Story(COMMIT, (Link("codex", "c", "files", 0, (TurnLink("t1", 1, "files"),)),), open=("c", "d"))
    two = Story(
        COMMIT,
        (
            Link("codex", "c", "lines", 4, (TurnLink("t1", 1, "lines", 4), TurnLink("t2", 2, "context"))),
            Link("aider", "x", "manual"),
        ),
        open=("d",),
    )
    data = merge(tree([one], [], []), tree([two], [], []))[commit_path(COMMIT)]
    merged = decode_story(data, COMMIT)
    assert merged is not None
    assert merged.links == (two.links[1], two.links[0])
    assert merged.open == ("d",)


def test_a_text_that_was_taken_back_does_not_return() -> None:
    bad = Conversation("codex", "c", (Turn("t1", 1, "the password is hunter2", steps=(Say("a"),)),))
    good = Conversation("codex", "c", (Turn("t1", 1, "the password is ***", steps=(Say("a"),)),))
    stone = taken_back(encode_turn(bad.turns[0]))
    ours = tree([], [good], []) | {stone.path: b"{}\n"}
    for merged in (merge(ours, tree([], [bad], [])), merge(tree([], [bad], []), ours)):
        assert b"hunter2" not in b"".join(merged.values())
        assert merged[conversation_path("codex", "c") + b"/t-t1.json"] == encode_turn(good.turns[0])


def test_junk_never_beats_a_record_and_unknown_kinds_are_kept() -> None:
    story = Story(COMMIT, files=(FileStory("a", 1, 0),))
    ours = tree([story], [], [])
    theirs = {commit_path(COMMIT): b"zzzz", b"later/thing": b"from a newer program", b"commits/readme": b"?"}
    merged = merge(ours, theirs)
    assert decode_story(merged[commit_path(COMMIT)], COMMIT) == story
    assert merged[b"later/thing"] == b"from a newer program"


@given(st.lists(ranges(), max_size=12).map(tuple))
def test_settled_ranges_never_overlap_and_the_longest_stays(pieces: tuple[Range, ...]) -> None:
    kept = settle(pieces)
    assert set(kept) <= set(pieces)
    assert all(one.end < two.start for one, two in pairwise(kept))
    for lost in set(pieces) - set(kept):
        assert any(
            k.start <= lost.end and lost.start <= k.end and k.end - k.start >= lost.end - lost.start for k in kept
        )
