"""`stats` of a long history starts from kept sums: the same figures as without, and as little work after a change."""

from __future__ import annotations

from pathlib import Path

import pytest

from gitstory.git.line_hashes import lines_hash
from gitstory.git.repo import Repo
from gitstory.model import FileStory, Link, Range, Story, TurnLink
from gitstory.queries import stats as stats_module
from gitstory.queries.stats import stats
from gitstory.queries.stats_sums import Stats
from gitstory.sources.chain import with_trailers
from gitstory.store.record_index import line_counts
from gitstory.store.record_paths import Tombstone
from gitstory.store.store import Batch, StoryStore
from tests.gitrepo import GitRepo

KEPT_FOR = 2
"""Commits behind HEAD that sums are kept for here."""


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stats_module, "_LEAST", 4)
    monkeypatch.setattr(stats_module, "_BEHIND", KEPT_FOR)
    monkeypatch.setattr(stats_module, "_MOST_RECENT", 4)


class Project:
    """A repository whose n-th commit writes two lines of its own file; its stories are written by hand."""

    def __init__(self, folder: Path, commits: int) -> None:
        self.git = GitRepo.init(folder)
        (folder / ".git" / "gitstory").mkdir()
        self.commits: list[str] = []
        for _ in range(commits):
            self.commit()

    def commit(self) -> None:
        number = len(self.commits)
        self.commits.append(self.git.commit(f"c{number}", {f"f{number}.py": text(number)}, at=1_700_000_000 + number))

    def tell(self, *numbers: int, lines: int = 2, conversation: str = "") -> None:
        stories = [story(self.commits[number], number, lines, conversation or f"c{number}") for number in numbers]
        self.write(Batch(stories))

    def write(self, batch: Batch) -> None:
        with Repo.open(self.git.path) as repo:
            StoryStore(repo).write(batch)

    def stats(self) -> Stats:
        with Repo.open(self.git.path) as repo:
            return stats(repo, with_trailers(repo))

    def counted_anew(self) -> Stats:
        with Repo.open(self.git.path) as repo:
            return stats(repo, with_trailers(repo), paths=["."])


def text(number: int) -> str:
    return f"first = {number}\nsecond = {number}\n"


def story(commit: str, number: int, lines: int, conversation: str) -> Story:
    link = Link("codex", conversation, "lines", lines, (TurnLink("t", 1, "lines", lines),))
    digest = lines_hash(text(number).encode().split(b"\n")[:lines])
    return Story(
        commit, (link,), (FileStory(f"f{number}.py", 2, 0, (Range(1, lines, "codex", conversation, "t", digest),)),)
    )


def test_kept_sums_follow_every_change(tmp_path: Path, home: Path) -> None:
    project = Project(tmp_path / "repo", 8)
    project.tell(*range(6))
    project.stats()

    def check(explained: int, conversations: int) -> None:
        now = project.stats()
        assert now == project.counted_anew() == project.stats()
        assert (now.total.explained, now.conversations) == (explained, conversations)

    check(12, 6)
    project.tell(3, lines=1)  # a story that the sums hold
    check(11, 6)
    project.tell(3, lines=2, conversation="c1")  # and again, now of another conversation
    check(12, 5)
    project.tell(6, 7)  # of commits after those that the sums hold
    check(16, 7)
    for _ in range(3):
        project.commit()
    project.tell(9)
    check(18, 8)
    for _ in range(3):
        project.commit()  # so many that the sums are kept for a later commit
    check(18, 8)
    project.tell(8)  # had no story when the sums were made
    project.tell(0, lines=1)
    check(19, 9)
    project.write(
        Batch(tombstones=[Tombstone("commit", (project.commits[1],)), Tombstone("conversation", ("codex", "c2"))])
    )
    check(15, 8)
    project.git.git("reset", "-q", "--hard", project.commits[4])  # before what the sums hold
    check(5, 3)
    project.git.git("reset", "-q", "--hard", project.commits[-1])
    author = project.git.git("log", "-1", "--format=<%ae>")
    (project.git.path / ".mailmap").write_text(f"Dev Other {author}\n")
    check(15, 8)
    assert [one.name for one in project.stats().authors] == ["Dev Other"]


@pytest.mark.parametrize("history", [10, 30])
def test_after_one_story_only_what_changed_is_counted(
    tmp_path: Path, home: Path, history: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = Project(tmp_path / "repo", history)
    project.tell(*range(history))
    project.stats()
    asked: list[str] = []
    load = line_counts.load
    monkeypatch.setattr(line_counts, "load", lambda index, oids: (asked.extend(oids), load(index, oids))[1])
    project.commit()
    project.tell(2, history, lines=1)
    assert project.stats().total.explained == 2 * history
    assert set(asked) == {project.commits[2], *project.commits[-KEPT_FOR - 1 :]}


def test_nothing_of_what_was_erased_stays_in_the_sums(tmp_path: Path, home: Path) -> None:
    project = Project(tmp_path / "repo", 8)
    project.tell(*range(8), conversation="secret-name")
    project.stats()
    index = project.git.path / ".git" / "gitstory" / "record.db"
    held = lambda: any(b"secret-name" in file.read_bytes() for file in index.parent.glob("record.db*"))  # noqa: E731
    assert held()
    project.write(Batch(tombstones=[Tombstone("conversation", ("codex", "secret-name"))]))
    with Repo.open(project.git.path) as repo:
        from gitstory.store.record_index.index import forget_erased

        forget_erased(StoryStore(repo).contents)
    assert not held()
    assert project.stats().conversations == 0
