"""What was decided in conversations, each decision as the words that decided it. Pure; made to be seldom wrong.

A person's choice counts most: an answer to a question, an option of a list, an approved plan, a correction, a wish
that says how. What an agent chose counts where a sentence says so with its reason, and the turn changed files.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import pairwise

from msgspec.structs import replace

from gitstory.model import Call, Mark, Say, Turn
from gitstory.queries.review.choice_sentences import decision, quotable, rejection, sentences
from gitstory.summary.answers import closing_answers
from gitstory.summary.dependent_prompts import content_words, leans, references
from gitstory.summary.turn_labels import handed_over
from gitstory.tell.considered_options import (
    Offered,
    agrees,
    answered_options,
    is_chosen,
    message_before,
    only_confirms,
    proposal,
    question_options,
    undecided,
)
from gitstory.tell.decision_sentences import (
    advises_against,
    continues_with_reason,
    did_instead,
    given_up,
    gives_reason,
    is_fix,
    is_swap,
    sectioned,
    wished,
)
from gitstory.tell.quotes import closing, excerpt, informative, prompt, sentence, title
from gitstory.tell.relevant_diff import change_for, edits_of
from gitstory.tell.setbacks import is_consent, undone
from gitstory.tell.values import Cited, Considered, DecisionKind, LoggedDecision, LoggedTurn
from gitstory.text.blocks import blocks
from gitstory.text.wording import shorten

_OF_ONE_TURN = 3
_BACK = 4
_AHEAD = 3
_QUESTION = 80
"""Columns of a question in a title, behind its answer."""
_ENDING = 1_500
"""Characters at the end of a message in which an agent argues for what it offers."""
_LONG_PROMPT = 1_000
"""Characters of a prompt from which on most of it was pasted."""


class _Log:
    """The turns of one conversation, by number and by id."""

    def __init__(self, turns: Sequence[LoggedTurn]) -> None:
        self.turns = turns
        self.by_id: Mapping[str, Turn] = {logged.turn.id: logged.turn for logged in turns}
        self.by_index: Mapping[int, LoggedTurn] = {logged.turn.index: logged for logged in turns}

    def before(self, logged: LoggedTurn) -> LoggedTurn | None:
        return self.by_index.get(logged.turn.index - 1)

    def request(self, logged: LoggedTurn) -> LoggedTurn | None:
        """The prompt that began the task a turn belongs to; the turn's own where it says enough."""
        for index in range(logged.turn.index, logged.turn.index - _BACK - 1, -1):
            prompts = self.by_index.get(index)
            if prompts is None or not prompts.by_person or leans(prompts.turn):
                continue
            if prompts is logged or prompts.turn.kind != "question" or any(prompts.turn.edits):
                return prompts
        return None

    def working(self, logged: LoggedTurn) -> LoggedTurn:
        """The turn that carried a decision out: itself, or the next one that edits while it only goes on."""
        for index in range(logged.turn.index, logged.turn.index + _AHEAD):
            later = self.by_index.get(index)
            if later is None or (later is not logged and (not leans(later.turn) or references(later.turn.prompt))):
                break
            if next(edits_of(later), None) is not None:
                return later
        return logged


def decisions(turns: Sequence[LoggedTurn]) -> list[LoggedDecision]:
    """The decisions of all conversations in `turns`, in their order; each sentence counts once."""
    logs: dict[tuple[str, str], list[LoggedTurn]] = {}
    for logged in turns:
        logs.setdefault(logged.key, []).append(logged)
    gone = undone(turns)
    results = (each for mine in logs.values() for each in _of_conversation(_Log(mine)))
    return [replace(each, undone_by=gone.get(each.at.source, "")) for each in results]


def _of_conversation(log: _Log) -> Iterator[LoggedDecision]:
    seen: set[str] = set()
    for logged in log.turns:
        if logged.turn.abandoned:
            continue
        results: list[LoggedDecision] = []
        for find in (_answers, _options, _accepted, _plans, _corrections, _wishes, _choices):
            results += find(log, logged)
        for each in results:
            same = each.words.text.lower()
            if same not in seen:
                seen.add(same)
                yield each


def _decided(
    log: _Log,
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
    change = change_for(about, worker, after if worker is logged else 0)
    return LoggedDecision(
        kind, named or title(words.text), words, worker, tuple(context), tuple(options), tuple(reasons), change
    )


def _behind(log: _Log, logged: LoggedTurn) -> list[Cited]:
    """The request behind a decision, unless the turn's own prompt is the decision."""
    request = log.request(logged)
    return [request.cite(excerpt(request.turn.prompt, 4, 400), "person")] if request is not None else []


def _answers(log: _Log, logged: LoggedTurn) -> Iterator[LoggedDecision]:
    """What the person answered to the agent's questions, with the options that the question had."""
    for at, mark in enumerate(logged.turn.steps):
        if not isinstance(mark, Mark) or mark.kind != "said" or not mark.question or not mark.text.strip():
            continue
        offered = question_options(logged.turn, mark)
        if only_confirms(offered) or undecided(mark.text):
            continue
        by_name: Callable[[Offered], bool] = partial(_names, mark.text)
        options = [_considered(logged, option, by_name(option)) for option in offered]
        picked = [option for option in options if option.chosen]
        words = logged.cite(sentence(mark.text), "person")
        if offered and not picked:
            options.insert(0, Considered(words, True))
        question = logged.cite(sentence(mark.question))
        named = f"{title(mark.text)}: {shorten(title(mark.question), _QUESTION)}"
        reasons = [reason for option in picked for reason in option.why]
        yield _decided(
            log, logged, "question", words, named=named, after=at, context=[*_behind(log, logged), question],
            options=options, reasons=reasons,
        )  # fmt: skip


def _names(answer: str, option: Offered) -> bool:
    return is_chosen(option, answer)


def _considered(logged: LoggedTurn, option: Offered, chosen: bool) -> Considered:
    why = tuple(logged.cite(sentence(detail)) for detail in option.details[:2])
    return Considered(logged.cite(sentence(option.text)), chosen, why)


def _options(log: _Log, logged: LoggedTurn) -> Iterator[LoggedDecision]:
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
    context = [cited for cited in _behind(log, source) if cited.text != words.text]
    yield _decided(
        log, logged, "option", words, named=title(picked[0].option.text), context=context, options=options,
        reasons=[reason for option in picked for reason in option.why],
    )  # fmt: skip


def _accepted(log: _Log, logged: LoggedTurn) -> Iterator[LoggedDecision]:
    """What the agent offered to do and the person agreed to, where there was no list to choose from."""
    before = log.before(logged)
    if before is None or not logged.by_person or logged.correction or not agrees(logged.turn.prompt):
        return
    message = message_before(logged.turn, log.by_id, before.turn)
    offered = proposal(message)
    if not offered or answered_options(logged.turn.prompt, message)[0] or not any(logged.turn.calls):
        return
    chosen = Considered(before.cite(offered), True)
    words = logged.cite(excerpt(logged.turn.prompt, 4, 400), "person")
    reasons = [before.cite(sentence(each)) for each in sentences(message[-_ENDING:]) if _argues(each)]
    rejected = [Considered(before.cite(given), False) for given in given_up(offered)]
    yield _decided(
        log, logged, "option", words, named=title(offered), context=_behind(log, before),
        options=[chosen, *rejected, *_turned_down(before, message)], reasons=reasons[:1],
    )  # fmt: skip


def _argues(words: str) -> bool:
    """Whether a sentence of an agent speaks for what it offers."""
    argues = decision(words) > 1 or "recommend" in words.lower() or gives_reason(words)
    return argues and not words.rstrip().endswith("?") and quotable(words)


def _turned_down(before: LoggedTurn, message: str) -> list[Considered]:
    """Sentences of the agent's message that advise against something."""
    against = [each for each in sentences(message) if advises_against(each)]
    return [Considered(before.cite(sentence(each)), False) for each in against[:2]]


def _plans(log: _Log, logged: LoggedTurn) -> Iterator[LoggedDecision]:
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
            yield _decided(
                log, logged, "plan", words, after=at, context=_behind(log, logged), options=options, reasons=reasons
            )
            continue
        if call.failed:
            why = tuple(logged.cite(sentence(mark.text), "person") for mark in marks)
            refused.append(Considered(logged.cite(_heading(call.plan)), False, why))
            continue
        words = logged.cite(_heading(call.plan))
        options = [Considered(words, True), *refused] if refused else []
        yield _decided(
            log, logged, "plan", words, after=at, context=_behind(log, logged), options=options, reasons=reasons
        )
        yield from _listed(log, logged, call.plan, "agent")
    if handed_over(logged.turn.prompt) or len(logged.turn.prompt) > 1_500:
        yield from _listed(log, logged, logged.turn.prompt, "person")


def _heading(plan: str) -> str:
    return next((sentence(block.text) for block in blocks(plan[:4_000]) if block.text), "")


def _listed(log: _Log, logged: LoggedTurn, text: str, speaker: str) -> Iterator[LoggedDecision]:
    """The items of a section called "Decisions", "Trade-offs" or the like."""
    for item in sectioned(text):
        words = logged.cite(sentence(item), "person" if speaker == "person" else "agent")
        options = [Considered(logged.cite(given), False) for given in given_up(item)]
        yield _decided(log, logged, "choice", words, context=_behind(log, logged), options=options)


def _corrections(log: _Log, logged: LoggedTurn) -> Iterator[LoggedDecision]:
    """Where the person turned down what the agent had done or was about to do, and it did something else."""
    before = log.before(logged)
    directed = any(wished(each, correcting=True) for each in _own_sentences(logged))
    if logged.correction and before is not None and directed and any(logged.turn.calls):
        words = prompt(logged)
        claim = closing(before)
        options = [Considered(claim, False, (words,))] if claim is not None and _shares(claim.text, words.text) else []
        options += [
            Considered(logged.cite(given, "person"), False)
            for each in _own_sentences(logged)
            for given in given_up(each)
        ]
        context = [each for each in _behind(log, before) if each.text != words.text]
        yield _decided(log, logged, "correction", words, context=context, options=options)
    for at, mark in enumerate(logged.turn.steps):
        if (
            isinstance(mark, Mark)
            and mark.kind == "said"
            and mark.occasion in ("refusal", "plan")
            and not is_consent(mark)
        ):
            words = logged.cite(excerpt(mark.text, 6, 600), "person")
            yield _decided(log, logged, "correction", words, after=at, context=_behind(log, logged))


def _shares(text: str, other: str) -> bool:
    """Whether two sentences have a word in common that says what they are about."""
    return bool(set(content_words(text)) & set(content_words(other)))


def _wishes(log: _Log, logged: LoggedTurn) -> Iterator[LoggedDecision]:
    """Sentences in which the person says how something is to be done, where the turn changed files."""
    if not logged.by_person or logged.correction or handed_over(logged.turn.prompt):
        return
    if logged.turn.kind == "question" and not any(logged.turn.edits):
        return
    if not any(logged.turn.calls) and not any(logged.turn.answers):
        return
    own = _own_sentences(logged)
    before = log.before(logged)
    against = _turned_down(before, next(reversed(list(before.turn.answers)), "")) if before is not None else []
    for each in [each for each in own if wished(each)][:_OF_ONE_TURN]:
        words = logged.cite(sentence(each), "person")
        options = [Considered(logged.cite(given, "person"), False) for given in given_up(each)] + against
        follows = own[own.index(each) + 1 :][:1]
        reasons = [logged.cite(sentence(said), "person") for said in follows if continues_with_reason(said)]
        context = _around(log, logged, each)
        yield _decided(log, logged, "wish", words, context=context, options=options, reasons=reasons)


def _own_sentences(logged: LoggedTurn) -> list[str]:
    """The sentences of a prompt; of a long one, in which other texts were pasted, the first few."""
    results = list(sentences(logged.turn.prompt[:_LONG_PROMPT]))
    return results if len(logged.turn.prompt) < _LONG_PROMPT else results[:_OF_ONE_TURN]


def _around(log: _Log, logged: LoggedTurn, words: str) -> list[Cited]:
    return [each for each in _behind(log, logged) if words[:60] not in each.text]


def _choices(log: _Log, logged: LoggedTurn) -> Iterator[LoggedDecision]:
    """The agent's own choices with their reasons, of a turn that changed files; what it turned down with the reason."""
    if next(edits_of(logged), None) is None:
        return
    for text in closing_answers(logged.turn)[:1]:
        yield from _listed(log, logged, text, "agent")
    spoken = [
        (at, each)
        for at, step in enumerate(logged.turn.steps)
        if isinstance(step, Say)
        for each in sentences(step.text)
    ]
    fixes = {each for (_, before), (_, each) in pairwise(spoken) if is_fix(each, before)}
    chosen = [
        (at, each) for at, each in spoken if decision(each) > 1 or is_swap(each) or did_instead(each) or each in fixes
    ]
    turned = [each for _, each in spoken if rejection(each)]
    ranked = sorted(chosen, key=lambda pair: (-decision(pair[1]), pair[0]))[:_OF_ONE_TURN]
    causes = {each: before for (_, before), (_, each) in pairwise(spoken) if each in fixes}
    for at, each in sorted(ranked):
        options = [Considered(logged.cite(given), False) for given in given_up(each)]
        reasons = [logged.cite(sentence(causes[each]))] if each in causes else []
        options += [Considered(logged.cite(sentence(other)), False) for other in turned if other != each][:2]
        yield _decided(
            log, logged, "choice", logged.cite(sentence(each)), after=at, context=_behind(log, logged), options=options,
            reasons=reasons,
        )  # fmt: skip
    if not ranked:
        for each in turned[:1]:
            rejected = [Considered(logged.cite(given), False) for given in given_up(each)]
            yield _decided(
                log, logged, "choice", logged.cite(sentence(each)), context=_behind(log, logged), options=rejected
            )
