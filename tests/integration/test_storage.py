"""The store on real git: what is written is read back, in every kind of repository."""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec import structs

from gitstory.git.refs import RefRefused, rewrite
from gitstory.git.repo import Repo
from gitstory.model import Conversation, FileStory, Link, Range, Say, Story, Turn, TurnLink
from gitstory.store import store as stories_module
from gitstory.store.records import STORY_BOUND, encode_turn, taken_back
from gitstory.store.store import DATA_REF, NOTES_REF, Batch, StoreTooNew, StoryStore, Tombstone
from tests.gitrepo import GitRepo


def oid(number: int, width: int = 40) -> str:
    return hashlib.sha256(str(number).encode()).hexdigest()[:width]


def story(number: int, width: int = 40, conversation: str = "c1", turn: str = "t1") -> Story:
    link = Link("codex", conversation, "lines", 2, (TurnLink(turn, 1, "lines", 2),))
    file = FileStory("a.py", 2, 0, (Range(1, 2, "codex", conversation, turn, "00ff"),))
    return Story(oid(number, width), (link,), (file,))


def turn(number: int, steps: int = 1, prompt: str = "please") -> Turn:
    return Turn(f"t{number}", number, prompt, steps=tuple(Say(f"answer {n}") for n in range(steps)))


def talk(id_: str = "c1", turns: int = 2, **fields: object) -> Conversation:
    made = Conversation("codex", id_, tuple(turn(n) for n in range(1, turns + 1)))
    return structs.replace(made, **fields)


@pytest.fixture
def store(repo: GitRepo) -> Iterator[StoryStore]:
    with Repo.open(repo.path) as opened:
        yield StoryStore(opened)


def kinds(tmp_path: Path) -> dict[str, Path]:
    """A repository of every kind that this git can make."""
    plain = GitRepo.init(tmp_path / "plain")
    plain.commit("one", {"a": "1\n"})
    plain.git("worktree", "add", "-q", str(tmp_path / "linked"))
    plain.git("clone", "-q", "--bare", ".", str(tmp_path / "bare.git"))
    plain.git("clone", "-q", "--shared", ".", str(tmp_path / "shared"))
    url = f"file://{plain.path}"
    plain.git("config", "uploadpack.allowFilter", "true")
    plain.git("clone", "-q", "--filter=blob:none", url, str(tmp_path / "partial"))
    plain.git("clone", "-q", "--depth=1", url, str(tmp_path / "shallow"))
    GitRepo.init(tmp_path / "sha256", "--object-format=sha256")
    (tmp_path / "plain" / "sub").mkdir()
    found = {
        name: tmp_path / name for name in ("plain", "linked", "bare.git", "shared", "partial", "shallow", "sha256")
    }
    if (
        subprocess.run(
            ["git", "init", "-q", "--ref-format=reftable", tmp_path / "reftable"], capture_output=True
        ).returncode
        == 0
    ):
        found["reftable"] = tmp_path / "reftable"
    return found | {"subdirectory": tmp_path / "plain" / "sub"}


def test_every_kind_of_repository_keeps_a_story(tmp_path: Path) -> None:
    for name, where in kinds(tmp_path).items():
        with Repo.open(where) as opened:
            width = 64 if opened.object_format == "sha256" else 40
            store = StoryStore(opened)
            for number in range(3):
                commit = oid(number, width)
                store.write(Batch([story(number, width)], [talk()], {commit: f"note {number}"}))
            assert store.story(oid(1, width)) == story(1, width), name
            assert store.conversation("codex", "c1") == talk(), name
            assert store.note(oid(2, width)) == "note 2\n", name
            opened.git("fsck", "--strict", "--no-dangling")


def test_notes_are_shown_by_git(repo: GitRepo, store: StoryStore) -> None:
    commit = repo.commit("one", {"a": "1\n"})
    store.write(Batch(notes={commit: "Codex wrote this\n\nbecause"}))
    assert repo.git("notes", "--ref=story", "show", commit) == "Codex wrote this\n\nbecause"
    assert "    Codex wrote this" in repo.git("log", "--notes=story")
    store.write(Batch(notes={commit: None}))
    assert "Codex" not in repo.git("log", "--notes=story")


def test_a_lost_note_is_found_missing(repo: GitRepo, store: StoryStore) -> None:
    store.write(Batch([story(1), story(2)], notes={oid(1): "n", oid(2): "m"}))
    assert store.without_note() == []
    repo.git("notes", "--ref=story", "remove", oid(2))
    assert store.without_note() == [oid(2)]
    repo.git("update-ref", "-d", NOTES_REF)
    assert sorted(store.without_note()) == sorted([oid(1), oid(2)])


def test_turns_are_read_as_they_are_wanted(store: StoryStore) -> None:
    store.write(Batch(conversations=[talk(turns=3, title="T")]))
    some = store.conversation("codex", "c1", {"t2"})
    assert some is not None and [t.id for t in some.turns] == ["t2"] and some.title == "T"
    meta = store.meta("codex", "c1")
    assert meta is not None and meta.turns == (("t1", 1), ("t2", 2), ("t3", 3))
    assert store.conversation("codex", "nobody") is None


def test_a_conversation_grows_and_never_shrinks(store: StoryStore) -> None:
    store.write(
        Batch(conversations=[structs.replace(talk(), turns=(turn(1, 3), turn(2, 2)), updated=1.0, title="first")])
    )
    store.write(Batch(conversations=[structs.replace(talk(), turns=(turn(2, 5), turn(1, 1), turn(3)), updated=2.0)]))
    kept = store.conversation("codex", "c1")
    assert kept is not None
    assert kept.turns == (turn(1, 3), turn(2, 5), turn(3))
    assert (kept.title, kept.updated) == ("first", 2.0)
    store.write(Batch(conversations=[talk(turns=1, updated=1.5, title="late news")]))
    kept = store.conversation("codex", "c1")
    assert kept is not None and kept.title == "first" and len(kept.turns) == 3


def test_writing_the_same_again_moves_no_ref(repo: GitRepo, store: StoryStore) -> None:
    batch = Batch([story(1)], [talk()], {oid(1): "note"})
    store.write(batch)
    before = repo.git("for-each-ref")
    store.write(batch)
    store.write(Batch())
    assert repo.git("for-each-ref") == before


def test_finding_by_prefix_and_listing(store: StoryStore) -> None:
    strange = ["ab/../c", "ab" + "x" * 300, "abc", "b", "..", ""]
    store.write(Batch([story(n) for n in range(5)], [talk(name, 1) for name in strange]))
    assert store.find("ab") == sorted(("codex", name) for name in strange if name.startswith("ab"))
    assert sorted(meta.id for meta in store.conversations()) == sorted(strange)
    assert sorted(store.commits()) == sorted(oid(n) for n in range(5))
    assert store.stories([oid(1), oid(99), "HEAD"]) == {oid(1): story(1)}


def test_dropped_things_may_come_again(store: StoryStore) -> None:
    store.write(Batch([story(1)], [talk(turns=3)], {oid(1): "n"}))
    store.write(Batch(drop=[oid(1)], drop_conversations=[("codex", "c1")]))
    assert (store.story(oid(1)), store.note(oid(1)), store.conversation("codex", "c1")) == (None, None, None)
    store.write(Batch([story(1)], [talk(turns=1)], {oid(1): "n"}))
    assert store.story(oid(1)) is not None
    store.write(Batch(conversations=[talk(turns=2)], drop_conversations=[("codex", "c1")]))
    assert store.conversation("codex", "c1") == talk(turns=2)


@pytest.mark.parametrize(
    "tombstone",
    [
        Tombstone("conversation", ("codex", "c1")),
        Tombstone("turn", ("codex", "c1", "t1")),
        Tombstone("commit", (oid(1),)),
    ],
    ids=lambda tombstone: tombstone.kind,
)
def test_what_is_buried_never_returns(repo: GitRepo, store: StoryStore, tombstone: Tombstone) -> None:
    batch = Batch([story(1), story(2, conversation="c2")], [talk(), talk("c2")], {oid(1): "n"})
    store.write(batch)
    if tombstone.kind != "commit":
        assert store.naming([tombstone]) == [oid(1)]
    store.write(Batch(tombstones=[tombstone]))
    for _again in range(2):
        found, kept = store.story(oid(1)), store.conversation("codex", "c1")
        if tombstone.kind == "commit":
            assert found is None and store.note(oid(1)) is None
        elif tombstone.kind == "turn":
            assert found is not None and not found.links and not found.files[0].ranges
            assert kept is not None and [t.id for t in kept.turns] == ["t2"]
        else:
            assert found is not None and not found.links and kept is None
        assert store.story(oid(2)) == story(2, conversation="c2")
        assert store.conversation("codex", "c2") == talk("c2")
        names = repo.git("ls-tree", "-r", "--name-only", DATA_REF)
        place = {"conversation": "/codex/c1/", "turn": "/codex/c1/t-t1.json", "commit": oid(1)[2:]}[tombstone.kind]
        assert place not in names
        store.write(batch)


def test_two_turns_can_be_buried_at_once(store: StoryStore) -> None:
    store.write(Batch(conversations=[talk(turns=3)]))
    store.write(Batch(tombstones=[Tombstone("turn", ("codex", "c1", f"t{n}")) for n in (1, 3)]))
    kept = store.conversation("codex", "c1")
    meta = store.meta("codex", "c1")
    assert kept is not None and [t.id for t in kept.turns] == ["t2"]
    assert meta is not None and meta.turns == (("t2", 2),)


def test_a_text_can_be_taken_back(store: StoryStore) -> None:
    secret, clean = turn(1, 2, "password hunter2"), turn(1, 2, "password ***")
    store.write(Batch(conversations=[structs.replace(talk(), turns=(secret,))]))
    store.write(
        Batch(conversations=[structs.replace(talk(), turns=(clean,))], tombstones=[taken_back(encode_turn(secret))])
    )
    store.write(Batch(conversations=[structs.replace(talk(), turns=(secret,))]))
    kept = store.conversation("codex", "c1")
    assert kept is not None and kept.turns == (clean,)


def test_purged_means_gone(repo: GitRepo, store: StoryStore) -> None:
    """After a tombstone and git's own collection no object holds the text, whatever reflogs are set to."""
    repo.commit("one", {"a": "1\n"})
    repo.git("config", "core.logAllRefUpdates", "always")
    text = "the launch code is 0000"
    store.write(Batch([story(1)], [structs.replace(talk(), turns=(turn(1, 1, text),))], {oid(1): text}))
    store.write(Batch(notes={oid(1): None}, tombstones=[Tombstone("conversation", ("codex", "c1"))]))
    store.repo.close()
    repo.git("gc", "-q", "--prune=now")
    for row in repo.git("cat-file", "--batch-all-objects", "--batch-check").splitlines():
        assert text not in repo.git("cat-file", row.split()[1], row.split()[0])


def test_a_newer_store_is_read_but_not_written(repo: GitRepo, store: StoryStore) -> None:
    store.write(Batch([story(1)]))
    rewrite(store.repo, [DATA_REF], lambda _seen: {DATA_REF: {b"format.json": b'{"schema":"gitstory.store/2"}'}})
    store.refresh()
    assert store.story(oid(1)) == story(1)
    before = repo.git("for-each-ref")
    with pytest.raises(StoreTooNew, match=r"newer gitstory .*nothing was changed"):
        store.write(Batch([story(2)]))
    assert repo.git("for-each-ref") == before


def test_forged_records_are_counted_and_never_raise(store: StoryStore, monkeypatch: pytest.MonkeyPatch) -> None:
    store.write(Batch([story(n) for n in range(4)], [talk()]))
    place = {n: b"commits/" + oid(n)[:2].encode() + b"/" + oid(n)[2:].encode() + b".json" for n in range(4)}
    forged = {
        place[0]: b"\xff\x00",
        place[1]: b" " * (STORY_BOUND + 1),
        place[2]: b'{"schema":"gitstory.commit/1","commit":"%s"}' % oid(3).encode(),
        b"commits/zz/readme": b"x",
        b"conversations/00/codex/%41/meta.json": b"{}",
        b"conversations/00/codex/c9/meta.json": b'{"schema":"gitstory.conversation/1","agent":"codex","id":"c9"}',
    }
    rewrite(store.repo, [DATA_REF], lambda _seen: {DATA_REF: forged})
    store.refresh()
    assert set(store.stories(store.commits())) == {oid(3)}
    assert store.refused == 3
    assert [meta.id for meta in store.conversations()] == ["c1"]
    assert store.conversation("codex", "c9") is None
    store.write(Batch([story(0)]))
    assert store.story(oid(0)) == story(0)


def test_a_reader_sees_one_state_until_it_asks(repo: GitRepo, store: StoryStore) -> None:
    store.write(Batch([story(1)]))
    assert store.story(oid(2)) is None
    with Repo.open(repo.path) as other:
        StoryStore(other).write(Batch([story(2)]))
    assert store.story(oid(2)) is None
    store.refresh()
    assert store.story(oid(2)) == story(2)


def test_update_builds_on_what_is_stored_now(repo: GitRepo, store: StoryStore) -> None:
    seen: list[int] = []

    def build(contents: stories_module.Contents) -> Batch:
        seen.append(len(contents.commits()))
        if len(seen) == 1:
            with Repo.open(repo.path) as other:
                StoryStore(other).write(Batch([story(7)]))
        return Batch([story(len(contents.commits()))])

    store.update(build)
    assert seen == [0, 1]
    assert set(store.commits()) == {oid(7), oid(1)}


def test_a_build_that_fails_leaves_everything(repo: GitRepo, store: StoryStore) -> None:
    store.write(Batch([story(1)]))
    before = repo.git("for-each-ref")

    def build(_contents: stories_module.Contents) -> Batch:
        raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        store.update(build)
    assert repo.git("for-each-ref") == before
    store.write(Batch([story(2)]))


def test_a_place_that_cannot_be_written_is_told(repo: GitRepo, store: StoryStore) -> None:
    """A file where the objects of a write would go stands for a full or read-only disk (tests may run as root)."""
    objects = repo.path / ".git" / "objects"
    for name in range(256):
        folder = objects / f"{name:02x}"
        if not folder.exists():
            folder.write_text("in the way")
    with pytest.raises(RefRefused, match="cannot write refs/notes/story and refs/story/data") as told:
        store.write(Batch([story(1)], notes={oid(1): "n"}))
    assert told.value.hint and "read-only" in told.value.hint
    assert store.repo.ref(DATA_REF) is None and store.repo.ref(NOTES_REF) is None
