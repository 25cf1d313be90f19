"""What a closing answer says of the change it closes, where no words of it sound like a choice. Pure.

Each person and agent words a choice anew. What a change does now stands in most closing answers, and the sentences that
share their words with the changed lines are about it: no list of words decides that. Only what is no statement is known
by English words, so answers in other languages give nothing.
"""

from __future__ import annotations

from collections.abc import Collection

from msgspec.structs import replace

from gitstory.summary.closing_answers import closing_answers, parts_about_work
from gitstory.summary.disagreement import is_english
from gitstory.tell.decision_parts import behind, decided
from gitstory.tell.decision_sentences import is_side_work
from gitstory.tell.given_up_options import given_up
from gitstory.tell.quotation_extracts import closing, plain_words, sentence, title
from gitstory.tell.turn_log import TurnLog
from gitstory.tell.values import Cited, Considered, LoggedDecision, LoggedTurn

_MOST = 4
_MOST_OPTIONS = 3
_FEWEST, _LONGEST = 5, 60
"""Words of a statement."""


def statements(log: TurnLog, logged: LoggedTurn, taken: Collection[str]) -> list[Cited]:
    """The few statements of a turn's closing answer that are most about its edits, the best first, less those in
    `taken` (as quoted, in lower case)."""
    changes = log.changes(logged)
    stated = {
        words: part
        for text in closing_answers(logged.turn)[:1]
        if is_english(text)
        for part in parts_about_work(text)
        if _FEWEST <= len(plain_words(part).split()) <= _LONGEST
        and not is_side_work(part)
        and (words := sentence(part)).lower() not in taken
    }
    best = sorted(stated, key=lambda words: changes.relevance(stated[words]), reverse=True)
    return [logged.cite(words) for words in best[:_MOST]]


def stated_outcome(log: TurnLog, logged: LoggedTurn) -> LoggedDecision | None:
    """One decision of the statements of a turn's closing answer, named after the sentence that says most of what was
    done; None where it makes none."""
    stated = statements(log, logged, ())
    if not stated:
        return None
    options = [Considered(logged.cite(given), False) for each in stated for given in given_up(each.text)]
    done = closing(logged)
    named = title(done.text) if done is not None and not is_side_work(done.text) else ""
    outcome = decided(
        log, logged, "choice", stated[0], named=named, context=behind(log, logged), options=options[:_MOST_OPTIONS],
    )  # fmt: skip
    return replace(outcome, also=tuple(stated[1:]))
