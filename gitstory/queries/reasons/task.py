"""Which earlier turns belong to the task that a turn works on. Pure."""

from __future__ import annotations

from gitstory.model import Call, Turn
from gitstory.queries.reasons.values import Scene
from gitstory.summary.asks import leans
from gitstory.summary.edits import hunks_of, same_file

_FARTHEST = 15
"""Turns that are gone back at most."""
_TELLING = 12
"""Letters of a line that is compared with what earlier turns wrote."""


def earlier(scene: Scene) -> list[Turn]:
    """The earlier turns of the same task, the nearest first; the last one is the request that it began with.

    A turn that stands by itself begins its task: there are none. What was typed while the agent worked belongs to the
    request that was running.
    """
    found: list[Turn] = []
    known, at = scene.by_id, scene.turn
    before = scene.before[:_FARTHEST]
    while at.added_to and at.added_to in known and known[at.added_to] not in found and known[at.added_to] is not at:
        at = known[at.added_to]
        found.append(at)
    if found and not leans(at):
        return found
    if not leans(at) and at.kind != "correction":
        return found
    for turn in (each for each in before if each.index < at.index):
        found.append(turn)
        if not leans(turn) and turn.kind != "correction":
            return found
    return found


def wrote_before(scene: Scene) -> Turn | None:
    """The earlier turn that wrote the same lines first: they were written again, after a rebase or with the file."""
    asked = {text.strip() for text in scene.subject.texts if sum(map(str.isalnum, text)) >= _TELLING}
    if not asked:
        return None
    first = None
    for turn in scene.before:
        if _added(turn, scene.subject.path) & asked:
            first = turn
    return first


def _added(turn: Turn, path: str) -> set[str]:
    return {
        line[1:].strip()
        for step in turn.steps
        if isinstance(step, Call)
        for edit in step.edits
        if same_file(edit.path, path)
        for hunk in hunks_of(edit)
        for line in hunk.lines
        if line.startswith("+")
    }
