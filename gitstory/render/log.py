"""Many stories, a few lines each."""

from __future__ import annotations

from gitstory.summary.commit_story import CommitView, ConversationView, TurnView
from gitstory.summary.evidence_in_words import evidence_words, signed_words
from gitstory.summary.short_ids import short_id, turn_name
from gitstory.text.console import Console, neutralise_line
from gitstory.text.wording import agent_label, count, day, shorten, width_of

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
        name = console.paint(neutralise_line(short_id(each.link.conversation)), "yellow")
        console.line(f"  {label} {name}  {neutralise_line(evidence_words(each, view))}")
        turns = _holding(each)
        for turn in turns[:_TURNS]:
            console.line(_turn(turn, room))
        if len(turns) > _TURNS:
            console.line(console.paint(f"    and {count(len(turns) - _TURNS, 'more turn')}", "dim"))
    for words in signed_words(view):
        console.line(f"  {neutralise_line(words)}")


def write_line(view: CommitView, console: Console) -> None:
    """One commit on one line: id, subject, and the turn that holds most of its lines."""
    oid, subject = view.commit.oid[:10], neutralise_line(view.commit.subject)
    best = max(
        ((turn.link.lines, each, turn) for each in view.conversations for turn in _holding(each)),
        key=lambda ranked: ranked[0],
        default=None,
    )
    if best is None:
        console.line(f"{console.paint(oid, 'yellow')} {shorten(subject, max(console.width - 11, 20))}")
        return
    _, each, turn = best
    name = neutralise_line(turn_name(each.link.conversation, turn.link.index))
    prompt = neutralise_line(turn.label) if turn.turn is not None else "(text not stored)"
    free = console.width - len(f"{oid}   {name} ")
    shown = shorten(subject, max(free // 2, 20))
    room = max(free - width_of(shown), 20)
    console.line(
        f"{console.paint(oid, 'yellow')} {shown}  {console.paint(name, 'cyan')} "
        f"{console.paint(shorten(prompt, room), 'dim')}"
    )


def _holding(each: ConversationView) -> list[TurnView]:
    """The turns that hold evidence."""
    return [turn for turn in each.turns if turn.link.evidence != "context"]


def _turn(each: TurnView, room: int) -> str:
    words = neutralise_line(each.label) if each.turn is not None else "(text not stored)"
    mark = "correction: " if each.correction else ""
    return f"    {each.link.index}. {mark}{shorten(words, room - 12 - len(mark))}"
