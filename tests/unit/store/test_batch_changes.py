"""What one write changes: conversations united with what is stored, notes cut and removed, names erased."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from msgspec.structs import replace

from gitstory.git.new_objects import Change, NewObjects, edit_tree, store
from gitstory.git.repo import Repo
from gitstory.model import Conversation, Link, Say, Story, Turn, TurnLink
from gitstory.store import record_paths
from gitstory.store.batch_changes import NOTE_BOUND, Batch, data_changes, note_texts
from gitstory.store.record_paths import META, Tombstone, commit_path, conversation_path
from gitstory.store.records import decode_meta, encode_story, encode_turn, taken_back
from gitstory.store.snapshot import Contents
from tests.gitrepo import GitRepo

COMMIT, OTHER = "a" * 40, "b" * 40
ONE, TWO = ("codex", "c1"), ("codex", "c2")
LINK = Link(*ONE, "lines", 1, (TurnLink("t1", 1, "lines", 1),))
OTHERS = Link(*TWO, "lines", 1, (TurnLink("t1", 1, "lines", 1),))
T1, T2, T3 = (Turn(f"t{number}", number, f"prompt {number}", steps=(Say("a"), Say("b"))) for number in (1, 2, 3))
FOLDER = conversation_path(*ONE)


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Repo]:
    with Repo.open(GitRepo.init(tmp_path_factory.mktemp("writes")).path) as repo:
        yield repo


def after(repo: Repo, *batches: Batch) -> Contents:
    """The store after these writes."""
    contents = Contents(repo, None)
    for batch in batches:
        new_objects = NewObjects(repo.object_format)
        tree = edit_tree(repo.objects, contents.root, data_changes(contents, batch), new_objects)
        store(repo, new_objects)
        contents = Contents(repo, tree)
    return contents


def talk(*turns: Turn, title: str = "", updated: float | None = None, **more: object) -> Conversation:
    return replace(Conversation(*ONE, turns, title, updated=updated), **more)


def stored(contents: Contents) -> Conversation:
    read = contents.conversation(*ONE)
    assert read is not None
    return read


def test_a_first_write_names_the_format_and_an_empty_one_does_nothing(opened: Repo) -> None:
    nothing = Contents(opened, None)
    assert data_changes(nothing, Batch()) == {}
    made = data_changes(nothing, Batch([Story(COMMIT, (LINK,))]))
    assert made == {
        commit_path(COMMIT): encode_story(Story(COMMIT, (LINK,))),
        record_paths.FORMAT: b'{"schema":"gitstory.store/1"}\n',
    }
    assert record_paths.FORMAT not in data_changes(after(opened, Batch([Story(COMMIT)])), Batch([Story(OTHER)]))


def test_turns_join_those_that_are_stored(opened: Repo) -> None:
    there = after(opened, Batch(conversations=[talk(T1, T2)]))
    changes = data_changes(there, Batch(conversations=[talk(replace(T2, index=5), T3)]))
    assert changes.keys() == {FOLDER + b"/t-t2.json", FOLDER + b"/t-t3.json", FOLDER + b"/" + META}
    meta = decode_meta(_bytes(changes[FOLDER + b"/" + META]))
    assert meta is not None and meta.turns == (("t1", 1), ("t3", 3), ("t2", 5))


def _bytes(change: Change) -> bytes:
    assert isinstance(change, bytes)
    return change


@pytest.mark.parametrize(
    ("old", "new", "written"),
    [
        (T1, T1, True),  # nobody reads the stored one for that: the same bytes are the same object
        (T1, replace(T1, steps=(Say("x"),)), False),
        (T1, replace(T1, steps=(Say("x"), Say("y"))), True),
        (T1, replace(T1, steps=(Say("x"), Say("y"), Say("z"))), True),
    ],
)
def test_a_turn_with_fewer_steps_than_the_stored_one_is_left_out_and_the_others_are_not(
    opened: Repo, old: Turn, new: Turn, written: bool
) -> None:
    there = after(opened, Batch(conversations=[talk(old, T2)]))
    changes = data_changes(there, Batch(conversations=[talk(new, T3)]))
    assert (FOLDER + b"/t-t1.json" in changes, FOLDER + b"/t-t3.json" in changes) == (written, True)


def test_a_conversation_that_is_dropped_comes_again_as_it_is_now(opened: Repo) -> None:
    there = after(opened, Batch(conversations=[talk(T1, T2, title="old")]))
    again = talk(replace(T1, steps=()), title="new")
    assert (
        stored(
            after(opened, Batch(conversations=[talk(T1, T2)]), Batch(conversations=[again], drop_conversations=[ONE]))
        )
        == again
    )
    assert data_changes(there, Batch(drop_conversations=[ONE])) == {FOLDER: None}
    assert data_changes(there, Batch(drop=[COMMIT])) == {commit_path(COMMIT): None}


OLD = talk(
    T1, title="old", updated=5.0, places=("/p", "/a"), version="1", parent="x", from_plan=True, subagent=True, skipped=3
)
"""What is stored of c1."""


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        (
            talk(T1, title="new", updated=5.0, places=("/q",), version="2", parent="y", skipped=1),
            replace(OLD, title="new", places=("/q", "/a", "/p"), version="2", parent="y", from_plan=False,
                    subagent=False, skipped=1),
        ),
        (talk(T1, updated=6.0), replace(OLD, updated=6.0, subagent=False, skipped=0)),
        (
            talk(T1, title="new", updated=4.0, places=("/b",), version="2", parent="y"),
            replace(OLD, places=("/b", "/a", "/p")),
        ),
        (talk(T1, title="new"), OLD),
    ],
)  # fmt: skip
def test_the_newer_word_about_a_conversation_counts(opened: Repo, new: Conversation, expected: Conversation) -> None:
    assert stored(after(opened, Batch(conversations=[OLD]), Batch(conversations=[new]))) == expected


def test_what_is_erased_is_not_written(opened: Repo) -> None:
    erased = Tombstone("turn", (*ONE, "t1")), taken_back(encode_turn(T2)), Tombstone("redacted", ONE)
    whole = Batch([Story(COMMIT, (LINK, OTHERS))], [talk(T1, T2, T3, title="title")])
    for there in (after(opened, Batch(tombstones=erased), whole), after(opened, whole, Batch(tombstones=erased))):
        assert [turn.id for turn in stored(there).turns] == ["t3"] and stored(there).title == ""
        assert there.folder(FOLDER).keys() >= {META, b"t-t3.json"} and b"t-t1.json" not in there.folder(FOLDER)
    both = Tombstone("commit", (COMMIT,)), Tombstone("conversation", ONE)
    for there in (
        after(opened, replace(whole, tombstones=both)),
        after(opened, whole, Batch(tombstones=both)),
        after(opened, Batch(tombstones=both), whole),
    ):
        assert there.folder(b"commits/aa") == there.folder(FOLDER) == {}


def test_the_text_of_a_turn_that_was_erased_does_not_keep_a_new_one_out(opened: Repo) -> None:
    """The stored text has more steps, but it must not be read any more."""
    there = after(opened, Batch(conversations=[talk(T1)]), Batch(tombstones=[taken_back(encode_turn(T1))]))
    shorter = replace(T1, steps=(Say("x"),))
    assert FOLDER + b"/t-t1.json" in data_changes(there, Batch(conversations=[talk(shorter)]))


def test_stories_lose_the_names_of_what_is_erased(opened: Repo) -> None:
    there = after(opened, Batch([Story(COMMIT, (LINK, OTHERS)), Story(OTHER, (OTHERS,))], [talk(T1, T2)]))
    stone = Tombstone("conversation", ONE)
    assert data_changes(there, Batch(tombstones=[stone])) == {
        stone.path: b'{"schema":"gitstory.tombstone/1"}\n',
        FOLDER: None,
        commit_path(COMMIT): encode_story(Story(COMMIT, (OTHERS,))),
    }
    turn = Tombstone("turn", (*ONE, "t1"))
    changes = data_changes(there, Batch(tombstones=[turn]))
    assert changes[commit_path(COMMIT)] == encode_story(Story(COMMIT, (replace(LINK, turns=()), OTHERS)))
    assert changes[FOLDER + b"/t-t1.json"] is None and commit_path(OTHER) not in changes
    meta = decode_meta(_bytes(changes[FOLDER + b"/" + META]))
    assert meta is not None and meta.turns == (("t2", 2),)
    for one in (Tombstone("turn", ("codex", "", "t1")), Tombstone("commit", (COMMIT,))):
        assert commit_path(OTHER) not in data_changes(there, Batch(tombstones=[one]))


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("note", b"note\n"),
        ("note\n\n", b"note\n"),
        ("no\0te", b"note\n"),
        ("caf\udce9", b"caf?\n"),
        ("x" * NOTE_BOUND, b"x" * 65536 + b"\n"),
        ("x" * (NOTE_BOUND + 1), b"x" * 65536 + b"\n...\n"),
        (None, None),
    ],
)
def test_the_bytes_of_a_note(opened: Repo, text: str | None, data: bytes | None) -> None:
    assert note_texts(Contents(opened, None), Batch(notes={COMMIT: text})) == {COMMIT: data}


def test_notes_of_what_is_dropped_or_erased_go(opened: Repo) -> None:
    stone = Tombstone("commit", (COMMIT,))
    nothing, erased = Contents(opened, None), after(opened, Batch(tombstones=[stone]))
    assert note_texts(nothing, Batch(drop=[OTHER], notes={COMMIT: "x"})) == {OTHER: None, COMMIT: b"x\n"}
    assert note_texts(nothing, Batch(drop=[OTHER], notes={OTHER: "x"})) == {OTHER: b"x\n"}
    assert note_texts(nothing, Batch(tombstones=[stone], notes={COMMIT: "x"})) == {COMMIT: None}
    assert note_texts(nothing, Batch(tombstones=[Tombstone("turn", (*ONE, "t"))])) == {}
    assert note_texts(erased, Batch(notes={COMMIT: "x", OTHER: "y"})) == {COMMIT: None, OTHER: b"y\n"}
