"""The content of a shared page: a conversation, or those behind a commit or a range, without hidden parts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from gitstory.errors import GitStoryError
from gitstory.git.commit_details import CommitInfo, commit_infos
from gitstory.git.repo import Repo, UnknownRevision
from gitstory.model import Conversation, Turn
from gitstory.queries.anonymize import Anonymous
from gitstory.queries.committed_abandoned_turns import as_recorded
from gitstory.queries.conversation import whole
from gitstory.queries.manual_links import NoSuchConversation, choose_turn
from gitstory.queries.show import selected
from gitstory.queries.verified_stories import Checked, checked
from gitstory.sources.chain import SourceChain
from gitstory.sources.story_source import Key
from gitstory.summary.corrections import corrections

_NUMBERS = re.compile(r"(\d{1,9})(?:-(\d{1,9}))?\Z")


class SharedTurn(Struct, frozen=True):
    """One exchange; `commits` are the ids of those asked for (or all, of a whole conversation) that it led to."""

    turn: Turn
    commits: tuple[str, ...] = ()
    correction: bool = False


class SharedConversation(Struct, frozen=True):
    """`conversation` without its turns; of `turns_in_all` those that are shown."""

    conversation: Conversation
    turns: tuple[SharedTurn, ...]
    turns_in_all: int


class SharedPage(Struct, frozen=True):
    """`name` is what was asked for; `commits` the oldest first."""

    name: str
    commits: tuple[CommitInfo, ...]
    conversations: tuple[SharedConversation, ...]

    @property
    def turns(self) -> int:
        return sum(len(one.turns) for one in self.conversations)


def shared(repo: Repo, sources: SourceChain, name: str) -> SharedPage:
    """The content of the page for a revision, a range, or `[AGENT:]ID[#TURN]`, a revision first.

    Raises GitStoryError: nothing is called so, or nothing is recorded of it.
    """
    try:
        commits = list(selected(repo, name))
    except UnknownRevision as error:
        try:
            return shared_conversation(repo, sources, name)
        except NoSuchConversation as missing:
            raise GitStoryError(f"{error.message}, and {missing.message}", hint=missing.hint) from None
    return _commits(repo, sources, name, commits)


def shared_conversation(repo: Repo, sources: SourceChain, name: str) -> SharedPage:
    """A conversation whole, or one turn of it, by `[AGENT:]ID[#TURN]`. Raises `NoSuchConversation` and the like."""
    whole_conversation = whole(repo, sources.store, name)
    infos = {info.oid: info for info in commit_infos(repo, whole_conversation.commits)}
    led = _led(checked(repo, list(infos.values()), sources.stories(infos)).values()).get(
        whole_conversation.conversation.key, {}
    )
    shared_one = _shared_conversation(whole_conversation.conversation, led, whole_conversation.turns_in_all)
    commits = sorted(infos.values(), key=lambda info: (info.committed, info.oid))
    return SharedPage(name, tuple(commits), (shared_one,))


def _commits(repo: Repo, sources: SourceChain, name: str, commits: Sequence[CommitInfo]) -> SharedPage:
    page = behind(repo, sources, name, commits[::-1])
    if page is None:
        raise GitStoryError(
            f"no conversation is recorded for {name}",
            hint="`git story backfill` looks for older ones, `git story pull` gets those of a remote; "
            "`git story conversations` lists what can be shared whole",
        )
    return page


def behind(repo: Repo, sources: SourceChain, name: str, commits: Sequence[CommitInfo]) -> SharedPage | None:
    """The exchanges behind `commits` (the oldest first); None where nothing is stored of any."""
    verified = checked(repo, commits, sources.stories([commit.oid for commit in commits]))
    led = _led(verified[commit.oid] for commit in commits if commit.oid in verified)
    shared_conversations = [
        _shared_conversation(
            as_recorded(sources.store, conversation),
            led[key],
            len(meta.turns) if (meta := sources.meta(*key)) is not None else len(conversation.turns),
        )
        for key in led
        if (conversation := sources.conversation(*key, turns=led[key].keys())) is not None and conversation.turns
    ]
    shared_conversations.sort(
        key=lambda shared_conversation: (
            shared_conversation.turns[0].turn.time or 0.0,
            shared_conversation.conversation.key,
        )
    )
    used = {oid for one in shared_conversations for turn in one.turns for oid in turn.commits}
    return (
        SharedPage(name, tuple(commit for commit in commits if commit.oid in used), tuple(shared_conversations))
        if shared_conversations
        else None
    )


def _led(stories: Iterable[Checked]) -> dict[Key, dict[str, list[str]]]:
    """conversation -> turn id -> commits, where something ties them; what was merely going on is left out."""
    turns_by_conversation: dict[Key, dict[str, list[str]]] = {}
    for story in (each.story for each in stories):
        for link in story.links:
            if link.evidence == "time":
                continue
            turns = turns_by_conversation.setdefault((link.agent, link.conversation), {})
            for turn in link.turns:
                named = turns.setdefault(turn.id, [])
                if turn.evidence not in ("context", "time"):
                    named.append(story.commit)
    return turns_by_conversation


def _shared_conversation(
    conversation: Conversation, led: Mapping[str, Sequence[str]], in_all: int
) -> SharedConversation:
    corrected = corrections(list(conversation.turns))
    turns = tuple(SharedTurn(turn, tuple(led.get(turn.id, ())), turn.id in corrected) for turn in conversation.turns)
    return SharedConversation(replace(conversation, turns=()), turns, in_all)


def made_safe(what: SharedPage, how: Anonymous) -> SharedPage:
    """Everything in it redacted by `how`. Raises `RedactionFailed`."""
    shared_conversations = []
    for shared_conversation in what.conversations:
        whole_again = replace(
            shared_conversation.conversation, turns=tuple(each.turn for each in shared_conversation.turns)
        )
        safe = how.conversation(whole_again)
        turns = tuple(
            replace(each, turn=turn) for each, turn in zip(shared_conversation.turns, safe.turns, strict=True)
        )
        shared_conversations.append(replace(shared_conversation, conversation=replace(safe, turns=()), turns=turns))
    commits = tuple(replace(commit, subject=how.text(commit.subject), body="") for commit in what.commits)
    return replace(what, commits=commits, conversations=tuple(shared_conversations))


def without(what: SharedPage, hidden: Sequence[str]) -> SharedPage:
    """Leave exchanges out: `3`, `4-6` (of the only conversation), `ID#3`, `ID#4-6`, or `ID` for all of one.

    Raises GitStoryError where a name fits none, and where nothing would be left.
    """
    gone = {(key, turn) for text in hidden for key, turn in _named(what, text)}
    kept = []
    for shared_conversation in what.conversations:
        turns = tuple(
            each
            for each in shared_conversation.turns
            if (shared_conversation.conversation.key, each.turn.id) not in gone
        )
        if turns:
            kept.append(replace(shared_conversation, conversation=_untitled(shared_conversation, turns), turns=turns))
    if not kept:
        raise GitStoryError("nothing is left to share", hint="hide fewer exchanges")
    return replace(what, conversations=tuple(kept))


def _untitled(shared_conversation: SharedConversation, kept: Sequence[SharedTurn]) -> Conversation:
    """Titles are made of what was said: one is kept only where nothing was taken out."""
    return (
        shared_conversation.conversation
        if len(kept) == len(shared_conversation.turns)
        else replace(shared_conversation.conversation, title="")
    )


def _named(what: SharedPage, text: str) -> list[tuple[Key, str]]:
    prefix, mark, which = text.strip().rpartition("#")
    if not mark and not _NUMBERS.match(which):
        prefix, which = which, ""
    shared_conversations = [one for one in what.conversations if one.conversation.id.startswith(prefix)]
    if len(shared_conversations) != 1:
        raise GitStoryError(
            f"{text!r} names no exchange of what is shared"
            if not shared_conversations
            else f"{text!r} could mean several exchanges",
            hint=f"name it as ID#NUMBER: {', '.join(one.conversation.id[:8] for one in what.conversations[:6])}",
        )
    key = shared_conversations[0].conversation.key
    listed = [(each.turn.id, each.turn.index) for each in shared_conversations[0].turns]
    numbers = _NUMBERS.match(which)
    if not which:
        return [(key, turn) for turn, _ in listed]
    if numbers and numbers[2]:
        return [(key, turn) for turn, index in listed if int(numbers[1]) <= index <= int(numbers[2])]
    return [(key, choose_turn(which, key, listed)[0])]
