"""One conversation whole: from the record or, where it was not recorded, from its agent's store as it is now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from gitstory.git.repo import Repo
from gitstory.model import Conversation
from gitstory.queries.committed_abandoned_turns import as_recorded
from gitstory.queries.manual_links import NoSuchConversation, NoSuchTurn, choose, choose_turn, parse
from gitstory.recording.live_conversations import Live, named_so
from gitstory.recording.recording_setup import RecordingSetup, setup
from gitstory.store.store import StoryStore
from gitstory.summary.refused_or_replaced import Outcome, outcomes
from gitstory.summary.turn_kinds import with_kinds


class ConversationWhole(Struct, frozen=True):
    """A conversation, redacted in any case; `stored`: as recorded, else as its agent has it now.

    `commits` are those it is linked to. `turns_in_all` counts also the turns that were not asked for. `recorded_by` is
    the tool if it is the only source. `outcomes` says of turns that did not stay what became of them.
    """

    conversation: Conversation
    stored: bool
    commits: tuple[str, ...]
    turns_in_all: int
    recorded_by: str = ""
    outcomes: Mapping[str, Outcome] = {}


def whole(repo: Repo, store: StoryStore, name: str) -> ConversationWhole:
    """The conversation called `[AGENT:]ID[#TURN]`, where ID is the beginning of its id.

    Raises `NoSuchConversation`, `Ambiguous` or `NoSuchTurn`.
    """
    meant = parse(name)
    recording = setup(repo)
    prefix = meant.prefix
    try:
        key = choose(prefix, store.find(prefix))
        conversation, stored = store.conversation(*key), True
    except NoSuchConversation:
        try:
            conversation, stored = _live(repo, store, recording, prefix), False
        except NoSuchConversation:
            from gitstory.queries.other_tools_conversation import indexed

            return recorded_by_others(repo, *indexed(repo, prefix), meant.turn)
    if conversation is None:
        raise NoSuchConversation(prefix)
    count, everything = len(conversation.turns), conversation
    if meant.turn is not None:
        try:
            chosen = _chosen(meant.turn, conversation)
        except NoSuchTurn:  # said after the last commit
            newer = _live(repo, store, recording, ":".join(conversation.key)) if stored else None
            if newer is None:
                raise
            chosen, conversation, stored, count = _chosen(meant.turn, newer), newer, False, len(newer.turns)
            everything = newer
        conversation = replace(conversation, turns=tuple(turn for turn in conversation.turns if turn.id == chosen[0]))
    return ConversationWhole(
        as_recorded(store, conversation),
        stored,
        tuple(store.index.commits_of([conversation.key])[conversation.key]),
        count,
        outcomes=outcomes(with_kinds(everything).turns),
    )


def recorded_by_others(repo: Repo, key: tuple[str, str], commits: Sequence[str], turn: str | None) -> ConversationWhole:
    """What other tools recorded of a conversation for `commits`. Raises `NoSuchConversation` or `NoSuchTurn`."""
    from gitstory.queries.other_tools_conversation import foreign_conversation

    conversation, tool = foreign_conversation(repo, key, commits)
    count = len(conversation.turns)
    if turn is not None:
        chosen = _chosen(turn, conversation)
        conversation = replace(conversation, turns=tuple(one for one in conversation.turns if one.id == chosen[0]))
    return ConversationWhole(conversation, False, tuple(sorted(commits)), count, tool)


def _chosen(turn: str, conversation: Conversation) -> tuple[str, int]:
    return choose_turn(turn, conversation.key, [(one.id, one.index) for one in conversation.turns])


def _live(repo: Repo, store: StoryStore, recording: RecordingSetup, prefix: str) -> Conversation | None:
    named = named_so(recording, prefix)
    with Live(repo, store, recording, always=named) as live:
        key = choose(prefix, [*named, *live.keys()])
        return live.recorder.prepare(key, chosen=True)
