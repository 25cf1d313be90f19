"""Which earlier turns belong to the task that a turn works on. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import Struct

from gitstory.model import Call, Mark, Say, Think, Turn
from gitstory.queries.reasons.values import Scene
from gitstory.summary.announcements import only_announces
from gitstory.summary.dependent_prompts import answers, leans, references, words
from gitstory.summary.find_edit import hunks_of, same_file
from gitstory.text.late_pattern import late_pattern

_FARTHEST = 12
"""Turns that are gone back at most."""
_SHORT = 30
"""Words of a prompt that is searched for items of a list."""
_HEAD = 300
"""Characters of a prompt's beginning in which it says what it turns to."""
_SHORTEST_LINE = 12
"""Letters of a line that is compared with what earlier turns wrote."""


_NEXT = late_pattern(
    r"\bwhat(?:'s|’s|\s(?:is|are|should|do|would|can))?\b[^.?!\n]{0,40}\b(?:next|left|missing|remain(?:s|ing)?|outstanding)\b"
    r"|\bnext (?:steps?|tasks?)\b\W*\Z",
    re.IGNORECASE,
)


_MERGED = re.compile(
    r"\W*(?:(?:ok(?:ay)?|great|thanks?|nice|cool|perfect|good|yes|so|now)\W{1,3}){0,2}"
    r"(?:(?:i|we|it|it's|that|that's|the pr|pr)\s)?(?:(?:just|have|has|is|was|been|now)\s){0,2}"
    r"(?:merged|shipped|released|deployed|landed)\b",
    re.IGNORECASE,
)


_BEGINS = late_pattern(
    r"""(?:\A|[.!?\n,:]\s?)\s{0,9}(?:(?:ok(?:ay)?|so|and|great|good|alright|perfect)\b[\s,.]{1,3}){0,2}
    (?: (?:now|next)\b[\s,]{1,3}
        (?:let'?s|let\sus|i\s(?:want|need|would|have)|i'd|we\s(?:should|need|can)|(?:can|could)\syou|please)\b
      | let'?s\s(?:now\s|quickly\s|next\s){0,2}
        (?:debug|talk|move\son|turn\sto|look\s(?:at|into)|have\sa\slook|work\son|focus|switch\sto|start\s(?:with|on)
          |tackle|investigate)\b )""",
    re.VERBOSE | re.IGNORECASE,
)
"""Turns to something else: "works. now lets have a look at the filters"."""


class Earlier(Struct, frozen=True):
    """An earlier turn. `sure`: it belongs to the task; else it may, if it is about the lines."""

    turn: Turn
    sure: bool = True


def earlier(scene: Scene) -> list[Turn]:
    """The earlier turns that surely belong to the same task, the nearest first."""
    return [each.turn for each in chain(scene) if each.sure]


def chain(scene: Scene) -> list[Earlier]:
    """The earlier turns of the same task, the nearest first.

    A turn that stands by itself begins its task: there are none. What was typed while the agent worked belongs to the
    request that was running. A turn that leans on others goes back to the request that it carries on; what was
    talked about before that, without an edit, may have led to it.
    """
    earlier: list[Earlier] = []
    by_id, at = scene.by_id, scene.turn
    before = scene.before[:_FARTHEST]
    while at.added_to in by_id and by_id[at.added_to] not in [each.turn for each in earlier]:
        at = by_id[at.added_to]
        earlier.append(Earlier(at))
    if not at.added_to and not earlier and before and ran_on(before[0]):
        at = before[0]
        earlier.append(Earlier(at))
    if not (leans(at) or at.kind in ("correction", "answer") or _replies(at, before)):
        return earlier
    stands = _begins_a_task(at) or _lists_wishes(at)
    for turn in (each for each in before if each.index < at.index):
        earlier.append(Earlier(turn, sure=not stands))
        stands = stands or not (leans(turn) or turn.kind == "correction") or _ends_a_task(turn) or _begins_a_task(turn)
    return earlier


def _ends_a_task(turn: Turn) -> bool:
    """Whether a turn leaves it to the agent to name the next task, or says that the work was merged: what was before
    is another one."""
    short = len(words(turn.prompt)) <= _SHORT
    return short and (_NEXT.search(turn.prompt) is not None or _MERGED.match(turn.prompt) is not None)


def _begins_a_task(turn: Turn) -> bool:
    """Whether a prompt that says enough turns to something else."""
    return not leans(turn) and _BEGINS.search(turn.prompt[:_HEAD]) is not None


def _lists_wishes(turn: Turn) -> bool:
    """Whether a prompt that is taken for an answer is a request of its own: long, and it names nothing of a message."""
    own = turn.kind == "answer" and len(words(turn.prompt)) > _SHORT
    return own and not references(turn.prompt)


def _replies(turn: Turn, before: Sequence[Turn]) -> bool:
    """Whether a turn replies to the message before it, or names items of it."""
    previous = next((each for each in before if each.index < turn.index), None)
    message = next(reversed(list(previous.answers)), "") if previous is not None else ""
    return answers(turn.prompt, message) or (bool(references(turn.prompt)) and len(words(turn.prompt)) <= _SHORT)


def ran_on(turn: Turn) -> bool:
    """Whether a turn was still at work when the next prompt came: it ends with a call or an announcement."""
    steps = [step for step in turn.steps if not isinstance(step, Think)]
    stopped = any(isinstance(step, Mark) and step.kind == "interrupted" for step in steps)
    if stopped or not any(isinstance(step, Call) for step in steps):
        return False
    last = steps[-1]
    return isinstance(last, Call) or (isinstance(last, Say) and last.agent is None and only_announces(last.text))


def wrote_before(scene: Scene) -> Turn | None:
    """The earlier turn that wrote the same lines first: they were written again, after a rebase or with the file."""
    lines = {text.strip() for text in scene.subject.texts if sum(map(str.isalnum, text)) >= _SHORTEST_LINE}
    if not lines:
        return None
    first = None
    for turn in scene.before:
        if _added(turn, scene.subject.path) & lines:
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
