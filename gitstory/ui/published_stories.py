"""What a published site may show: stored stories without private turns, redacted again with the current rules."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from msgspec.structs import replace

from gitstory.model import Conversation, FileStory, Range, Story
from gitstory.queries.anonymize import Anonymous
from gitstory.recording.recording_setup import RecordingSetup
from gitstory.sources.chain import SourceChain
from gitstory.sources.story_source import Key, with_turns
from gitstory.store.records import Meta


class PublicSource:
    """A `StorySource` of what may be published. What is not stored here, as other tools' records, is left out."""

    def __init__(self, sources: SourceChain, recording: RecordingSetup, safe: Anonymous) -> None:
        self._sources = sources
        self._private = recording.private
        self._safe = safe
        self._read: dict[Key, Conversation | None] = {}

    def conversation(self, agent: str, id: str, /, turns: Collection[str] | None = None) -> Conversation | None:
        conversation = self._public((agent, id))
        return None if conversation is None else with_turns(conversation, turns)

    def excerpts(self, turns: Mapping[Key, Collection[str]], /) -> dict[Key, Conversation]:
        read = {key: self.conversation(*key, ids) for key, ids in turns.items()}
        return {key: excerpt for key, excerpt in read.items() if excerpt is not None}

    def meta(self, agent: str, id: str, /) -> Meta | None:
        return self._sources.store.meta(agent, id) if self._public((agent, id)) is not None else None

    def story(self, commit: str, /) -> Story | None:
        return self.stories([commit]).get(commit)

    def stories(self, commits: Iterable[str], /) -> dict[str, Story]:
        stored = self._sources.stories(commits)
        return {oid: story for oid, each in stored.items() if (story := self._without_private(each)).links}

    def _public(self, key: Key) -> Conversation | None:
        if key not in self._read:
            stored = self._sources.store.conversation(*key)
            visible = self._private.visible_stored(stored) if stored is not None else None
            self._read[key] = self._safe.conversation(visible) if visible is not None and visible.turns else None
        return self._read[key]

    def _turns(self, key: Key) -> frozenset[str]:
        conversation = self._public(key)
        return frozenset(turn.id for turn in conversation.turns) if conversation is not None else frozenset()

    def _without_private(self, story: Story) -> Story:
        """The story without links, turns and lines of conversations that may not be published."""
        links = []
        for link in story.links:
            kept = self._turns((link.agent, link.conversation))
            turns = tuple(turn for turn in link.turns if turn.id in kept)
            if turns:
                links.append(replace(link, turns=turns, lines=sum(turn.lines for turn in turns)))
        files = tuple(self._file(file) for file in story.files)
        return replace(story, links=tuple(links), files=files)

    def _file(self, file: FileStory) -> FileStory:
        return replace(file, ranges=self._ranges(file.ranges), removed=self._ranges(file.removed))

    def _ranges(self, ranges: tuple[Range, ...]) -> tuple[Range, ...]:
        return tuple(each for each in ranges if each.turn in self._turns((each.agent, each.conversation)))
