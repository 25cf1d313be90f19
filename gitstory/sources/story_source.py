"""What a reader needs of the storage: stories of commits, and turns of conversations.

`store.store.StoryStore` is the real one; a wrapper that also resolves carried stories fits as well.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from msgspec import Struct

from gitstory.model import Conversation, Story, Turn
from gitstory.store.records import Meta

Key = tuple[str, str]
"""(agent, native conversation id)."""


class Source(Protocol):
    def story(self, commit: str, /) -> Story | None: ...

    def stories(self, commits: Sequence[str], /) -> Mapping[str, Story]: ...

    def conversation(self, agent: str, id: str, /, turns: Collection[str] | None = None) -> Conversation | None: ...

    def excerpts(self, asked: Mapping[Key, Collection[str]], /) -> Mapping[Key, Conversation]: ...

    def meta(self, agent: str, id: str, /) -> Meta | None: ...


class TurnRef(Struct, frozen=True):
    """One turn of one conversation, by name."""

    agent: str
    conversation: str
    turn: str

    @property
    def key(self) -> Key:
        return (self.agent, self.conversation)


def load(source: Source, refs: Collection[TurnRef], *, before: bool = False) -> dict[Key, Conversation]:
    """The conversations `refs` name, each with only the turns named; what is not stored any more is left out.

    With `before`, also the turn just ahead of each, which tells whether it is a correction.
    """
    asked: dict[Key, set[str]] = {}
    for ref in refs:
        asked.setdefault(ref.key, set()).add(ref.turn)
    for (agent, conversation), turns in asked.items() if before else ():
        meta = source.meta(agent, conversation)
        listed = meta.turns if meta is not None else ()
        indexes = {index - 1 for turn, index in listed if turn in turns}
        turns.update(turn for turn, index in listed if index in indexes)
    return dict(source.excerpts(asked))


def turns_by_ref(conversations: Mapping[Key, Conversation]) -> dict[TurnRef, Turn]:
    return {
        TurnRef(agent, name, turn.id): turn
        for (agent, name), conversation in conversations.items()
        for turn in conversation.turns
    }
