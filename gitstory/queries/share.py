"""What one shared page tells: a conversation, or those behind a commit or a range, without what is hidden."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from gitstory.errors import GitStoryError
from gitstory.git.history import CommitInfo, commit_infos
from gitstory.git.repo import Repo, UnknownRevision
from gitstory.model import Conversation, Turn
from gitstory.queries.anonymize import Anonymous
from gitstory.queries.conversation import whole
from gitstory.queries.kept import as_recorded
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
    """What is to be told of a revision, a range, or `[AGENT:]ID[#TURN]`, a revision first.

    Raises GitStoryError: nothing is called so, or nothing is recorded of it.
    """
    try:
        commits = list(selected(repo, name))
    except UnknownRevision as error:
        try:
            return _conversation(repo, sources, name)
        except NoSuchConversation as missing:
            raise GitStoryError(f"{error.message}, and {missing.message}", hint=missing.hint) from None
    return _commits(repo, sources, name, commits)


def _conversation(repo: Repo, sources: SourceChain, name: str) -> SharedPage:
    found = whole(repo, sources.store, name)
    infos = {info.oid: info for info in commit_infos(repo, found.commits)}
    led = _led(checked(repo, list(infos.values()), sources.stories(infos)).values()).get(found.conversation.key, {})
    one = _shared_conversation(found.conversation, led, found.turns_in_all)
    commits = sorted(infos.values(), key=lambda info: (info.committed, info.oid))
    return SharedPage(name, tuple(commits), (one,))


def _commits(repo: Repo, sources: SourceChain, name: str, commits: Sequence[CommitInfo]) -> SharedPage:
    found = behind(repo, sources, name, commits[::-1])
    if found is None:
        raise GitStoryError(
            f"no conversation is recorded for {name}",
            hint="`git story backfill` looks for older ones, `git story pull` gets those of a remote; "
            "`git story conversations` lists what can be shared whole",
        )
    return found


def behind(repo: Repo, sources: SourceChain, name: str, commits: Sequence[CommitInfo]) -> SharedPage | None:
    """The exchanges behind `commits` (the oldest first); None where nothing is stored of any."""
    found = checked(repo, commits, sources.stories([commit.oid for commit in commits]))
    led = _led(found[commit.oid] for commit in commits if commit.oid in found)
    told = [
        _shared_conversation(
            as_recorded(sources.store, one),
            led[key],
            len(meta.turns) if (meta := sources.meta(*key)) is not None else len(one.turns),
        )
        for key in led
        if (one := sources.conversation(*key, turns=led[key].keys())) is not None and one.turns
    ]
    told.sort(key=lambda one: (one.turns[0].turn.time or 0.0, one.conversation.key))
    used = {oid for one in told for turn in one.turns for oid in turn.commits}
    return SharedPage(name, tuple(commit for commit in commits if commit.oid in used), tuple(told)) if told else None


def _led(stories: Iterable[Checked]) -> dict[Key, dict[str, list[str]]]:
    """conversation -> turn id -> commits, where something ties them; what was merely going on is left out."""
    found: dict[Key, dict[str, list[str]]] = {}
    for story in (each.story for each in stories):
        for link in story.links:
            if link.evidence == "time":
                continue
            turns = found.setdefault((link.agent, link.conversation), {})
            for turn in link.turns:
                named = turns.setdefault(turn.id, [])
                if turn.evidence not in ("context", "time"):
                    named.append(story.commit)
    return found


def _shared_conversation(one: Conversation, led: Mapping[str, Sequence[str]], in_all: int) -> SharedConversation:
    corrected = corrections(list(one.turns))
    turns = tuple(SharedTurn(turn, tuple(led.get(turn.id, ())), turn.id in corrected) for turn in one.turns)
    return SharedConversation(replace(one, turns=()), turns, in_all)


def made_safe(what: SharedPage, how: Anonymous) -> SharedPage:
    """Everything in it redacted by `how`. Raises `RedactionFailed`."""
    told = []
    for one in what.conversations:
        whole_again = replace(one.conversation, turns=tuple(each.turn for each in one.turns))
        safe = how.conversation(whole_again)
        turns = tuple(replace(each, turn=turn) for each, turn in zip(one.turns, safe.turns, strict=True))
        told.append(replace(one, conversation=replace(safe, turns=()), turns=turns))
    commits = tuple(replace(commit, subject=how.text(commit.subject), body="") for commit in what.commits)
    return replace(what, commits=commits, conversations=tuple(told))


def without(what: SharedPage, hidden: Sequence[str]) -> SharedPage:
    """Leave exchanges out: `3`, `4-6` (of the only conversation), `ID#3`, `ID#4-6`, or `ID` for all of one.

    Raises GitStoryError where a name fits none, and where nothing would be left.
    """
    gone = {(key, turn) for text in hidden for key, turn in _named(what, text)}
    kept = []
    for one in what.conversations:
        turns = tuple(each for each in one.turns if (one.conversation.key, each.turn.id) not in gone)
        if turns:
            kept.append(replace(one, conversation=_untitled(one, turns), turns=turns))
    if not kept:
        raise GitStoryError("nothing is left to share", hint="hide fewer exchanges")
    return replace(what, conversations=tuple(kept))


def _untitled(one: SharedConversation, kept: Sequence[SharedTurn]) -> Conversation:
    """Titles are made of what was said: one is kept only where nothing was taken out."""
    return one.conversation if len(kept) == len(one.turns) else replace(one.conversation, title="")


def _named(what: SharedPage, text: str) -> list[tuple[Key, str]]:
    prefix, mark, which = text.strip().rpartition("#")
    if not mark and not _NUMBERS.match(which):
        prefix, which = which, ""
    found = [one for one in what.conversations if one.conversation.id.startswith(prefix)]
    if len(found) != 1:
        raise GitStoryError(
            f"{text!r} names no exchange of what is shared" if not found else f"{text!r} could mean several exchanges",
            hint=f"name it as ID#NUMBER: {', '.join(one.conversation.id[:8] for one in what.conversations[:6])}",
        )
    key = found[0].conversation.key
    listed = [(each.turn.id, each.turn.index) for each in found[0].turns]
    numbers = _NUMBERS.match(which)
    if not which:
        return [(key, turn) for turn, _ in listed]
    if numbers and numbers[2]:
        return [(key, turn) for turn, index in listed if int(numbers[1]) <= index <= int(numbers[2])]
    return [(key, choose_turn(which, key, listed)[0])]
