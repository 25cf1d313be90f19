"""What a remote may hold that no gitstory wrote: it is counted, left there, and costs nobody anything."""

from __future__ import annotations

from pathlib import Path

import pytest

from gitstory.git.new_objects import Change, Existing
from gitstory.git.refs import rewrite
from gitstory.git.repo import Repo
from gitstory.model import Conversation, Link, Say, Story, Turn, TurnLink
from gitstory.store.record_paths import commit_path, conversation_path, turn_name
from gitstory.store.records import TURN_BOUND, encode_meta, encode_story, encode_turn, meta_of
from gitstory.store.store import DATA_REF, Batch, StoryStore, Tombstone
from tests.cli import story as run
from tests.gitrepo import GitRepo

ONE, TWO = "a" * 40, "b" * 40
FOLDER = conversation_path("codex", "c1")
TALK = Conversation("codex", "c1", (Turn("t1", 1, "good", steps=(Say("a"),)),), title="good")


@pytest.fixture
def remote(tmp_path: Path) -> GitRepo:
    made = GitRepo.init(tmp_path / "remote.git", "--bare")
    with Repo.open(made.path) as opened:
        StoryStore(opened).write(Batch([Story(ONE, (Link("codex", "c1", "lines", 1),))], [TALK]))
    return made


@pytest.fixture
def here(repo: GitRepo, remote: GitRepo) -> GitRepo:
    repo.git("remote", "add", "origin", f"file://{remote.path}")
    return repo


def plant(where: GitRepo, changes: dict[bytes, Change]) -> None:
    with Repo.open(where.path) as opened:
        rewrite(opened, (DATA_REF,), lambda _seen: {DATA_REF: changes})


def turn(name: str, **fields: object) -> bytes:
    return encode_turn(Turn(name, 1, "x", **fields))  # type: ignore[arg-type]


BAD: dict[str, dict[bytes, Change]] = {
    "a story under another commit's name": {commit_path(TWO): encode_story(Story(ONE))},
    "a story of impossible numbers": {
        commit_path(TWO): b'{"schema":"gitstory.commit/1","commit":"%s","files":[{"path":"a","added":-1}]}'
        % TWO.encode()
    },
    "a story that is no JSON": {commit_path(TWO): b"\x00\xff"},
    "a commit id of another length": {b"commits/cc/" + b"c" * 62 + b".json": encode_story(Story("c" * 64))},
    "a file at a strange place": {b"commits/zz/x.json": b"{}"},
    "a file where a folder belongs": {b"commits/cc": b"{}"},
    "a path that climbs": {b"commits/..%2f/x": b"{}"},
    "a turn in another's file": {FOLDER + b"/" + turn_name("t2"): turn("t3")},
    "a turn too big": {
        FOLDER + b"/" + turn_name("t1"): b'{"schema":"gitstory.turn/1","id":"t1","index":1,"prompt":"'
        + b"x" * TURN_BOUND
        + b'"}'
    },
    "no turn": {FOLDER + b"/notes.txt": b"hello"},
    "a meta of another conversation": {
        conversation_path("codex", "c2") + b"/meta.json": encode_meta(meta_of(TALK)),
        conversation_path("codex", "c2") + b"/" + turn_name("t1"): turn("t1"),
    },
    "a tombstone of text": {Tombstone("commit", (TWO,)).path: b"told you so"},
    "a tombstone at a strange place": {b"tombstones/commit/ab/cd.json": b'{"schema":"gitstory.tombstone/1"}'},
    "a file at the top": {b"README": b"hello"},
    "a folder of no schema": {b"other/x": b"hello"},
}


@pytest.mark.parametrize("bad", BAD)
def test_what_no_gitstory_wrote_is_counted_and_left_there(here: GitRepo, remote: GitRepo, bad: str) -> None:
    plant(remote, BAD[bad])
    said = run(here.path, "pull")
    assert said.code == 0, said.err
    assert " of origin not taken: damaged, forged or too big" in said.err
    with Repo.open(here.path) as opened:
        store = StoryStore(opened)
        assert store.commits() == [ONE]
        assert store.conversation("codex", "c1") is not None
        assert store.refused == 0
        assert [meta.id for meta in store.conversations()] == ["c1"]
        assert not store.contents.tombstones
    here.git("fsck", "--strict", "--no-dangling")


@pytest.mark.parametrize("mode", ["120000", "160000", "100755"])
def test_no_link_program_or_submodule_comes_in(here: GitRepo, remote: GitRepo, mode: str) -> None:
    with Repo.open(remote.path) as opened:
        blob = opened.git("hash-object", "-w", "--stdin", input=encode_story(Story(TWO))).decode().strip()
    plant(remote, {commit_path(TWO): Existing(blob, int(mode, 8))})
    assert "1 record of origin not taken" in run(here.path, "pull").err
    assert "\n" not in here.git("ls-tree", "-r", DATA_REF, "commits").replace(f"100644 blob {blob}", "\n")


def test_a_tree_of_more_paths_than_can_be_walked(here: GitRepo, remote: GitRepo) -> None:
    """Ten folders that each name the same folder a hundred times: 10^20 paths in a few kilobytes."""
    with Repo.open(remote.path) as opened:
        oid = opened.git("hash-object", "-w", "--stdin", input=b"{}").decode().strip()
        kind = "blob"
        for _ in range(10):
            rows = "".join(f"{'040000' if kind == 'tree' else '100644'} {kind} {oid}\t{n:03}\n" for n in range(100))
            oid, kind = opened.git("mktree", input=rows.encode()).decode().strip(), "tree"
        plant(
            remote, {name: Existing(oid, 0o040000) for name in (b"commits", b"conversations", b"tombstones", b"more")}
        )
    said = run(here.path, "pull")
    assert said.code == 1 and "bigger than any store of stories; nothing was taken over" in said.err
    assert here.git("for-each-ref", DATA_REF) == ""


def test_a_store_of_a_newer_gitstory_is_left_alone(here: GitRepo, remote: GitRepo) -> None:
    plant(remote, {b"format.json": b'{"schema":"gitstory.store/2"}\n'})
    with Repo.open(here.path) as opened:
        StoryStore(opened).write(Batch([Story("c" * 40)]))
    before = here.git("rev-parse", DATA_REF), remote.git("rev-parse", DATA_REF)
    for args in (("pull",), ("push", "--yes")):
        said = run(here.path, *args)
        assert said.code == 1 and "written by a newer gitstory (format gitstory.store/2)" in said.err
    assert (here.git("rev-parse", DATA_REF), remote.git("rev-parse", DATA_REF)) == before


def test_records_of_a_newer_gitstory_survive_us(here: GitRepo, remote: GitRepo) -> None:
    newer: dict[bytes, Change] = {
        commit_path(TWO): b'{"schema":"gitstory.commit/2","x":1}',
        FOLDER + b"/" + turn_name("t1"): b'{"schema":"gitstory.turn/2","y":1}',
        b"bookmarks/ab/cd.json": b'{"schema":"gitstory.bookmark/1"}',
        conversation_path("new", "c9") + b"/meta.json": b'{"schema":"gitstory.conversation/2"}',
    }
    plant(remote, newer)
    with Repo.open(here.path) as opened:
        StoryStore(opened).write(Batch([Story("c" * 40)]))
    said = run(here.path, "sync", "--yes")
    assert (said.code, said.err) == (0, "")
    for path, data in newer.items():
        assert remote.git("cat-file", "blob", f"{DATA_REF}:{path.decode()}").encode() == data


def test_control_characters_of_others_are_made_visible(here: GitRepo, remote: GitRepo) -> None:
    evil = Conversation("codex", "c2", (Turn("t", 1, "\x1b]0;owned\x07 prompt"),), title="\x1b[2J")
    with Repo.open(remote.path) as opened:
        StoryStore(opened).write(
            Batch([Story(TWO, (Link("codex", "c2", "lines", 1, (TurnLink("t", 1, "lines", 1),)),))], [evil])
        )
    run(here.path, "pull")
    assert "\x1b" not in here.git("notes", "--ref=story", "show", TWO)
    assert "\x1b" not in run(here.path, "push", "--preview", str(here.path.parent / "remote.git")).out
