"""`git story blame` for a person: one row a line, runs of one origin grouped; and git's porcelain with more headers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from gitstory.git.blame import with_headers
from gitstory.git.history import text_of
from gitstory.queries.blame import BlameView
from gitstory.queries.source import TurnRef
from gitstory.render.console import Console, neutralise_line
from gitstory.render.words import agent_label, day, padded, recorder_label, shorten

_COLORS = ("cyan", "green", "magenta", "yellow", "blue")
_NARROW, _WIDE = 40, 58


def porcelain(view: BlameView) -> bytes:
    """git's bytes, with `story-` headers before the content of each line whose turn is known."""
    known: dict[tuple[TurnRef, str], bytes] = {}
    headers: list[bytes] = []
    for at, owner in enumerate(view.owners):
        if owner is None:
            headers.append(b"")
            continue
        key = (owner, view.recorded_by(at))
        if key not in known:
            known[key] = _headers(*key)
        headers.append(known[key])
    return with_headers(view.blame, headers)


def _headers(owner: TurnRef, by: str) -> bytes:
    fields = (("agent", owner.agent), ("conversation", owner.conversation), ("turn", owner.turn), ("recorded-by", by))
    lines = (f"story-{name} {neutralise_line(value)}\n" for name, value in fields if value)
    return "".join(lines).encode("utf-8", "replace")


def write_blame(view: BlameView, console: Console, *, short: bool = False, mail: bool = False) -> None:
    """Write the file. `short` leaves out who and when (`-s`), `mail` names people by address (`-e`)."""
    gutter = 22 if short else min(max(console.width * 54 // 100, _NARROW), _WIDE)
    digits = len(str(view.blame.lines[-1].line)) if view.blame.lines else 1
    colors: dict[TurnRef, str] = {}
    blank = " " * gutter
    for key, run in groupby(range(len(view.owners)), lambda at: (view.blame.lines[at].commit, view.owners[at])):
        positions = list(run)
        owner = key[1]
        if owner is not None and owner not in colors:
            colors[owner] = _COLORS[len(colors) % len(_COLORS)]
        style = colors[owner] if owner is not None else "dim"
        rows: list[str] = []
        for at, label in zip(positions, _labels(view, positions, gutter, short, mail), strict=True):
            line = view.blame.lines[at]
            left = console.paint(padded(label, gutter), style) if label else blank
            rows.append(f"{left} {line.line:>{digits}}  {_code(line.text)}".rstrip())
        console.line("\n".join(rows))


def _code(data: bytes) -> str:
    text = text_of(data)
    # Nearly every line is harmless as it is, and there may be thousands.
    if text.isascii() and text.isprintable():
        return text
    return neutralise_line(text.removesuffix("\r").expandtabs(8))


def _labels(view: BlameView, positions: Sequence[int], width: int, short: bool, mail: bool) -> Iterator[str]:
    """What stands left of each line of a run: its origin at the first, the prompt or subject at the second."""
    commit = view.blame.commits[view.blame.lines[positions[0]].commit]
    owner, turn = view.owners[positions[0]], view.turn_of(positions[0])
    oid = "        " if commit.uncommitted else commit.oid[:8]
    date = day(commit.time, commit.zone)
    if owner is not None:
        number = f" #{turn.index}" if turn is not None else ""
        who = agent_label(neutralise_line(owner.agent)) + number
        by = view.recorded_by(positions[0])
        missing = f"({recorder_label(by)} says so)" if by else "(prompt not stored)"
        what = turn.prompt if turn is not None else missing
    else:
        who = "not committed yet" if commit.uncommitted else commit.mail if mail else commit.author
        what = "" if commit.uncommitted else commit.summary
    if short:
        yield shorten(f"{oid}{f' #{turn.index}' if turn is not None else ''}", width)
        yield from ("" for _ in positions[1:])
        return
    head = f"{oid} {shorten(neutralise_line(who), 18)} {date}"
    what = neutralise_line(what[:400])
    yield shorten(f"{head}  {what}", width) if len(positions) == 1 else shorten(head, width)
    if len(positions) > 1:
        yield shorten("" if not what else "         " + what, width) if not what else "  " + shorten(what, width - 2)
        yield from ("" for _ in positions[2:])
