"""A decision made of the words that decide it: the turn that carried it out, its request, its change. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gitstory.tell.given_up_options import given_up
from gitstory.tell.plan_choices import headed_choices, sectioned, weighed_items
from gitstory.tell.quotation_extracts import excerpt, sentence, title
from gitstory.tell.relevant_diff import change_for
from gitstory.tell.turn_log import TurnLog
from gitstory.tell.values import Cited, Considered, DecisionKind, LoggedDecision, LoggedTurn

_ARGUES = 4
"""Words behind the dash of an item ("No library: skip — the caller is simpler") that say why."""


def decided(
    log: TurnLog,
    logged: LoggedTurn,
    kind: DecisionKind,
    words: Cited,
    *,
    named: str = "",
    after: int = 0,
    context: Sequence[Cited] = (),
    options: Sequence[Considered] = (),
    reasons: Sequence[Cited] = (),
) -> LoggedDecision:
    worker = log.working(logged)
    picked = (each.option.text for each in options if each.chosen)
    about = " ".join((words.text, named, *picked, *(each.text for each in reasons)))
    change = change_for(about, log.changes(worker), after if worker is logged else 0)
    return LoggedDecision(
        kind, named or title(words.text), words, worker, tuple(context), tuple(options), tuple(reasons), change
    )


def behind(log: TurnLog, logged: LoggedTurn) -> list[Cited]:
    """The request behind a decision, unless the turn's own prompt is the decision."""
    request = log.request(logged)
    return [request.cite(excerpt(request.turn.prompt, 4, 400), "person")] if request is not None else []


def sectioned_decisions(
    log: TurnLog, logged: LoggedTurn, text: str, speaker: str, *, of_plan: bool = False
) -> Iterator[LoggedDecision]:
    """The items of a section called "Decisions", "Trade-offs" or the like, and the way that a heading names; of a plan
    also the items that name what they do not do."""
    for heading, below in headed_choices(text):
        words = logged.cite(sentence(heading), "person" if speaker == "person" else "agent")
        options = [Considered(logged.cite(given), False) for given in given_up(below)]
        reasons = [logged.cite(sentence(below))] if below else []
        yield decided(log, logged, "choice", words, context=behind(log, logged), options=options, reasons=reasons)
    listed = list(sectioned(text))
    weighed = weighed_items(text) if of_plan else []
    for item in [*listed, *(each for each in weighed if each not in listed)]:
        words = logged.cite(sentence(item), "person" if speaker == "person" else "agent")
        options = [Considered(logged.cite(given), False) for given in given_up(item)]
        why = item.partition(" — ")[2]
        reasons = [logged.cite(sentence(why))] if len(why.split()) >= _ARGUES else []
        yield decided(log, logged, "choice", words, context=behind(log, logged), options=options, reasons=reasons)
