"""A chain of sources: the recorded stories first, then each fallback for what none before it has."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from gitstory.git.repo import Repo
from gitstory.git.safe_own_files import is_folder
from gitstory.model import Conversation, Story
from gitstory.sources.story_source import FallbackSource, Key
from gitstory.store.record_paths import PARTIAL_COPIES
from gitstory.store.store import Meta, StoryStore

if TYPE_CHECKING:
    from gitstory.sources.other_tools_records import InteropSource
    from gitstory.sources.unpulled_stories import FirstPullSource


class SourceChain:
    """The `StorySource` made of the recorded stories in `store` and of `fallbacks`, in order of trust.

    `first_pulls` may ask a remote for what is missing here; they come before the other fallbacks. What is written,
    counted or listed is in `store` alone.
    """

    def __init__(
        self, store: StoryStore, fallbacks: Sequence[FallbackSource], first_pulls: Sequence[FirstPullSource] = ()
    ) -> None:
        self.store = store
        self.first_pulls = tuple(first_pulls)
        self._fallbacks: tuple[FallbackSource, ...] = (*self.first_pulls, *fallbacks)

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
        return self._excerpts({(agent, id): turns}).get((agent, id))

    def excerpts(self, turns: Mapping[Key, Collection[str]], /) -> dict[Key, Conversation]:
        """Of the conversations in `turns`, those that any source has, each with only the turns (by id) listed."""
        return self._excerpts(turns)

    def meta(self, agent: str, id: str, /) -> Meta | None:
        """The conversation's title, models and (id, index) of each turn."""
        stored = self.store.meta(agent, id)
        if stored is not None:
            return stored
        listed = (source.meta((agent, id)) for source in self._fallbacks)
        return next((meta for meta in listed if meta is not None), None)

    def _excerpts(self, turns: Mapping[Key, Collection[str] | None]) -> dict[Key, Conversation]:
        excerpts = self.store.excerpts(turns)
        for source in self._fallbacks:
            missing = {key: ids for key, ids in turns.items() if key not in excerpts}
            if not missing:
                break
            excerpts |= source.excerpts(missing)
        return excerpts


def with_carried(repo: Repo) -> SourceChain:
    """Recorded stories, and those that commits without one have from commits before a rewrite."""
    from gitstory.sources.carried_over import CarriedOver

    store = StoryStore(repo)
    return SourceChain(store, [CarriedOver(store)])


def with_trailers(repo: Repo, *, remotes: bool = False) -> SourceChain:
    """The same, then stories read from `Story:` trailers and the history files they name.

    With `remotes`, what first pulls have not brought yet may be asked for at their remotes.
    """
    from gitstory.sources.carried_over import CarriedOver
    from gitstory.sources.trailers import TrailerSource

    store = StoryStore(repo)
    first_pulls = _first_pulls(store) if remotes else ()
    return SourceChain(store, [CarriedOver(store), TrailerSource(store)], first_pulls)


def with_interop(repo: Repo, *, transcripts: bool = False, remotes: bool = False) -> tuple[SourceChain, InteropSource]:
    """The same, then stories from other tools' records; also their source alone. `transcripts` as for it."""
    from gitstory.sources.carried_over import CarriedOver
    from gitstory.sources.other_tools_records import InteropSource
    from gitstory.sources.trailers import TrailerSource

    store = StoryStore(repo)
    first_pulls = _first_pulls(store) if remotes else ()
    own: list[FallbackSource] = [CarriedOver(store), TrailerSource(store)]
    source = InteropSource(store, SourceChain(store, own, first_pulls), transcripts=transcripts)
    return SourceChain(store, [*own, source], first_pulls), source


def _first_pulls(store: StoryStore) -> tuple[FirstPullSource, ...]:
    """One source for each remote whose first pull is not finished."""
    if not is_folder(store.repo.home / PARTIAL_COPIES):
        return ()
    from gitstory.sources.unpulled_stories import FirstPullSource
    from gitstory.store.sync.partial_clones import copies

    return tuple(FirstPullSource(store, copy) for copy in copies(store.repo))
