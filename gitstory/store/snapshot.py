"""One state of the store, read: stories, conversations and tombstones below one tree of `refs/story/data`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cached_property
from typing import TypeVar

from msgspec import structs

from gitstory.git.new_objects import TREE, Entries, read_entries
from gitstory.git.repo import DamagedObject, Repo, TooBig
from gitstory.model import Conversation, Story, Turn
from gitstory.store import record_paths
from gitstory.store.link_overrides import as_decided
from gitstory.store.record_merge import scrub_story, settle, weighed
from gitstory.store.record_paths import Tombstone
from gitstory.store.records import (
    META_BOUND,
    STORE_SCHEMA,
    STORY_BOUND,
    TURN_BOUND,
    Meta,
    conversation_of,
    decode_meta,
    decode_story,
    decode_turn,
    format_of,
    is_taken_back,
    living_title,
)

T = TypeVar("T")

_TREES = 4
_TOMBSTONES: dict[str, frozenset[str]] = {}
"""The names of the tombstones of the trees read last: one command reads the same trees several times."""


def _tombstone(path: bytes) -> str:
    kind, _, rest = path.partition(b"/")
    return f"{kind.decode('ascii', 'replace')}/{rest.replace(b'/', b'').decode('ascii', 'replace')[:-5]}"


_MANY_STORIES = 100
"""Stories asked for at once whose ids are looked up in their folders, each read once: by its path, git reads the whole
folder for each of them."""
_MANY = 50
"""Turns of a conversation whose files are looked up in its folder read once, not by their paths."""


def _spec(folder: bytes, listed: Mapping[bytes, bytes], turn: str) -> bytes:
    name = record_paths.turn_name(turn)
    return listed.get(name) or folder + name


class Contents:
    """Reads from the tree `root` (None: an empty store). What is torn, forged or too big is counted in `refused`."""

    def __init__(self, repo: Repo, root: str | None) -> None:
        self.repo = repo
        self.root = root
        self.refused = 0
        self._story_folders: dict[bytes, bytes] = {}

    @cached_property
    def top(self) -> Entries:
        return read_entries(self.repo.objects, self.root)

    @cached_property
    def newer(self) -> str | None:
        """The store's format, if it is one that this program does not know."""
        if record_paths.FORMAT not in self.top:
            return None
        schema = format_of(self.blob(record_paths.FORMAT, META_BOUND) or b"") or "unreadable"
        return schema if schema != STORE_SCHEMA else None

    @cached_property
    def tombstones(self) -> frozenset[str]:
        """The names ("kind/digest") of erased items."""
        if record_paths.TOMBSTONES not in self.top:
            return frozenset()
        oid = self.top[record_paths.TOMBSTONES][1]
        if oid not in _TOMBSTONES:
            while len(_TOMBSTONES) >= _TREES:
                del _TOMBSTONES[next(iter(_TOMBSTONES))]
            _TOMBSTONES[oid] = frozenset(_tombstone(path) for path in self._names(record_paths.TOMBSTONES))
        return _TOMBSTONES[oid]

    def dead(self, *tombstones: Tombstone) -> bool:
        return bool(self.tombstones) and any(tombstone.name in self.tombstones for tombstone in tombstones)

    # --- stories ---

    def story(self, commit: str) -> Story | None:
        """The story of a full commit id, without what is tombstoned or untied, with ranges that do not overlap."""
        if not record_paths.is_oid(commit) or self.dead(Tombstone("commit", (commit,))):
            return None
        data = self.blob(record_paths.commit_path(commit), STORY_BOUND)
        return None if data is None else self._story(data, commit)

    def stories(self, commits: Iterable[str]) -> Iterator[Story]:
        """The stories there are of these commits, in order, through one conversation with git."""
        alive = [c for c in commits if record_paths.is_oid(c) and not self.dead(Tombstone("commit", (c,)))]
        if self.root is None:
            return
        if len(alive) > _MANY_STORIES:
            alive, specs = self._ids_of_stories(alive)
        else:
            root = self.root.encode()
            specs = [b"%s:%s" % (root, record_paths.commit_path(commit)) for commit in alive]
        for commit, data in zip(alive, self.repo.objects.blobs(specs, STORY_BOUND), strict=True):
            story = None if data is None else self._story(data, commit)
            if story is not None:
                yield story

    def _ids_of_stories(self, commits: Iterable[str]) -> tuple[list[str], list[bytes]]:
        """Those of `commits` with a record, and the ids of these: each folder is read once, and kept."""
        oids: dict[str, bytes] = {}
        for commit in commits:
            path = record_paths.commit_path(commit)
            folder, _, name = path.rpartition(b"/")
            data, entry = self._story_folder(folder), name + b"\0"
            at = data.find(b" " + entry) + 1
            if at:
                start = at + len(entry)
                oids[commit] = data[start : start + len(commit) // 2].hex().encode()
        return list(oids), list(oids.values())

    def _story_folder(self, folder: bytes) -> bytes:
        """The bytes of the tree of a folder of stories."""
        if folder not in self._story_folders:
            try:
                tree = self.repo.objects.read(b"%s:%s" % ((self.root or "").encode(), folder))
            except DamagedObject:
                self.refused += 1
                tree = None
            self._story_folders[folder] = tree[2] if tree is not None and tree[1] == "tree" else b""
        return self._story_folders[folder]

    def stories_at(self, blobs: Mapping[str, str]) -> Iterator[tuple[str, Story | None]]:
        """The stories of commits by the ids of their records, None for those that cannot be read; no erased ones."""
        alive = [commit for commit in blobs if not self.dead(Tombstone("commit", (commit,)))]
        contents = self.repo.objects.blobs([blobs[commit].encode() for commit in alive], STORY_BOUND)
        for commit, data in zip(alive, contents, strict=True):
            yield commit, None if data is None else self._story(data, commit)

    def _story(self, data: bytes, commit: str) -> Story | None:
        story = self._counted(decode_story(data, commit))
        if story is None:
            return None
        files = tuple(
            structs.replace(file, ranges=settle(file.ranges), removed=settle(file.removed)) for file in story.files
        )
        story = structs.replace(story, files=files)
        return as_decided(weighed(scrub_story(story, self.tombstones)))

    def commits(self) -> list[str]:
        """The ids of all commits with a record."""
        commits = (record_paths.commit_of(path.split(b"/")) for path in self._names(record_paths.COMMITS))
        return [commit for commit in commits if commit and not self.dead(Tombstone("commit", (commit,)))]

    # --- conversations ---

    def meta(self, agent: str, id: str) -> Meta | None:
        if self.dead(Tombstone("conversation", (agent, id))):
            return None
        return self._meta(
            self.blob(record_paths.conversation_path(agent, id) + b"/" + record_paths.META, META_BOUND), agent, id
        )

    def _meta(self, data: bytes | None, agent: str, id: str) -> Meta | None:
        meta = None if data is None else self._counted(decode_meta(data, agent, id))
        return None if meta is None else self._living(meta)

    def _living(self, meta: Meta) -> Meta:
        if not self.tombstones:
            return meta
        kept = tuple(t for t in meta.turns if not self.dead(Tombstone("turn", (meta.agent, meta.id, t[0]))))
        return living_title(structs.replace(meta, turns=kept), self.tombstones)

    def turns(self, meta: Meta, wanted: Collection[str] | None = None) -> Iterator[Turn]:
        """The stored turns of a conversation, or those of them that are `wanted`, in order."""
        folder = record_paths.conversation_path(meta.agent, meta.id)
        for turn, _index in meta.turns:
            if wanted is None or turn in wanted:
                decoded = self._turn(self.turn_bytes(folder, (meta.agent, meta.id, turn)), turn)
                if decoded is not None:
                    yield decoded

    def _turn(self, data: bytes | None, turn: str) -> Turn | None:
        return None if data is None else self._counted(decode_turn(data, turn))

    def turn_bytes(self, folder: bytes, turn: tuple[str, str, str]) -> bytes | None:
        """The record of a turn (agent, conversation, id), unless it was erased."""
        data = self.blob(folder + b"/" + record_paths.turn_name(turn[2]), TURN_BOUND)
        return None if data is None or is_taken_back(data, turn, self.tombstones) else data

    def as_kept(self, conversation: Conversation) -> Conversation | None:
        """Return a conversation that was read again without what was forgotten, and redacted as the stored one is."""
        if not self.tombstones:
            return conversation
        key = conversation.key
        if self.dead(Tombstone("conversation", key)):
            return None
        living = [turn for turn in conversation.turns if not self.dead(Tombstone("turn", (*key, turn.id)))]
        frozen = {turn.id for turn in living if self.dead(Tombstone("redacted", (*key, turn.id)))}
        stored = self.conversation(*key, frozen) if frozen else None
        redacted = {turn.id: turn for turn in stored.turns} if stored is not None else {}
        turns = tuple(redacted.get(turn.id, turn) for turn in living if turn.id not in frozen or turn.id in redacted)
        title = living_title(Meta(*key, conversation.title), self.tombstones).title
        if conversation.title and not title:
            meta = self.meta(*key)
            title = meta.title if meta is not None else ""
        return structs.replace(conversation, turns=turns, title=title)

    def conversation(self, agent: str, id: str, turns: Collection[str] | None = None) -> Conversation | None:
        return self.excerpts({(agent, id): turns}).get((agent, id))

    def excerpts(
        self,
        turns_by_key: Mapping[tuple[str, str], Collection[str] | None],
        known_folders: Mapping[tuple[str, str], str] | None = None,
    ) -> dict[tuple[str, str], Conversation]:
        """The conversations there are of (agent, id), each with only the turns asked for (None: all), in two talks with
        git. `known_folders` are ids of `conversation_folders`: git need not walk to each file from the top."""
        if self.root is None:
            return {}
        keys = [key for key in turns_by_key if not self.dead(Tombstone("conversation", key))]
        top, folder_ids = self.root.encode() + b":", known_folders or {}
        folders = {
            key: folder_ids[key].encode() + b":"
            if key in folder_ids
            else top + record_paths.conversation_path(*key) + b"/"
            for key in keys
        }
        blobs = self.repo.objects.blobs([folders[key] + record_paths.META for key in keys], META_BOUND)
        metas = {key: meta for key, data in zip(keys, list(blobs), strict=True) if (meta := self._meta(data, *key))}
        wanted = [
            (*key, turn)
            for key, meta in metas.items()
            for turn, _ in meta.turns
            if (ids := turns_by_key[key]) is None or turn in ids
        ]
        listed = {key: self._listed(folders[key]) for key, meta in metas.items() if len(meta.turns) > _MANY}
        specs = [_spec(folders[agent, name], listed.get((agent, name), {}), turn) for agent, name, turn in wanted]
        turns: dict[tuple[str, str], list[Turn]] = {key: [] for key in metas}
        for (agent, name, turn), data in zip(wanted, self.repo.objects.blobs(specs, TURN_BOUND), strict=True):
            gone = data is not None and is_taken_back(data, (agent, name, turn), self.tombstones)
            read_turn = None if gone else self._turn(data, turn)
            if read_turn is not None:
                turns[agent, name].append(read_turn)
        return {key: conversation_of(meta, turns[key]) for key, meta in metas.items()}

    def _listed(self, folder: bytes) -> dict[bytes, bytes]:
        """The files of a folder with their ids: git reads a whole folder for each path that it is asked for."""
        return {name: oid.encode() for name, _, oid in self.repo.objects.tree(folder.rstrip(b"/"))}

    def metas(self) -> Iterator[Meta]:
        """Every conversation's meta."""
        for path in self._names(record_paths.CONVERSATIONS):
            meta = (
                self.meta_at(record_paths.CONVERSATIONS + b"/" + path)
                if path.endswith(b"/" + record_paths.META)
                else None
            )
            if meta is not None:
                yield meta

    def metas_at(self, folder: bytes, trees: Mapping[bytes, str]) -> Iterator[tuple[bytes, Meta | None]]:
        """The metas of conversations below a folder, by their names there and the ids of their trees."""
        specs = [b"%s:%s" % (tree.encode(), record_paths.META) for tree in trees.values()]
        for name, data in zip(trees, self.repo.objects.blobs(specs, META_BOUND), strict=True):
            yield name, self._meta_from(data, b"/".join((folder, name, record_paths.META)))

    def conversation_keys(self) -> Iterator[tuple[str, str]]:
        """(agent, id) of every conversation; only those with hashed names have to be opened."""
        for path in self._names(record_paths.CONVERSATIONS):
            parts = path.split(b"/")
            if len(parts) != 4 or parts[3] != record_paths.META:
                continue
            agent, name = record_paths.decode(parts[1]), record_paths.decode(parts[2])
            if agent is None or name is None:
                meta = self.meta_at(record_paths.CONVERSATIONS + b"/" + path)
                if meta is None:
                    continue
                agent, name = meta.agent, meta.id
            if not self.dead(Tombstone("conversation", (agent, name))):
                yield agent, name

    def conversation_folders(self) -> dict[tuple[str, str], str]:
        """The id of the folder of every conversation by (agent, id)."""
        mode, oid = self.top.get(record_paths.CONVERSATIONS, (0, ""))
        listed = self.repo.git("ls-tree", "-r", "-d", "-z", oid) if mode == TREE else b""
        folders: dict[tuple[str, str], str] = {}
        for line in listed.split(b"\0"):
            facts, _, path = line.partition(b"\t")
            key = self.key_of(path) if path.count(b"/") == 2 else None
            if key is not None:
                folders[key] = facts.rpartition(b" ")[2].decode()
        return folders

    def key_of(self, folder: bytes) -> tuple[str, str] | None:
        """(agent, id) of the conversation in a folder, relative to the conversations; opened if its name is a hash."""
        _, agent, name = (record_paths.decode(part) for part in folder.split(b"/"))
        if agent is None or name is None:
            meta = self.meta_at(b"/".join((record_paths.CONVERSATIONS, folder, record_paths.META)))
            return None if meta is None else (meta.agent, meta.id)
        return None if self.dead(Tombstone("conversation", (agent, name))) else (agent, name)

    def meta_at(self, path: bytes) -> Meta | None:
        return self._meta_from(self.blob(path, META_BOUND), path)

    def _meta_from(self, data: bytes | None, path: bytes) -> Meta | None:
        meta = None if data is None else self._counted(decode_meta(data))
        if meta is None or record_paths.conversation_path(meta.agent, meta.id) + b"/" + record_paths.META != path:
            return None
        return None if self.dead(Tombstone("conversation", (meta.agent, meta.id))) else self._living(meta)

    # --- below ---

    def folder(self, path: bytes) -> Entries:
        """The entries of the folder at `path`."""
        git_object = None if self.root is None else self.repo.objects.read(self.root.encode() + b":" + path)
        return (
            read_entries(self.repo.objects, git_object[0]) if git_object is not None and git_object[1] == "tree" else {}
        )

    def blob(self, path: bytes, bound: int) -> bytes | None:
        if self.root is None:
            return None
        try:
            return self.repo.objects.blob(self.root.encode() + b":" + path, bound)
        except (TooBig, DamagedObject):
            self.refused += 1
            return None

    def _counted(self, record: T | None) -> T | None:
        if record is None:
            self.refused += 1
        return record

    def _names(self, folder: bytes) -> Iterable[bytes]:
        """Paths of all files below a folder at the top, relative to it."""
        mode, oid = self.top.get(folder, (0, ""))
        if mode != TREE:
            return []
        return [name for name in self.repo.git("ls-tree", "-r", "-z", "--name-only", oid).split(b"\0") if name]
