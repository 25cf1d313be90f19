"""Conversations that took place elsewhere and wrote into this repository: what of them belongs to its record.

Whoever may read this repository's record need not be allowed to read what was said about another one. So of a visiting
conversation only the turns are kept that hold evidence, of these the words, and of the tool calls those that edited
files of this repository, with these edits alone; its title, its directories and its remotes are left out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path

from msgspec.structs import replace

from gitstory.attribution.conversation_trace import Trace
from gitstory.attribution.repository_of_path import inside, normal, remote_key
from gitstory.linking.repo_match import Here
from gitstory.model import Call, Conversation, Edit, Step, Turn


def is_visiting(conversation: Conversation, at: Here, *, moved: bool = False) -> bool:
    """Whether the conversation took place in another directory; see `visits`."""
    paths = [normal(edit.path) for turn in conversation.turns for edit in turn.edits]
    return visits([normal(place) for place in conversation.places], conversation.remotes, paths, at, moved=moved)


def trace_visits(trace: Trace, at: Here, *, moved: bool = False) -> bool:
    """The same of a trace."""
    return visits(trace.places, trace.remotes, [edit.path for edit in trace.edits], at, moved=moved)


def visits(
    places: Sequence[str], remotes: Iterable[str], paths: Collection[str], at: Here, *, moved: bool = False
) -> bool:
    """Whether a conversation began in a directory that is not of this repository.

    One that began above the repository visits it if it also edited files above it, but outside of it. A directory
    that is gone may have been a checkout of this repository (`moved`: what was edited there says so); if files of the
    work trees as they are were edited from there, it was another one.
    """
    if not places or at.holds(places[0]) or any(remote_key(url) in at.remotes for url in remotes):
        return False
    if not Path(places[0]).is_dir():
        return not moved and any(at.locate(path) is not None for path in paths)
    if at.is_below(places[0]):
        return any(inside(path, places[:1]) and at.locate(path) is None for path in paths)
    return True


def part_here(conversation: Conversation, at: Here, turns: Collection[str] | None = None) -> Conversation:
    """What may be kept of a visiting conversation: `turns` by their ids, by default those that edited files here."""
    kept = tuple(
        _turn(turn, at)
        for turn in conversation.turns
        if (turn.id in turns if turns is not None else any(_edits(turn.edits, at)))
    )
    return replace(
        conversation,
        turns=kept,
        title="",
        places=(),
        remotes=(),
        heads=(),
        models=tuple(dict.fromkeys(model for turn in kept for model in turn.models)),
        started=min((turn.time for turn in kept if turn.time is not None), default=None),
        updated=max((time for turn in kept if (time := turn.ended or turn.time) is not None), default=None),
    )


def _turn(turn: Turn, at: Here) -> Turn:
    return replace(turn, steps=tuple(_steps(turn, at)))


def _steps(turn: Turn, at: Here) -> Iterator[Step]:
    for step in turn.steps:
        if not isinstance(step, Call):
            yield step
        elif edits := tuple(_edits(step.edits, at)):
            yield replace(step, edits=edits, output="", cwd=None)


def _edits(edits: Iterable[Edit], at: Here) -> Iterator[Edit]:
    return (edit for edit in edits if at.locate(normal(edit.path)) is not None)
