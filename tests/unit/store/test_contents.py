"""What is read of one state of the store: by names, by ids, in part, and where it is damaged or of a newer program."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from msgspec.structs import replace

from gitstory.git.new_objects import NewObjects, edit_tree, store
from gitstory.git.repo import Repo
from gitstory.model import Conversation, Decision, FileStory, Link, Range, Say, Story, Turn, TurnLink
from gitstory.store import record_paths, snapshot
from gitstory.store.record_paths import META, Tombstone, commit_path, conversation_path, turn_name
from gitstory.store.records import STORY_BOUND, encode_meta, encode_story, encode_turn, meta_of, taken_back
from gitstory.store.snapshot import Contents
from tests.gitrepo import GitRepo

COMMIT, OTHER, THIRD = "a" * 40, "b" * 40, "c" * 40
ONE, TWO, LONG = ("codex", "c1"), ("codex", "c2"), ("codex", "x" * 300)
TURNS = (Turn("t1", 1, "first", steps=(Say("a"),)), Turn("t2", 2, "second"))
LINK = Link(*ONE, "lines", 1, (TurnLink("t1", 1, "lines", 1),))
Files = dict[bytes, bytes]


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Repo]:
    with Repo.open(GitRepo.init(tmp_path_factory.mktemp("contents")).path) as repo:
        yield repo


def contents(repo: Repo, *parts: Files) -> Contents:
    files = {path: data for part in parts for path, data in part.items()}
    new_objects = NewObjects(repo.object_format)
    tree = edit_tree(repo.objects, None, files, new_objects)
    store(repo, new_objects)
    return Contents(repo, tree)


def story(commit: str, *links: Link) -> Files:
    return {commit_path(commit): encode_story(Story(commit, links or (LINK,)))}


def talk(key: tuple[str, str], *turns: Turn) -> Files:
    folder = conversation_path(*key)
    files = {folder + b"/" + turn_name(turn.id): encode_turn(turn) for turn in turns or TURNS}
    return files | {folder + b"/" + META: encode_meta(meta_of(conversation(key, *turns)))}


def conversation(key: tuple[str, str], *turns: Turn) -> Conversation:
    return Conversation(*key, turns or TURNS, title=f"title {key[1][:2]}")


def stones(*tombstones: Tombstone) -> Files:
    return {one.path: b"{}\n" for one in tombstones}


# --- the format ---


@pytest.mark.parametrize(
    ("data", "newer"),
    [
        (b'{"schema":"gitstory.store/1"}\n', None),
        (b'{"schema":"gitstory.store/2"}\n', "gitstory.store/2"),
        (b"torn", "unreadable"),
    ],
)
def test_the_format_of_a_store(opened: Repo, data: bytes, newer: str | None) -> None:
    assert contents(opened, {record_paths.FORMAT: data}).newer == newer
    assert contents(opened, story(COMMIT)).newer is None


def test_tombstones_are_named_and_those_of_the_trees_read_last_remembered(
    opened: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshot, "_TOMBSTONES", {})
    each = [Tombstone("turn", (*ONE, f"t{number}")) for number in range(6)]
    for one in each:
        assert contents(opened, stones(one)).tombstones == {one.name}
    assert len(snapshot._TOMBSTONES) == 4
    assert contents(opened, stones(each[5])).tombstones is contents(opened, stones(each[5])).tombstones
    assert contents(opened, stones(*each)).tombstones == {one.name for one in each}
    some = contents(opened, stones(each[0]))
    assert some.dead(each[1], each[0]) and not some.dead(each[1], each[2])


# --- stories ---


def test_stories_are_read_by_commits_and_by_ids(opened: Repo) -> None:
    there = contents(
        opened, story(COMMIT), story(OTHER), {commit_path(THIRD): b"torn"}, stones(Tombstone("commit", (OTHER,)))
    )
    folder = there.folder(b"commits/cc") | there.folder(b"commits/aa") | there.folder(b"commits/bb")
    blobs = {
        COMMIT: folder[COMMIT[2:].encode() + b".json"][1],
        THIRD: folder[THIRD[2:].encode() + b".json"][1],
        OTHER: folder[OTHER[2:].encode() + b".json"][1],
    }
    assert list(there.stories_at(blobs)) == [(COMMIT, Story(COMMIT, (LINK,))), (THIRD, None)]
    assert there.refused == 1
    assert list(there.stories_at({COMMIT: "0" * 40})) == [(COMMIT, None)]
    assert [one.commit for one in there.stories([THIRD, "no id", OTHER, COMMIT])] == [COMMIT]
    assert there.commits() == [COMMIT, THIRD]


def test_a_story_is_read_settled_weighed_and_decided(opened: Repo) -> None:
    longer, shorter = Range(1, 4, *ONE, "t1"), Range(4, 5, *ONE, "t1")
    lost = Link(*TWO, "lines", 1, (TurnLink("t9", 1, "lines", 1),))
    file = FileStory("a", 5, 5, (longer, shorter), (shorter, longer))
    whole = Story(COMMIT, (LINK, lost), (file,), decisions=(Decision("amp", "x", True, 1.0),))
    erased = stones(Tombstone("turn", (*TWO, "t9")))
    read = contents(opened, {commit_path(COMMIT): encode_story(whole)}, erased).story(COMMIT)
    assert read == replace(whole, links=(LINK,), files=(replace(file, ranges=(longer,), removed=(longer,)),))
    no = replace(whole, decisions=(Decision(*ONE, False, 1.0),))
    assert contents(opened, {commit_path(COMMIT): encode_story(no)}, erased).story(COMMIT) == replace(
        no, links=(), files=()
    )


def test_a_record_that_is_too_big_is_refused(opened: Repo) -> None:
    there = contents(opened, {commit_path(COMMIT): b"x" * (STORY_BOUND + 1)})
    assert there.story(COMMIT) is None and there.refused == 1
    assert there.blob(commit_path(COMMIT), STORY_BOUND + 1) is not None and there.refused == 1
    assert there.blob(b"commits", 10) is None


# --- conversations ---


def test_conversations_are_listed_by_their_names_and_their_folders(opened: Repo) -> None:
    other = b"conversations/aa/codex/no-meta/t-t1.json"
    hashed = conversation_path("codex", "y" * 300) + b"/" + META
    there = contents(
        opened,
        talk(ONE),
        talk(TWO),
        talk(LONG),
        {other: b"", hashed: b"torn", b"conversations/aa/file": b"", conversation_path(*ONE) + b"/in/meta.json": b""},
        stones(Tombstone("conversation", TWO)),
    )
    assert sorted(there.conversation_keys()) == [ONE, LONG]
    folders = there.conversation_folders()
    assert folders.keys() == {ONE, LONG, ("codex", "no-meta")}
    assert {name for name, _, _ in opened.objects.tree(folders[ONE])} >= {META, b"t-t1.json"}
    assert sorted((meta.agent, meta.id) for meta in there.metas()) == [ONE, LONG]
    assert Contents(opened, None).conversation_folders() == {}


def test_metas_are_read_by_the_ids_of_their_folders(opened: Repo) -> None:
    there = contents(opened, talk(ONE), talk(TWO), stones(Tombstone("conversation", TWO)))
    at = {key: conversation_path(*key).rpartition(b"/") for key in (ONE, TWO)}
    trees = {key: there.folder(at[key][0])[at[key][2]][1] for key in (ONE, TWO)}
    [(name, meta)] = there.metas_at(at[ONE][0], {at[ONE][2]: trees[ONE]})
    assert name == b"c1" and meta == meta_of(conversation(ONE))
    assert list(there.metas_at(at[TWO][0], {at[TWO][2]: trees[TWO]})) == [(b"c2", None)]
    assert list(there.metas_at(at[ONE][0], {b"elsewhere": trees[ONE]})) == [(b"elsewhere", None)]
    assert list(there.metas_at(at[ONE][0], {b"c1": "0" * 40})) == [(b"c1", None)]


def test_a_meta_at_another_place_is_none(opened: Repo) -> None:
    path = conversation_path(*TWO) + b"/" + META
    there = contents(opened, {path: encode_meta(meta_of(conversation(ONE)))})
    assert there.meta_at(path) is None and there.meta(*TWO) is None and list(there.metas()) == []


def test_turns_are_read_in_order_and_only_those_that_are_wanted(opened: Repo) -> None:
    three = (*TURNS, Turn("t3", 3, "third"))
    files = talk(ONE, *three)
    files[conversation_path(*ONE) + b"/t-t2.json"] = b"torn"
    there = contents(opened, files)
    meta = there.meta(*ONE)
    assert meta is not None
    assert list(there.turns(meta)) == [three[0], three[2]] and there.refused == 1
    assert list(there.turns(meta, {"t3", "t9"})) == [three[2]]
    assert there.conversation(*ONE) == conversation(ONE, three[0], three[2])
    assert there.excerpts({ONE: {"t3"}, TWO: None}) == {ONE: conversation(ONE, three[2])}


@pytest.mark.parametrize("many", [2, 3, 4])
def test_a_conversation_of_many_turns_is_read_by_its_folder(
    opened: Repo, monkeypatch: pytest.MonkeyPatch, many: int
) -> None:
    three = (*TURNS, Turn("y" * 300, 3, "its name is hashed"))
    there = contents(opened, talk(ONE, *three), talk(TWO))
    monkeypatch.setattr(snapshot, "_MANY", many)
    listed: list[bytes] = []
    real = Contents._listed
    monkeypatch.setattr(Contents, "_listed", lambda self, folder: listed.append(folder) or real(self, folder))
    assert there.excerpts({ONE: None, TWO: {"t2"}}) == {
        ONE: conversation(ONE, *three),
        TWO: conversation(TWO, TURNS[1]),
    }
    assert len(listed) == (1 if many < 3 else 0)


# --- what a transcript says once more ---


def test_what_is_read_again_is_as_it_is_kept(opened: Repo) -> None:
    hidden = Turn("t1", 1, "it was [redacted:by-hand:1]")
    name = (*ONE, "t1")
    again = conversation(ONE)
    kept = conversation(ONE, hidden, TURNS[1])
    assert contents(opened, talk(ONE)).as_kept(again) is again
    there = contents(opened, talk(ONE, hidden, TURNS[1]), stones(Tombstone("redacted", name)))
    assert there.as_kept(again) == kept
    assert there.as_kept(conversation(TWO)) == conversation(TWO)
    assert contents(opened, stones(Tombstone("redacted", name))).as_kept(again) == conversation(ONE, TURNS[1])
    gone = contents(opened, talk(ONE, TURNS[1]), stones(Tombstone("turn", name)))
    assert gone.as_kept(again) == conversation(ONE, TURNS[1])
    assert contents(opened, stones(Tombstone("conversation", ONE))).as_kept(again) is None


def test_a_title_that_was_redacted_is_the_stored_one(opened: Repo) -> None:
    title = Tombstone("redacted", ONE)
    stored = encode_meta(replace(meta_of(conversation(ONE)), title="[redacted:by-hand:1]"))
    there = contents(opened, talk(ONE), {conversation_path(*ONE) + b"/" + META: stored}, stones(title))
    assert there.as_kept(conversation(ONE)) == replace(conversation(ONE), title="[redacted:by-hand:1]")
    assert contents(opened, stones(title)).as_kept(conversation(ONE)) == replace(conversation(ONE), title="")
    assert there.as_kept(replace(conversation(ONE), title="")) == replace(conversation(ONE), title="")


def test_the_bytes_of_a_turn_unless_it_was_erased(opened: Repo) -> None:
    folder, data = conversation_path(*ONE), encode_turn(TURNS[0])
    assert contents(opened, talk(ONE)).turn_bytes(folder, (*ONE, "t1")) == data
    assert contents(opened, talk(ONE)).turn_bytes(folder, (*ONE, "t9")) is None
    assert contents(opened, talk(ONE), stones(taken_back(data))).turn_bytes(folder, (*ONE, "t1")) is None
