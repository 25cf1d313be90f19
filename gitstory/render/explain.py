"""Why conversations were linked to a commit, or not: for a terminal, and as JSON."""

from __future__ import annotations

from typing import Any

from gitstory.queries.explain import CandidateView, ExplainView, PieceView
from gitstory.text.console import Console, neutralise_line
from gitstory.text.wording import agent_label, clock, count, listed, local, rfc3339, shorten

SCHEMA = "gitstory.explain/1"

_WIDEST = 100
_PIECES = 6
_ID = 13
_MOMENT = "%Y-%m-%d %H:%M:%S"


def explain_object(view: ExplainView) -> dict[str, Any]:
    """`gitstory.explain/1`."""
    return {
        "schema": SCHEMA,
        "commit": view.commit.oid,
        "subject": view.commit.subject,
        "window": {"start": rfc3339(view.previous), "end": rfc3339(view.commit.committed)},
        "own": not view.foreign,
        "candidates": [_candidate_object(each) for each in view.candidates],
        "older": view.older,
        "elsewhere": [
            {
                "agent": each.agent,
                "id": each.id,
                "place": each.place,
                "started": rfc3339(each.started),
                "updated": rfc3339(each.updated),
            }
            for each in view.elsewhere
        ],
        "unread": view.unread,
        "stores": [
            {"agent": each.agent, "roots": list(each.roots), "transcripts": each.transcripts, "here": each.here}
            for each in view.stores
        ],
        "problems": list(view.problems),
        "recorded": view.stored is not None,
        "differences": [
            {"kind": each.kind, "agent": each.agent, "id": each.id, "text": each.text} for each in view.differences
        ],
    }


def _candidate_object(each: CandidateView) -> dict[str, Any]:
    return {
        "agent": each.agent,
        "id": each.id,
        "title": each.title,
        "linked": each.evidence is not None,
        "evidence": each.evidence,
        "reason": each.reason,
        "weight": each.weight,
        "least": each.least,
        "lines": each.lines,
        "skipped": each.skipped,
        "times": "recorded" if each.bounds is None else "bounds",
        "turns": [{"index": index, "lines": lines} for index, lines in each.turns],
        "ranges": [
            {
                "path": part.piece.path,
                "start": part.piece.start,
                "end": part.piece.end,
                "removed": part.piece.removed,
                "drift": part.piece.drift,
                "turn": part.piece.turn,
                "texts": list(part.texts),
            }
            for part in each.pieces
        ],
    }


def write_explain(view: ExplainView, console: Console) -> None:
    """Write the answer. All text from outside is made harmless here."""
    commit, zone = view.commit, view.commit.zone
    oid = console.paint(commit.oid[:10], "yellow")
    console.line(f"{oid} {console.paint(shorten(neutralise_line(commit.subject), _room(console) - 12), 'bold')}")
    start = local(view.previous, zone, _MOMENT) or "the beginning"
    end = local(commit.committed, zone, _MOMENT)
    console.line(f"made between {start} and {end}, {_changed(view)}")
    if view.foreign:
        console.line("by another author: `git story backfill` leaves it alone, unless asked with --anyone")
    linked = [each for each in view.candidates if each.evidence is not None]
    rejected = [each for each in view.candidates if each.evidence is None]
    _section("linked", linked, console)
    _section("not linked", rejected, console)
    if view.older:
        words = "conversation that edited" if view.older == 1 else "conversations that edited"
        console.line(
            console.paint(f"  and {view.older:,} older {words} these files: nothing of theirs is new here", "dim")
        )
    _elsewhere(view, console)
    _stores(view, console)
    _record(view, console)


def _changed(view: ExplainView) -> str:
    if not view.merge:
        return f"{count(view.files, 'file')} changed"
    if not view.files:
        return "a merge without changes of its own"
    return f"a merge with changes of its own in {count(view.files, 'file')}"


def _room(console: Console) -> int:
    return max(min(console.width, _WIDEST), 40)


def _heading(text: str, console: Console) -> None:
    console.line()
    console.line(console.paint(text, "bold"))


def _section(title: str, views: list[CandidateView], console: Console) -> None:
    _heading(title, console)
    if not views:
        console.line("  none")
    for each in views:
        _candidate(each, console)


def _candidate(each: CandidateView, console: Console) -> None:
    label = console.paint(agent_label(neutralise_line(each.agent)), "cyan")
    named = f"  {label} {neutralise_line(each.id)[:_ID]}"
    title = shorten(neutralise_line(each.title[:600]), _room(console) - len(each.agent) - _ID - 5)
    console.line(f"{named}  {title}".rstrip())
    evidence = f"{console.paint(each.evidence, 'green')}: " if each.evidence is not None else ""
    score = f"; score {each.weight} (threshold {each.least})" if each.lines else ""
    console.line(f"    {evidence}{neutralise_line(each.reason)}{score}")
    if each.bounds is not None:
        start, end = (local(moment, 0, "%Y-%m-%d %H:%M UTC") for moment in each.bounds)
        between = f"between {start or 'an unknown time'} and {end or 'now'}, in the order of its records"
        console.line(console.paint(f"    its agent records no times: {between}", "dim"))
    if each.skipped:
        console.line(console.paint(f"    {count(each.skipped, 'record')} of it could not be read", "yellow"))
    for part in each.pieces[:_PIECES]:
        _piece(part, console)
    if len(each.pieces) > _PIECES:
        console.line(console.paint(f"    and {count(len(each.pieces) - _PIECES, 'more range')}", "dim"))


def _piece(part: PieceView, console: Console) -> None:
    piece = part.piece
    span = str(piece.start) if piece.start == piece.end else f"{piece.start}-{piece.end}"
    drift = {"": "", "whitespace": ", after formatting", "line-endings": ", line ends differ"}[piece.drift]
    console.line(f"    turn {piece.turn}  {neutralise_line(piece.path)}:{span}{drift}")
    sign, style = ("-", "red") if piece.removed else ("+", "green")
    for text in part.texts:
        code = shorten(neutralise_line(text.removesuffix("\r").strip()), _room(console) - 8)
        console.line(console.paint(f"      {sign} {code}".rstrip(), style))
    rest = piece.end - piece.start + 1 - len(part.texts)
    if rest > 0 and part.texts:
        console.line(console.paint(f"      and {count(rest, 'more line')}", "dim"))


def _elsewhere(view: ExplainView, console: Console) -> None:
    if not view.elsewhere and not view.unread:
        return
    _heading("at work at the time in other directories", console)
    zone = view.commit.zone
    for each in view.elsewhere:
        label = agent_label(neutralise_line(each.agent))
        times = f"{clock(each.started, zone)} to {clock(each.updated, zone, each.started)}"
        console.line(f"  {label} {neutralise_line(each.id)[:_ID]}  {times}  {neutralise_line(each.place) or 'unknown'}")
    if view.unread:
        words = f"  {count(view.unread, 'later transcript')} of other directories not opened"
        console.line(console.paint(words, "dim"))


def _stores(view: ExplainView, console: Console) -> None:
    _heading("looked through", console)
    absent = sum(not each.roots for each in view.stores)
    for each in view.stores:
        if not each.roots:
            continue
        where = listed([neutralise_line(root) for root in each.roots])
        console.line(
            f"  {each.label}: {count(each.transcripts, 'transcript')} in {where}, {each.here:,} to be looked at"
        )
    if absent:
        others = count(absent, "agent" if absent == len(view.stores) else "other agent")
        console.line(console.paint(f"  no store of {others} on this machine", "dim"))
    for problem in view.problems[:5]:
        console.line(f"  {neutralise_line(problem)}")


def _record(view: ExplainView, console: Console) -> None:
    _heading("the record", console)
    if view.stored is None:
        any_linked = any(each.evidence is not None for each in view.candidates)
        hint = f"; `git story backfill {view.commit.oid[:10]}^!` links it" if any_linked and not view.foreign else ""
        console.line(f"  nothing is recorded for this commit{hint}")
    for each in view.differences:
        console.line(f"  {agent_label(neutralise_line(each.agent))} {neutralise_line(each.id)[:_ID]}: {each.text}")
    if view.stored is not None and not view.differences:
        console.line("  says the same")
