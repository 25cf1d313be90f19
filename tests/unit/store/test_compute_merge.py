"""What of another store's tree is taken into ours, by the kind of record, and what is refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from msgspec.structs import replace

from gitstory.git.new_objects import FILE, TREE, Change, Existing, NewObjects, edit_tree, store
from gitstory.git.repo import Repo
from gitstory.model import Conversation, Link, Say, Story, Turn, TurnLink
from gitstory.store import record_paths
from gitstory.store.record_paths import META, Tombstone, commit_path, conversation_path, turn_name
from gitstory.store.records import META_BOUND, encode_meta, encode_story, encode_turn, meta_of
from gitstory.store.sync import compute_merge as joining
from gitstory.store.sync.compute_merge import JoinResult, NotAStore, StoreThereTooNew, join
from gitstory.store.sync.differing_folders import TooMuch
from tests.gitrepo import GitRepo

Files = dict[bytes, bytes]

COMMIT, OTHER = "a" * 40, "b" * 40
ONE, LONG = ("codex", "c1"), ("codex", "x" * 300)
FORMAT = {record_paths.FORMAT: b'{"schema":"gitstory.store/1"}\n'}
TURNS = (Turn("t1", 1, "first", steps=(Say("a"),)), Turn("t2", 2, "second"))
LINK = Link(*ONE, "lines", 1, (TurnLink("t1", 1, "lines", 1),))
FOLDER = conversation_path(*ONE)


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Repo]:
    """One repository for all: no ref is moved, only objects are added."""
    path: Path = tmp_path_factory.mktemp("join")
    with Repo.open(GitRepo.init(path).path) as repo:
        yield repo


def tree(repo: Repo, files: Mapping[bytes, Change], base: str | None = None) -> str:
    new_objects = NewObjects(repo.object_format)
    made = edit_tree(repo.objects, base, files, new_objects)
    store(repo, new_objects)
    assert made is not None
    return made


def joined(
    repo: Repo, ours: Files | None, theirs: Mapping[bytes, Change], withhold: frozenset[str] = frozenset()
) -> JoinResult:
    mine = None if ours is None else tree(repo, {**FORMAT, **ours})
    return join(repo, mine, tree(repo, {**FORMAT, **theirs}), withhold=withhold)


def story(commit: str = COMMIT, *links: Link) -> Files:
    return {commit_path(commit): encode_story(Story(commit, links or (LINK,)))}


def talk(*turns: Turn, key: tuple[str, str] = ONE) -> Files:
    folder = conversation_path(*key)
    files = {folder + b"/" + turn_name(turn.id): encode_turn(turn) for turn in turns}
    return files | {folder + b"/" + META: encode_meta(meta_of(Conversation(*key, turns=turns)))}


def stone(kind: record_paths.Kind, *key: str) -> Files:
    return {Tombstone(kind, key).path: b'{"schema":"gitstory.tombstone/1"}\n'}


def newer(data: bytes) -> bytes:
    return data.replace(b'/1"', b'/2"', 1)


# --- the format ---


@pytest.mark.parametrize("data", [None, b"", b'{"schema":"other.store/1"}', b'{"schema":"gitstory.commit/1"}'])
def test_what_is_no_store_is_not_taken(opened: Repo, data: bytes | None) -> None:
    files = story() | ({} if data is None else {record_paths.FORMAT: data})
    with pytest.raises(NotAStore, match="was not written by gitstory") as raised:
        join(opened, None, tree(opened, files))
    assert raised.value.hint is not None and "story.ref" in raised.value.hint


def test_a_store_of_a_newer_format_is_not_taken(opened: Repo) -> None:
    with pytest.raises(StoreThereTooNew, match=r"format gitstory\.store/2") as raised:
        join(opened, None, tree(opened, {record_paths.FORMAT: b'{"schema":"gitstory.store/2"}\n'}))
    assert raised.value.hint == "upgrade gitstory, then try again"


def test_an_empty_store_takes_the_format_and_another_one_has_it(opened: Repo) -> None:
    assert [*joined(opened, None, {}).changes] == [record_paths.FORMAT]
    assert joined(opened, {}, {}).changes == {}


# --- stories ---


def test_a_story_that_only_they_have_is_taken_as_it_is(opened: Repo) -> None:
    files = story()
    result = joined(opened, {}, files)
    [(path, change)] = result.changes.items()
    assert path == commit_path(COMMIT) and isinstance(change, Existing)
    assert opened.objects.blob(change.id) == files[path]
    assert (result.stories, result.gone, result.conversations, result.turns, result.refused) == (
        {COMMIT}, set(), {}, 0, 0,
    )  # fmt: skip


def test_a_story_that_both_have_is_merged_and_ours_alone_stays(opened: Repo) -> None:
    mine = Link("aider", "x", "files")
    result = joined(opened, story(COMMIT, mine) | story(OTHER), story(COMMIT, LINK))
    merged = encode_story(Story(COMMIT, (mine, LINK)))
    assert result.changes == {commit_path(COMMIT): merged} and result.stories == {COMMIT}
    assert joined(opened, story(COMMIT, mine, LINK), story(COMMIT, LINK)).changes == {}


@pytest.mark.parametrize(
    "files",
    [
        {commit_path(COMMIT): b"torn"},
        {commit_path(COMMIT): encode_story(Story(OTHER, (LINK,)))},
        {commit_path("a" * 64): encode_story(Story("a" * 64, (LINK,)))},
        {b"commits/aa/readme.json": encode_story(Story(COMMIT, (LINK,)))},
        {b"commits/aa/" + b"a" * 38: encode_story(Story(COMMIT, (LINK,)))},
        {record_paths.COMMITS: b"no folder"},
        {commit_path(COMMIT) + b"/deeper": b"no file"},
    ],
)
def test_what_is_no_story_is_refused_and_counted(opened: Repo, files: Files) -> None:
    result = joined(opened, story(OTHER), files)
    assert (result.changes, result.refused, result.stories) == ({}, 1, set())


def test_a_story_of_a_newer_program_is_kept_unread(opened: Repo) -> None:
    files = {commit_path(COMMIT): newer(encode_story(Story(COMMIT)))}
    result = joined(opened, {}, files)
    assert [*result.changes] == [commit_path(COMMIT)] and (result.stories, result.refused) == ({COMMIT}, 0)
    assert joined(opened, {commit_path(COMMIT): newer(b'{"schema":"gitstory.store/1"}')}, {}).changes == {}


def test_what_merges_to_a_story_that_says_nothing_is_left_out(opened: Repo) -> None:
    """One said only what a tombstone of the other erases."""
    erased = stone("conversation", *ONE)
    assert joined(opened, erased, story()).changes == {}
    gone = joined(opened, story(), erased)
    assert gone.changes[commit_path(COMMIT)] is None and (gone.gone, gone.stories) == ({COMMIT}, set())
    empty = {commit_path(COMMIT): encode_story(Story(COMMIT, carried_from=(OTHER,)))}
    kept = joined(opened, erased | empty, story())
    assert kept.changes == {}, "ours said nothing before, and stays as it is"
    there = joined(opened, story(), erased | empty)
    assert isinstance(there.changes[commit_path(COMMIT)], Existing)


# --- tombstones ---


def test_a_tombstone_is_taken_and_erases_what_only_we_have(opened: Repo) -> None:
    erased = stone("conversation", *ONE)
    mine = story(OTHER, LINK, Link("aider", "x", "files")) | talk(*TURNS)
    result = joined(opened, mine, erased)
    name = Tombstone("conversation", ONE).name
    assert (result.new_tombstones, result.buried, result.withheld) == ({name}, 1, frozenset())
    left = encode_story(Story(OTHER, (Link("aider", "x", "files"),)))
    gone = dict.fromkeys(talk(*TURNS))
    assert {**result.changes, next(iter(erased)): None} == {next(iter(erased)): None, commit_path(OTHER): left, **gone}
    assert isinstance(result.changes[next(iter(erased))], Existing)


def test_a_tombstone_that_is_withheld_is_named_and_nothing_else_happens(opened: Repo) -> None:
    name = Tombstone("conversation", ONE).name
    result = joined(opened, story() | talk(*TURNS), stone("conversation", *ONE), frozenset({name}))
    assert (result.changes, result.withheld, result.new_tombstones) == ({}, {name}, frozenset())


def test_a_tombstone_that_both_have_is_not_new(opened: Repo) -> None:
    erased = stone("conversation", *ONE)
    result = joined(opened, erased, erased | talk(*TURNS) | story())
    assert (result.changes, result.buried, result.refused) == ({}, 0, 0)


@pytest.mark.parametrize(
    ("path", "data"),
    [
        (next(iter(stone("turn", "x"))), b"torn"),
        (next(iter(stone("turn", "x"))), b'{"schema":"gitstory.commit/1"}'),
        (next(iter(stone("turn", "x"))), b'{"schema":"gitstory.tombstone/1"}' + b" " * 1024),
        (b"tombstones/turn/aa/short.json", b'{"schema":"gitstory.tombstone/1"}'),
        (b"tombstones/Turn/aa/" + b"0" * 62 + b".json", b'{"schema":"gitstory.tombstone/1"}'),
        (b"tombstones", b"no folder"),
    ],
)
def test_what_is_no_tombstone_is_refused_and_counted(opened: Repo, path: bytes, data: bytes) -> None:
    result = joined(opened, {}, {path: data})
    assert (result.changes, result.refused, result.buried) == ({}, 1, 0)


def test_a_tombstone_of_a_newer_program_counts(opened: Repo) -> None:
    [path] = stone("turn", "x")
    assert joined(opened, {}, {path: b'{"schema":"gitstory.tombstone/2"}'}).buried == 1
    assert joined(opened, {}, {path: b'{"schema":"gitstory.tombstone/1"}' + b" " * 900}).buried == 1


# --- conversations ---


@pytest.mark.parametrize("key", [ONE, LONG])
def test_a_conversation_that_only_they_have_is_new(opened: Repo, key: tuple[str, str]) -> None:
    long = Turn("y" * 300, 3, "its name is hashed")
    files = talk(*TURNS, long, key=key)
    result = joined(opened, {}, files)
    folder = conversation_path(*key)
    assert result.changes == {folder: Existing(folder_id(opened, files, folder), TREE)}, "as one folder"
    assert (result.conversations, result.turns, result.refused) == ({key: True}, 3, 0)
    assert tree(opened, result.changes, tree(opened, FORMAT)) == tree(opened, FORMAT | files)


def folder_id(repo: Repo, files: Files, folder: bytes) -> str:
    return repo.git("rev-parse", f"{tree(repo, files)}:{folder.decode()}").decode().strip()


@pytest.mark.parametrize(
    ("name", "mode", "refused"), [(b"t-t3.json", FILE, 1), (b"t-t1.json", 0o100755, 1), (b"t-t3.json", TREE, 1)]
)
def test_a_folder_with_more_than_a_conversation_is_not_taken_whole(
    opened: Repo, name: bytes, mode: int, refused: int
) -> None:
    files: dict[bytes, Change] = {**talk(*TURNS)}
    files[FOLDER + b"/" + name] = Existing(opened.git("hash-object", "-w", "-t", "blob", "/dev/null").decode().strip())
    if mode == TREE:
        files[FOLDER + b"/" + name + b"/x"] = files.pop(FOLDER + b"/" + name)
    elif mode != FILE:
        data = talk(*TURNS)[FOLDER + b"/" + name]
        oid = opened.git("hash-object", "-w", "--stdin", input=data).decode().strip()
        files[FOLDER + b"/" + name] = Existing(oid, mode)
    result = joined(opened, {}, files)
    assert FOLDER not in result.changes and FOLDER + b"/" + META in result.changes
    assert FOLDER + b"/" + name not in result.changes and result.refused == refused


def test_a_conversation_that_lost_a_turn_here_is_not_taken_whole(opened: Repo) -> None:
    result = joined(opened, stone("turn", *ONE, "t2"), talk(*TURNS))
    assert FOLDER not in result.changes and FOLDER + b"/t-t1.json" in result.changes
    assert FOLDER + b"/t-t2.json" not in result.changes


def test_a_conversation_that_went_on_there_has_grown(opened: Repo) -> None:
    result = joined(opened, talk(TURNS[0]), talk(*TURNS))
    assert result.changes.keys() == {FOLDER + b"/" + META, FOLDER + b"/t-t2.json"}
    assert (result.conversations, result.turns) == ({ONE: False}, 1)
    assert joined(opened, talk(*TURNS), talk(TURNS[0])).conversations == {}


def test_a_turn_is_merged_where_the_metas_are_the_same(opened: Repo) -> None:
    longer = replace(TURNS[1], steps=(Say("more"),))
    result = joined(opened, talk(*TURNS), talk(TURNS[0], longer))
    assert result.changes.keys() == {FOLDER + b"/t-t2.json"} and result.conversations == {ONE: False}
    assert joined(opened, talk(TURNS[0], longer), talk(*TURNS)).changes == {}


@pytest.mark.parametrize(
    ("name", "data", "changed"),
    [
        (b"t-t2.json", b"torn", [META]),
        (b"t-t2.json", encode_turn(TURNS[0]), [META]),
        (b"t-t2.txt", encode_turn(TURNS[1]), [META]),
        (b"x-t2.json", encode_turn(TURNS[1]), [META]),
        (b"t-~" + b"0" * 64 + b".json", encode_turn(TURNS[1]), [META]),
        (b"t-~" + b"0" * 64 + b".json", b'{"schema":"gitstory.turn/1","id":["x"],"index":1,"prompt":""}', [META]),
        (b"t-~" + b"0" * 64 + b".json", b'{"schema":"gitstory.turn/1","id":', [META]),
    ],
)
def test_what_is_no_turn_of_a_conversation_is_refused(
    opened: Repo, name: bytes, data: bytes, changed: list[bytes]
) -> None:
    theirs = talk(*TURNS)
    del theirs[FOLDER + b"/t-t2.json"]
    result = joined(opened, talk(TURNS[0]), theirs | {FOLDER + b"/" + name: data})
    assert result.changes.keys() == {FOLDER + b"/" + each for each in changed} and result.refused == 1
    assert result.turns == 0


def test_a_turn_of_a_newer_program_is_kept_unread(opened: Repo) -> None:
    theirs = talk(*TURNS)
    theirs[FOLDER + b"/t-t2.json"] = newer(encode_turn(TURNS[1]))
    result = joined(opened, talk(TURNS[0]), theirs)
    assert FOLDER + b"/t-t2.json" in result.changes and result.refused == 0


@pytest.mark.parametrize(
    "data",
    [
        b"torn",
        encode_meta(meta_of(Conversation("codex", "another"))),
        encode_meta(meta_of(Conversation(*ONE, title="x" * META_BOUND))),
    ],
)
def test_a_conversation_whose_meta_is_not_its_own_is_refused(opened: Repo, data: bytes) -> None:
    theirs = talk(*TURNS) | {FOLDER + b"/" + META: data}
    result = joined(opened, {}, theirs)
    assert (result.changes, result.conversations, result.refused) == ({}, {}, 1)
    grown = joined(opened, talk(TURNS[0]), theirs)
    assert FOLDER + b"/" + META not in grown.changes and grown.refused == 1


def test_a_conversation_of_a_newer_program_is_kept_unread_but_not_beside_ours(opened: Repo) -> None:
    theirs = talk(*TURNS)
    theirs[FOLDER + b"/" + META] = newer(theirs[FOLDER + b"/" + META])
    result = joined(opened, {}, theirs)
    assert result.changes.keys() == {FOLDER} and (result.conversations, result.refused) == ({}, 0)
    assert FOLDER + b"/" + META not in joined(opened, talk(TURNS[0]), theirs).changes


def test_a_conversation_without_a_meta_is_none(opened: Repo) -> None:
    theirs = talk(*TURNS)
    del theirs[FOLDER + b"/" + META]
    result = joined(opened, {}, theirs)
    assert (result.changes, result.refused) == ({}, 0)


# --- what this program does not know ---


def test_folders_of_a_newer_program_come_along_where_they_are_records(opened: Repo) -> None:
    record = b'{"schema":"gitstory.review/1","x":1}'
    theirs = {b"reviews/aa/x.json": record, b"reviews/top.json": record, b"reviews/junk": b"junk", b"file": record}
    result = joined(opened, {b"reviews/aa/y.json": record, b"mine/z": b"z"}, theirs)
    assert result.changes.keys() == {b"reviews/aa/x.json", b"reviews/top.json"} and result.refused == 2
    assert joined(opened, theirs, theirs).refused == 0
    both = joined(opened, {b"reviews": b"a file here"}, {b"reviews/x.json": record})
    assert (both.changes, both.refused) == ({}, 1)
    deep = b"/".join([b"deep"] * 7) + b".json"
    assert joined(opened, {}, {deep: record}).changes == {}
    assert joined(opened, {}, {b"/".join([b"deep"] * 6): record}).changes.keys() == {b"/".join([b"deep"] * 6)}


def test_the_bytes_of_one_conversation_are_bounded(opened: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    size = sum(map(len, talk(*TURNS).values()))
    monkeypatch.setattr(joining, "_IN_MEMORY", size)
    assert joined(opened, {}, talk(*TURNS)).turns == 2
    monkeypatch.setattr(joining, "_IN_MEMORY", size - 1)
    with pytest.raises(TooMuch):
        joined(opened, {}, talk(*TURNS))


def test_stories_are_read_some_at_a_time(opened: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(joining, "_AT_ONCE", 2)
    commits = {f"{number:02x}" + "0" * 38 for number in range(5)}
    files: Files = {}
    for commit in commits:
        files |= story(commit)
    assert joined(opened, {}, files).stories == commits
