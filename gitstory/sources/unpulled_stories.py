"""Stories of a remote whose first pull has not brought everything yet, read from the copy of a part of them.

What the copy lacks, the texts of turns above all, is asked for at the remote when it is read.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cached_property

from gitstory.errors import GitStoryError
from gitstory.git import fetch_part_of_ref
from gitstory.git.fetch_push import Caller, resolve
from gitstory.git.new_objects import Entries, read_entries
from gitstory.git.refs import read_refs, tree_of
from gitstory.git.repo import DamagedObject, TooBig
from gitstory.model import Conversation, Story
from gitstory.sources.story_source import Key
from gitstory.store import record_paths
from gitstory.store.link_overrides import as_decided
from gitstory.store.record_merge import scrub_story
from gitstory.store.record_paths import Tombstone
from gitstory.store.snapshot import Contents
from gitstory.store.store import DATA_REF, Meta, StoryStore
from gitstory.store.sync.differing_folders import FOLDER_BOUND
from gitstory.store.sync.partial_clones import PartialCopy

_SECONDS = 20.0
"""For each request; a person waits for it."""

_FEW = 50
"""Stories that are likely to be shown, not counted."""


class _Unmerged(Contents):
    """What a remote has, as it came: nothing in it was checked yet, so no tree is walked, only single paths are read.

    It holds nothing that was erased there; what was erased here is left out by whoever reads it.
    """

    tombstones = frozenset()

    def folder(self, path: bytes) -> Entries:
        try:
            read = None if self.root is None else self.repo.objects.read(self.root.encode() + b":" + path, FOLDER_BOUND)
        except (TooBig, DamagedObject):
            return {}
        return read_entries(self.repo.objects, read[0]) if read is not None and read[1] == "tree" else {}


class FirstPullSource:
    """The fallback for what a remote has and we have not. `failure` says why it did not answer, if it did not.

    What was forgotten here is left out, as it is when the pull is finished.
    """

    def __init__(self, store: StoryStore, copy: PartialCopy) -> None:
        self.copy = copy
        self.failure: str | None = None
        self._store = store
        self._repo = store.repo
        self._there = fetch_part_of_ref.opened(copy.folder, store.repo.object_format)

    @cached_property
    def _contents(self) -> _Unmerged:
        objects = self._there.objects
        return _Unmerged(self._there, tree_of(objects, read_refs(objects, [DATA_REF])[DATA_REF]))

    def close(self) -> None:
        self._there.close()

    def stories(self, commits: Collection[str]) -> dict[str, Story]:
        """The stories that the remote has of `commits`. Of few, the turns that they name come along."""
        here = self._store.contents
        alive = [oid for oid in commits if record_paths.is_oid(oid) and not here.dead(Tombstone("commit", (oid,)))]
        self._bring(record_paths.commit_path(oid) for oid in alive)
        read = {story.commit: story for story in self._contents.stories(alive)}
        stories = {oid: as_decided(scrub_story(story, here.tombstones)) for oid, story in read.items()}
        if len(stories) <= _FEW:
            self._bring(path for story in stories.values() for path in _read_next(story))
        return stories

    def excerpts(self, turns: Mapping[Key, Collection[str] | None]) -> dict[Key, Conversation]:
        """The conversations of `turns` that the remote has, each with only the turns (by id) asked for; None: all."""
        here = self._store.contents
        wanted = {key: ids for key, ids in turns.items() if not here.dead(Tombstone("conversation", key))}
        self._bring(record_paths.conversation_path(*key) + b"/" + record_paths.META for key in wanted)
        self._bring(path for key, ids in wanted.items() for path in self._turn_paths(key, ids))
        read = {key: here.as_kept(conversation) for key, conversation in self._contents.excerpts(wanted).items()}
        return {key: conversation for key, conversation in read.items() if conversation is not None}

    def meta(self, key: Key) -> Meta | None:
        if self._store.contents.dead(Tombstone("conversation", key)):
            return None
        self._bring([record_paths.conversation_path(*key) + b"/" + record_paths.META])
        return self._contents.meta(*key)

    def _turn_paths(self, key: Key, ids: Collection[str] | None) -> Iterator[bytes]:
        meta = self._contents.meta(*key)
        for turn, _index in meta.turns if meta is not None else ():
            if ids is None or turn in ids:
                yield _turn_path(key, turn)

    def _bring(self, files: Iterable[bytes]) -> None:
        """Ask the remote for those of the files that it has and the copy lacks."""
        folders: dict[bytes, Entries] = {}
        oids: dict[str, None] = {}
        for path in files:
            folder, _, name = path.rpartition(b"/")
            if folder not in folders:
                folders[folder] = self._contents.folder(folder)
            if name in folders[folder]:
                oids[folders[folder][name][1]] = None
        missing = fetch_part_of_ref.missing(self._there, list(oids))
        if missing:
            self._fetch(missing)

    def _fetch(self, oids: list[str]) -> None:
        """Ask the remote for these files. One that has failed to answer is not asked again."""
        if self.failure is not None:
            return
        try:
            remote = resolve(self._repo, self.copy.name, push=False)[0]
            caller = Caller(unattended=True, timeout=_SECONDS)
            fetch_part_of_ref.fetch_files(self._repo, self.copy.folder, remote, oids, caller)
        except GitStoryError as error:
            self.failure = error.message


def _read_next(story: Story) -> Iterator[bytes]:
    """The paths of what is read of a story that is shown."""
    for link in story.links:
        key = (link.agent, link.conversation)
        yield record_paths.conversation_path(*key) + b"/" + record_paths.META
        for turn in link.turns:
            yield _turn_path(key, turn.id)


def _turn_path(key: Key, turn: str) -> bytes:
    return record_paths.conversation_path(*key) + b"/" + record_paths.turn_name(turn)
