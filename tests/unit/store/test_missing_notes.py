"""Stories without a note are found by what changed since all had one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import pytest

from gitstory.git import notes as git_notes
from gitstory.git.refs import rewrite, tree_of
from gitstory.git.repo import Objects, Repo
from gitstory.model import Link, Story
from gitstory.store.store import NOTES_REF, Batch, StoryStore
from gitstory.store.sync import missing_notes
from tests.gitrepo import GitRepo

LINK = Link("codex", "c", "time", 0, ())


def oid(number: int) -> str:
    return hashlib.sha1(b"%d" % number).hexdigest()


def batch(numbers: range, *, noted: bool = True) -> Batch:
    stories = [Story(oid(number), (LINK,)) for number in numbers]
    return Batch(stories, notes={story.commit: "note" for story in stories} if noted else {})


@pytest.fixture
def store(repo: GitRepo) -> Iterator[StoryStore]:
    (repo.path / ".git" / "gitstory").mkdir()
    with Repo.open(repo.path) as opened:
        store = StoryStore(opened)
        store.write(batch(range(300)))
        yield store


def notes_of(store: StoryStore) -> str | None:
    return tree_of(store.repo.objects, store.repo.ref(NOTES_REF))


def missing(store: StoryStore) -> set[str]:
    return missing_notes.without_note(store.contents, notes_of(store))


def remember(store: StoryStore) -> None:
    missing_notes.remember(store.contents, notes_of(store))


def remove(store: StoryStore, commit: str) -> None:
    """As another program removes a note."""
    repo = store.repo
    rewrite(
        repo,
        [NOTES_REF],
        lambda seen: {
            NOTES_REF: git_notes.note_changes(repo.objects, tree_of(repo.objects, seen[NOTES_REF]), {commit: None})
        },
    )


@pytest.mark.parametrize("remembered", [False, True])
def test_new_stories_and_removed_notes_are_found(store: StoryStore, remembered: bool) -> None:
    assert missing(store) == set()
    if remembered:
        remember(store)
    store.write(batch(range(300, 302)))
    store.write(batch(range(302, 304), noted=False))
    remove(store, oid(7))
    assert missing(store) == {oid(7), oid(302), oid(303)}
    store.write(Batch(drop=[oid(7)]))
    assert missing(store) == {oid(302), oid(303)}
    store.write(batch(range(302, 304)))
    assert missing(store) == set()


def test_a_moved_note_is_not_missing(store: StoryStore, monkeypatch: pytest.MonkeyPatch) -> None:
    remember(store)
    monkeypatch.setattr(git_notes, "SPLIT", 1)
    store.write(batch(range(300, 400)))
    assert missing(store) == set()


@pytest.mark.parametrize("how", ["gone", "torn", "another program", "trees gone"])
def test_without_what_was_remembered_everything_is_compared(
    store: StoryStore, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    remember(store)
    remove(store, oid(7))
    file = store.repo.home / missing_notes.NAME
    if how == "gone":
        file.unlink()
    elif how == "torn":
        file.write_bytes(file.read_bytes()[:20])
    elif how == "another program":
        monkeypatch.setattr(missing_notes, "__version__", "9")
    else:
        store.repo.git("prune", "--expire=now")
    assert missing(store) == {oid(7)}


def test_what_did_not_change_is_not_read(store: StoryStore, monkeypatch: pytest.MonkeyPatch) -> None:
    remember(store)
    store.write(batch(range(300, 301)))
    contents, notes = store.contents, notes_of(store)
    read, answer = [], Objects._answer
    monkeypatch.setattr(Objects, "_answer", lambda self, limit: (read.append(1), answer(self, limit))[1])
    assert missing_notes.without_note(contents, notes) == set()
    assert 0 < len(read) < 15
