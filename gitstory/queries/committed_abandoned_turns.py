"""Turns that a person went back behind, and whose lines were committed all the same.

Agents record that a conversation was taken up again at an earlier message, not whether the files went back as well.
Where a commit contains a turn's lines, they did not.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from msgspec.structs import replace

from gitstory.model import Conversation, Story
from gitstory.sources.story_source import TurnRef
from gitstory.store.store import StoryStore


def committed_turns(stories: Iterable[Story]) -> set[TurnRef]:
    """The turns that have lines, added or removed, in any of `stories`."""
    return {
        TurnRef(each.agent, each.conversation, each.turn)
        for story in stories
        for file in story.files
        for each in (*file.ranges, *file.removed)
    }


def as_committed(conversation: Conversation, committed: Collection[TurnRef]) -> Conversation:
    """The conversation in which no turn among `committed` counts as abandoned."""
    turns = tuple(
        replace(turn, abandoned=turn.abandoned and TurnRef(*conversation.key, turn.id) not in committed)
        for turn in conversation.turns
    )
    return replace(conversation, turns=turns)


def as_recorded(store: StoryStore, conversation: Conversation) -> Conversation:
    """The same by all that is recorded; nothing is read for a conversation in which no turn is abandoned."""
    if not any(turn.abandoned for turn in conversation.turns):
        return conversation
    naming = store.index.stories_naming([conversation.key])
    return as_committed(conversation, committed_turns(store.stories(naming).values()))
