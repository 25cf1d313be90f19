"""Stories that commits without one take over from commits made before a rewrite."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from gitstory.git.commit_details import shallow_edge
from gitstory.git.repo import Repo
from gitstory.model import Conversation, Story
from gitstory.sources.story_source import Key
from gitstory.store.record_paths import Tombstone
from gitstory.store.store import Meta, StoryStore

if TYPE_CHECKING:
    from gitstory.git.changed_files import Commit
    from gitstory.store.record_index.carried_stories import Computed
    from gitstory.store.record_index.index import RecordIndex


class CarriedOver:
    """The fallback for commits whose lines a recorded story has under another commit id.

    Its stories name recorded conversations only. What was computed is kept in the index of the record.
    """

    def __init__(self, store: StoryStore) -> None:
        self._store = store
        self._repo = store.repo

    def stories(self, commits: Sequence[str]) -> dict[str, Story]:
        """The carried stories of `commits`, none of which has a recorded story."""
        root = self._store.contents.root
        if not commits or root is None:
            return {}
        import sqlite3

        from gitstory.store.record_index import carried_stories

        index = self._store.index
        try:
            carried_stories.drop_outdated(index, self._there)
            cached = carried_stories.load(index, commits)
        except sqlite3.Error:
            cached = {}
        unknown = [commit for commit in commits if commit not in cached]
        if unknown:
            computed = self._carry(unknown)
            cached |= {commit: result.story for commit, result in computed.items()}
            edge = shallow_edge(self._repo)  # those hold only as long as that is the edge
            lasting = {commit: result for commit, result in computed.items() if commit not in edge}
            carried_stories.save(index, root, lasting)
        return {commit: story for commit in commits if (story := cached.get(commit)) is not None}

    def excerpts(self, turns: Mapping[Key, Collection[str] | None]) -> dict[Key, Conversation]:
        return {}

    def meta(self, key: Key) -> Meta | None:
        return None

    def _carry(self, commits: list[str]) -> dict[str, Computed]:
        """What each commit carries. Linking is loaded only where names do not rule it out."""
        from gitstory.git.changed_files import read_commits

        alive = [oid for oid in commits if not self._store.contents.dead(Tombstone("commit", (oid,)))]
        read = read_commits(self._repo, alive, walk=False) if alive else []
        near = _possible(self._repo, self._store.index, read)
        stories: dict[str, Story] = {}
        if near:
            from gitstory.rewrites.carry_over import Carrier

            stories = {story.commit: story for story in Carrier(self._repo, self._store).carry(near)}
        return {commit.oid: _computed(commit, stories.get(commit.oid)) for commit in read}

    def _there(self, pairs: Collection[tuple[str, bytes]]) -> set[tuple[str, bytes]]:
        """Those (commit, path) of `pairs` of which the commit has a file at the path."""
        there = set()
        for commit, path in pairs:
            folder, _, name = path.rpartition(b"/")
            entries = self._repo.objects.tree(b"%s:%s" % (commit.encode(), folder))
            if any(entry == name for entry, _, _ in entries):
                there.add((commit, path))
        return there


def _computed(commit: Commit, story: Story | None) -> Computed:
    from gitstory.rewrites.candidate_conversations import added_files
    from gitstory.store.record_index.carried_stories import Computed

    names = {path for change in commit.files for path in (change.path, change.old_path)}
    return Computed(story, frozenset(names), added_files(commit))


def _possible(repo: Repo, recorded: RecordIndex, commits: Sequence[Commit]) -> list[Commit]:
    """The commits that could hold lines of a commit made before them that is not an ancestor of any of them."""
    from gitstory.rewrites.candidate_conversations import apart, could_carry

    keys = {commit.oid: could_carry(repo, recorded, commit) for commit in commits}
    near = [commit for commit in commits if keys[commit.oid]]
    if not near:
        return []
    explained = {key: recorded.explained([key]) for key in {key for commit in near for key in keys[commit.oid]}}
    aside = apart(repo, recorded, set().union(*explained.values()), [commit.oid for commit in near])
    if not aside:
        return []
    return [
        commit
        for commit in near
        if any(
            aside.get(origin, float("inf")) <= commit.committer_time
            for key in keys[commit.oid]
            for origin in explained[key]
        )
    ]
