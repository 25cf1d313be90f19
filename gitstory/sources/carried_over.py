"""Stories that commits without one take over from commits made before a rewrite."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

import msgspec

from gitstory.git import own_files
from gitstory.git.history import shallow_edge
from gitstory.git.repo import Repo
from gitstory.model import Conversation, Story
from gitstory.rewrites.provenance import all_origins, apart, could_carry, origins, stored_stories
from gitstory.sources.story_source import Key
from gitstory.store.paths import Tombstone
from gitstory.store.store import DATA_REF, Meta, StoryStore

if TYPE_CHECKING:
    from gitstory.git.changes import Commit
    from gitstory.rewrites.provenance import Origins

_NAME = "carried.json"
_MOST_CACHED = 5000


class _Cache(msgspec.Struct):
    """Carried stories by commit, None where a commit has none, as they are for one state of the store.

    `data` is the id of that state, `seen` maps its commits to the ids of their recorded stories, `buried` is its number
    of tombstones.
    """

    data: str = ""
    seen: dict[str, str] = {}
    buried: int = 0
    stories: dict[str, Story | None] = msgspec.field(default_factory=dict, name="found")


class CarriedOver:
    """The fallback for commits whose lines a recorded story has under another commit id.

    Its stories name recorded conversations only.
    """

    def __init__(self, store: StoryStore) -> None:
        self._store = store
        self._repo = store.repo
        self._cache: _Cache | None = None

    def stories(self, commits: Sequence[str]) -> dict[str, Story]:
        """The carried stories of `commits`, none of which has a recorded story."""
        data = self._repo.ref(DATA_REF) if commits else None
        if data is None:
            return {}
        cache = self._current_cache(data)
        unknown = [commit for commit in commits if commit not in cache.stories]
        if unknown:
            cache.stories.update(self._carry(unknown))
            self._save(cache)
        return {commit: story for commit in commits if (story := cache.stories.get(commit)) is not None}

    def conversation(self, key: Key, turns: Collection[str] | None) -> Conversation | None:
        return None

    def meta(self, key: Key) -> Meta | None:
        return None

    def _carry(self, commits: list[str]) -> dict[str, Story | None]:
        """The story that each commit carries, None for none. Linking is loaded only where names do not rule it out."""
        from gitstory.git.changes import read_commits

        store = StoryStore(self._repo)  # as it is now: what is returned is cached for this state
        carried: dict[str, Story | None] = dict.fromkeys(commits)
        alive = [commit for commit in commits if not store.contents.dead(Tombstone("commit", (commit,)))]
        recorded = all_origins(self._repo, store)
        near = _possible(self._repo, recorded, read_commits(self._repo, alive, walk=False) if alive else [])
        if near:
            from gitstory.rewrites.carry_over import Carrier

            carried.update((story.commit, story) for story in Carrier(self._repo, store).carry(near))
        return carried

    def _current_cache(self, data: str) -> _Cache:
        """The cache for the store's state `data`, with what still holds of an older one."""
        if self._cache is not None and self._cache.data == data:
            return self._cache
        self._cache = _Cache()
        with suppress(OSError, msgspec.MsgspecError, ValueError, RecursionError):
            self._cache = msgspec.json.decode(own_files.content(self._repo.home / "cache" / _NAME), type=_Cache)
        if self._cache.data != data:
            self._cache = self._renewed(self._cache, data)
        return self._cache

    def _renewed(self, old: _Cache, data: str) -> _Cache:
        """The entries that new stories cannot have changed: those of commits of other files.

        Where a recorded story was replaced (a person unlinked it, a conversation went on), stories carried from it are
        computed again.
        """
        from gitstory.git.changes import read_commits

        stored, buried = stored_stories(self._repo), len(self._store.contents.tombstones)
        if buried != old.buried or not old.seen.keys() <= stored.keys():
            return _Cache(data, stored, buried, {})
        new = [commit for commit, blob in stored.items() if old.seen.get(commit) != blob]
        replaced = any(commit in old.seen for commit in new)
        kept = {commit: story for commit, story in old.stories.items() if story is None or not replaced}
        new_origins = origins(self._store.stories(new).values())
        read = read_commits(self._repo, list(kept), walk=False) if kept and new_origins.paths else []
        touched = {commit.oid for commit in read if could_carry(self._repo, new_origins, commit)}
        return _Cache(data, stored, buried, {commit: kept[commit] for commit in kept if commit not in touched})

    def _save(self, cache: _Cache) -> None:
        """Write the cache, only where gitstory was enabled: a reader makes no directories of its own.

        Entries at the edge of a shallow clone hold only as long as that is the edge; they are not written.
        """
        if self._repo.home.is_dir() and len(cache.stories) <= _MOST_CACHED:
            edge = shallow_edge(self._repo)
            lasting = {commit: story for commit, story in cache.stories.items() if commit not in edge}
            content = msgspec.structs.replace(cache, stories=lasting)
            with suppress(OSError, UnicodeEncodeError):  # a path that is not UTF-8: nothing is cached
                own_files.write(self._repo.home / "cache" / _NAME, msgspec.json.encode(content))


def _possible(repo: Repo, recorded: Origins, commits: Sequence[Commit]) -> list[Commit]:
    """The commits that could hold lines of a commit made before them that is not an ancestor of any of them."""
    keys = {commit.oid: could_carry(repo, recorded, commit) for commit in commits}
    near = [commit for commit in commits if keys[commit.oid]]
    if not near:
        return []
    wanted = {key for commit in near for key in keys[commit.oid]}
    aside = apart(repo, recorded.commits(wanted), [commit.oid for commit in near])
    if not aside:
        return []
    return [
        commit
        for commit in near
        if any(
            aside.get(origin, float("inf")) <= commit.committer_time for origin in recorded.commits(keys[commit.oid])
        )
    ]
