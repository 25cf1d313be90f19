"""Conversations of so many turns, and so many stories, that their folders are read once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

import pytest

from gitstory.git.repo import Repo
from gitstory.model import Conversation, Say, Story, Turn
from gitstory.store import snapshot
from gitstory.store.store import Batch, StoryStore
from tests.gitrepo import GitRepo

TURNS = tuple(Turn(id=f"turn/{n}", index=n, prompt=f"Step {n}", steps=(Say(f"Done {n}"),)) for n in range(1, 81))


@pytest.mark.parametrize("number", [3, 80])
def test_all_turns_are_read_and_few_by_their_paths(repo: GitRepo, number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.commit("first", {"a.txt": "a\n"})
    with Repo.open(repo.path) as opened:
        store = StoryStore(opened)
        store.write(Batch(conversations=[Conversation(agent="codex", id="long", turns=TURNS[:number])]))
        asked: list[bytes] = []
        blobs = opened.objects.blobs

        def noted(specs: Sequence[bytes], limit: int | None = None) -> Iterator[bytes | None]:
            asked.extend(spec for spec in specs if b"/t-" in spec)
            return blobs(specs, limit)

        monkeypatch.setattr(opened.objects, "blobs", noted)
        read = StoryStore(opened).conversation("codex", "long")
        assert read is not None and read.turns == TURNS[:number]
        assert len(asked) == (3 if number == 3 else 0), "git reads the whole folder for each path"
        chosen = StoryStore(opened).conversation("codex", "long", ["turn/2", "none"])
        assert chosen is not None and [turn.index for turn in chosen.turns] == [2]


@pytest.mark.parametrize("number", [20, 400])
def test_many_stories_are_read_by_their_ids(repo: GitRepo, number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    oids = [hashlib.sha1(b"%d" % one).hexdigest() for one in range(number)]
    repo.commit("first", {"a.txt": "a\n"})
    with Repo.open(repo.path) as opened:
        store = StoryStore(opened)
        store.write(Batch([Story(oid) for oid in oids[::2]]))
        asked: list[bytes] = []
        blobs = opened.objects.blobs

        def noted(specs: Sequence[bytes], limit: int | None = None) -> Iterator[bytes | None]:
            asked.extend(specs)
            return blobs(specs, limit)

        monkeypatch.setattr(opened.objects, "blobs", noted)
        assert list(StoryStore(opened).stories(oids)) == oids[::2]
        by_path = [spec for spec in asked if b":" in spec]
        assert len(by_path) == (number if number == 20 else 0), "git reads the whole folder for each path"


@pytest.mark.parametrize("many", [0, 100])
def test_a_damaged_folder_of_stories_costs_no_others(repo: GitRepo, many: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshot, "_MANY_STORIES", many)
    repo.commit("first", {"a.txt": "a\n"})
    with Repo.open(repo.path) as opened:
        StoryStore(opened).write(Batch([Story("a" * 40), Story("b" * 40)]))
        [folder] = [oid for name, _, oid in opened.objects.tree("refs/story/data:commits") if name == b"aa"]
    file = repo.path / ".git" / "objects" / folder[:2] / folder[2:]
    file.chmod(0o600)
    file.write_bytes(b"damaged")
    with Repo.open(repo.path) as opened:
        assert list(StoryStore(opened).stories(["a" * 40, "b" * 40, "c" * 40])) == ["b" * 40]
