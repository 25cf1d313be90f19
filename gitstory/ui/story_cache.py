"""The stories of commits that were asked for before: each costs several processes of git where it is carried over."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from gitstory.model import Conversation, Story
from gitstory.sources.chain import SourceChain
from gitstory.sources.story_source import Key
from gitstory.store.records import Meta

_MOST = 20_000
"""Commits whose stories are kept, most of which have none."""


class KeptStories(SourceChain):
    """`chain`, of which each commit is asked once. It holds for one state of the repository's refs."""

    def __init__(self, chain: SourceChain) -> None:
        super().__init__(chain.store, ())
        self._chain = chain
        self._kept: dict[str, Story | None] = {}

    def stories(self, commits: Iterable[str], /) -> dict[str, Story]:
        wanted = list(dict.fromkeys(commits))
        new = [commit for commit in wanted if commit not in self._kept]
        if len(self._kept) + len(new) > _MOST:
            self._kept, new = {}, wanted
        if new:
            read = self._chain.stories(new)
            self._kept.update((commit, read.get(commit)) for commit in new)
        return {commit: story for commit in wanted if (story := self._kept[commit]) is not None}

    def conversation(self, agent: str, id: str, /, turns: Collection[str] | None = None) -> Conversation | None:
        return self._chain.conversation(agent, id, turns)

    def excerpts(self, turns: Mapping[Key, Collection[str]], /) -> dict[Key, Conversation]:
        return self._chain.excerpts(turns)

    def meta(self, agent: str, id: str, /) -> Meta | None:
        return self._chain.meta(agent, id)
