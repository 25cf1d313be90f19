"""What a command reads follows what changed, not how much is stored: 2,000 conversations cost as much as 500.

Counted are the objects that git was asked for, and the git processes. `bench/growth` has the times.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from gitstory.git import process
from gitstory.git import repo as repo_module
from gitstory.git.changed_files import read_commits
from gitstory.git.repo import Objects, Repo
from gitstory.model import Conversation, FileStory, Link, Range, Story, Turn, TurnLink
from gitstory.queries.conversation import whole
from gitstory.rewrites.persist_carried_stories import carried
from gitstory.sources.chain import with_carried
from gitstory.store.store import Batch, StoryStore
from tests.gitrepo import GitRepo

SMALL, LARGE = 500, 2000
SLACK = 10
"""Objects and processes by which the two may differ: folders are of different sizes."""


def oid(number: int) -> str:
    return hashlib.sha1(b"commit %d" % number).hexdigest()


def batch(numbers: range, files: int = 100) -> Batch:
    """Stories of commits that are not here, as a server's squash leaves them: each of one file of many."""
    stories, conversations = [], []
    for number in numbers:
        name = hashlib.sha1(b"%d" % number).hexdigest()
        turn = f"{name[:12]}-t"
        lines = Range(1, 2, "codex", name, turn, "0" * 16)
        link = Link("codex", name, "lines", 2, (TurnLink(turn, 1, "lines", 2),))
        stories.append(Story(oid(number), (link,), (FileStory(f"m{number % files}.py", 2, 0, (lines,)),)))
        one = Conversation("codex", name, (Turn(turn, 1, f"prompt {number}"),), updated=1e9 + number)
        conversations.append(one)
    return Batch(stories, conversations)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> dict[int, GitRepo]:
    """A repository of each size, with its index."""
    return {size: make(tmp_path_factory.mktemp(f"of-{size}"), size) for size in (SMALL, LARGE)}


def make(folder: Path, size: int) -> GitRepo:
    repo = GitRepo.init(folder / "repo")
    repo.commit("base", {"other.py": "x = 1\n"}, at=1_700_000_000)
    (repo.path / ".git" / "gitstory").mkdir()
    with Repo.open(repo.path) as opened:
        store = StoryStore(opened)
        store.write(batch(range(size)))
        _ = store.index
    repo.commit("changed", {"other.py": "x = 2\n"}, at=1_700_000_100)
    return repo


class Counted:
    objects = 0
    processes = 0


@contextmanager
def counting(monkeypatch: pytest.MonkeyPatch) -> Iterator[Counted]:
    """Counts what is asked of git; it answers as ever."""
    counted = Counted()
    answer, run = Objects._answer, process.git

    def answered(self: Objects, limit: int | None) -> tuple[str, str, bytes] | None:
        counted.objects += 1
        return answer(self, limit)

    def ran(*args: object, **more: object) -> object:
        counted.processes += 1
        return run(*args, **more)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(Objects, "_answer", answered)
        patch.setattr(repo_module, "git", ran)
        yield counted


def after_one_story(repo: Repo, size: int) -> None:
    _ = StoryStore(repo).index.commits_of([("codex", "x")])


def listed(repo: Repo, size: int) -> None:
    store = StoryStore(repo)
    last = sorted(store.index.ended().items(), key=lambda item: -item[1])[:20]
    assert [store.meta(*key) is not None for key, _ in last] == [True] * 20
    assert len(store.index.commits_of([key for key, _ in last])) == 20


def one_conversation(repo: Repo, size: int) -> None:
    shown = whole(repo, StoryStore(repo), hashlib.sha1(b"%d" % (size // 2)).hexdigest()[:10])
    assert shown.commits == (oid(size // 2),)


def commit_without_story(repo: Repo, size: int) -> None:
    source = with_carried(repo)
    assert source.stories([repo.resolve("HEAD")]) == {}


def carried_by_a_commit(repo: Repo, size: int) -> None:
    assert carried(repo, StoryStore(repo), read_commits(repo, ["-1", "HEAD"])) == []


def one_write(repo: Repo, size: int) -> None:
    StoryStore(repo).write(batch(range(size + 200, size + 201)))


WORK: tuple[Callable[[Repo, int], None], ...] = (
    after_one_story,
    listed,
    one_conversation,
    commit_without_story,
    carried_by_a_commit,
    one_write,
)


@pytest.mark.parametrize("work", WORK, ids=lambda work: work.__name__)
def test_the_cost_does_not_grow(
    both: dict[int, GitRepo], work: Callable[[Repo, int], None], monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    costs = []
    for size, repo in both.items():
        with Repo.open(repo.path) as opened:
            number = size + 10 + WORK.index(work)
            StoryStore(opened).write(batch(range(number, number + 1)))
        with Repo.open(repo.path) as opened, counting(monkeypatch) as counted:
            work(opened, size)
        costs.append((counted.objects, counted.processes))
    (objects, processes), (more_objects, more_processes) = costs
    assert 0 < objects < 200 and more_objects <= objects + SLACK, costs
    assert processes < 20 and more_processes <= processes + SLACK, costs
