"""`git story blame` for a person: lines in blocks of one origin; and git's porcelain with more headers."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby

from gitstory.git.blame import BlamedCommit, with_headers
from gitstory.git.commit_details import path_text
from gitstory.git.log import text_of
from gitstory.queries.blame import BlameView
from gitstory.render.blame_style import Style
from gitstory.sources.story_source import TurnRef
from gitstory.summary.short_ids import turn_name
from gitstory.text.console import Console, neutralise_line
from gitstory.text.wording import agent_label, cut, day, recorder_label, shorten_spaced, zone_text

_COLORS = ("cyan", "green", "magenta", "yellow", "blue")
"""Characters of a prompt that are looked at."""


def porcelain(view: BlameView) -> bytes:
    """git's bytes, with `story-` headers before the content of each line whose turn is known."""
    existing: dict[tuple[TurnRef, str], bytes] = {}
    headers: list[bytes] = []
    for at, owner in enumerate(view.owners):
        if owner is None:
            headers.append(b"")
            continue
        key = (owner, view.recorded_by(at))
        if key not in existing:
            existing[key] = _headers(*key)
        headers.append(existing[key])
    return with_headers(view.blame, headers)


def _headers(owner: TurnRef, by: str) -> bytes:
    fields = (("agent", owner.agent), ("conversation", owner.conversation), ("turn", owner.turn), ("recorded-by", by))
    lines = (f"story-{name} {neutralise_line(value)}\n" for name, value in fields if value)
    return "".join(lines).encode("utf-8", "replace")


def write_blame(view: BlameView, console: Console, style: Style, dates: Mapping[str, str]) -> None:
    """Write the file in blocks of one origin: a heading over the full width, then the lines.

    `dates` are authors' dates by commit, already formatted; those of other commits are days. On a screen lines are
    cut at its edge, elsewhere they are whole.
    """
    gutter = _Gutter(view, style)
    colors: dict[TurnRef, str] = {}
    for key, run in groupby(range(len(view.owners)), lambda at: (view.blame.lines[at].commit, view.owners[at])):
        owner = key[1]
        if owner is not None and owner not in colors:
            colors[owner] = _COLORS[len(colors) % len(_COLORS)]
        color = colors[owner] if owner is not None else "dim"
        positions = list(run)
        rows = [console.paint(_heading(view, positions[0], style, dates, console.width), color)]
        for at in positions:
            left = gutter.text(at)
            code = _code(view.blame.lines[at].text)
            if console.screen:
                code = cut(code, console.width - gutter.width - 2)
            rows.append(f"{console.paint(left, color)}  {code}".rstrip())
        console.line("\n".join(rows))


class _Gutter:
    """What stands left of each line: a bar where a turn wrote it, and its number (`-n`: also where it was written)."""

    def __init__(self, view: BlameView, style: Style) -> None:
        self._view = view
        self._digits = max((len(str(line.line)) for line in view.blame.lines[-1:]), default=1)
        self._before = max((len(str(line.orig_line)) for line in view.blame.lines), default=1) if style.numbers else 0
        self.width = self._digits + 2 + (self._before + 1 if self._before else 0)

    def text(self, at: int) -> str:
        line = self._view.blame.lines[at]
        before = f"{line.orig_line:>{self._before}} " if self._before else ""
        return f"{'│' if self._view.owners[at] is not None else ' '} {before}{line.line:>{self._digits}}"


def _code(data: bytes) -> str:
    text = text_of(data)
    # Nearly every line is harmless as it is, and there may be thousands.
    if text.isascii() and text.isprintable():
        return text
    return neutralise_line(text.removesuffix("\r").expandtabs(8))


def _heading(view: BlameView, at: int, style: Style, dates: Mapping[str, str], width: int) -> str:
    """`02011ea3 2025-11-20  Claude Code 4de91640#2  Add a divide function`; without a turn, the author and subject."""
    line = view.blame.lines[at]
    commit = view.blame.commits[line.commit]
    owner, turn, by = view.owners[at], view.turn_of(at), view.recorded_by(at)
    date = "" if commit.uncommitted else dates.get(commit.oid) or _date(commit, style)
    if owner is not None:
        name = neutralise_line(turn_name(owner.conversation, turn.index if turn is not None else None))
        who = f"{agent_label(neutralise_line(owner.agent))} {name}"
        missing = f"({recorder_label(by)} says so)" if by else "(prompt not stored)"
        what = view.label_of(at) if turn is not None else missing
    else:
        name = ""
        who = "not committed yet" if commit.uncommitted else f"<{commit.mail}>" if style.mail else commit.author
        what = "" if commit.uncommitted else commit.summary
    head = " ".join(part for part in (_oid(commit, style), "" if style.short else date) if part)
    path = path_text(line.path) if style.file_names else ""
    parts = (head, path, name) if style.short else (head, path, who, what)
    return shorten_spaced(tuple(neutralise_line(part) for part in parts if part.strip()), width)


def _oid(commit: BlamedCommit, style: Style) -> str:
    if commit.uncommitted:
        return ""
    if not commit.boundary:
        return commit.oid[: style.id_length]
    return "" if style.blank_boundary else f"^{commit.oid[: style.id_length - 1]}"


def _date(commit: BlamedCommit, style: Style) -> str:
    return f"{commit.time} {zone_text(commit.zone)}" if style.raw_time else day(commit.time, commit.zone)
