"""Which commits are ancestors is remembered, and is the same as git says."""

from __future__ import annotations

from pathlib import Path

import pytest

from gitstory.git.repo import Repo
from gitstory.model import Story
from gitstory.rewrites import candidate_conversations
from gitstory.rewrites.candidate_conversations import apart
from gitstory.store.record_index import ancestors
from gitstory.store.record_index.index import RecordIndex, forget_erased
from gitstory.store.store import Batch, StoryStore
from tests.gitrepo import GitRepo

GONE = "1" * 40


class World:
    """A main line, two branches merged into it or not, and a story for every second commit."""

    def __init__(self, path: Path) -> None:
        self.repo = GitRepo.init(path)
        (path / ".git" / "gitstory").mkdir()
        self.main = [self.repo.commit(f"main {number}") for number in range(6)]
        self.repo.git("checkout", "-q", "-b", "merged", self.main[1])
        self.merged = [self.repo.commit(f"merged {number}") for number in range(2)]
        self.repo.git("checkout", "-q", "-b", "aside", self.main[2])
        self.aside = [self.repo.commit(f"aside {number}") for number in range(2)]
        self.repo.git("checkout", "-q", "main")
        self.told = [*self.main[::2], *self.merged, *self.aside, GONE]

    def commit(self, count: int) -> None:
        self.main += [self.repo.commit(f"later {number}") for number in range(count)]

    def merge(self) -> None:
        self.repo.git("merge", "-q", "--no-ff", "-m", "merge", "merged")
        self.main.append(self.repo.git("rev-parse", "HEAD"))

    def is_apart(self, one: str, commits: list[str]) -> bool:
        done = [self.repo.git("merge-base", one, commit, check=False) for commit in commits]
        return one not in commits and one not in done


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path / "repo")


def check(world: World, opened: Repo, index: RecordIndex, commits: list[str]) -> None:
    expected = {one for one in world.told if world.is_apart(one, commits)}
    times = apart(opened, index, world.told, commits)
    assert times.keys() == expected
    assert all((time == float("-inf")) == (one == GONE) for one, time in times.items())


def test_what_is_remembered_says_what_git_says(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(candidate_conversations, "RECENT", 4)
    with Repo.open(world.repo.path) as opened:
        StoryStore(opened).write(Batch([Story(oid) for oid in world.told]))
        index = StoryStore(opened).index
        for step in range(4):
            for commit in (world.main[-1], world.main[3], world.aside[-1], world.merged[0]):
                check(world, opened, index, [commit])
            check(world, opened, index, [world.main[0], world.aside[0]])
            check(world, opened, index, [world.main[-1], world.merged[1]])
            assert 0 < len(ancestors.bases(index)) <= ancestors.MOST
            world.merge() if step == 1 else world.commit(2)
            new = [world.main[-1]]
            world.told += new
            StoryStore(opened).write(Batch([Story(oid) for oid in new]))
            index = StoryStore(opened).index


def test_history_is_read_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    with Repo.open(world.repo.path) as opened:
        StoryStore(opened).write(Batch([Story(oid) for oid in world.told]))
        index = StoryStore(opened).index
        check(world, opened, index, [world.main[-1]])
        world.commit(3)
        asked = []
        monkeypatch.setattr(
            candidate_conversations, "log", lambda repo, fields, revisions: asked.append(revisions) or []
        )
        assert apart(opened, index, world.told[:4], [world.main[-1]]) == {}
        assert asked == [[*sorted(world.merged[:1]), f"^{world.main[-1]}"]], "only what was aside then"


def test_a_new_base_begins_with_what_the_last_one_knew(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(candidate_conversations, "RECENT", 2)
    with Repo.open(world.repo.path) as opened:
        StoryStore(opened).write(Batch([Story(oid) for oid in world.told]))
        index = StoryStore(opened).index
        check(world, opened, index, [world.main[-1]])
        world.commit(3)
        asked: list[set[str]] = []
        log = candidate_conversations.log

        def noted(repo: Repo, fields: list[str], revisions: list[str]) -> object:
            asked.append({one for one in revisions if one[0] != "^"})
            return log(repo, fields, revisions=revisions)

        monkeypatch.setattr(candidate_conversations, "log", noted)
        check(world, opened, index, [world.main[-1]])
        assert ancestors.bases(index) == [world.main[-1], world.main[-4]]
        assert asked and not set.union(*asked) & set(world.main), "no history is read for what was behind the last base"


def test_an_erasure_leaves_no_commit_in_it(world: World) -> None:
    with Repo.open(world.repo.path) as opened:
        store = StoryStore(opened)
        store.write(Batch([Story(oid) for oid in world.told]))
        check(world, opened, store.index, [world.main[-1]])
        assert ancestors.bases(store.index) == [world.main[-1]]
        forget_erased(store.contents)
        assert ancestors.bases(store.index) == []


def test_an_index_in_memory_remembers_nothing(world: World) -> None:
    with Repo.open(world.repo.path) as opened:
        index = RecordIndex.of_stories([Story(oid) for oid in world.told])
        check(world, opened, index, [world.main[-1]])
        assert ancestors.bases(index) == []
