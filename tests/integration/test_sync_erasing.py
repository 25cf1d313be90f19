"""A remote erases nothing here unasked: shown and asked for once per remote, and every store converges after it."""

from __future__ import annotations

from pathlib import Path

import pytest

from gitstory.cli import remote_consent
from gitstory.cli.auto_pull import auto_pull
from gitstory.cli.auto_push import auto_push
from gitstory.git.repo import Repo
from gitstory.store.record_paths import Tombstone
from gitstory.store.store import DATA_REF, NOTES_REF, Batch, StoryStore
from tests.cli import story as run
from tests.gitrepo import GitRepo
from tests.integration.test_sync import clone, commits, forget, notes, oid, remote, sync, tree, write
from tests.integration.test_sync_costs import is_named

__all__ = ["remote"]

WOULD = "origin would erase 1 story and 1 conversation here; kept until you decide"
ERASED = "1 thing was forgotten or redacted, here too now"


@pytest.fixture
def two(remote: GitRepo) -> tuple[GitRepo, GitRepo]:
    """Two clones with the same stories, one of which one clone has forgotten and pushed so."""
    one, other = clone(remote, "one"), clone(remote, "other")
    write(one.path, 1, talk="secret", turns=3)
    write(one.path, 2)
    sync(one)
    write(other.path, 3)
    sync(other)
    forget(one.path, "secret")
    write(one.path, 6)
    sync(one)
    return one, other


def conversations(where: Path) -> set[str]:
    with Repo.open(where) as repo:
        return {key[1] for key in StoryStore(repo).contents.conversation_keys()}


def assert_kept(where: GitRepo) -> None:
    """It has all that is new, and what the remote has erased."""
    assert commits(where.path) == notes(where.path) == {oid(number) for number in (1, 2, 3, 6)}
    assert conversations(where.path) == {"secret", "talk-2", "talk-3", "talk-6"}
    with Repo.open(where.path) as repo:
        kept = StoryStore(repo).conversation("codex", "secret")
        assert kept is not None and len(kept.turns) == 3


def assert_erased(*clones: GitRepo) -> None:
    for where in clones:
        assert oid(1) not in commits(where.path) | notes(where.path)
        assert "secret" not in conversations(where.path)


def answer(monkeypatch: pytest.MonkeyPatch, text: str | None) -> None:
    """A person at the terminal who types `text` when asked; None: who must not be asked."""
    monkeypatch.setattr(remote_consent, "attended", lambda: True)

    def confirm(_question: str, **_rest: object) -> bool:
        assert text is not None, "asked"
        return text == "y"

    monkeypatch.setattr("click.confirm", confirm)


def test_a_pull_takes_all_else_and_keeps_what_would_be_erased(two: tuple[GitRepo, GitRepo]) -> None:
    one, other = two
    for _ in range(2):
        said = run(other.path, "pull")
        assert said.code == 0 and WOULD in said.err
        assert "git story pull --yes origin" in said.err and "git story pull --keep origin" in said.err
        assert_kept(other)
    status = run(other.path, "status").out
    assert "would erase 1 story and 1 conversation here" in status
    assert "git story pull --yes origin" in status and "git story pull --keep origin" in status
    said = run(other.path, "pull", "--yes")
    assert ERASED in said.out and said.err == ""
    assert_erased(other)
    assert "would erase" not in run(other.path, "status").out
    assert tree(one.path) == tree(other.path)


@pytest.mark.parametrize("how", ["pull", "push", "sync"])
def test_a_push_of_what_is_kept_brings_nothing_back(two: tuple[GitRepo, GitRepo], remote: GitRepo, how: str) -> None:
    one, other = two
    assert run(other.path, "pull", "--keep").code == 0
    write(other.path, 4)
    write(other.path, 5, talk="secret", turns=4)
    if how == "pull":
        run(other.path, "pull")
    assert run(other.path, "sync" if how == "sync" else "push").code == 0
    assert {oid(1), oid(4), oid(5)} <= commits(other.path) and "secret" in conversations(other.path)
    assert_erased(remote)
    sync(one)
    assert_erased(one)
    assert tree(one.path) == tree(remote.path)
    assert tree(one.path, NOTES_REF) == tree(remote.path, NOTES_REF)
    before = remote.git("rev-parse", DATA_REF, NOTES_REF)
    assert "origin already has all stories" in run(other.path, "push").out
    assert remote.git("rev-parse", DATA_REF, NOTES_REF) == before
    assert "secret" in conversations(other.path)
    # A third clone has what the remote has; whoever changes their mind gets there too.
    third = clone(remote, "third")
    assert run(third.path, "pull").err == "" and tree(third.path) == tree(remote.path)
    assert run(other.path, "pull", "--yes").code == 0
    assert tree(other.path) == tree(one.path)


def test_a_person_is_asked_once_and_a_yes_holds(two: tuple[GitRepo, GitRepo], monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = two
    other.commit("seen here", {"a": "1\n"})
    answer(monkeypatch, "y")
    said = run(other.path, "pull").out
    assert "origin forgot or redacted what you have here: 1 story and 1 conversation" in said
    assert f"story of {oid(1)[:12]}" in said and "conversation of Codex: " in said
    assert_erased(other)
    assert tree(one.path) == tree(other.path)
    forget(one.path, "talk-2")
    sync(one)
    answer(monkeypatch, None)
    assert ERASED in run(other.path, "pull").out
    assert conversations(other.path) == {"talk-3", "talk-6"}


def test_a_no_is_remembered_for_what_comes_later(two: tuple[GitRepo, GitRepo], monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = two
    answer(monkeypatch, "n")
    assert run(other.path, "pull").code == 0
    assert_kept(other)
    assert "would erase" not in run(other.path, "status").out
    forget(one.path, "talk-2")
    sync(one)
    answer(monkeypatch, None)
    said = run(other.path, "pull").out
    assert "kept, although origin erased it: 2 stories and 2 conversations" in said
    sync(other)  # --yes agrees to the push; the refusal stands
    assert conversations(other.path) == {"secret", "talk-2", "talk-3", "talk-6"}
    assert tree(one.path) == tree(GitRepo(one.path.parent / "remote.git").path)


def test_nothing_is_erased_in_the_background(two: tuple[GitRepo, GitRepo], remote: GitRepo) -> None:
    _one, other = two
    for option in ("--auto-pull", "--auto-push"):
        assert run(other.path, "enable", option).code == 0
    with Repo.open(other.path) as repo:
        auto_pull(repo)
        assert_kept(other)
        write(other.path, 4)
        auto_push(repo, "origin")
    assert "would erase 1 story and 1 conversation here" in run(other.path, "status").out
    assert oid(4) in commits(remote.path)
    assert_erased(remote)
    assert "secret" in conversations(other.path)
    assert run(other.path, "pull", "--yes").code == 0
    assert tree(other.path) == tree(remote.path)


def test_each_kind_of_tombstone_is_asked_for(remote: GitRepo) -> None:
    """A stranger buries without removing: the records themselves are the same on both sides."""
    one, other = clone(remote, "one"), clone(remote, "other")
    write(one.path, 1, 2, turns=2)
    for where in (one, other):
        sync(where)
    buried = [
        Tombstone("turn", ("codex", "talk-1", "talk-1-1")),
        Tombstone("redacted", ("codex", "talk-1", "talk-1-2")),
        Tombstone("commit", (oid(2),)),
        Tombstone("conversation", ("codex", "never-seen")),
    ]
    with Repo.open(one.path) as repo:
        StoryStore(repo).write(Batch(tombstones=buried))
    sync(one)
    said = run(other.path, "pull")
    assert "origin would erase 2 stories and 2 turns here" in said.err
    assert commits(other.path) == {oid(1), oid(2)}
    with Repo.open(other.path) as repo:
        contents = StoryStore(repo).contents
        kept = contents.conversation("codex", "talk-1")
        assert kept is not None and [turn.id for turn in kept.turns] == ["talk-1-1", "talk-1-2"]
        assert contents.tombstones == {buried[3].name}, "what erases nothing here is taken"
    assert run(other.path, "pull", "--yes").code == 0
    assert tree(other.path) == tree(remote.path)


def test_what_a_pull_says_is_gone_is_in_no_object(two: tuple[GitRepo, GitRepo]) -> None:
    other = two[1]
    (other.path / ".git" / "gitstory").mkdir(exist_ok=True)
    assert is_named(other, "secret")
    done = run(other.path, "pull", "--yes")
    assert ERASED in done.out + done.err and "still in the repository" not in done.err
    assert not is_named(other, "secret")
