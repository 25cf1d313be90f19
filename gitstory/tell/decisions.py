"""What was decided in conversations, each decision as the words that decided it. Pure; made to be seldom wrong.

A person's choice counts most: an answer to a question, an option of a list, an approved plan, a correction, a wish
that says how. What an agent chose counts where a sentence says so with its reason, and the turn changed files.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from gitstory.model import Call, Mark, Say
from gitstory.queries.review.choice_sentences import decision, quotable, sentences
from gitstory.summary.dependent_prompts import content_words
from gitstory.summary.turn_labels import handed_over
from gitstory.tell.agent_choices import advised, answered_whether, choices, compared, praised
from gitstory.tell.considered_options import (
    Offered,
    agrees,
    answered_options,
    chosen_options,
    listed_options,
    message_before,
    only_confirms,
    proposal,
    proposed,
    question_options,
    undecided,
)
from gitstory.tell.decision_parts import behind, decided, sectioned_decisions
from gitstory.tell.decision_sentences import (
    advises_against,
    continues_with_reason,
    gives_reason,
    is_alternative,
    is_content,
    is_question,
    offers_other,
    reports_failure,
    typed_sentences,
    wished,
)
from gitstory.tell.either_or_questions import put_aside
from gitstory.tell.given_up_options import given_up, removed
from gitstory.tell.plan_choices import turned_down
from gitstory.tell.quotation_extracts import claim_against, closing, excerpt, informative, prompt, sentence, title
from gitstory.tell.setbacks import is_consent, undone
from gitstory.tell.turn_log import TurnLog, logs_of
from gitstory.tell.values import Cited, Considered, LoggedDecision, LoggedTurn
from gitstory.text.markdown_blocks import blocks
from gitstory.text.wording import shorten

_SAYS_WHAT = re.compile(r"(?:(?:so|then|and|ok(?:ay)?)[\s,]{1,3}){0,2}(?:let'?s|please|just|instead)\s", re.IGNORECASE)
"""The sentence of an answer that decides, behind one that says why."""
_SOON = 12
"""Sentences behind an answer in which the agent repeats it."""
_OF_ONE_TURN = 3
_SHARED = 3
"""Words that a sentence shares with what disputes it."""
_QUESTION = 80
"""Columns of a question in a title, behind its answer."""
_ENDING = 1_500
"""Characters at the end of a message in which an agent argues for what it offers."""
_LONG_PROMPT = 1_000
"""Characters of a prompt from which on most of it was pasted."""


def decisions(turns: Sequence[LoggedTurn], logs: Sequence[TurnLog] | None = None) -> list[LoggedDecision]:
    """The decisions of all conversations in `turns`, in their order; each sentence counts once. `logs` are those of the
    turns, where the caller needs them too."""
    gone = undone(turns)
    results = (each for log in logs or logs_of(turns) for each in _of_conversation(log))
    return [replace(each, undone_by=gone.get(each.at.source, "")) for each in results]


def _of_conversation(log: TurnLog) -> Iterator[LoggedDecision]:
    seen: set[str] = set()
    for logged in log.turns:
        if logged.turn.abandoned:
            continue
        results: list[LoggedDecision] = []
        for find in (
            _answers,
            _options,
            _accepted,
            answered_whether,
            advised,
            _plans,
            _corrections,
            _wishes,
            praised,
            compared,
            choices,
        ):
            results += find(log, logged)
        for each in results:
            same = (each.title if each.kind == "question" else each.words.text).lower()  # one answer to two questions
            if same not in seen:
                seen.add(same)
                yield each


def _answers(log: TurnLog, logged: LoggedTurn) -> Iterator[LoggedDecision]:
    """What the person answered to the agent's questions, with the options that the question had."""
    for at, mark in enumerate(logged.turn.steps):
        if not isinstance(mark, Mark) or mark.kind != "said" or not mark.text.strip():
            continue
        if not mark.question:
            yield from _answered_by_name(log, logged, at, mark)
            continue
        offered = question_options(logged.turn, mark)
        if only_confirms(offered) or undecided(mark.text):
            continue
        named = zip(offered, chosen_options(offered, mark.text), strict=True)
        options = [_considered(logged, option, chosen) for option, chosen in named]
        picked = [option for option in options if option.chosen]
        words = logged.cite(sentence(mark.text), "person")
        if offered and not picked:
            options.insert(0, Considered(words, True))
        question = logged.cite(sentence(mark.question))
        own = next((each for each in typed_sentences(mark.text) if _SAYS_WHAT.match(each)), mark.text)
        heading = f"{title(own)}: {shorten(title(mark.question), _QUESTION)}"
        reasons = [reason for option in picked for reason in option.why]
        yield decided(
            log, logged, "question", words, named=heading, after=at, context=[*behind(log, logged), question],
            options=options, reasons=reasons,
        )  # fmt: skip


def _answered_by_name(log: TurnLog, logged: LoggedTurn, at: int, mark: Mark) -> Iterator[LoggedDecision]:
    """An option that is known by its name alone (`read_only`), where the agent says next what that means."""
    if mark.occasion != "question":
        return
    name = {part for part in re.split(r"[\W_]+", mark.text.lower()) if part}
    following = [each for step in logged.turn.steps[at:] if isinstance(step, Say) for each in sentences(step.text)]
    named = (each for each in following[:_SOON] if name <= set(re.findall(r"\w+", each.lower())) and quotable(each))
    if meant := next(named, ""):
        words = logged.cite(sentence(mark.text), "person")
        reasons = [logged.cite(sentence(meant))]
        yield decided(
            log, logged, "question", words, named=title(meant), after=at, context=behind(log, logged), reasons=reasons
        )


def _considered(logged: LoggedTurn, option: Offered, chosen: bool) -> Considered:
    why = tuple(logged.cite(sentence(detail)) for detail in option.details[:2])
    return Considered(logged.cite(sentence(option.text)), chosen, why)


def _options(log: TurnLog, logged: LoggedTurn) -> Iterator[LoggedDecision]:
    """The option of a list in the agent's message that a short prompt chooses."""
    before = log.before(logged)
    if not logged.by_person or logged.turn.kind == "automated":
        return
    message = message_before(logged.turn, log.by_id, before.turn if before is not None else None)
    offered, names = answered_options(logged.turn.prompt, message) if message else ([], set())
    if not offered or only_confirms(offered):
        return
    source = before if before is not None else logged
    options = [_considered(source, option, option.name in names) for option in offered]
    words = logged.cite(excerpt(logged.turn.prompt, 4, 400), "person")
    picked = [option for option in options if option.chosen]
    context = [cited for cited in behind(log, source) if cited.text != words.text]
    yield decided(
        log, logged, "option", words, named=title(picked[0].option.text), context=context, options=options,
        reasons=[reason for option in picked for reason in option.why],
    )  # fmt: skip


def _accepted(log: TurnLog, logged: LoggedTurn) -> Iterator[LoggedDecision]:
    """What the agent offered to do and the person agreed to, where there was no list to choose from."""
    before = log.before(logged)
    if before is None or not logged.by_person or logged.correction or not agrees(logged.turn.prompt):
        return
    message = message_before(logged.turn, log.by_id, before.turn)
    offered = proposal(message)
    if not offered or answered_options(logged.turn.prompt, message)[0] or not any(logged.turn.calls):
        return
    chosen = Considered(before.cite(sentence(proposed(message, offered))), True)
    words = logged.cite(excerpt(logged.turn.prompt, 4, 400), "person")
    reasons = [before.cite(sentence(each)) for each in sentences(message[-_ENDING:]) if _argues(each)]
    rejected = [Considered(before.cite(given), False) for given in given_up(offered)]
    yield decided(
        log, logged, "option", words, named=title(chosen.option.text), context=behind(log, before),
        options=[chosen, *rejected, *_not_taken(log, before, message, chosen.option.text)], reasons=reasons[:1],
    )  # fmt: skip


def _argues(words: str) -> bool:
    """Whether a sentence of an agent speaks for what it offers."""
    argues = decision(words) > 1 or "recommend" in words.lower() or gives_reason(words)
    return argues and not words.rstrip().endswith("?") and quotable(words)


def _turned_down(before: LoggedTurn, message: str) -> list[Considered]:
    """Sentences of the agent's message that advise against something."""
    against = [each for each in sentences(message) if advises_against(each)]
    return [Considered(before.cite(sentence(each)), False) for each in against[:2]]


def _not_taken(log: TurnLog, before: LoggedTurn, message: str, chosen: str) -> list[Considered]:
    """What the agent's message advises against, and the alternatives that it or the person before it had named."""
    results = _turned_down(before, message)
    taken = " ".join((chosen, message[-_ENDING:]))
    results += [Considered(before.cite(each, "person"), False) for each in put_aside(before.turn.prompt, taken)]
    results += [Considered(before.cite(sentence(each)), False) for each in sentences(message) if is_alternative(each)]
    same = chosen.lower()
    return [each for each in results if each.option.text.lower() not in same][:3]


def _plans(log: TurnLog, logged: LoggedTurn) -> Iterator[LoggedDecision]:
    """Plans that were approved, with those that had been sent back; the decisions that a plan lists."""
    refused: list[Considered] = []
    for at, call in enumerate(logged.turn.steps):
        if not isinstance(call, Call) or not call.plan:
            continue
        marks = [mark for mark in logged.turn.words if mark.call == call.id] if call.failed else []
        first = next(informative(call.plan), "")
        reasons = [logged.cite(first)] if first else []
        consent = next((mark for mark in marks if mark.text.strip() and is_consent(mark)), None)
        if consent is not None:
            words = logged.cite(sentence(consent.text), "person")
            options = [Considered(logged.cite(_heading(call.plan)), True), *refused]
            yield decided(
                log, logged, "plan", words, after=at, context=behind(log, logged), options=options, reasons=reasons
            )
            continue
        if call.failed:
            why = tuple(logged.cite(sentence(mark.text), "person") for mark in marks)
            refused.append(Considered(logged.cite(_heading(call.plan)), False, why))
            continue
        words = logged.cite(_heading(call.plan))
        others = [Considered(logged.cite(sentence(each)), False) for each in turned_down(call.plan)] + refused
        options = [Considered(words, True), *others] if others else []
        yield decided(
            log, logged, "plan", words, after=at, context=behind(log, logged), options=options, reasons=reasons
        )
        yield from sectioned_decisions(log, logged, call.plan, "agent", of_plan=True)
    handed = bool(handed_over(logged.turn.prompt))
    if handed or len(logged.turn.prompt) > 1_500:
        yield from sectioned_decisions(log, logged, logged.turn.prompt, "person", of_plan=handed)


def _heading(plan: str) -> str:
    return next((sentence(block.text) for block in blocks(plan[:4_000]) if block.text), "")


def _corrections(log: TurnLog, logged: LoggedTurn) -> Iterator[LoggedDecision]:
    """Where the person turned down what the agent had done or was about to do, and it did something else."""
    before = log.before(logged)
    own = _own_sentences(logged)
    directed = next((each for each in own if wished(each, correcting=True)), "")
    if not directed and any(logged.turn.edits) and not reports_failure(logged.turn.prompt):
        done = closing(logged) if is_question(logged.turn.prompt) else None
        directed = done.text if done is not None else next(iter(own), "")
    if logged.correction and before is not None and directed and any(logged.turn.calls):
        words = prompt(logged)
        claim = _disputed(before, words.text)
        options = [Considered(claim, False, (words,))] if claim is not None else []
        options += [
            Considered(logged.cite(given, "person"), False)
            for each in _own_sentences(logged)
            for given in given_up(each)
        ]
        context = [each for each in behind(log, before) if each.text != words.text]
        yield decided(log, logged, "correction", words, named=title(directed), context=context, options=options)
    for at, mark in enumerate(logged.turn.steps):
        if (
            isinstance(mark, Mark)
            and mark.kind == "said"
            and mark.occasion in ("refusal", "plan")
            and not is_consent(mark)
        ):
            words = logged.cite(excerpt(mark.text, 6, 600), "person")
            plans = [call.plan for call in logged.turn.calls if call.plan and mark.call and call.id == mark.call]
            options = [Considered(logged.cite(_heading(plan)), False) for plan in plans]
            yield decided(log, logged, "correction", words, after=at, context=behind(log, logged), options=options)


def _disputed(before: LoggedTurn, words: str) -> Cited | None:
    """What the agent had said that a correction turns down: its closing sentence, or another that shares more."""
    objected = set(content_words(words))
    for claim, least in ((closing(before), 1), (claim_against(before, words), _SHARED)):
        if claim is not None and len(objected & set(content_words(claim.text))) >= least:
            return claim
    return None


def _wishes(log: TurnLog, logged: LoggedTurn) -> Iterator[LoggedDecision]:
    """Sentences in which the person says how something is to be done, where the turn changed files."""
    if not logged.by_person or logged.correction or handed_over(logged.turn.prompt):
        return
    if logged.turn.kind == "question" and not any(logged.turn.edits):
        return
    if not any(logged.turn.calls) and not any(logged.turn.answers):
        return
    own = _own_sentences(logged)
    before = log.before(logged)
    message = next(reversed(list(before.turn.answers)), "") if before is not None else ""
    against = _turned_down(before, message) if before is not None else []
    for each in [each for each in own if wished(each)][:_OF_ONE_TURN]:
        words = logged.cite(sentence(each), "person")
        given = [*given_up(each), *removed(each)]
        options = [Considered(logged.cite(other, "person"), False) for other in given] + against
        if before is not None and is_content(each):
            options += [
                Considered(before.cite(sentence(other)), False) for other in sentences(message) if offers_other(other)
            ]
            options += [_considered(before, option, False) for option in listed_options(message[-_ENDING:])]
        follows = own[own.index(each) + 1 :][:1]
        reasons = [logged.cite(sentence(said), "person") for said in follows if continues_with_reason(said)]
        context = _around(log, logged, each)
        yield decided(log, logged, "wish", words, context=context, options=options, reasons=reasons)


def _own_sentences(logged: LoggedTurn) -> list[str]:
    """The sentences of a prompt; of a long one, in which other texts were pasted, the first few."""
    results = list(typed_sentences(logged.turn.prompt[:_LONG_PROMPT]))
    return results if len(logged.turn.prompt) < _LONG_PROMPT else results[:_OF_ONE_TURN]


def _around(log: TurnLog, logged: LoggedTurn, words: str) -> list[Cited]:
    return [each for each in behind(log, logged) if words[:60] not in each.text]
