"""Which stories have no note: found in what changed since all had one, and the same as comparing everything."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from gitstory.git.new_objects import NewObjects, edit_tree, store
from gitstory.git.notes_tree_paths import note_changes
from gitstory.git.repo import Repo
from gitstory.model import Link, Story, TurnLink
from gitstory.store.record_paths import Tombstone, commit_path
from gitstory.store.records import encode_story
from gitstory.store.snapshot import Contents
from gitstory.store.sync import stories_without_note
from gitstory.store.sync.stories_without_note import NAME, remember, without_note
from tests.gitrepo import GitRepo

A, B, C, D = "a" * 40, "ab" + "b" * 38, "c" * 40, "d" * 40


@pytest.fixture
def opened(repo: GitRepo) -> Iterator[Repo]:
    with Repo.open(repo.path) as opened:
        opened.home.mkdir(parents=True)
        yield opened


def tree(repo: Repo, files: dict[bytes, bytes]) -> str | None:
    new_objects = NewObjects(repo.object_format)
    made = edit_tree(repo.objects, None, files, new_objects)
    store(repo, new_objects)
    return made


def contents(repo: Repo, *commits: str, dead: tuple[str, ...] = (), lines: int = 1) -> Contents:
    link = Link("codex", "c1", "lines", lines, (TurnLink("t1", 1, "lines", lines),))
    files = {commit_path(commit): encode_story(Story(commit, (link,))) for commit in commits}
    return Contents(repo, tree(repo, files | {Tombstone("commit", (one,)).path: b"{}\n" for one in dead}))


def notes(repo: Repo, *commits: str) -> str | None:
    changes = note_changes(repo.objects, None, dict.fromkeys(commits, b"note\n"))
    return tree(repo, {path: data for path, data in changes.items() if isinstance(data, bytes)})


@pytest.mark.parametrize(
    ("before", "now", "missing"),
    [
        (None, ((A, B), (A, B)), set()),
        (None, ((A, B), (A,)), {B}),
        (None, ((A, B), ()), {A, B}),
        (None, ((), (A,)), set()),
        (((A,), (A,)), ((A,), (A,)), set()),
        (((A,), (A,)), ((A, B, C), (A,)), {B, C}),
        (((A,), (A,)), ((A, B, C), (A, C)), {B}),
        (((A, B, C), (A, B, C)), ((A, B, C), (B,)), {A, C}),
        (((A, B), (A, B)), ((A, B), ()), {A, B}),
        (((A, B), (A, B)), ((A,), ()), {A}),
        (((A, C), (A, C, D)), ((C,), (C,)), set()),
    ],
)
def test_stories_without_a_note(
    opened: Repo,
    before: tuple[tuple[str, ...], tuple[str, ...]] | None,
    now: tuple[tuple[str, ...], tuple[str, ...]],
    missing: set[str],
) -> None:
    if before is not None:
        remember(contents(opened, *before[0]), notes(opened, *before[1]))
    there, noted = contents(opened, *now[0]), notes(opened, *now[1])
    assert without_note(there, noted) == missing
    remember(there, noted)
    assert without_note(there, noted) == set(), "as asked to remember"
    (opened.home / NAME).unlink()
    assert without_note(there, noted) == missing, "the same without what is remembered"


def test_a_story_that_was_erased_or_rewritten(opened: Repo) -> None:
    assert without_note(contents(opened, A, B, dead=(B,)), None) == {A}
    remember(contents(opened, A), notes(opened, A))
    assert without_note(contents(opened, A, lines=2), notes(opened, A)) == set()
    assert without_note(contents(opened, A, B, dead=(B,)), notes(opened, A)) == set()


@pytest.mark.parametrize("damage", ["gone", "torn", "program", "trees"])
def test_what_is_remembered_may_be_lost(opened: Repo, monkeypatch: pytest.MonkeyPatch, damage: str) -> None:
    remember(contents(opened, A), notes(opened, A))
    file = opened.home / NAME
    if damage == "gone":
        file.unlink()
    elif damage == "torn":
        file.write_bytes(b"{")
    elif damage == "program":
        monkeypatch.setattr(stories_without_note, "__version__", "another")
    else:
        file.write_bytes(file.read_bytes().replace(str(contents(opened, A).top[b"commits"][1]).encode(), b"1" * 40))
    assert without_note(contents(opened, A, B), notes(opened, A)) == {B}


def test_nothing_is_remembered_where_gitstory_has_no_directory(opened: Repo) -> None:
    opened.home.rmdir()
    remember(contents(opened, A), notes(opened, A))
    assert not opened.home.exists()
