"""Records that tell nothing: uniting them once is enough, and the same from both sides."""

from __future__ import annotations

from pathlib import Path

import pytest

from gitstory.git.repo import Repo
from gitstory.model import Story
from gitstory.store.store import DATA_REF, Batch, StoryStore
from gitstory.store.sync.apply_merge import absorb, local_tree
from gitstory.store.sync.compute_merge import join
from tests.gitrepo import GitRepo

COMMIT = "a" * 40


def stored(repo: Repo, story: Story) -> str:
    """The tree of a store with nothing but this story."""
    StoryStore(repo).write(Batch([story]))
    tree = local_tree(repo)
    repo.git("update-ref", "-d", DATA_REF)
    assert tree is not None
    return tree


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (Story(COMMIT, carried_from=("b" * 40,)), Story(COMMIT, carried_from=("c" * 40,))),
        (Story(COMMIT, carried_from=("b" * 40,)), Story(COMMIT)),
    ],
)
def test_two_that_tell_nothing(tmp_path: Path, one: Story, two: Story) -> None:
    with Repo.open(GitRepo.init(tmp_path / "repo").path) as repo:
        trees = stored(repo, one), stored(repo, two)
        united = []
        for ours, theirs in (trees, trees[::-1]):
            repo.git("update-ref", "-d", DATA_REF)
            for tree in (ours, theirs):
                absorb(repo, tree, lambda story, told: "")
            made = local_tree(repo)
            assert made is not None
            assert join(repo, made, ours).changes == join(repo, made, theirs).changes == {}
            united.append(made)
        assert united[0] == united[1]
