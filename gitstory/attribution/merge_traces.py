"""One conversation, however many files its agent spread it over: copies, forks, subagents."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from gitstory.attribution.conversation_trace import Trace, TraceCommit, TraceEdit, TraceTurn
from gitstory.attribution.merge_versions import NATIVE, unite_traces


def join(traces: Iterable[Trace]) -> list[Trace]:
    """Each conversation once, subagents' work in the turn that started them, no turn's work twice. Oldest first."""
    versions: dict[tuple[str, str], list[Trace]] = {}
    for trace in traces:
        versions.setdefault(trace.key, []).append(trace)
    whole = {key: unite_traces(found) for key, found in versions.items()}
    return _each_turn_once(_with_subagents(whole))


def _with_subagents(whole: dict[tuple[str, str], Trace]) -> list[Trace]:
    """Fold conversations another one spawned into it; one whose parent is not to be found stands for itself."""
    parents = {key: trace for key, trace in whole.items() if not trace.subagent}
    for trace in sorted((t for t in whole.values() if t.subagent), key=lambda t: t.started):
        root = _root(trace, whole)
        if root is None or root not in parents:
            parents[trace.key] = trace
        else:
            parents[root] = _fold(parents[root], trace)
    return list(parents.values())


def _root(trace: Trace, whole: dict[tuple[str, str], Trace]) -> tuple[str, str] | None:
    seen = {trace.key}
    while trace.subagent and trace.parent is not None:
        parent = whole.get((trace.agent, trace.parent))
        if parent is None or parent.key in seen:
            return None
        seen.add(parent.key)
        trace = parent
    return trace.key


def _fold(parent: Trace, child: Trace) -> Trace:
    """Put a subagent's work into the turns that asked for it: a later task is of the turn that was running then."""
    if not parent.turns:
        return parent
    begun = [child.started, *(turn.time for turn in child.turns[1:])]
    turns = [parent.turn_at(max(time, child.started)) or 0 for time in begun]
    edits = [replace(edit, turn=turns[edit.turn]) for edit in child.edits]
    commits = [replace(commit, turn=turns[commit.turn]) for commit in child.commits]
    return replace(parent, edits=(*parent.edits, *edits), commits=(*parent.commits, *commits))


def _each_turn_once(traces: list[Trace]) -> list[Trace]:
    """A fork repeats its origin's turns: the work counts for the conversation that began first.

    A repeated turn has the same native id or, where ids are ordinals, the same place and time in the origin.
    """
    taken: set[tuple[str, ...]] = set()
    joined: list[Trace] = []
    for trace in sorted(traces, key=lambda t: (t.parent is not None, t.started, t.key)):
        copied = {n for n, turn in enumerate(trace.turns) if taken & _names(trace, turn, trace.parent)}
        taken.update(name for turn in trace.turns for name in _names(trace, turn, trace.conversation))
        joined.append(_without(trace, copied) if copied else trace)
    return sorted(joined, key=lambda t: (t.started, t.key))


def _names(trace: Trace, turn: TraceTurn, conversation: str | None) -> set[tuple[str, ...]]:
    """What a turn is known by: its native id, and its ordinal and time in `conversation`."""
    names: set[tuple[str, ...]] = set()
    if len(turn.id) >= NATIVE:
        names.add((trace.agent, turn.id))
    if conversation is not None and turn.time:
        names.add((trace.agent, conversation, turn.id, f"{turn.time:.3f}"))
    return names


def _without(trace: Trace, turns: set[int]) -> Trace:
    edits: list[TraceEdit] = [edit for edit in trace.edits if edit.turn not in turns]
    commits: list[TraceCommit] = [commit for commit in trace.commits if commit.turn not in turns]
    return replace(trace, edits=tuple(edits), commits=tuple(commits))
