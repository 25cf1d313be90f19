"""One conversation out of the versions that several files hold of it: copies, halves, and older states.

A turn is the same in two versions if its native id is, or, where ids are ordinals, its id and time. A version without
any turn of the longest one is another half of the conversation; one that repeats it adds what it has more.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import reduce
from itertools import accumulate
from typing import TypeVar

from msgspec.structs import replace

from gitstory.attribution.conversation_trace import Trace, TraceTurn
from gitstory.model import Call, Conversation, Turn

V = TypeVar("V")

_GROUP = 32
"""Versions of one conversation that are joined one after the other."""
NATIVE = 16
"""Turn ids at least this long are the agents' own and name the same turn wherever they appear; ordinals are shorter."""


def unite(versions: Iterable[Conversation]) -> Conversation | None:
    """All turns of the versions of one conversation, each once, in order of time; None for no version."""
    listed = sorted(versions, key=lambda turn: (-len(turn.turns), -(turn.updated or 0.0)))
    return _folded(listed, _joined) if listed else None


def _folded(versions: list[V], joined: Callable[[V, V], V]) -> V:
    """Versions, of which there is at least one, joined in order; many in groups first, so that no turn is handled
    once for each version: anybody can write a thousand files of one conversation."""
    while len(versions) > _GROUP:
        versions = [reduce(joined, versions[at : at + _GROUP]) for at in range(0, len(versions), _GROUP)]
    return reduce(joined, versions)


def _joined(whole: Conversation, other: Conversation) -> Conversation:
    numbers = {_name(turn): number for number, turn in enumerate(whole.turns)}
    turns = list(whole.turns)
    fresh: list[Turn] = []
    for turn in other.turns:
        at = numbers.get(_name(turn))
        if at is None:
            fresh.append(turn)
        else:
            turns[at] = _richer(turns[at], turn)
    if fresh and len(fresh) < len(other.turns) and any(len(turn.id) < NATIVE for turn in fresh):
        fresh = []  # ordinals of another state of the same conversation name nothing
    if not fresh and turns == list(whole.turns):
        return whole
    first, second = sorted((whole, other), key=lambda turn: turn.started or 0.0)
    return replace(
        whole,
        turns=_numbered(_by_time(turns, fresh)) if fresh else tuple(turns),
        title=whole.title or other.title,
        places=tuple(dict.fromkeys((*first.places, *second.places))),
        models=tuple(dict.fromkeys((*first.models, *second.models))),
        started=min((one.started for one in (whole, other) if one.started is not None), default=None),
        updated=max((one.updated for one in (whole, other) if one.updated is not None), default=None),
        remotes=tuple(dict.fromkeys((*first.remotes, *second.remotes))),
        heads=tuple(dict.fromkeys((*first.heads, *second.heads))),
        skipped=whole.skipped + other.skipped,
    )


def _name(turn: Turn | TraceTurn) -> tuple[str, float]:
    return (turn.id, 0.0) if len(turn.id) >= NATIVE else (turn.id, round(turn.time or 0.0, 3))


def _richer(turn: Turn, two: Turn) -> Turn:
    """A turn with the calls that only its other version has: the agent went on in another file."""
    seen = {step.id for step in turn.steps if isinstance(step, Call)}
    more = [step for step in two.steps if isinstance(step, Call) and step.id and step.id not in seen]
    if not more:
        return turn
    steps = (
        sorted((*turn.steps, *more), key=lambda step: step.time or 0.0) if _timed(turn, two) else (*turn.steps, *more)
    )
    ended = max((time for time in (turn.ended, two.ended) if time is not None), default=None)
    return replace(turn, steps=tuple(steps), ended=ended)


def _timed(*turns: Turn) -> bool:
    return all(step.time is not None for turn in turns for step in turn.steps)


def _by_time(turns: Sequence[Turn], fresh: Sequence[Turn]) -> list[Turn]:
    """`turns` with the `fresh` ones, each behind the last that began before it."""
    ordered = list(turns)
    places = _places([turn.time or 0.0 for turn in turns], [turn.time or 0.0 for turn in fresh])
    for turn, at in zip(fresh, places, strict=True):
        ordered.insert(at, turn)
    return ordered


def _places(times: Sequence[float], fresh: Iterable[float]) -> Iterator[int]:
    """Where to insert each of the `fresh` times, one after the other: behind the last that is no later."""
    later = list(accumulate(reversed(times), min))[::-1]
    """The earliest time from each place on; it only grows, and what is inserted so keeps it growing."""
    for time in fresh:
        at = bisect_right(later, time)
        later.insert(at, time)
        yield at


def _numbered(turns: Sequence[Turn]) -> tuple[Turn, ...]:
    return tuple(
        replace(turn, index=number, id=turn.id if len(turn.id) >= NATIVE else str(number))
        for number, turn in enumerate(turns, 1)
    )


def unite_traces(versions: Iterable[Trace]) -> Trace:
    """The same of traces, of which there is at least one."""
    return _folded(sorted(versions, key=lambda turn: (-len(turn.turns), -len(turn.edits))), _joined_trace)


def _joined_trace(whole: Trace, other: Trace) -> Trace:
    order = _order(whole, other)
    own = {number: at for at, (is_own, number) in enumerate(order) if is_own}
    added = {number: at for at, (is_own, number) in enumerate(order) if not is_own}
    same = {_name(turn): own[number] for number, turn in enumerate(whole.turns)}
    added |= {number: same[name] for number, turn in enumerate(other.turns) if (name := _name(turn)) in same}

    taken = {(own[edit.turn], edit.time) for edit in whole.edits}
    edits = [replace(edit, turn=own[edit.turn]) for edit in whole.edits]
    theirs = (replace(edit, turn=added[edit.turn]) for edit in other.edits if edit.turn in added)
    edits += [edit for edit in theirs if (edit.turn, edit.time) not in taken]
    oids = {one.oid for one in whole.commits}
    commits = [replace(one, turn=own[one.turn]) for one in whole.commits]
    commits += [
        replace(commit, turn=added[commit.turn])
        for commit in other.commits
        if commit.turn in added and commit.oid not in oids
    ]
    if (len(order), len(edits), len(commits)) == (len(whole.turns), len(whole.edits), len(whole.commits)):
        return whole
    turns = [(whole if is_own else other).turns[number] for is_own, number in order]
    return replace(
        _heads_of(whole, other),
        turns=whole.turns if len(order) == len(whole.turns) else _counted(turns),
        edits=tuple(edits),
        commits=tuple(commits),
    )


def _order(whole: Trace, other: Trace) -> list[tuple[bool, int]]:
    """(is it of `whole`?, number there) of all turns, those that only `other` has by their times."""
    names = {_name(turn) for turn in whole.turns}
    fresh = [number for number, turn in enumerate(other.turns) if _name(turn) not in names]
    if len(fresh) < len(other.turns) and any(len(other.turns[number].id) < NATIVE for number in fresh):
        fresh = []
    keyed = [(True, number) for number in range(len(whole.turns))]
    places = _places([turn.time for turn in whole.turns], [other.turns[number].time for number in fresh])
    for number, at in zip(fresh, places, strict=True):
        keyed.insert(at, (False, number))
    return keyed


def _heads_of(whole: Trace, other: Trace) -> Trace:
    first, second = sorted((whole, other), key=lambda turn: turn.started)
    return replace(
        whole,
        started=min(whole.started, other.started),
        ended=max(whole.ended, other.ended),
        places=tuple(dict.fromkeys((*first.places, *second.places))),
        remotes=tuple(dict.fromkeys((*first.remotes, *second.remotes))),
        heads=tuple(dict.fromkeys((*first.heads, *second.heads))),
        folder=whole.folder or other.folder,
    )


def _counted(turns: Sequence[TraceTurn]) -> tuple[TraceTurn, ...]:
    return tuple(
        replace(turn, index=number, id=turn.id if len(turn.id) >= NATIVE else str(number))
        for number, turn in enumerate(turns, 1)
    )
