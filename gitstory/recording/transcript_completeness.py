"""Whether the agents' stores still have all that is stored of a conversation."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from gitstory.attribution.link import Candidate
from gitstory.linking.collect_traces import Gathered
from gitstory.store.store import StoryStore

Key = tuple[str, str]
"""(agent, native conversation id)."""


def examined(store: StoryStore, gathered: Gathered, candidates: Iterable[Candidate]) -> Callable[[Key], bool]:
    """Whether the agents' stores still have all that was ever stored of a conversation.

    Agents delete transcripts, and cut them down, and people remove the work trees they were about: of such a
    conversation what is stored already outweighs what was read now. One that was not read, because none of its edits
    matters, counts as such.
    """
    turns: dict[Key, set[str]] = {}
    for candidate in candidates:
        if not candidate.guessed:
            turns.setdefault(candidate.trace.key, set()).update(turn.id for turn in candidate.trace.turns)
    read = {trace.key for trace in gathered.traces}
    examined_keys: dict[Key, bool] = {}

    def whole(key: Key) -> bool:
        if key not in read:
            return key in gathered.sources
        meta = store.meta(*key)
        return meta is None or (key in turns and all(turn in turns[key] for turn, _ in meta.turns))

    def seen(key: Key) -> bool:
        if key not in examined_keys:
            examined_keys[key] = whole(key)
        return examined_keys[key]

    return seen
