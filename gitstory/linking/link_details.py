"""Looking into how a commit was linked: the lines behind every claim, and the conversations that have none.

Linking itself has no use for this; `git story explain` asks for it after the fact.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from gitstory.attribution.conversation_trace import Trace
from gitstory.attribution.link import Drift, Linked
from gitstory.attribution.reformatted_lines import Owner
from gitstory.attribution.timeline import SLACK, Placed, name
from gitstory.git.changed_files import Commit

Key = tuple[str, str]
"""(agent, native conversation id)."""


class AttributedRun(Struct, frozen=True):
    """Neighbouring lines that the replay gives to one turn: `start` to `end` (1-based, inclusive) of a file.

    `removed` ones are of the first parent's file; `drift` says how the text differs from what the turn wrote.
    """

    key: Key
    turn: int
    path: str
    start: int
    end: int
    removed: bool = False
    drift: Drift = ""


class Idle(Struct, frozen=True):
    """A conversation without any claim. `files` of the commit it edited, `lately` after the commit before.

    `active`: one of its turns was running between the two commits.
    """

    trace: Trace
    files: tuple[str, ...]
    is_recent: bool
    active: bool


def pieces(linked: Linked) -> list[AttributedRun]:
    """The lines behind all claims, those of rejected ones too, in order."""
    runs: list[AttributedRun] = []
    for attribution in linked.attributions:
        drift: dict[int, Drift] = dict.fromkeys(_ended(linked, attribution.path), "line-endings")
        drift |= dict.fromkeys(attribution.owned.loose, "whitespace")
        runs += _runs(linked, attribution.path, attribution.owned.added, drift, removed=False)
        runs += _runs(linked, attribution.path, attribution.owned.removed, {}, removed=True)
    return runs


def _ended(linked: Linked, path: str) -> Iterable[int]:
    """Lines (0-based) of a file whose line ends differ; said only of conversations that were linked."""
    files = (file for file in linked.story.files if file.path == path)
    ranges = (each for file in files for each in file.ranges if each.drift == "line-endings")
    return (line - 1 for each in ranges for line in range(each.start, each.end + 1))


def _runs(
    linked: Linked, path: str, owners: dict[int, Owner], drift: Mapping[int, Drift], *, removed: bool
) -> Iterable[AttributedRun]:
    runs: list[AttributedRun] = []
    for index in sorted(owners):
        placed = linked.edits[owners[index]]
        trace = linked.candidates[placed.trace].trace
        turn = trace.turns[placed.edit.turn].index
        piece = AttributedRun(trace.key, turn, path, index + 1, index + 1, removed, drift.get(index, ""))
        last = runs[-1] if runs else None
        if last is not None and last.end == index and _same(last, piece):
            runs[-1] = AttributedRun(last.key, turn, path, last.start, index + 1, removed, piece.drift)
        else:
            runs.append(piece)
    return runs


def _same(piece: AttributedRun, two: AttributedRun) -> bool:
    return (piece.key, piece.turn, piece.drift) == (two.key, two.turn, two.drift)


def idle(linked: Linked, commit: Commit, previous: float | None) -> list[Idle]:
    """Conversations of this repository that claim nothing, but edited a file of the commit or were at work then."""
    claiming = {(verdict.agent, verdict.conversation) for verdict in linked.verdicts}
    names = {name(path) for change in commit.files for path in (change.path, change.old_path)}
    touched: dict[int, list[Placed]] = {}
    for placed in linked.edits:
        if placed.path in names and placed.edit.time <= commit.committer_time + SLACK:
            touched.setdefault(placed.trace, []).append(placed)
    unused: list[Idle] = []
    for number, candidate in enumerate(linked.candidates):
        trace = candidate.trace
        edits = touched.get(number, [])
        active = at_work(trace, previous, commit.committer_time)
        if trace.key not in claiming and (edits or active):
            files = tuple(sorted({placed.path for placed in edits}))
            is_recent = any(placed.edit.time >= (previous or 0.0) for placed in edits)
            unused.append(Idle(trace, files, is_recent, active))
    return unused


def at_work(trace: Trace, previous: float | None, committed: float) -> bool:
    """Whether a turn was running between two commits."""
    return any(turn.time <= committed and turn.ended >= (previous or 0.0) for turn in trace.turns)


def left_out(traces: Sequence[Trace], linked: Linked) -> list[Trace]:
    """The conversations whose directory ruled them out after they had been read."""
    candidates = {candidate.trace.key for candidate in linked.candidates}
    return [trace for trace in traces if trace.key not in candidates]
