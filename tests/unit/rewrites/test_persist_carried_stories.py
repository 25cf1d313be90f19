"""What heal reads of the history."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from gitstory.git.changed_files import Commit, read_commits
from gitstory.git.repo import Repo
from gitstory.model import Story
from gitstory.rewrites import persist_carried_stories
from gitstory.store.batch_changes import Batch
from gitstory.store.store import StoryStore
from tests.gitrepo import GitRepo


def test_only_commits_without_a_story_are_read(repo: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    """What each commit changed is most of what there is to read, and in a long history most have a story."""
    oids = [repo.commit(f"change {number}", {"a": f"{number}\n"}) for number in range(5)]
    reads: list[str] = []

    def remembered(opened: Repo, revisions: Sequence[str], *, walk: bool = True) -> list[Commit]:
        reads.extend(revisions)
        return read_commits(opened, revisions, walk=walk)

    monkeypatch.setattr(persist_carried_stories, "read_commits", remembered)
    with Repo.open(repo.path) as opened:
        StoryStore(opened).write(Batch(stories=[Story(oid) for oid in oids[:3]]))
        assert persist_carried_stories.heal(opened, ["HEAD"], dry_run=True) == []
        assert reads == [oids[4], oids[3]]
        StoryStore(opened).write(Batch(stories=[Story(oid) for oid in oids]))
        assert persist_carried_stories.heal(opened, ["--branches", "HEAD"], dry_run=True) == [] and len(reads) == 2
