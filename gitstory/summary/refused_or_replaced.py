"""Whether what a turn proposed or made was refused or replaced by later turns of its conversation. Pure.

Lines decide first: those that a turn put in and later ones took out. Words only count for a turn that changed nothing:
its proposal was refused if the next prompt turns it down.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from gitstory.model import Turn
from gitstory.summary.dependent_prompts import refuses
from gitstory.summary.find_edit import hunks_of

Outcome = Literal["", "refused", "replaced"]
"""What became of it: "" where nothing says that it did not stay."""

_LEAST_SIGNS = 4
"""Letters and digits that a line needs to be distinctive."""
_LEAST_LINES = 2
_REPLACED, _REPLACED_AT_ONCE = 0.75, 0.5
"""Share of a turn's lines that later ones took out; the second if the next turn is a correction and began it."""


def outcomes(turns: Sequence[Turn]) -> Mapping[str, Outcome]:
    """What became of each of `turns` (in order, gaps allowed) by its id; those that stayed are left out."""
    by_index = {turn.index: turn for turn in turns}
    put_in = {turn.id: set(_lines(turn, "+")) for turn in turns}
    taken_out = {turn.id: set(_lines(turn, "-")) for turn in turns}
    by_id: dict[str, Outcome] = {}
    for at, turn in enumerate(turns):
        following = by_index.get(turn.index + 1)
        mine = put_in[turn.id]
        if turn.abandoned:
            by_id[turn.id] = "replaced"
        elif mine:
            gone: set[tuple[str, str]] = set()
            for later in turns[at + 1 :]:
                gone = (gone | (mine & taken_out[later.id])) - put_in[later.id]
            corrected = following is not None and following.kind == "correction"
            at_once = corrected and following is not None and bool(mine & taken_out[following.id])
            least = _REPLACED_AT_ONCE if at_once else _REPLACED
            if len(gone) >= _LEAST_LINES and len(gone) >= least * len(mine):
                by_id[turn.id] = "replaced"
        elif following is not None and not any(turn.edits) and refuses(following.prompt):
            by_id[turn.id] = "refused"
    return by_id


def _lines(turn: Turn, sign: str) -> Iterator[tuple[str, str]]:
    """(name of the file, line) of what a turn put in ("+") or took out ("-")."""
    if turn.abandoned:
        return
    for edit in turn.edits:
        name = edit.path.replace("\\", "/").rpartition("/")[2]
        for hunk in hunks_of(edit):
            for line in hunk.lines:
                if line[:1] == sign and sum(map(str.isalnum, line)) >= _LEAST_SIGNS:
                    yield name, line[1:].strip()
