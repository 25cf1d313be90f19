"""Tying conversations to commits by hand, and untying them: which one is meant, and the story that results."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from msgspec import Struct
from msgspec.structs import replace

from gitstory.errors import GitStoryError
from gitstory.git.commit_details import CommitInfo
from gitstory.model import Conversation, Decision, Link, Story, Turn, TurnLink, is_called, part_of_id
from gitstory.sources.story_source import Key
from gitstory.store.link_overrides import as_decided, decided, merge_links

LEAST = 4
"""Characters of an id that name a conversation, at least: fewer are a slip of the keyboard more often than a name."""
_LISTED = 8
_SHOWN = 12
_LISTING = "`git story conversations -n 0` lists those of this repository, with --all of all"


class NoSuchConversation(GitStoryError):
    def __init__(self, prefix: str) -> None:
        super().__init__(f"no conversation's id starts with {prefix}", hint=_LISTING)


class AmbiguousName(GitStoryError):
    def __init__(self, prefix: str, keys: Sequence[Key]) -> None:
        names = ", ".join(f"{name} ({agent})" for agent, name in keys[:_LISTED])
        more = f" and {len(keys) - _LISTED} more" if len(keys) > _LISTED else ""
        super().__init__(
            f"{prefix} is the beginning of {len(keys)} conversations: {names}{more}",
            hint="give more of the id, or say AGENT:ID",
        )


class TooShort(GitStoryError):
    def __init__(self, prefix: str) -> None:
        super().__init__(f"{prefix} is too short to name a conversation", hint=f"give {LEAST} characters of its id")


class NoSuchTurn(GitStoryError):
    def __init__(self, turn: str, conversation: Key, count: int) -> None:
        super().__init__(
            f"conversation {conversation[1][:_SHOWN]} has no turn {turn}",
            hint=f"its turns are 1 to {count}; a turn's id, or the beginning of one, does as well",
        )


class NotLinked(GitStoryError):
    def __init__(self, what: str, commit: CommitInfo, story: Story | None) -> None:
        links = story.links if story is not None else ()
        names = ", ".join(link.conversation[:_SHOWN] for link in links[:_LISTED])
        super().__init__(
            f"{what} is not linked to {commit.oid[:10]}",
            hint=f"linked are: {names}" if names else "no conversation is linked to this commit",
        )


class Meant(Struct, frozen=True):
    """A conversation as named on the command line: the beginning of its id and, after #, perhaps a turn."""

    prefix: str
    turn: str | None = None


def parse(text: str) -> Meant:
    """`ID` or `ID#TURN`. Raises GitStoryError for an empty part."""
    prefix, mark, turn = text.partition("#")
    if not prefix.strip() or (mark and not turn.strip()):
        raise GitStoryError(f"no conversation named in {text!r}", hint="name it as ID or ID#TURN, as in 4f2a9c1b#3")
    return Meant(prefix.strip(), turn.strip() if mark else None)


def choose(prefix: str, keys: Iterable[Key]) -> Key:
    """The one conversation whose id is `prefix` or starts so, also behind `AGENT:`.

    Raises `NoSuchConversation`, `TooShort` or `AmbiguousName`.
    """
    matching = sorted({key for key in keys if is_called(key, prefix)})
    exact = [key for key in matching if key[1] == part_of_id(key[0], prefix)]
    matching = exact or matching
    if not matching:
        raise NoSuchConversation(prefix)
    if not exact and any(len(part_of_id(key[0], prefix)) < LEAST for key in matching):
        raise TooShort(prefix)
    if len(matching) > 1:
        raise AmbiguousName(prefix, matching)
    return matching[0]


def choose_turn(text: str, key: Key, turns: Sequence[tuple[str, int]]) -> tuple[str, int]:
    """The (id, index) meant by a turn's number, its id or the beginning of its id. Raises `NoSuchTurn`."""
    for pairs in (
        [turn for turn in turns if turn[0] == text],
        [turn for turn in turns if text.isdecimal() and turn[1] == int(text)],
        [turn for turn in turns if len(text) >= 4 and turn[0].startswith(text)],
    ):
        if len(pairs) == 1:
            return pairs[0]
    raise NoSuchTurn(text, key, max((index for _, index in turns), default=0))


def tied(
    story: Story | None,
    commit: CommitInfo,
    previous: float | None,
    conversation: Conversation,
    turn: str | None,
    now: float,
) -> Story:
    """The story with a conversation, or one turn of it, linked by a person."""
    index = {one.id: one.index for one in conversation.turns}
    if turn is not None:
        turns: tuple[TurnLink, ...] = (TurnLink(turn, index[turn], "manual"),)
    else:
        turns = tuple(
            TurnLink(each.id, each.index, "context") for each in around(conversation.turns, previous, commit.committed)
        )
    link = Link(conversation.agent, conversation.id, "manual", turns=turns)
    base = decided(story or Story(commit.oid), Decision(*conversation.key, True, now, turn))
    others = tuple(one for one in base.links if (one.agent, one.conversation) != conversation.key)
    mine = [one for one in base.links if (one.agent, one.conversation) == conversation.key]
    return replace(base, links=(*others, merge_links(mine[0], link) if mine else link))


def around(turns: Sequence[Turn], previous: float | None, committed: float) -> list[Turn]:
    """The turns going on between a commit and the one before it; else the last one begun before it, or the first."""
    begun = [one for one in turns if (one.time or 0.0) <= committed]
    ends = {a.id: b.time for a, b in pairwise(turns)}
    active = [one for one in begun if (one.ended or ends.get(one.id) or one.time or 0.0) >= (previous or 0.0)]
    return active or begun[-1:] or list(turns[:1])


def untied(story: Story | None, commit: CommitInfo, key: Key, turn: str | None, now: float) -> Story:
    """The story without a conversation, or without one turn of it. Raises `NotLinked`."""
    link = next((one for one in story.links if (one.agent, one.conversation) == key), None) if story else None
    named = f"turn {turn} of {key[1][:_SHOWN]}" if turn is not None else key[1][:_SHOWN]
    if story is None or link is None or (turn is not None and turn not in {one.id for one in link.turns}):
        raise NotLinked(named, commit, story)
    return as_decided(decided(story, Decision(*key, False, now, turn)))
