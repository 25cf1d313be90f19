"""What a person decided about a commit's links: kept through every later linking and merge, applied when read.

A decision is never dropped by what the replay finds; of two about the same thing the later one counts. Records are
merged with what they say unapplied, so that the order of merges does not matter.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import accumulate

from msgspec.structs import replace

from gitstory.model import EVIDENCE_ORDER, Decision, Evidence, FileStory, Link, Range, Story, TurnLink

Key = tuple[str, str]
"""(agent, native conversation id)."""

_Decisions = Mapping[tuple[str, str, str | None], Decision]


def merge_decisions(first: Iterable[Decision], two: Iterable[Decision]) -> tuple[Decision, ...]:
    """The last word on each thing; of two at the same moment the one that unties."""
    last: dict[tuple[str, str, str], Decision] = {}
    for each in (*first, *two):
        name = (each.agent, each.conversation, each.turn or "")
        if name not in last or _rank(each) > _rank(last[name]):
            last[name] = each
    return tuple(last[name] for name in sorted(last))


def _rank(decision: Decision) -> tuple[float, bool, bool]:
    return (decision.time, not decision.linked, decision.turn is not None)


def decided(story: Story, decision: Decision) -> Story:
    """The story with one more decision, which comes after all that it has."""
    last = max((each.time for each in story.decisions), default=0.0)
    later = replace(decision, time=max(decision.time, last + 0.001))
    return replace(story, decisions=merge_decisions(story.decisions, (later,)))


def as_decided(story: Story) -> Story:
    """The story without the links, turns and lines that a person untied."""
    if all(each.linked for each in story.decisions):
        return story
    decisions = {(each.agent, each.conversation, each.turn): each for each in story.decisions}

    def gone(agent: str, conversation: str, turn: str) -> bool:
        return not _stands(decisions, (agent, conversation), turn)

    def living(ranges: tuple[Range, ...]) -> tuple[Range, ...]:
        return tuple(one for one in ranges if not gone(one.agent, one.conversation, one.turn))

    links = tuple(kept for link in story.links if (kept := _link(link, decisions)) is not None)
    files = tuple(replace(file, ranges=living(file.ranges), removed=living(file.removed)) for file in story.files)
    return replace(story, links=links, files=tuple(file for file in files if file.ranges or file.removed))


def _stands(decisions: _Decisions, key: Key, turn: str) -> bool:
    words = [each for name in (None, turn) if (each := decisions.get((*key, name))) is not None]
    return not words or max(words, key=_rank).linked


def _link(link: Link, decisions: _Decisions) -> Link | None:
    key = (link.agent, link.conversation)
    if not any(name[:2] == key for name in decisions):
        return link
    whole = decisions.get((*key, None))
    tied = whole is None or whole.linked
    turns = tuple(turn for turn in link.turns if _stands(decisions, key, turn.id))
    evidence_kinds = [turn.evidence for turn in turns if turn.evidence != "context"]
    if turns == link.turns and (tied or evidence_kinds):
        return link
    if evidence_kinds:
        evidence = min(evidence_kinds, key=EVIDENCE_ORDER.index)
        return replace(link, evidence=evidence, lines=sum(turn.lines for turn in turns), turns=turns)
    by_hand: Evidence = "manual"
    return replace(link, evidence=by_hand, lines=0, turns=turns) if whole is not None and tied else None


def renewed(fresh: Story, stored: Story | None, examined: Callable[[Key], bool]) -> Story:
    """What to store when a commit is linked again and `known` is the stored story.

    Kept are a person's decisions and links, commits a conversation was seen to make (the hook's environment is gone
    by now), and all that is known of conversations that were not `examined` this time: their transcripts may be gone.
    """
    if stored is None:
        return fresh
    links = {(link.agent, link.conversation): link for link in fresh.links}
    kept: set[Key] = set()
    for link in stored.links:
        key = (link.agent, link.conversation)
        if not examined(key):
            kept.add(key)
            links[key] = merge_links(links[key], link) if key in links else link
        elif (lasting := _lasting(link, links.get(key))) is not None:
            links[key] = merge_links(links[key], lasting) if key in links else lasting
    files = _with_kept(fresh.files, stored.files, kept)
    remaining = [left for link in links.values() if (left := _uncontested(link, files)) is not None]
    story = replace(
        fresh,
        links=tuple(sorted(remaining, key=_order)),
        files=files,
        carried_from=tuple(sorted({*fresh.carried_from, *stored.carried_from})),
        decisions=merge_decisions(fresh.decisions, stored.decisions),
    )
    return as_decided(story)


def _uncontested(link: Link, files: Sequence[FileStory]) -> Link | None:
    """What another tool's word for lines is worth once these are looked at: only those that nobody else wrote."""
    if not link.recorded_by or not link.lines or link.evidence == "manual":
        return link
    key = (link.agent, link.conversation)
    mine = [
        piece for file in files for piece in (*file.ranges, *file.removed) if (piece.agent, piece.conversation) == key
    ]
    lines = sum(piece.end - piece.start + 1 for piece in mine)
    return replace(link, lines=lines) if lines else None


def rewritten(stories: Sequence[Story], commit: str, examined: Callable[[Key], bool]) -> Story:
    """What outlives a rewrite of the commits `known` tells of into one: a person's word, and who ran `git commit`.

    Lines are not among it: where they are now is found by their content. What was known of files alone stays for
    conversations that cannot be `examined` any more.
    """
    links: dict[Key, Link] = {}
    origins: set[str] = set()
    decisions: tuple[Decision, ...] = ()
    for story in stories:
        lasting = [kept for link in story.links if (kept := _outliving(link, examined)) is not None]
        for link in lasting:
            key = (link.agent, link.conversation)
            links[key] = merge_links(links[key], link) if key in links else link
        decisions = merge_decisions(decisions, story.decisions)
        if lasting or story.decisions:
            origins |= {*story.carried_from, story.commit}
    links_ = tuple(sorted(links.values(), key=_order))
    return Story(commit, links_, carried_from=tuple(sorted(origins - {commit})), decisions=decisions)


def _outliving(link: Link, examined: Callable[[Key], bool]) -> Link | None:
    if link.evidence != "files" or examined((link.agent, link.conversation)):
        return _lasting(link)
    return replace(link, turns=tuple(turn for turn in link.turns if turn.evidence != "context"))


def beside(stored: Story | None, more: Story) -> Story:
    """`known` with what `more` says of lines of which `known` says nothing; `known` itself where that is nothing."""
    if stored is None:
        return more
    keys = {(link.agent, link.conversation) for link in more.links}
    files = _with_kept(stored.files, more.files, keys)
    before = {(file.path, piece) for file in stored.files for piece in (*file.ranges, *file.removed)}
    gained: Counter[tuple[str, str, str]] = Counter()
    for file in files:
        for piece in (*file.ranges, *file.removed):
            if (file.path, piece) not in before:
                gained[piece.agent, piece.conversation, piece.turn] += piece.end - piece.start + 1
    links = {(link.agent, link.conversation): link for link in stored.links}
    for link in more.links:
        if (fresh := _gaining(link, gained)) is not None:
            key = (link.agent, link.conversation)
            links[key] = _joined(links[key], fresh) if key in links else fresh
    if not gained:
        return stored
    origins = tuple(sorted({*stored.carried_from, *more.carried_from}))
    links_ = tuple(sorted(links.values(), key=_order))
    return as_decided(replace(stored, links=links_, files=files, carried_from=origins))


def _gaining(link: Link, gained: Mapping[tuple[str, str, str], int]) -> Link | None:
    turns = [replace(turn, lines=gained.get((link.agent, link.conversation, turn.id), 0)) for turn in link.turns]
    kept = tuple(turn for turn in turns if turn.lines or turn.evidence != "lines")
    lines = sum(turn.lines for turn in kept)
    return replace(link, lines=lines, turns=kept) if lines else None


def _joined(first: Link, two: Link) -> Link:
    """As `merge_links`, for two links with different lines."""
    return replace(merge_links(first, two), lines=first.lines + two.lines)


def _order(link: Link) -> tuple[int, int, str, str]:
    return (EVIDENCE_ORDER.index(link.evidence), -link.lines, link.agent, link.conversation)


def _lasting(link: Link, fresh: Link | None = None) -> Link | None:
    """The part of a link that a new look at the transcripts cannot find again.

    Which turn ran `git commit` was a guess from the clock until the conversation recorded it.
    """
    made_commit = fresh is not None and any(turn.evidence == "command" for turn in fresh.turns)
    turns = tuple(
        turn for turn in link.turns if turn.evidence == "manual" or (turn.evidence == "command" and not made_commit)
    )
    if link.evidence == "manual":
        return replace(link, turns=turns or link.turns)
    if not turns:
        return None
    evidence = min((turn.evidence for turn in turns), key=EVIDENCE_ORDER.index)
    return replace(link, evidence=evidence, lines=0, turns=turns)


def _with_kept(fresh: tuple[FileStory, ...], stored: tuple[FileStory, ...], keys: set[Key]) -> tuple[FileStory, ...]:
    """`fresh` with the lines of conversations that only `known` knows, where nothing new is known of these lines."""
    if not keys:
        return fresh
    files = {file.path: file for file in fresh}
    for old in stored:
        ranges, removed = _of(old.ranges, keys), _of(old.removed, keys)
        if not ranges and not removed:
            continue
        new = files.get(old.path, replace(old, ranges=(), removed=()))
        files[old.path] = replace(new, ranges=_beside(new.ranges, ranges), removed=_beside(new.removed, removed))
    return tuple(files[path] for path in sorted(files))


def _of(ranges: tuple[Range, ...], keys: set[Key]) -> list[Range]:
    return [one for one in ranges if (one.agent, one.conversation) in keys]


def _beside(ranges: tuple[Range, ...], more: list[Range]) -> tuple[Range, ...]:
    taken = sorted(ranges, key=lambda range_: range_.start)
    starts, ends = [one.start for one in taken], list(accumulate((one.end for one in taken), max))
    free = [one for one in more if not (at := bisect_right(starts, one.end)) or ends[at - 1] < one.start]
    return tuple(sorted((*ranges, *free), key=lambda range_: range_.start))


def merge_links(first: Link, two: Link) -> Link:
    """Two records of one conversation's part in a commit: the stronger evidence, the union of the turns.

    What gitstory found itself does not stand on another tool's word any more.
    """
    by, place = min((first.recorded_by, first.recorded_in), (two.recorded_by, two.recorded_in))
    turns: dict[str, TurnLink] = {}
    for turn in (*first.turns, *two.turns):
        previous = turns.get(turn.id)
        turns[turn.id] = turn if previous is None else merge_turn_links(previous, turn)
    return Link(
        agent=first.agent,
        conversation=first.conversation,
        evidence=_stronger(first.evidence, two.evidence),
        lines=max(first.lines, two.lines),
        turns=tuple(sorted(turns.values(), key=lambda turn: (turn.index, turn.id))),
        recorded_by=by,
        recorded_in=place,
    )


def merge_turn_links(first: TurnLink, two: TurnLink) -> TurnLink:
    return TurnLink(
        id=first.id,
        index=max(first.index, two.index),
        evidence=_stronger(first.evidence, two.evidence),
        lines=max(first.lines, two.lines),
    )


def _stronger(first: Evidence, two: Evidence) -> Evidence:
    return min(first, two, key=EVIDENCE_ORDER.index)
