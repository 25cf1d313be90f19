"""What shows that a sentence of an agent states a choice: the edits that it leads to or tells of. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from gitstory.model import Call, Mark, Say, Turn
from gitstory.queries.review.choice_sentences import is_narrative, is_progress, sentences, stems
from gitstory.queries.review.quoted_choices import calls_best
from gitstory.queries.review.values import Speaker

_LEAST = 2
"""Words that a sentence has to share with the edits."""
_SHORT = 5
"""Words of a sentence one of which is enough."""
_LONGEST = 40_000
_LONG = 1_500
"""Characters of a prompt from which on most of it was pasted."""
_CODE = re.compile(r"`([^`\n]{2,80})`")
_PROMISE = re.compile(
    r"\b(?:i|we)(?:'ll|\s(?:will|am\sgoing\sto|'m\sgoing\sto))\b|\blet(?:'s|\sme|\sus)\b", re.IGNORECASE
)


class AgentMessage(Struct, frozen=True):
    """A message of a turn with the words of the lines that were changed before and after it."""

    text: str
    before: frozenset[str]
    after: frozenset[str]


class Saying(Struct, frozen=True):
    """A sentence of a turn. `shown_by_edits`: they have words of it; `pasted`: it is of a long prompt, in which most is
    another's text."""

    speaker: Speaker
    text: str
    shown_by_edits: bool = True
    pasted: bool = False


def sayings(turn: Turn, *, correction: bool, stands: bool) -> Iterator[Saying]:
    """What people said in a turn, and what the agent said as far as edits show it.

    The prompt of a `correction` is quoted elsewhere. An agent's sentences count where lines of the turn `stand` at the
    end of the range.
    """
    edited = changed(turn)
    for text in () if correction else (turn.prompt,):
        for sentence in sentences(text):
            if not is_narrative(sentence):
                yield Saying("person", sentence, is_about(sentence, edited), len(text) > _LONG)
    if stands:
        yield from _of_agent(turn)
    for step in turn.steps:
        if isinstance(step, Mark) and step.kind == "said" and not step.question:
            yield from (Saying("person", sentence) for sentence in sentences(step.text) if not is_narrative(sentence))


def _of_agent(turn: Turn) -> Iterator[Saying]:
    """An agent's sentences; of those that each call another way the best one, the last."""
    own = [
        sentence
        for message in messages(turn)
        for sentence in sentences(message.text)
        if is_carried_out(sentence, message) and not is_progress(sentence)
    ]
    best = [sentence for sentence in own if calls_best(sentence)]
    yield from (Saying("agent", sentence) for sentence in own if sentence not in best[:-1])


def messages(turn: Turn) -> Iterator[AgentMessage]:
    """What the main agent said in a turn."""
    texts = [(at, step.text) for at, step in enumerate(turn.steps) if isinstance(step, Say) and step.agent is None]
    if not texts:
        return
    edited = list(_edited(turn))
    for at, text in texts:
        before = frozenset(word for step, words in edited if step < at for word in words)
        yield AgentMessage(text, before, frozenset(word for step, words in edited if step > at for word in words))


def is_carried_out(sentence: str, message: AgentMessage) -> bool:
    """Whether the edits bear a sentence out: those after it, where it says what the agent is going to do."""
    promise = _PROMISE.search(sentence.replace("’", "'")) is not None
    return is_about(sentence, message.after if promise else message.after | message.before)


def is_about(sentence: str, words: frozenset[str]) -> bool:
    """Whether a sentence shares enough words with what was edited: two, one of a short sentence, or a name in it that
    is marked as code."""
    own = stems(sentence)
    shared = own & words
    if len(shared) >= (_LEAST if len(own) > _SHORT else 1):
        return True
    return bool(shared) and any(stems(name) & shared for name in _CODE.findall(sentence))


def changed(turn: Turn) -> frozenset[str]:
    """The words of all that a turn edited."""
    return frozenset(word for _, words in _edited(turn) for word in words)


def answers_before_edits(turn: Turn) -> Iterator[Mark]:
    """What the person answered to questions of the agent in a turn that edited something afterwards.

    What was answered about the delivery of the work, a restart or the next step leads to no edit.
    """
    last = max((at for at, step in enumerate(turn.steps) if isinstance(step, Call) and step.edits), default=-1)
    return (step for step in turn.steps[: last + 1] if isinstance(step, Mark) and step.kind == "said" and step.question)


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
