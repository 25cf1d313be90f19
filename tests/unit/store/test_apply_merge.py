"""Taking another store into ours: notes that are written again, what is counted, and what a remote shall have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from msgspec import structs

from gitstory.git.new_objects import NewObjects, commit_bytes, edit_tree, store
from gitstory.git.refs import swap, tree_of
from gitstory.git.repo import Repo
from gitstory.model import Conversation, Link, Story, Turn, TurnLink
from gitstory.store import record_paths
from gitstory.store.batch_changes import Key
from gitstory.store.record_paths import META, TAKING_BACK, Tombstone, commit_path, conversation_path
from gitstory.store.records import encode_meta, encode_story, encode_turn, meta_of
from gitstory.store.store import DATA_REF, NOTES_REF, Batch, StoreTooNew, StoryStore
from gitstory.store.sync import apply_merge as absorbing
from gitstory.store.sync import known_remotes
from gitstory.store.sync.apply_merge import Absorbed, absorb, local_tree, united
from gitstory.store.sync.differing_folders import Differ, Pair, TooMuch
from gitstory.store.sync.remote_erasures_to_confirm import Erasing, Waiting
from tests.gitrepo import GitRepo

Files = dict[bytes, bytes]
COMMIT, OTHER, THIRD = "a" * 40, "b" * 40, "c" * 40
ONE, TWO = ("codex", "c1"), ("codex", "c2")
FORMAT = {record_paths.FORMAT: b'{"schema":"gitstory.store/1"}\n'}
TURNS = (Turn("t1", 1, "first"), Turn("t2", 2, "second"))


@pytest.fixture
def opened(repo: GitRepo) -> Iterator[Repo]:
    with Repo.open(repo.path) as opened:
        opened.home.mkdir(parents=True)
        yield opened


def tree(repo: Repo, *parts: Files) -> str:
    new_objects = NewObjects(repo.object_format)
    files = {path: data for part in (FORMAT, *parts) for path, data in part.items()}
    made = edit_tree(repo.objects, None, files, new_objects)
    store(repo, new_objects)
    assert made is not None
    return made


def story(commit: str = COMMIT, key: Key = ONE, *turns: str) -> Files:
    link = Link(*key, "lines", 1, tuple(TurnLink(turn, 1, "lines", 1) for turn in turns or ("t1",)))
    return {commit_path(commit): encode_story(Story(commit, (link,)))}


def talk(key: Key = ONE, *turns: Turn) -> Files:
    folder = conversation_path(*key)
    files = {folder + b"/t-%s.json" % turn.id.encode(): encode_turn(turn) for turn in turns or TURNS}
    return files | {folder + b"/" + META: encode_meta(meta_of(Conversation(*key, turns or TURNS)))}


def stone(*key: str) -> Files:
    return {Tombstone("conversation", key).path: b'{"schema":"gitstory.tombstone/1"}\n'}


def note(story: Story, named: Mapping[Key, Conversation]) -> str:
    """Which turns of which conversations it was given."""
    return ";".join(f"{key[1]}:{','.join(turn.id for turn in one.turns)}" for key, one in sorted(named.items()))


def notes(repo: Repo) -> dict[str, str | None]:
    kept = StoryStore(repo)
    return {commit: kept.note(commit) for commit in sorted(kept.noted())}


def test_a_store_is_taken_with_notes_of_what_its_stories_name(opened: Repo) -> None:
    theirs = tree(opened, story(COMMIT, ONE, "t1", "t9"), story(OTHER, TWO), talk())
    taken = absorb(opened, theirs, note)
    assert taken == Absorbed(stories=2, new_conversations=1, turns=2, notes=2)
    assert local_tree(opened) == theirs
    assert notes(opened) == {COMMIT: "c1:t1\n", OTHER: "\n"}
    assert absorb(opened, theirs, note) == absorb(opened, None, note) == Absorbed()


def test_notes_of_stories_that_name_what_has_changed_are_written_again(opened: Repo) -> None:
    StoryStore(opened).write(
        Batch(
            [Story(COMMIT, (Link(*ONE, "lines", 1, (TurnLink("t2", 2, "lines", 1),)),)),
             Story(OTHER, (Link(*TWO, "lines", 1, (TurnLink("c1", 1, "lines", 1),)),))],
            [Conversation(*ONE, TURNS[:1])],
            {COMMIT: "old", OTHER: "old"},
        )
    )  # fmt: skip
    taken = absorb(opened, tree(opened, talk()), note)
    assert taken == Absorbed(grown_conversations=1, turns=1, notes=1)
    assert notes(opened) == {COMMIT: "c1:t2\n", OTHER: "old\n"}


def test_notes_that_are_missing_are_written_and_those_without_links_go(opened: Repo) -> None:
    bare = {commit_path(THIRD): encode_story(Story(THIRD, carried_from=(OTHER,)))}
    dead = {Tombstone("commit", (OTHER,)).path: b'{"schema":"gitstory.tombstone/1"}\n'}
    swap(opened, {DATA_REF: (None, commit(opened, tree(opened, story(), story(OTHER), bare, dead)))})
    assert absorb(opened, None, note).notes == 1
    assert notes(opened) == {COMMIT: "\n"}
    StoryStore(opened).write(Batch(notes={THIRD: "old"}))
    swap(opened, {DATA_REF: (opened.ref(DATA_REF), commit(opened, tree(opened, story(), bare)))})
    unlinked = {commit_path(THIRD): encode_story(Story(THIRD, carried_from=(OTHER, COMMIT)))}
    assert absorb(opened, tree(opened, unlinked), note).stories == 1
    assert notes(opened) == {COMMIT: "\n"}


def commit(repo: Repo, tree_id: str) -> str:
    new_objects = NewObjects(repo.object_format)
    made = new_objects.add("commit", commit_bytes(tree_id, "x"))
    store(repo, new_objects)
    return made


def test_many_stories_are_noted_some_at_a_time(opened: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(absorbing, "_AT_ONCE", 2)
    commits = [f"{number:02x}" + "0" * 38 for number in range(5)]
    theirs = tree(opened, talk(), *(story(each) for each in commits))
    assert absorb(opened, theirs, note).notes == 5
    assert notes(opened) == dict.fromkeys(commits, "c1:t1\n")


def test_an_erasure_that_is_accepted_takes_the_stories_and_their_notes(opened: Repo) -> None:
    absorb(opened, tree(opened, story(), story(OTHER, TWO), talk(), talk(TWO)), note)
    theirs = tree(opened, stone(*ONE))
    waits = absorb(opened, theirs, note)
    assert waits == Absorbed(waiting=Waiting(frozenset({Tombstone("conversation", ONE).name}), 1, 1))
    assert waits.nothing and not (opened.home / TAKING_BACK).exists()
    taken = absorb(opened, theirs, note, erasing=Erasing(accepted=True))
    assert taken == Absorbed(gone=1, grown_conversations=1, buried=1, notes=1)
    assert notes(opened) == {OTHER: "c2:t1\n"} and (opened.home / TAKING_BACK).is_file()


def test_a_store_of_a_newer_program_is_left_alone(opened: Repo) -> None:
    newer = tree(opened, {record_paths.FORMAT: b'{"schema":"gitstory.store/9"}\n'})
    swap(opened, {DATA_REF: (None, commit(opened, newer))})
    with pytest.raises(StoreTooNew, match=r"format gitstory\.store/9") as raised:
        absorb(opened, tree(opened, story()), note)
    assert raised.value.hint is not None and "upgrade gitstory" in raised.value.hint
    assert local_tree(opened) == newer and opened.ref(NOTES_REF) is None
    with pytest.raises(StoreTooNew):
        StoryStore(opened).write(Batch([Story(COMMIT)]))


def test_what_a_remote_shall_have_lacks_what_it_has_erased(opened: Repo) -> None:
    assert united(opened, tree(opened, story()), note) == (None, None)
    absorb(opened, tree(opened, story(), story(OTHER, TWO), talk(), talk(TWO)), note)
    data, texts = (tree_of(opened.objects, opened.ref(ref)) for ref in (DATA_REF, NOTES_REF))
    assert united(opened, None, note) == (data, texts)
    assert united(opened, data, note) == (data, texts)
    theirs = tree(opened, stone(*ONE), story(THIRD, TWO, "t2"))
    shared, noted = united(opened, theirs, note)
    assert shared == tree(opened, stone(*ONE), story(THIRD, TWO, "t2"), story(OTHER, TWO), talk(TWO))
    assert noted is not None
    assert opened.git("ls-tree", "-r", "--name-only", noted).decode().replace("/", "").split() == [OTHER, THIRD]
    assert tree_of(opened.objects, opened.ref(DATA_REF)) == data, "ours stays"


def test_what_two_pulls_brought_together() -> None:
    numbers = {
        "stories": 1,
        "gone": 2,
        "new_conversations": 3,
        "grown_conversations": 4,
        "turns": 5,
        "buried": 6,
        "notes": 8,
    }
    one, two = Absorbed(**numbers, refused=7), Absorbed(**numbers, refused=3, waiting=Waiting(frozenset({"x"})))
    both = one.plus(two)
    assert both == Absorbed(**{name: 2 * number for name, number in numbers.items()}, refused=7, waiting=two.waiting)
    for name in ("stories", "gone", "new_conversations", "grown_conversations", "buried"):
        assert not structs.replace(Absorbed(), **{name: 1}).nothing
    assert Absorbed(turns=1, refused=1, notes=1).nothing


# --- where trees differ ---


def test_what_differs_is_walked_as_deep_as_the_format_has_it(opened: Repo) -> None:
    ours = {
        b"x/a/1": b"same",
        b"x/a/2": b"ours",
        b"x/b/1": b"alone",
        b"x/c": b"a file",
        b"x/d/1/deep": b"",
        b"x/e/1": b"e",
    }
    theirs = {
        b"x/a/1": b"same",
        b"x/a/2": b"theirs",
        b"x/a/3": b"new",
        b"x/c/1": b"",
        b"x/d/1": b"",
        b"x/e": b"e",
        b"x/f": b"f",
    }
    pair = Pair(tree(opened, ours), tree(opened, theirs))

    def walked(**how: object) -> tuple[list[tuple[bytes, bool, bool]], int]:
        differ = Differ(opened)
        sides = [differ.entries(each, trusted=True)[b"x"][1] for each in (pair.ours, pair.theirs) if each]
        rows = differ.walk((b"x",), Pair(*sides), 3, **how)  # type: ignore[arg-type]
        return [(b"/".join(at), one.ours is not None, one.theirs is not None) for at, one in rows], differ.refused

    assert walked() == ([(b"x/a/2", True, True), (b"x/a/3", False, True)], 4)
    assert walked(whole=True)[0] == [
        (b"x/a/2", True, True), (b"x/a/3", False, True), (b"x/b/1", True, False), (b"x/e/1", True, False),
    ]  # fmt: skip
    assert walked(exact=False) == (
        [(b"x/a/2", True, True), (b"x/a/3", False, True), (b"x/c", True, False), (b"x/f", False, True)], 3,
    )  # fmt: skip


def test_what_is_no_tree_has_no_entries_and_counts(opened: Repo) -> None:
    differ = Differ(opened)
    blob = opened.git("hash-object", "-w", "--stdin", input=b"x").decode().strip()
    assert differ.entries(None, trusted=False) == {} and differ.refused == 0
    assert differ.entries(blob, trusted=False) == differ.entries("0" * 40, trusted=False) == {}
    assert differ.refused == 2


def test_a_folder_of_theirs_is_bounded_and_ours_is_not(opened: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    from gitstory.store.sync import differing_folders as module

    folder = tree(opened)
    monkeypatch.setattr(module, "FOLDER_BOUND", 10)
    assert len(Differ(opened).entries(folder, trusted=True)) == 1
    with pytest.raises(TooMuch, match="bigger than any store of stories; nothing was taken over") as raised:
        Differ(opened).entries(folder, trusted=False)
    assert raised.value.hint is not None and "not made by gitstory" in raised.value.hint


# --- what is remembered of remotes ---


def test_a_remote_is_known_by_its_address_without_password_and_last_slash(tmp_path: Path) -> None:
    key = known_remotes.key_of("https://dev:pw@host/x/")
    assert key == known_remotes.key_of("https://host/x") != known_remotes.key_of("https://host/y")
    assert len(key) == 32 and known_remotes.key_of("caf\udce9") != known_remotes.key_of("caf")
    state = known_remotes.remember(tmp_path, "caf\udce9", agreed=1.0)
    assert state.url == "caf\\udce9" and known_remotes.load(tmp_path).of("caf\udce9") == state


@pytest.mark.parametrize(
    ("erasures", "waiting", "undecided", "accepted"),
    [("", 0, False, False), ("", 1, True, False), ("refused", 1, False, False), ("accepted", 1, True, True)],
)
def test_what_a_person_said_to_the_erasures_of_a_remote(
    erasures: str, waiting: int, undecided: bool, accepted: bool
) -> None:
    waits = Waiting(frozenset({"x"})) if waiting else Waiting()
    state = known_remotes.RemoteState("u", erasures=erasures, waiting=waits)  # type: ignore[arg-type]
    assert (state.undecided, state.erasing) == (undecided, Erasing(accepted, waits))


def test_the_remotes_used_last_are_remembered(tmp_path: Path) -> None:
    for number in range(64):
        known_remotes.remember(tmp_path, f"/r{number}", agreed=1.0)
    known_remotes.remember(tmp_path, "/r0", tried=2.0)
    assert len(known_remotes.load(tmp_path).remotes) == 64
    known_remotes.remember(tmp_path, "/new", agreed=1.0)
    state = known_remotes.load(tmp_path)
    assert (state.of("/r0").tried, state.of("/r0").agreed, state.of("/r1").agreed, state.of("/r2").agreed) == (
        2.0,
        1.0,
        0.0,
        1.0,
    )
