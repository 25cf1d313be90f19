"""What a batch changes in the tree of `refs/story/data`: reads the store, decides, writes nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from msgspec import Struct, structs

from gitstory.git.new_objects import Change, object_id
from gitstory.model import Conversation, Story, Turn
from gitstory.store import record_paths
from gitstory.store.record_merge import merge_metas, merge_stories, scrub_story
from gitstory.store.record_paths import Tombstone
from gitstory.store.records import (
    STORE_SCHEMA,
    TOMBSTONE_SCHEMA,
    Meta,
    decode_turn,
    encode_meta,
    encode_story,
    encode_turn,
    first_kept,
    in_order,
    is_taken_back,
    living_title,
    meta_of,
)
from gitstory.store.snapshot import Contents

Key = tuple[str, str]
"""(agent, native id) of a conversation"""

Changes = dict[bytes, Change]

NOTE_BOUND = 64 << 10
"""Characters of a note; it is there to be read in `git log`."""


class Batch(Struct, frozen=True):
    """What one write does, all of it or nothing.

    A story replaces the one stored for its commit. A conversation is united with what is stored of it: its turns
    join the others, and one with fewer steps than the stored one of the same id is left out. `notes` maps commits to
    the text of their note, None to remove it. `drop` removes the stories and notes of commits, `drop_conversations`
    conversations; both may come again, even in the same batch. `tombstones` remove for good, also the names in other
    commits' stories; one of kind "content" wants the turn's new text in the same batch.
    """

    stories: Collection[Story] = ()
    conversations: Collection[Conversation] = ()
    notes: Mapping[str, str | None] = {}
    drop: Collection[str] = ()
    drop_conversations: Collection[Key] = ()
    tombstones: Collection[Tombstone] = ()


def data_changes(contents: Contents, batch: Batch) -> Changes:
    """Paths and their new content; nothing of what is tombstoned, here or in the batch."""
    dead = contents.tombstones | {tombstone.name for tombstone in batch.tombstones}
    changes: Changes = {}
    for tombstone in batch.tombstones:
        changes |= _bury(contents, tombstone, dead)
    changes |= _without_names(contents, batch.tombstones, dead)
    changes |= {record_paths.commit_path(commit): None for commit in batch.drop}
    changes |= {record_paths.conversation_path(*key): None for key in batch.drop_conversations}
    for story in batch.stories:
        if Tombstone("commit", (story.commit,)).name not in dead:
            canonical = scrub_story(merge_stories(story, story), dead)
            changes[record_paths.commit_path(story.commit)] = encode_story(canonical)
    for conversation in batch.conversations:
        if Tombstone("conversation", conversation.key).name not in dead:
            fresh = conversation.key in batch.drop_conversations
            changes |= _unite(contents, conversation, dead, fresh)
    if changes and record_paths.FORMAT not in contents.top:
        changes[record_paths.FORMAT] = b'{"schema":"%s"}\n' % STORE_SCHEMA.encode()
    return changes


def note_texts(contents: Contents, batch: Batch) -> dict[str, bytes | None]:
    """commit -> the bytes of its note, None where it has to go."""
    notes: dict[str, bytes | None] = dict.fromkeys(batch.drop)
    for commit, text in batch.notes.items():
        notes[commit] = None if text is None else _note_bytes(text)
    buried = {tombstone.key[0] for tombstone in batch.tombstones if tombstone.kind == "commit"}
    buried |= {commit for commit in notes if contents.dead(Tombstone("commit", (commit,)))}
    return notes | dict.fromkeys(buried)


def _note_bytes(text: str) -> bytes:
    cut = text if len(text) <= NOTE_BOUND else text[:NOTE_BOUND] + "\n..."
    return cut.replace("\0", "").rstrip("\n").encode("utf-8", "replace") + b"\n"


def _bury(contents: Contents, tombstone: Tombstone, dead: Collection[str]) -> Changes:
    changes: Changes = {tombstone.path: b'{"schema":"%s"}\n' % TOMBSTONE_SCHEMA.encode()}
    if tombstone.kind == "commit":
        changes[record_paths.commit_path(tombstone.key[0])] = None
    elif tombstone.kind == "conversation":
        changes[record_paths.conversation_path(tombstone.key[0], tombstone.key[1])] = None
    elif tombstone.kind == "turn":
        changes |= _bury_turn(contents, (tombstone.key[0], tombstone.key[1]), tombstone.key[2], dead)
    return changes


def _bury_turn(contents: Contents, key: Key, turn: str, dead: Collection[str]) -> Changes:
    folder = record_paths.conversation_path(*key)
    changes: Changes = {folder + b"/" + record_paths.turn_name(turn): None}
    meta = contents.meta(*key)
    if meta is not None:
        living = tuple(pair for pair in meta.turns if Tombstone("turn", (*key, pair[0])).name not in dead)
        changes[folder + b"/" + record_paths.META] = encode_meta(
            living_title(structs.replace(meta, turns=living), dead)
        )
    return changes


def _without_names(contents: Contents, buried: Collection[Tombstone], dead: Collection[str]) -> Changes:
    """The stories that name what has just been buried, without the names."""
    conversations = {tombstone.key[1] for tombstone in buried if tombstone.kind == "conversation"}
    # A turn buried in whatever conversation it is has no conversation in its key, and no story names it so.
    conversations |= {tombstone.key[1] for tombstone in buried if tombstone.kind == "turn" and tombstone.key[1]}
    if not conversations:
        return {}
    from gitstory.store.find_records_naming import stories_naming  # for no reader

    changes: Changes = {}
    for story in stories_naming(contents, conversations):
        if Tombstone("commit", (story.commit,)).name in dead:
            continue  # it goes as a whole
        if (scrubbed := scrub_story(story, dead)) != story:
            changes[record_paths.commit_path(story.commit)] = encode_story(scrubbed)
    return changes


def _unite(contents: Contents, conversation: Conversation, dead: Collection[str], fresh: bool) -> Changes:
    folder = record_paths.conversation_path(*conversation.key)
    stored = None if fresh else contents.meta(*conversation.key)
    indices = {} if stored is None else dict(stored.turns)
    changes: Changes = {}
    for turn, data in _newer_turns(contents, conversation, folder, stored, dead):
        changes[folder + b"/" + record_paths.turn_name(turn.id)] = data
        indices[turn.id] = turn.index
    buried = [turn for turn in indices if Tombstone("turn", (*conversation.key, turn)).name in dead]
    listed = in_order((turn, index) for turn, index in indices.items() if turn not in buried)
    meta = living_title(structs.replace(_newest(conversation, stored, dead), turns=listed), dead)
    changes[folder + b"/" + record_paths.META] = encode_meta(meta)
    return changes


def _newer_turns(
    contents: Contents, conversation: Conversation, folder: bytes, stored: Meta | None, dead: Collection[str]
) -> Iterator[tuple[Turn, bytes]]:
    """The turns that the store lacks or has shorter, with their records; equal ones are not even read."""
    entries = {} if stored is None else contents.folder(folder)
    indexes = {} if stored is None else dict(stored.turns)
    for turn in conversation.turns:
        data, name = encode_turn(turn), (*conversation.key, turn.id)
        if Tombstone("turn", name).name in dead or is_taken_back(data, name, dead):
            continue
        there = entries.get(record_paths.turn_name(turn.id)) if turn.id in indexes else None
        if there is not None and there[1] != object_id(contents.repo.object_format, "blob", data):
            old = contents.turn_bytes(folder, name)
            old_turn = None if old is None or is_taken_back(old, name, dead) else decode_turn(old, turn.id)
            if old_turn is not None and len(old_turn.steps) > len(turn.steps):
                continue
        yield turn, data


def _newest(conversation: Conversation, stored: Meta | None, dead: Collection[str]) -> Meta:
    """The meta of what is stored and what comes: the newcomer's word counts unless it is older."""
    new = living_title(meta_of(conversation), dead)
    if stored is None:
        return new
    both = merge_metas(stored, new)
    if (stored.updated or 0.0) > (new.updated or 0.0):
        return both
    return structs.replace(
        both,
        title=new.title or stored.title,
        version=new.version or stored.version,
        parent=new.parent or stored.parent,
        from_plan=new.from_plan if new.parent else stored.from_plan,
        subagent=new.subagent,
        skipped=new.skipped,
        places=first_kept((*new.places[:1], *both.places)),
    )
