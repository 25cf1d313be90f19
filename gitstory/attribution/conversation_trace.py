"""A conversation reduced to what linking needs: turns, edits as line ids, commits it says it made. No text.

Made once a reading and kept in the parse cache, so that a commit that concerns an old conversation does not parse it
again, and no byte of a transcript reaches the disk on the way.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct

from gitstory.attribution.diff_hunks import hunks_between
from gitstory.attribution.line_ending_drift import Ends, ends_of
from gitstory.attribution.line_ids import LineId, Lines, split
from gitstory.attribution.repository_of_path import normal
from gitstory.model import Conversation, Edit, Hunk, Turn

Patch = tuple[int, tuple[tuple[int, LineId], ...]]
"""A hunk: first line in the old text (1-based, 0 unknown) and (sign, line) pairs; sign -1 removed, 0 kept, 1 added."""


class TraceEdit(Struct, frozen=True, array_like=True, gc=False):
    """One edit: `before` and `after` are whole files, None where unknown; `patch` serves where `after` is None.

    An edit with neither is known by name only. `turn` indexes `Trace.turns`.
    """

    path: str
    turn: int
    time: float
    op: str = "modify"
    shell: bool = False
    before: tuple[LineId, ...] | None = None
    after: tuple[LineId, ...] | None = None
    patch: tuple[Patch, ...] = ()
    moved_from: str | None = None
    ends: Ends = ""
    """How the lines end that it wrote, where the agent recorded them as they were written."""


class TraceTurn(Struct, frozen=True, array_like=True, gc=False):
    """`marked`: its prompt holds the word that makes it private."""

    id: str
    index: int
    time: float
    ended: float
    marked: bool = False


class TraceCommit(Struct, frozen=True, array_like=True, gc=False):
    """A commit a shell call reports as made: a (mostly abbreviated) id, in the turn and at the time it says so."""

    oid: str
    turn: int
    time: float


class TraceTry(Struct, frozen=True, array_like=True, gc=False):
    """A shell call whose command speaks of a commit: its native id ("" for none), in the turn and at the time it began.

    Whether it made one, and which, the call need not say (`git commit -q`).
    """

    call: str
    turn: int
    time: float


class Trace(Struct, frozen=True, array_like=True):
    """One conversation for linking. Paths are as recorded, in `repository_of_path.normal` form (absolute, mostly)."""

    agent: str
    conversation: str
    started: float
    ended: float
    places: tuple[str, ...]
    remotes: tuple[str, ...]
    heads: tuple[str, ...]
    turns: tuple[TraceTurn, ...]
    edits: tuple[TraceEdit, ...]
    commits: tuple[TraceCommit, ...]
    parent: str | None = None
    subagent: bool = False
    folder: str | None = None
    bounds: bool = False
    """Its agent records no times: all edits bear the time it started, in the order of their records."""
    version: str = ""
    skipped: int = 0
    """Records of it that were not understood."""
    silent: bool = False
    """Private turns alone: what they wrote is unattributed."""
    tries: tuple[TraceTry, ...] = ()

    @property
    def key(self) -> tuple[str, str]:
        return (self.agent, self.conversation)

    def turn_at(self, time: float) -> int | None:
        """The number of the turn that began last before `time`, None before the first."""
        begun = [(turn.time, number) for number, turn in enumerate(self.turns) if turn.time <= time]
        return max(begun)[1] if begun else None


_COMMITS = re.compile(r"(?m)^(?>[^\n]*?\bgit\b)[^\n]*\bcommit\b")
_JITTER = 120.0
"""Seconds by which a record's clock may lag behind the one before it in the file, and the file's order still holds."""


def _moved(clock: float, time: float | None) -> float:
    """The clock after a record of `time`: a small step back is disorder, a large one an older part of the story."""
    if time is None or clock - _JITTER <= time < clock:
        return clock
    return time


def trace(
    conversation: Conversation,
    lines: Lines,
    folder: str | None = None,
    marked: Callable[[str], bool] = lambda prompt: False,
) -> Trace:
    """Reduce a conversation. Where its records' clocks step back a little, their place in the file outranks them."""
    clock = conversation.started or 0.0
    ended = conversation.updated or 0.0
    texts: dict[str, _Whole] = {}
    turns: list[TraceTurn] = []
    edits: list[TraceEdit] = []
    commits: list[TraceCommit] = []
    tries: list[TraceTry] = []
    for number, turn in enumerate(conversation.turns):
        clock = began = _moved(clock, turn.time)
        for call in turn.calls:
            clock = _moved(clock, call.time)
            commits.extend(TraceCommit(oid, number, clock) for oid in call.commits)
            if _COMMITS.search(call.input):
                tries.append(TraceTry(call.id, number, clock))
            for edit in call.edits:
                # What a call wrote and committed was written before its result came.
                clock = _moved(clock, call.time if call.commits else edit.time)
                edits.append(_trace_edit(edit, number, clock, texts, lines))
        clock = max(clock, _last_time(turn))
        # Without times of its own a turn may have gone on to the last moment.
        until = max(clock, ended) if conversation.times == "bounds" else clock
        turns.append(TraceTurn(turn.id, turn.index, began, until, marked(turn.prompt)))
        ended = max(ended, clock)
    return Trace(
        agent=conversation.agent,
        conversation=conversation.id,
        started=conversation.started or min((turn.time for turn in turns), default=clock),
        ended=ended,
        places=tuple(normal(place) for place in conversation.places),
        remotes=conversation.remotes,
        heads=conversation.heads,
        turns=tuple(turns),
        edits=tuple(edits),
        commits=tuple(commits),
        parent=None if conversation.from_plan else conversation.parent,
        subagent=conversation.subagent,
        folder=folder,
        bounds=conversation.times == "bounds",
        version=conversation.version,
        skipped=conversation.skipped,
        tries=tuple(tries),
    )


def _last_time(turn: Turn) -> float:
    return max([turn.ended or 0.0, *(step.time or 0.0 for step in turn.steps)])


_Whole = tuple[str, tuple[LineId, ...]]
"""A file's text and its lines."""


def _trace_edit(edit: Edit, turn: int, time: float, texts: dict[str, _Whole], lines: Lines) -> TraceEdit:
    path = normal(edit.path)
    current, ids = texts.get(path, (None, ()))
    before, after = whole_texts(edit, current)
    # Mostly an edit finds what the one before it left: the same lines need not be kept twice.
    before_ids = None if before is None else ids if before == current else tuple(lines.of(before))
    left = None if after is None else tuple(lines.of(after))
    if after is not None and left is not None:
        texts[path] = after, left
    elif edit.op == "delete" or edit.source == "shell":
        # What the file holds now is not known until the agent records it again.
        texts.pop(path, None)
    # A shell command replaces what it finds: without the file's text it is unknown whether it did.
    pairs = () if edit.source == "shell" else edit.replacements
    hunks = () if after is not None else edit.hunks or tuple(_as_hunk(pair.old, pair.new) for pair in pairs)
    return TraceEdit(
        path=path,
        turn=turn,
        time=time,
        op=edit.op,
        shell=edit.source == "shell",
        before=before_ids,
        after=left,
        patch=tuple(_patch(hunk, lines) for hunk in hunks),
        moved_from=None if edit.moved_from is None else normal(edit.moved_from),
        ends=ends_of(edit.after if edit.after is not None else "".join(pair.new for pair in edit.replacements)),
    )


def whole_texts(edit: Edit, current: str | None) -> tuple[str | None, str | None]:
    """The file before and after an edit, as far as the edit or `known` (its text after the previous edit) has it."""
    if edit.op == "delete":
        return edit.before, None
    if edit.after is not None:
        return ("" if edit.op == "create" and edit.before is None else edit.before), edit.after
    # Of a stored conversation only patches are left; that of a new file is the whole of it.
    new = "" if edit.op == "create" and edit.before is None else None
    for base in (edit.before, new, current):
        if base is None:
            continue
        after = _replaced(base, edit) if edit.replacements else None
        if after is None and edit.hunks:
            after = _patched(base, edit.hunks)
        if after is not None:
            return base, after
    return edit.before, None


def _replaced(text: str, edit: Edit) -> str | None:
    for pair in edit.replacements:
        if not pair.old:
            if text:
                return None
            text = pair.new
        elif pair.old in text and pair.each_line:
            text = "\n".join(line.replace(pair.old, pair.new, 1) for line in text.split("\n"))
        elif pair.old in text:
            text = text.replace(pair.old, pair.new, -1 if pair.all else 1)
        else:
            return None
    return text


def _patched(text: str, hunks: Sequence[Hunk]) -> str | None:
    """`text` with all hunks applied at the lines they name; None if one does not fit exactly there."""
    old = split(text)
    out: list[str] = []
    at = 0
    for hunk in hunks:
        gone = [line[1:].removesuffix("\r") for line in hunk.lines if line[:1] in "- "]
        start = hunk.old_start - (1 if gone else 0)
        if hunk.old_start <= 0 and not (hunk.old_start == 0 and not gone):
            return None
        if start < at or old[start : start + len(gone)] != gone:
            return None
        out += old[at:start]
        out += [line[1:].removesuffix("\r") for line in hunk.lines if line[:1] in "+ "]
        at = start + len(gone)
    out += old[at:]
    return "\n".join([*out, ""])


def _as_hunk(old: str, new: str) -> Hunk:
    """A replacement as a hunk at an unknown place: what stays, what goes, what comes."""
    hunks = hunks_between(old, new, context=len(old) + 1)
    return Hunk(0, 0, hunks[0].lines) if hunks else Hunk(0, 0, ())


_SIGN = {" ": 0, "-": -1, "+": 1}


def _patch(hunk: Hunk, lines: Lines) -> Patch:
    marked = [line for line in hunk.lines if line[:1] in _SIGN] if hunk.lines else []
    ids = lines.of_lines([line[1:].removesuffix("\r") for line in marked])
    return hunk.old_start, tuple(zip([_SIGN[line[0]] for line in marked], ids, strict=True))


def located(
    trace: Trace, locate: Callable[[str], tuple[str, str] | None]
) -> Iterator[tuple[int, str, TraceEdit, str, str | None]]:
    """(number, root, edit, path in the repository, moved_from there) of the edits that `locate` finds a root for."""
    for number, edit in enumerate(trace.edits):
        place = locate(edit.path)
        if place is None:
            continue
        origin = locate(edit.moved_from) if edit.moved_from else None
        yield number, place[0], edit, place[1], origin[1] if origin else None
