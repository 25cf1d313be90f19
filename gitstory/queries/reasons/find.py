"""The reasons of lines that one turn wrote: what is needed of the store and of git is read, the rest is pure."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from gitstory.git.repo import DamagedObject, Repo
from gitstory.model import Conversation, Turn
from gitstory.queries.reasons.choose import choose
from gitstory.queries.reasons.gather import gather
from gitstory.queries.reasons.plan_files import documents
from gitstory.queries.reasons.plan_writers import with_request
from gitstory.queries.reasons.text_relevance import subject
from gitstory.queries.reasons.values import Reason, Scene
from gitstory.sources.story_source import StorySource
from gitstory.summary.find_edit import MadeEdit, window
from gitstory.text.late_pattern import late_pattern

_TRANSCRIPT = late_pattern(r"read the full transcript at: \S*?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.jsonl")


def find_reasons(
    repo: Repo,
    source: StorySource,
    conversation: Conversation,
    turn: Turn,
    edit: MadeEdit | None,
    path: str,
    lines: Sequence[str],
    near: Sequence[str],
    commit: str,
) -> tuple[Reason, ...]:
    """All of them, the best first. `near` are lines around those asked for, `commit` the one that added them."""
    around = list(near)
    if edit is not None and edit.hunk is not None:
        around += [line[1:] for line in window(edit.hunk, lines, 8)[0]]
    scene = Scene(
        conversation,
        turn,
        subject(path, lines, around),
        edit.step if edit is not None else len(turn.steps),
        edit.agent if edit is not None else None,
        _parent(source, conversation, turn),
        commit=commit,
        message=_message(repo, commit),
    )
    scene = replace(scene, documents=documents(repo, source, scene))
    reasons = gather(scene)
    shown = {reason.source for reason in choose(reasons) if reason.kind == "plan-file"}
    if not shown:
        return tuple(reasons)
    documents_with_requests = tuple(
        with_request(repo, source, each, scene) if each.source in shown else each for each in scene.documents
    )
    return tuple(
        gather(replace(scene, documents=documents_with_requests))
        if documents_with_requests != scene.documents
        else reasons
    )


def _parent(source: StorySource, conversation: Conversation, turn: Turn) -> Conversation | None:
    """The conversation that made the plan this one carries out, or that started it, as far as it is stored."""
    named = _TRANSCRIPT.search(turn.prompt[-3000:]) if conversation.parent is None else None
    name = conversation.parent or (named[1] if named is not None else None)
    return source.conversation(conversation.agent, name) if name is not None else None


def _message(repo: Repo, commit: str) -> str:
    """A commit's message; "" for lines not committed yet."""
    if not commit.strip("0"):
        return ""
    try:
        row = repo.objects.read(commit)
    except DamagedObject:
        return ""
    return row[2].partition(b"\n\n")[2].decode("utf-8", "replace") if row is not None else ""
