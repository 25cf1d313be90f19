"""A chain of sources: the recorded stories first, then each fallback for what none before it has."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from gitstory.git.repo import Repo
from gitstory.model import Conversation, Story
from gitstory.sources.story_source import FallbackSource, Key
from gitstory.store.store import Meta, StoryStore

if TYPE_CHECKING:
    from gitstory.sources.interop import InteropSource


class SourceChain:
    """The `StorySource` made of the recorded stories in `store` and of `fallbacks`, in order of trust.

    What is written, counted or listed is in `store` alone.
    """

    def __init__(self, store: StoryStore, fallbacks: Sequence[FallbackSource]) -> None:
        self.store = store
        self._fallbacks = tuple(fallbacks)

    def story(self, commit: str, /) -> Story | None:
        return self.stories([commit]).get(commit)

    def stories(self, commits: Iterable[str], /) -> dict[str, Story]:
        """The stories of `commits`, by commit id."""
        wanted = list(commits)
        stories = self.store.stories(wanted)
        for source in self._fallbacks:
            stories |= source.stories([commit for commit in wanted if commit not in stories])
        return stories

    def conversation(self, agent: str, id: str, /, turns: Collection[str] | None = None) -> Conversation | None:
        """The conversation with all its turns, or with those whose ids are in `turns`."""
        stored = self.store.conversation(agent, id, turns)
        return stored if stored is not None else self._fallback_conversation((agent, id), turns)

    def excerpts(self, turns: Mapping[Key, Collection[str]], /) -> dict[Key, Conversation]:
        """Of the conversations in `turns`, those that any source has, each with only the turns (by id) listed."""
        excerpts = self.store.excerpts(turns)
        missing = {key: ids for key, ids in turns.items() if key not in excerpts}
        read = {key: self._fallback_conversation(key, ids) for key, ids in missing.items()}
        return excerpts | {key: excerpt for key, excerpt in read.items() if excerpt is not None}

    def meta(self, agent: str, id: str, /) -> Meta | None:
        """The conversation's title, models and (id, index) of each turn."""
        stored = self.store.meta(agent, id)
        if stored is not None:
            return stored
        listed = (source.meta((agent, id)) for source in self._fallbacks)
        return next((meta for meta in listed if meta is not None), None)

    def _fallback_conversation(self, key: Key, turns: Collection[str] | None) -> Conversation | None:
        read = (source.conversation(key, turns) for source in self._fallbacks)
        return next((conversation for conversation in read if conversation is not None), None)


def with_carried(repo: Repo) -> SourceChain:
    """Recorded stories, and those that commits without one have from commits before a rewrite."""
    from gitstory.sources.carried_over import CarriedOver

    store = StoryStore(repo)
    return SourceChain(store, [CarriedOver(store)])


def with_trailers(repo: Repo) -> SourceChain:
    """The same, then stories read from `Story:` trailers and the history files they name."""
    from gitstory.sources.carried_over import CarriedOver
    from gitstory.sources.trailers import TrailerSource

    store = StoryStore(repo)
    return SourceChain(store, [CarriedOver(store), TrailerSource(store)])


def with_interop(repo: Repo, *, transcripts: bool = False) -> tuple[SourceChain, InteropSource]:
    """The same, then stories from other tools' records; also their source alone. `transcripts` as for it."""
    from gitstory.sources.carried_over import CarriedOver
    from gitstory.sources.interop import InteropSource
    from gitstory.sources.trailers import TrailerSource

    store = StoryStore(repo)
    own: list[FallbackSource] = [CarriedOver(store), TrailerSource(store)]
    source = InteropSource(store, SourceChain(store, own), transcripts=transcripts)
    return SourceChain(store, [*own, source]), source
