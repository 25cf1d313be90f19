"""Tombstones of a remote that would erase what we have: which they are, and what would be lost.

They are taken from a remote whose erasures the person has accepted. From any other everything else is taken, and these
wait: our records stay, and what we push has the remote's tombstones, so nothing comes back there.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from gitstory.git.new_objects import FILE, TREE, Entries
from gitstory.git.repo import Repo
from gitstory.model import Story
from gitstory.store import record_paths
from gitstory.store.batch_changes import Key
from gitstory.store.erasure_plan import anywhere
from gitstory.store.find_records_naming import stories_naming
from gitstory.store.record_index.index import commits_naming
from gitstory.store.record_paths import Tombstone
from gitstory.store.records import Meta, is_taken_back, living_title, taken_back, title_taken_back
from gitstory.store.snapshot import Contents
from gitstory.store.sync.compute_merge import JoinResult, join
from gitstory.store.sync.differing_folders import Differ, Pair
from gitstory.store.sync.remote_erasures_to_confirm import Erasing, Waiting


class ErasedHere(Struct):
    """What tombstones would erase: stories by their commits, conversations, turns of other conversations, titles.

    `names` are the tombstones ("kind/digest") that do so.
    """

    names: set[str] = set()
    stories: list[str] = []
    conversations: list[tuple[Key, str]] = []
    turns: int = 0
    titles: int = 0


def join_unerased(repo: Repo, ours: Contents, theirs: str, erasing: Erasing) -> tuple[JoinResult, Waiting]:
    """Our tree united with theirs; what would erase something of ours is left out unless that was accepted."""
    if erasing.accepted:
        return join(repo, ours.root, theirs), Waiting()
    held_back = erasing.waiting
    joined = join(repo, ours.root, theirs, withhold=held_back.names)
    if joined.withheld != held_back.names:  # some were taken back there, or made here too: count anew
        held_back = Waiting()
        joined = join(repo, ours.root, theirs)
    lost = losses_by(ours, theirs, joined.new_tombstones) if joined.new_tombstones else ErasedHere()
    if not lost.names:
        return joined, held_back
    waiting = _together(held_back, lost)
    return join(repo, ours.root, theirs, withhold=waiting.names), waiting


def _together(waiting: Waiting, lost: ErasedHere) -> Waiting:
    return Waiting(
        waiting.names | lost.names,
        waiting.stories + len(lost.stories),
        waiting.conversations + len(lost.conversations),
        waiting.turns + lost.turns,
        waiting.titles + lost.titles,
    )


def losses_by(ours: Contents, theirs: str, tombstones: frozenset[str]) -> ErasedHere:
    """What of our records the tombstones named would erase, looked for where the trees differ.

    Whoever erases removes the record too. Where a tombstone belongs to none of the records that differ, all are read.
    """
    differ = Differ(ours.repo)
    ends = [differ.entries(tree, trusted=tree == ours.root) for tree in (ours.root, theirs)]
    walks = {
        name: differ.walk((name,), Pair(*(_folder(end, name) for end in ends)), depth, kind=kind, whole=True)
        for name, depth, kind in ((record_paths.COMMITS, 3, FILE), (record_paths.CONVERSATIONS, 4, TREE))
    }
    commits = [
        commit
        for path, pair in walks[record_paths.COMMITS]
        if pair.ours and (commit := record_paths.commit_of(path[1:]))
    ]
    folders = [b"/".join(path) for path, pair in walks[record_paths.CONVERSATIONS] if pair.ours]
    metas = [meta for folder in folders if (meta := ours.meta_at(folder + b"/" + record_paths.META)) is not None]
    lost, possible = ErasedHere(), {Tombstone("commit", (commit,)).name for commit in commits}
    concerned = []
    for meta in metas:
        names = _names_of(meta) & tombstones
        concerned += [(meta.agent, meta.id)] if names else []
        possible |= names
        _conversation(ours, meta, tombstones, lost)
    stories = {story.commit: story for story in ours.stories(commits)}
    stories |= {story.commit: story for story in _naming(ours, concerned)}
    for commit in sorted(stories):
        _story(stories[commit], tombstones, lost)
    return lost if tombstones <= possible | lost.names else losses(ours, tombstones)


def _naming(ours: Contents, keys: list[Key]) -> Iterator[Story]:
    commits = commits_naming(ours, keys) if keys else set()
    return stories_naming(ours, {name for _, name in keys}) if commits is None else ours.stories(sorted(commits))


def _folder(entries: Entries, name: bytes) -> str | None:
    mode, oid = entries.get(name, (0, ""))
    return oid if mode == TREE else None


def _names_of(meta: Meta) -> set[str]:
    """The names of all tombstones that a conversation and its turns can have, but for those of texts."""
    key = (meta.agent, meta.id)
    names = {Tombstone("conversation", key).name, Tombstone("redacted", key).name, title_taken_back(meta.title).name}
    for turn, _index in meta.turns:
        names |= {Tombstone("turn", (*key, turn)).name, Tombstone("redacted", (*key, turn)).name}
        names.add(anywhere(meta.agent, turn).name)
    return names


def losses(ours: Contents, tombstones: frozenset[str]) -> ErasedHere:
    """What of our records the tombstones named would erase."""
    lost = ErasedHere()
    for story in ours.stories(ours.commits()):
        _story(story, tombstones, lost)
    for meta in ours.metas():
        _conversation(ours, meta, tombstones, lost)
    return lost


def _story(story: Story, tombstones: frozenset[str], lost: ErasedHere) -> None:
    wanted = [Tombstone("commit", (story.commit,))]
    for link in story.links:
        wanted.append(Tombstone("conversation", (link.agent, link.conversation)))
        wanted += [Tombstone("turn", (link.agent, link.conversation, turn.id)) for turn in link.turns]
    names = {one.name for one in wanted} & tombstones
    if names:
        lost.names |= names
        lost.stories.append(story.commit)


def _conversation(ours: Contents, meta: Meta, tombstones: frozenset[str], lost: ErasedHere) -> None:
    whole = Tombstone("conversation", (meta.agent, meta.id)).name
    if whole in tombstones:
        lost.names.add(whole)
        lost.conversations.append(((meta.agent, meta.id), meta.title))
    if names := set(_of_title(meta, tombstones)):
        lost.names |= names
        lost.titles += whole not in tombstones
    folder = record_paths.conversation_path(meta.agent, meta.id)
    for turn, _index in meta.turns:
        if names := set(_of_turn(ours, folder, (meta.agent, meta.id, turn), tombstones)):
            lost.names |= names
            lost.turns += whole not in tombstones


def _of_title(meta: Meta, tombstones: frozenset[str]) -> Iterator[str]:
    for name in (Tombstone("redacted", (meta.agent, meta.id)).name, title_taken_back(meta.title).name):
        if name in tombstones and living_title(meta, {name}) != meta:
            yield name


def _of_turn(ours: Contents, folder: bytes, turn: tuple[str, str, str], tombstones: frozenset[str]) -> Iterator[str]:
    # The second one takes nothing from the store, but a turn that is kept could not be recorded again.
    yield from {Tombstone("turn", turn).name, anywhere(turn[0], turn[2]).name} & tombstones
    text = ours.turn_bytes(folder, turn)
    if text is None:
        return
    for name in (Tombstone("redacted", turn).name, taken_back(text).name):
        if name in tombstones and is_taken_back(text, turn, {name}):
            yield name
