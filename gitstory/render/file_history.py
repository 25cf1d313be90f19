"""The history of a file's reasons, for a terminal and as JSON."""

from __future__ import annotations

from typing import Any

from gitstory.queries.file_history import FileCommit, FileHistory, TurnPart
from gitstory.summary.short_ids import turn_name
from gitstory.summary.turn_labels import turn_label
from gitstory.text.console import Console, neutralise_line
from gitstory.text.wording import agent_label, count, day, rfc3339, shorten

SCHEMA = "gitstory.why-file/1"
_WIDEST = 100
_TURNS = 5


def file_history_object(file_history: FileHistory) -> dict[str, Any]:
    """`gitstory.why-file/1`."""
    return {
        "schema": SCHEMA,
        "path": file_history.path,
        "rev": file_history.rev,
        "commits": [_commit_object(one) for one in file_history.commits],
        "more": file_history.more,
    }


def _commit_object(file_commit: FileCommit) -> dict[str, Any]:
    return {
        "commit": file_commit.commit.oid,
        "subject": file_commit.commit.subject,
        "author": file_commit.commit.author,
        "date": rfc3339(file_commit.commit.time),
        "path": file_commit.path,
        "has_story": file_commit.has_story,
        "turns": [
            {
                "agent": part.ref.agent,
                "conversation": part.ref.conversation,
                "turn": part.ref.turn or None,
                "index": part.turn.index if part.turn is not None else None,
                "prompt": part.turn.prompt if part.turn is not None else None,
                "lines": part.added,
                "removed": part.removed,
            }
            for part in file_commit.parts
        ],
    }


def write_file_history(file_history: FileHistory, console: Console) -> None:
    """Write a line for each commit, and below it one for each turn. Text from outside is made harmless here."""
    room = max(min(console.width, _WIDEST), 40)
    at = f" in {neutralise_line(file_history.rev)}" if file_history.rev is not None else ""
    console.line(console.paint(f"{neutralise_line(file_history.path)}{at}", "bold"))
    for file_commit in file_history.commits:
        console.line()
        commit = file_commit.commit
        oid = console.paint(commit.oid[:10], "yellow")
        moved = f"  ({neutralise_line(file_commit.path)})" if file_commit.path != file_history.path else ""
        subject = shorten(neutralise_line(commit.subject), room - 23)
        console.line(f"{oid} {day(commit.time, commit.zone)} {console.paint(subject, 'bold')}{moved}")
        for part in file_commit.parts[:_TURNS]:
            _part(part, room, console)
        if len(file_commit.parts) > _TURNS:
            console.line(console.paint(f"  and {count(len(file_commit.parts) - _TURNS, 'more turn')}", "dim"))
        if not file_commit.parts:
            why = "no line of this file is attributed" if file_commit.has_story else "no conversation is recorded"
            console.line(console.paint(f"  {why} (author: {neutralise_line(commit.author)})", "dim"))
    if file_history.more:
        console.line()
        console.line(console.paint(f"and {count(file_history.more, 'older commit')} (-n 0 lists all)", "dim"))


def _part(part: TurnPart, room: int, console: Console) -> None:
    ref = part.ref
    name = neutralise_line(turn_name(ref.conversation, part.turn.index if part.turn is not None else None))
    head = f"  {agent_label(neutralise_line(ref.agent))} {name}"
    size = (
        f"+{part.added}" if not part.removed else f"+{part.added} -{part.removed}" if part.added else f"-{part.removed}"
    )
    prompt = neutralise_line(turn_label(part.turn)) if part.turn is not None else "(text not stored)"
    shown = shorten(prompt, max(room - len(head) - len(size) - 4, 20))
    console.line(f"{console.paint(head, 'cyan')}  {size}  {shown}")
