"""How many entries of a foreign tree are read depends on how many different objects it has."""

from __future__ import annotations

import hashlib

import pytest

from gitstory.git.new_objects import FILE, NewObjects, store, tree_bytes
from gitstory.git.repo import Repo
from gitstory.store.sync import differing_folders
from tests.gitrepo import GitRepo

ENTRIES = 20_000


def folder(repo: Repo, ids: list[str]) -> str:
    """A tree with an entry for each id, which need not be there."""
    new_objects = NewObjects(repo.object_format)
    tree = new_objects.add("tree", tree_bytes({b"%06d" % number: (FILE, oid) for number, oid in enumerate(ids)}))
    store(repo, new_objects)
    return tree


def test_many_different_objects_are_a_big_store_and_few_are_a_bomb(
    repo: GitRepo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(differing_folders, "MOST_ENTRIES", 2000)
    different = [hashlib.sha1(b"%d" % number).hexdigest() for number in range(ENTRIES)]
    with Repo.open(repo.path) as opened:
        big, bomb = folder(opened, different), folder(opened, different[:1] * ENTRIES)
        assert len(differing_folders.Differ(opened).entries(big, trusted=False)) == ENTRIES
        with pytest.raises(differing_folders.TooMuch):
            differing_folders.Differ(opened).entries(bomb, trusted=False)
        again = differing_folders.Differ(opened)
        with pytest.raises(differing_folders.TooMuch):
            for _ in range(20):
                again.entries(big, trusted=False)
        assert len(differing_folders.Differ(opened).entries(bomb, trusted=True)) == ENTRIES
