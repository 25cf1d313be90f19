"""What a reader gets out of a store, counted: for expectations, and for the README's table of agents."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from gitstory.model import Call, Conversation, Mark, Think, Turn


class Findings(Struct, frozen=True):
    """Counts over all conversations of a store; `spawned` are conversations that a subagent had."""

    conversations: int = 0
    turns: int = 0
    prompts: int = 0
    answers: int = 0
    thinking: int = 0
    calls: int = 0
    edits: int = 0
    edits_with_text: int = 0
    """Edits with text: whole, as a patch or as a replacement."""
    timed: int = 0
    """Turns with a time of their own."""
    tokens: int = 0
    """Turns with token counts."""
    models: int = 0
    """Conversations that name a model."""
    subagents: int = 0
    """Steps that show a subagent, and conversations of one."""
    skipped: int = 0
    bounded: int = 0
    """Conversations whose times are only those of their file."""
    versions: tuple[str, ...] = ()


def findings(conversations: Iterable[Conversation]) -> Findings:
    """Count what was read."""
    all_ = list(conversations)
    turns = [turn for one in all_ for turn in one.turns]
    steps = [step for turn in turns for step in turn.steps]
    edits = [edit for turn in turns for edit in turn.edits]
    with_text = [
        edit for edit in edits if edit.after is not None or edit.hunks or edit.replacements or edit.op == "delete"
    ]
    return Findings(
        conversations=len(all_),
        turns=len(turns),
        prompts=sum(bool(turn.prompt.strip() or turn.images) for turn in turns),
        answers=sum(len(list(turn.answers)) for turn in turns),
        thinking=sum(isinstance(step, Think) for step in steps),
        calls=sum(isinstance(step, Call) for step in steps),
        edits=len(edits),
        edits_with_text=len(with_text),
        timed=sum(turn.time is not None for turn in turns),
        tokens=sum(turn.tokens is not None for turn in turns),
        models=sum(bool(one.models) for one in all_),
        subagents=_subagents(turns) + sum(one.subagent for one in all_),
        skipped=sum(one.skipped for one in all_),
        bounded=sum(one.times == "bounds" for one in all_),
        versions=tuple(sorted({one.version for one in all_ if one.version})),
    )


def _subagents(turns: Iterable[Turn]) -> int:
    steps = [step for turn in turns for step in turn.steps]
    marks = sum(isinstance(step, Mark) and step.kind == "subagent" for step in steps)
    return marks or len({step.agent for step in steps if isinstance(step, Call) and step.agent})
