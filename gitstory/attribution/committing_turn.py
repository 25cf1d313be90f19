"""Which turn's shell made a commit: by what a call reports, by what the hook's environment named, by the clock."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set

from msgspec import Struct

from gitstory.attribution.conversation_trace import Trace, TraceTry
from gitstory.attribution.link import Candidate
from gitstory.attribution.timeline import SLACK, in_order
from gitstory.git.changed_files import Commit

Marker = tuple[str, str]
"""(agent, conversation id) that stood in the environment of the hook."""

SHORT = 7
"""Hex digits git abbreviates a commit id to, at least."""


class Commands(Struct, frozen=True):
    """`by`: commit -> (candidate, turn) pairs whose shell made it; `reported`: when that call began, where one says."""

    by: dict[str, list[tuple[int, int]]] = {}
    reported: dict[str, float] = {}


def made_by(
    commits: Sequence[Commit],
    candidates: Sequence[Candidate],
    markers: Mapping[str, Set[Marker]],
    calls: Mapping[str, Set[str]],
    history: Iterable[Commit] = (),
) -> Commands:
    """What conversations say they committed and, where one does not say so (yet), what the hook's environment says.

    `markers` and `calls` map a commit to the conversations and the tool calls its hook's environment named; `history`
    are commits before these.
    """
    commands = Commands(defaultdict(list), {})
    _reported(commits, candidates, commands)
    places = _places([*commits, *history])
    for commit in commits:
        reporting = {candidates[number].trace.key for number, _ in commands.by[commit.oid]}
        running: dict[Marker, tuple[float, int, int]] = {}
        for number, candidate in enumerate(candidates):
            trace = candidate.trace
            if trace.key not in markers.get(commit.oid, ()) or trace.key in reporting:
                continue
            tried = _try(trace, commit, calls.get(commit.oid, ()), places[commit.oid])
            if tried is not None:
                commands.reported.setdefault(commit.oid, tried.time)
            turn = tried.turn if tried is not None else trace.turn_at(commit.committer_time + SLACK)
            if turn is not None:
                # A conversation with private turns comes in two parts: the turn begun last made the commit.
                turn_place = (trace.turns[turn].time, number, turn)
                running[trace.key] = max(turn_place, running.get(trace.key, turn_place))
        commands.by[commit.oid] += [(number, turn) for _, number, turn in running.values()]
    _call_times([*commits, *history], candidates, commands.reported)
    return commands


def _reported(commits: Sequence[Commit], candidates: Sequence[Candidate], commands: Commands) -> None:
    short: dict[str, list[str]] = defaultdict(list)
    for commit in commits:
        short[commit.oid[:SHORT]].append(commit.oid)
    for number, candidate in enumerate(candidates):
        for reported_commit in candidate.trace.commits:
            oids = [oid for oid in short.get(reported_commit.oid[:SHORT], ()) if oid.startswith(reported_commit.oid)]
            if len(reported_commit.oid) >= SHORT and len(oids) == 1:
                commands.by[oids[0]].append((number, reported_commit.turn))
                commands.reported[oids[0]] = reported_commit.time


def _call_times(commits: Iterable[Commit], candidates: Sequence[Candidate], reported: dict[str, float]) -> None:
    """When each commit of a second with several was begun, where as many calls of that second could have made one."""
    seconds: dict[int, list[Commit]] = defaultdict(list)
    for _, commit in in_order(commits):
        seconds[commit.committer_time].append(commit)
    crowded = {second: ones for second, ones in seconds.items() if len(ones) > 1}
    if not crowded:
        return
    tries = [one for candidate in candidates for one in candidate.trace.tries]
    for second, ones in crowded.items():
        near = sorted(one.time for one in tries if second <= one.time < second + SLACK)
        if len(near) == len(ones):
            for commit, time in zip(ones, near, strict=True):
                reported.setdefault(commit.oid, time)


def _places(commits: Iterable[Commit]) -> dict[str, int]:
    """How many commits of the same second come before each, in order of history."""
    counts: dict[int, int] = defaultdict(int)
    places: dict[str, int] = {}
    for _, commit in in_order(commits):
        places[commit.oid] = counts[commit.committer_time]
        counts[commit.committer_time] += 1
    return places


def _try(trace: Trace, commit: Commit, calls: Iterable[str], place: int) -> TraceTry | None:
    """The call that made a commit, None where only the clock can say which turn did.

    git stores whole seconds. Where another turn began in the very second, its calls and those before them count in
    their order, as commits of that second do.
    """
    named = [one for one in trace.tries if one.call and one.call in calls]
    if named:
        return named[0]
    second = commit.committer_time
    turn = trace.turn_at(second + SLACK)
    if turn is None or trace.turns[turn].time < second:
        return None
    near = sorted(
        (one for one in trace.tries if second - SLACK <= one.time <= second + SLACK),
        key=lambda turn_place: turn_place.time,
    )
    return near[min(place, len(near) - 1)] if near else None
