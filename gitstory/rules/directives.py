"""The directives in a conversation. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from msgspec.structs import replace

from gitstory.model import Conversation, Turn
from gitstory.rules.instructions import Instruction, instructions
from gitstory.rules.person_words import PersonSentence, person_sentences
from gitstory.rules.values import Directive
from gitstory.summary.corrections import rewritten
from gitstory.summary.turn_kinds import with_kinds

_MOST_PATHS = 20
_BANS_OF_TASK = 3
"""Bans in one prompt that say what its task is to leave alone: nobody types as many wishes for good at once."""


def directives_of(conversation: Conversation, root: str) -> Iterator[Directive]:
    """What the person told the agent about how to work; `root` is the work tree's path that edits are relative to."""
    if conversation.subagent:
        return
    sentences_of_turns = [
        (turn.id, sentence, instruction)
        for turn in conversation.turns
        for sentence in person_sentences(turn)
        for instruction in instructions(sentence.text)
    ]
    if not sentences_of_turns:
        return
    # Kinds take as long as all the rest, and most conversations ask for nothing.
    turns = {turn.id: turn for turn in with_kinds(conversation).turns}
    by_index = {turn.index: turn for turn in turns.values()}
    bans = Counter(name for name, _, instruction in sentences_of_turns if instruction.form == "forbid")
    for name, sentence, instruction in sentences_of_turns:
        turn = turns[name]
        if instruction.form == "forbid" and bans[name] >= _BANS_OF_TASK:
            instruction = replace(instruction, form="ensure")
        if turn.kind != "automated" or sentence.refusal:
            yield _directive(conversation, turn, by_index.get(turn.index - 1), sentence, instruction, root)


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
