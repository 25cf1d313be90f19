"""What a store becomes when things are erased: pure functions from its contents to the batch that does it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

from msgspec import Struct, structs

from gitstory.model import Conversation, Story
from gitstory.store import record_paths
from gitstory.store.batch_changes import Batch, Key
from gitstory.store.find_records_naming import metas_naming, stories_naming
from gitstory.store.record_merge import scrub_story, weighed
from gitstory.store.record_paths import Tombstone
from gitstory.store.records import Meta, encode_turn, taken_back, title_taken_back
from gitstory.store.snapshot import Contents

Note = Callable[[Story, Mapping[Key, Conversation]], str]
"""How a story's note is rendered, given the conversations it names."""

NATIVE = 16
"""Turn ids at least this long are the agents' own: a fork repeats its origin's turns under them."""

MOST_COPIES = 20_000
"""Turns that are also buried by their native id alone, so that a later fork does not bring them back."""


class Wish(Struct, frozen=True):
    """What shall be forgotten: conversations, turns (agent, conversation, turn id), stories of commits.

    `known` names turns of these conversations that only their agent's store holds.
    """

    conversations: frozenset[Key] = frozenset()
    turns: frozenset[tuple[str, str, str]] = frozenset()
    commits: frozenset[str] = frozenset()
    elsewhere: frozenset[tuple[str, str]] = frozenset()
    """(agent, turn id)"""


def anywhere(agent: str, turn: str) -> Tombstone:
    """Buries a turn by its native id in whatever conversation a fork repeats it."""
    return Tombstone("turn", (agent, "", turn))


def widened(contents: Contents, wish: Wish) -> Wish:
    """The wish with what goes along: subagents' own conversations, and copies of the turns in forks."""
    conversations: set[Key] = set()
    natives: set[tuple[str, str]] = set()
    naming: dict[Key, Meta] = {}
    new, turns = set(wish.conversations), {(agent, turn) for agent, _, turn in wish.turns} | set(wish.elsewhere)
    while new or turns:
        conversations |= new
        stored = (meta for key in new if (meta := contents.meta(*key)) is not None)
        turns |= {(meta.agent, turn) for meta in stored for turn, _ in meta.turns}
        turns = {pair for pair in turns if len(pair[1]) >= NATIVE} - natives
        natives |= turns
        # Asked at once: git reads all metas for each question.
        texts = {name for _, name in new} | {turn for _, turn in turns}
        for meta in metas_naming(contents, texts):
            if meta.subagent or any((meta.agent, turn) in natives for turn, _ in meta.turns):
                naming[meta.agent, meta.id] = meta
        new, turns = _subagents(naming.values(), conversations), set()
    copies = {
        (*key, turn)
        for key, meta in naming.items()
        if key not in conversations
        for turn, _ in meta.turns
        if (meta.agent, turn) in natives
    }
    return Wish(frozenset(conversations), wish.turns | copies, wish.commits, frozenset(natives))


def _subagents(metas: Iterable[Meta], conversations: Collection[Key]) -> set[Key]:
    """The own conversations of subagents of these."""
    of_these = {(meta.agent, meta.id) for meta in metas if meta.subagent and (meta.agent, meta.parent) in conversations}
    return of_these - set(conversations)


def tombstones(wish: Wish) -> list[Tombstone]:
    """The tombstones of a widened request, and of the title of a conversation that loses a turn: it may quote it."""
    planned = [Tombstone("conversation", key) for key in sorted(wish.conversations)]
    planned += [Tombstone("turn", turn) for turn in sorted(wish.turns)]
    planned += [Tombstone("redacted", key) for key in sorted({turn[:2] for turn in wish.turns})]
    planned += [Tombstone("commit", (commit,)) for commit in sorted(wish.commits)]
    if len(wish.elsewhere) <= MOST_COPIES:
        planned += [anywhere(*pair) for pair in sorted(wish.elsewhere)]
    return planned


def forgetting(contents: Contents, wish: Wish, note: Note) -> Batch:
    """The batch that erases a widened request; notes of the stories concerned are written again."""
    stones = tombstones(wish)
    dead = contents.tombstones | {stone.name for stone in stones}
    gone = {name for _, name in wish.conversations}
    concerned = gone | {name for _, name, _ in wish.turns}
    stories: list[Story] = []
    notes: dict[str, str | None] = {}
    drop: list[str] = []
    for story in stories_naming(contents, concerned):
        left = weighed(scrub_story(story, dead))
        left = structs.replace(left, open=tuple(name for name in left.open if name not in gone))
        if left == story or story.commit in wish.commits:
            continue
        if not left.links and not left.decisions:
            drop.append(story.commit)
            continue
        stories.append(left)
        notes[story.commit] = note(left, named(contents, left)) if left.links else None
    return Batch(stories=stories, notes=notes, drop=drop, tombstones=stones)


def named(
    contents: Contents, story: Story, instead: Mapping[Key, Conversation] | None = None
) -> dict[Key, Conversation]:
    """The conversations a story names, with the turns it names; those in `instead` as they are there."""
    conversations: dict[Key, Conversation] = {}
    for link in story.links:
        key = (link.agent, link.conversation)
        conversation = (instead or {}).get(key) or contents.conversation(*key, {turn.id for turn in link.turns})
        if conversation is not None:
            conversations[key] = conversation
    return conversations


class Rewritten(Struct):
    """What a redaction of the store comes to."""

    batch: Batch
    conversations: int = 0
    turns: int = 0
    notes: int = 0


def redacting(
    contents: Contents,
    keys: Iterable[Key],
    change: Callable[[Conversation], Conversation],
    notes: Mapping[str, str | None],
    note: Note,
    *,
    freeze: bool,
) -> Rewritten:
    """The batch that replaces conversations by what `change` makes of them, and their notes.

    `notes` are further notes to write, by commit. With `freeze` no version of a changed turn or title counts any more
    that has no marker set by hand, also not one that another machine or the agent's own store still has.
    """
    changed: dict[Key, Conversation] = {}
    stones: list[Tombstone] = []
    turns = 0
    for key in keys:
        old = contents.conversation(*key)
        new = change(old) if old is not None else None
        if old is None or new is None or new == old:
            continue
        changed[key] = new
        turns += sum(was != now for was, now in zip(old.turns, new.turns, strict=True))
        stones += _taken_back(contents, old, new, freeze)
    named_in = stories_naming(contents, {name for _, name in changed})
    stories = [story for story in named_in if _names(story, changed)]
    story_notes = {story.commit: note(story, named(contents, story, changed)) for story in stories}
    written = {**notes, **story_notes}
    batch = Batch(
        conversations=tuple(changed.values()), drop_conversations=list(changed), notes=written, tombstones=stones
    )
    return Rewritten(batch, len(changed), turns, len(written))


def _names(story: Story, keys: Collection[Key]) -> bool:
    return any((link.agent, link.conversation) in keys for link in story.links)


def _taken_back(contents: Contents, old: Conversation, new: Conversation, freeze: bool) -> Iterator[Tombstone]:
    folder = record_paths.conversation_path(*old.key)
    for was, now in zip(old.turns, new.turns, strict=True):
        if was != now:
            name = (*old.key, was.id)
            yield taken_back(contents.turn_bytes(folder, name) or encode_turn(was))
            if freeze:
                yield Tombstone("redacted", name)
    if old.title != new.title:
        yield title_taken_back(old.title)
        if freeze:
            yield Tombstone("redacted", old.key)
