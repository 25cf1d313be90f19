"""What shows that a sentence of an agent states a choice: the edits that it leads to or tells of. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from gitstory.model import Call, Say, Turn
from gitstory.queries.review.choice_sentences import stems

_LEAST = 2
"""Words that a sentence has to share with the edits."""
_LONGEST = 40_000
_PROMISE = re.compile(
    r"\b(?:i|we)(?:'ll|\s(?:will|am\sgoing\sto|'m\sgoing\sto))\b|\blet(?:'s|\sme|\sus)\b", re.IGNORECASE
)


class Told(Struct, frozen=True):
    """A message of a turn with the words of the lines that were changed before and after it."""

    text: str
    before: frozenset[str]
    after: frozenset[str]


def messages(turn: Turn) -> Iterator[Told]:
    """What the main agent said in a turn."""
    spoken = [(at, step.text) for at, step in enumerate(turn.steps) if isinstance(step, Say) and step.agent is None]
    if not spoken:
        return
    edited = list(_edited(turn))
    for at, text in spoken:
        before = frozenset(word for step, words in edited if step < at for word in words)
        yield Told(text, before, frozenset(word for step, words in edited if step > at for word in words))


def is_carried_out(sentence: str, told: Told) -> bool:
    """Whether the edits bear a sentence out: those after it, where it says what the agent is going to do."""
    promise = _PROMISE.search(sentence.replace("’", "'")) is not None
    return len(stems(sentence) & (told.after if promise else told.after | told.before)) >= _LEAST


def _edited(turn: Turn) -> Iterator[tuple[int, frozenset[str]]]:
    """(step, words of the names and of the lines that it changed) of each step that edited something."""
    left = _LONGEST
    for at, step in enumerate(turn.steps):
        words: set[str] = set()
        for edit in step.edits if isinstance(step, Call) else ():
            words |= stems(edit.path.rpartition("/")[2])
            for hunk in edit.hunks:
                for line in hunk.lines:
                    if line[:1] in "+-" and left > 0:
                        left -= len(line)
                        words |= stems(line)
        if words:
            yield at, frozenset(words)
