"""The store as readers see it: stories as recorded and, for commits without one, those they carry from others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

import msgspec

from gitstory import opening
from gitstory.git.files import write_atomically
from gitstory.git.history import shallow_edge
from gitstory.git.repo import Repo
from gitstory.model import Story
from gitstory.rewrites.provenance import all_origins, apart, could_carry, origins, stored_stories
from gitstory.store.paths import Tombstone
from gitstory.store.store import DATA_REF, StoryStore

if TYPE_CHECKING:
    from gitstory.git.changes import Commit
    from gitstory.rewrites.provenance import Origins

_NAME = "carried.json"
_KEPT = 5000


class _Memory(msgspec.Struct):
    """What was found for commits under one state of the store: a story, or None for none.

    `seen` maps the commits with stories of their own at that time to the ids of these, `buried` says how many things
    had been forgotten.
    """

    data: str = ""
    seen: dict[str, str] = {}
    buried: int = 0
    found: dict[str, Story | None] = {}


def _possible(repo: Repo, told: Origins, commits: Sequence[Commit]) -> list[Commit]:
    """The commits that could hold lines of a commit made before them and not behind any of them."""
    keys = {commit.oid: could_carry(repo, told, commit) for commit in commits}
    near = [commit for commit in commits if keys[commit.oid]]
    if not near:
        return []
    aside = apart(repo, told.commits({key for one in near for key in keys[one.oid]}), [one.oid for one in near])
    if not aside:
        return []
    return [
        commit
        for commit in near
        if any(aside.get(one, float("inf")) <= commit.committer_time for one in told.commits(keys[commit.oid]))
    ]


class CarriedStore(StoryStore):
    """Looks for carried stories only where a commit has none and the store has any; remembers what it found."""

    def __init__(self, repo: Repo, *, timeout: float = 60.0) -> None:
        super().__init__(repo, timeout=timeout)
        self._memory: _Memory | None = None

    def story(self, commit: str) -> Story | None:
        own = super().story(commit)
        return own if own is not None else self._carried([commit]).get(commit)

    def stories(self, commits: Iterable[str]) -> dict[str, Story]:
        asked = list(commits)
        own = super().stories(asked)
        return own | self._carried([commit for commit in asked if commit not in own])

    def _carried(self, commits: list[str]) -> dict[str, Story]:
        data = self.repo.ref(DATA_REF) if commits else None
        if data is None:
            return {}
        memory = self._remembered(data)
        unknown = [commit for commit in commits if commit not in memory.found]
        if unknown:
            memory.found.update(self._find(unknown))
            self._remember(memory)
        return {commit: story for commit in commits if (story := memory.found.get(commit)) is not None}

    def _find(self, commits: list[str]) -> dict[str, Story | None]:
        """Linking is loaded only where names alone do not rule it out."""
        from gitstory.git.changes import read_commits

        plain = StoryStore(self.repo)
        found: dict[str, Story | None] = dict.fromkeys(commits)
        alive = [commit for commit in commits if not plain.contents.dead(Tombstone("commit", (commit,)))]
        told = all_origins(self.repo, plain)
        near = _possible(self.repo, told, read_commits(self.repo, alive, walk=False) if alive else [])
        if near:
            from gitstory.rewrites.carry_over import Carrier

            found.update((story.commit, story) for story in Carrier(self.repo, plain).carry(near))
        return found

    def _remembered(self, data: str) -> _Memory:
        """What is known for the store as it is now; what was found for an older state is looked at again if need be."""
        if self._memory is not None and self._memory.data == data:
            return self._memory
        self._memory = _Memory()
        with suppress(OSError, msgspec.MsgspecError, ValueError, RecursionError):
            self._memory = msgspec.json.decode(opening.content(self.repo.home / "cache" / _NAME), type=_Memory)
        if self._memory.data != data:
            self._memory = self._renewed(self._memory, data)
        return self._memory

    def _renewed(self, old: _Memory, data: str) -> _Memory:
        """Keep what new stories cannot have changed: commits of other files.

        Where a story that was there is another one now (a person untied it, an agent wrote on), what was found from
        it is looked for again.
        """
        from gitstory.git.changes import read_commits

        stored, buried = stored_stories(self.repo), len(self.contents.tombstones)
        if buried != old.buried or not old.seen.keys() <= stored.keys():
            return _Memory(data, stored, buried, {})
        new = [commit for commit, blob in stored.items() if old.seen.get(commit) != blob]
        replaced = any(commit in old.seen for commit in new)
        found = {commit: story for commit, story in old.found.items() if story is None or not replaced}
        told = origins(super().stories(new).values())
        read = read_commits(self.repo, list(found), walk=False) if found and told.paths else []
        touched = {one.oid for one in read if could_carry(self.repo, told, one)}
        return _Memory(data, stored, buried, {c: story for c, story in found.items() if c not in touched})

    def _remember(self, memory: _Memory) -> None:
        """Only where gitstory was enabled: a reader makes no directories of its own.

        What was found at the edge of a shallow clone holds only as long as that is the edge.
        """
        if self.repo.home.is_dir() and len(memory.found) <= _KEPT:
            edge = shallow_edge(self.repo)
            lasting = {commit: story for commit, story in memory.found.items() if commit not in edge}
            kept = msgspec.structs.replace(memory, found=lasting)
            with suppress(OSError, UnicodeEncodeError):  # a path that is no UTF-8: nothing is remembered
                write_atomically(self.repo.home / "cache" / _NAME, msgspec.json.encode(kept))
