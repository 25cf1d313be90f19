"""The directives in a conversation. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from gitstory.model import Conversation, Turn
from gitstory.rules.instructions import Instruction, instructions
from gitstory.rules.person_words import PersonSentence, person_sentences
from gitstory.rules.values import Directive
from gitstory.summary.corrections import rewritten

_MOST_PATHS = 20


def directives_of(conversation: Conversation, root: str) -> Iterator[Directive]:
    """What the person told the agent about how to work; `conversation` has the kinds of its turns, `root` is the work
    tree's path that its edits are relative to."""
    if conversation.subagent:
        return
    by_index = {turn.index: turn for turn in conversation.turns}
    for turn in conversation.turns:
        before = by_index.get(turn.index - 1)
        for sentence in person_sentences(turn):
            for instruction in instructions(sentence.text):
                yield _directive(conversation, turn, before, sentence, instruction, root)


def _directive(
    conversation: Conversation,
    turn: Turn,
    before: Turn | None,
    sentence: PersonSentence,
    instruction: Instruction,
    root: str,
) -> Directive:
    corrects = turn.kind == "correction"
    return Directive(
        sentence.text,
        instruction.rule,
        instruction.form,
        conversation.agent,
        conversation.id,
        turn.index,
        turn.time if turn.time is not None else conversation.started,
        instruction.terms,
        instruction.positive,
        instruction.wanted.lower(),
        instruction.unwanted.lower(),
        sentence.refusal,
        corrects,
        corrects and before is not None and rewritten(turn, before)[0] > 0,
        tuple(_edited(turn, root))[:_MOST_PATHS],
        instruction.weak,
    )


def _edited(turn: Turn, root: str) -> Iterator[str]:
    """The files of the repository that a turn edited, without repeats."""
    prefix = root.rstrip("/") + "/"
    seen: set[str] = set()
    for edit in turn.edits:
        path = edit.path.replace("\\", "/")
        relative = path.removeprefix(prefix)
        if relative not in seen and not relative.startswith(("/", "..")) and ":" not in relative[:3]:
            seen.add(relative)
            yield relative
