"""Many stories, a few lines each."""

from __future__ import annotations

from gitstory.queries.show import CommitView, TurnView
from gitstory.render.console import Console, neutralise_line
from gitstory.render.evidence import evidence_words, signed_words
from gitstory.render.words import agent_label, count, day, shorten

_WIDEST = 100
_TURNS = 3


def write_entry(view: CommitView, console: Console) -> None:
    """One commit: its line, then a line for each conversation and its first turns that hold evidence."""
    commit = view.commit
    room = max(min(console.width, _WIDEST), 40)
    subject = shorten(neutralise_line(commit.subject), room - 24)
    who = shorten(neutralise_line(commit.author), 24)
    oid = console.paint(commit.oid[:10], "yellow")
    console.line(f"{oid} {day(commit.time, commit.zone)} {console.paint(subject, 'bold')}  {console.paint(who, 'dim')}")
    for each in view.conversations:
        label = console.paint(agent_label(neutralise_line(each.link.agent)), "cyan")
        console.line(f"  {label}  {neutralise_line(evidence_words(each, view))}")
        turns = [turn for turn in each.turns if turn.link.evidence != "context"]
        for turn in turns[:_TURNS]:
            console.line(_turn(turn, room))
        if len(turns) > _TURNS:
            console.line(console.paint(f"    and {count(len(turns) - _TURNS, 'more turn')}", "dim"))
    for words in signed_words(view):
        console.line(f"  {neutralise_line(words)}")


def _turn(each: TurnView, room: int) -> str:
    said = neutralise_line(each.turn.prompt[:600]) if each.turn is not None else "(text not stored)"
    mark = "correction: " if each.correction else ""
    return f"    {each.link.index}. {mark}{shorten(said, room - 12 - len(mark))}"
