"""One conversation whole: from the record or, where it was not recorded, from its agent's store as it is now."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from gitstory.git.repo import Repo
from gitstory.model import Conversation
from gitstory.queries.kept import as_recorded
from gitstory.queries.manual_links import NoSuchConversation, NoSuchTurn, choose, choose_turn, parse
from gitstory.recording.agent_stores import Live, named_so
from gitstory.recording.context import RecordingSetup, setup
from gitstory.store.store import StoryStore


class ConversationWhole(Struct, frozen=True):
    """A conversation, redacted in any case; `stored`: as recorded, else as its agent has it now.

    `commits` are those it is linked to. `turns_in_all` counts also the turns that were not asked for. `recorded_by` is
    the tool that alone tells of it.
    """

    conversation: Conversation
    stored: bool
    commits: tuple[str, ...]
    turns_in_all: int
    recorded_by: str = ""


def whole(repo: Repo, store: StoryStore, name: str) -> ConversationWhole:
    """The conversation called `[AGENT:]ID[#TURN]`, where ID is the beginning of its id.

    Raises `NoSuchConversation`, `Ambiguous` or `NoSuchTurn`.
    """
    meant = parse(name)
    made = setup(repo)
    prefix = meant.prefix
    try:
        key = choose(prefix, store.find(prefix))
        found, stored = store.conversation(*key), True
    except NoSuchConversation:
        try:
            found, stored = _live(repo, store, made, prefix), False
        except NoSuchConversation:
            from gitstory.queries.foreign_conversation import indexed

            return recorded_by_others(repo, *indexed(repo, prefix), meant.turn)
    if found is None:
        raise NoSuchConversation(prefix)
    count = len(found.turns)
    if meant.turn is not None:
        try:
            chosen = _chosen(meant.turn, found)
        except NoSuchTurn:  # said after the last commit
            newer = _live(repo, store, made, ":".join(found.key)) if stored else None
            if newer is None:
                raise
            chosen, found, stored, count = _chosen(meant.turn, newer), newer, False, len(newer.turns)
        found = replace(found, turns=tuple(turn for turn in found.turns if turn.id == chosen[0]))
    return ConversationWhole(as_recorded(store, found), stored, tuple(_commits(store, found)), count)


def recorded_by_others(repo: Repo, key: tuple[str, str], commits: Sequence[str], turn: str | None) -> ConversationWhole:
    """What other tools tell of a conversation beside `commits`. Raises `NoSuchConversation` or `NoSuchTurn`."""
    from gitstory.queries.foreign_conversation import foreign_conversation

    found, tool = foreign_conversation(repo, key, commits)
    count = len(found.turns)
    if turn is not None:
        chosen = _chosen(turn, found)
        found = replace(found, turns=tuple(one for one in found.turns if one.id == chosen[0]))
    return ConversationWhole(found, False, tuple(sorted(commits)), count, tool)


def _chosen(turn: str, told: Conversation) -> tuple[str, int]:
    return choose_turn(turn, told.key, [(one.id, one.index) for one in told.turns])


def _live(repo: Repo, store: StoryStore, made: RecordingSetup, prefix: str) -> Conversation | None:
    named = named_so(made, prefix)
    with Live(repo, store, made, always=named) as live:
        key = choose(prefix, [*named, *live.keys()])
        return live.recorder.prepare(key, chosen=True)


def _commits(store: StoryStore, one: Conversation) -> list[str]:
    told = store.stories(store.commits())
    return sorted(
        commit
        for commit, story in told.items()
        if any((link.agent, link.conversation) == one.key for link in story.links)
    )
