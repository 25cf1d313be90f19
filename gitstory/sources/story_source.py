"""The protocol of everything that can answer which turns are behind a commit, and what these turns contain.

`store.store.StoryStore` fits the protocol as it is: it is the source of recorded stories. `sources.chain` puts the
other sources behind it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from gitstory.model import Conversation, Story, Turn
from gitstory.store.records import Meta
from gitstory.summary.turn_labels import explaining

Key = tuple[str, str]
"""(agent, native conversation id)."""


class StorySource(Protocol):
    """Stories by commit id, and conversations by (agent, native id). What a source does not have is left out."""

    def story(self, commit: str, /) -> Story | None: ...

    def stories(self, commits: Iterable[str], /) -> Mapping[str, Story]: ...

    def conversation(self, agent: str, id: str, /, turns: Collection[str] | None = None) -> Conversation | None: ...

    def excerpts(self, turns: Mapping[Key, Collection[str]], /) -> Mapping[Key, Conversation]: ...

    def meta(self, agent: str, id: str, /) -> Meta | None: ...


class FallbackSource(Protocol):
    """A source that is read only for commits and conversations that no source before it has.

    A fallback learns of conversations by reading the stories of commits: `excerpts` and `meta` know those that a
    story returned by `stories` names.
    """

    def stories(self, commits: list[str], /) -> Mapping[str, Story]: ...

    def excerpts(self, turns: Mapping[Key, Collection[str] | None], /) -> Mapping[Key, Conversation]: ...

    def meta(self, key: Key, /) -> Meta | None: ...


class TurnRef(Struct, frozen=True):
    """One turn of one conversation, by name."""

    agent: str
    conversation: str
    turn: str

    @property
    def key(self) -> Key:
        return (self.agent, self.conversation)


def load(source: StorySource, refs: Collection[TurnRef], *, before: bool = False) -> dict[Key, Conversation]:
    """The conversations that `refs` name, each with only the turns named; turns that are not stored are left out.

    With `before`, also the turn just before each, which decides whether it is a correction. Turns ahead of a short
    prompt, which say what it is about, are there as well.
    """
    wanted: dict[Key, set[str]] = {}
    for ref in refs:
        wanted.setdefault(ref.key, set()).add(ref.turn)
    for (agent, conversation), turns in wanted.items() if before else ():
        meta = source.meta(agent, conversation)
        listed = meta.turns if meta is not None else ()
        indexes = {index - 1 for turn, index in listed if turn in turns}
        turns.update(turn for turn, index in listed if index in indexes)
    conversations = dict(source.excerpts(wanted))
    return _explained(source, conversations)


def _explained(source: StorySource, conversations: dict[Key, Conversation]) -> dict[Key, Conversation]:
    """`conversations` with the turns that say what its short prompts are about (`summary.turn_labels`)."""
    more: dict[Key, set[str]] = {}
    for key, conversation in conversations.items():
        indexes = {index for turn in conversation.turns for index in explaining(turn)} - {
            turn.index for turn in conversation.turns
        }
        meta = source.meta(*key) if indexes else None
        names = {name for name, index in (meta.turns if meta is not None else ()) if index in indexes}
        if names:
            more[key] = names
    for key, conversation in source.excerpts(more).items() if more else ():
        existing = {turn.id for turn in conversations[key].turns}
        turns = (*conversations[key].turns, *(turn for turn in conversation.turns if turn.id not in existing))
        conversations[key] = replace(conversations[key], turns=tuple(sorted(turns, key=lambda turn: turn.index)))
    return conversations


def turns_by_ref(conversations: Mapping[Key, Conversation]) -> dict[TurnRef, Turn]:
    """Every turn of `conversations` under its name."""
    return {
        TurnRef(agent, name, turn.id): turn
        for (agent, name), conversation in conversations.items()
        for turn in conversation.turns
    }


def with_turns(conversation: Conversation, turns: Collection[str] | None) -> Conversation:
    """The conversation with only the turns whose ids are in `turns`; None as `turns` keeps all of them."""
    if turns is None:
        return conversation
    return replace(conversation, turns=tuple(turn for turn in conversation.turns if turn.id in turns))


def meta_of(conversation: Conversation) -> Meta:
    """What a source lists of a conversation that it has read whole."""
    turns = tuple((turn.id, turn.index) for turn in conversation.turns)
    return Meta(
        agent=conversation.agent,
        id=conversation.id,
        title=conversation.title,
        models=conversation.models,
        turns=turns,
    )
