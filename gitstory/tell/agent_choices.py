"""What an agent decided, as its sentences say so: a choice, a fix behind its cause, an answer to a question. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from gitstory.model import Call, Say
from gitstory.queries.review.choice_sentences import decision_and_rejection, quotable, sentences
from gitstory.summary.closing_answers import closing_answers
from gitstory.tell.announced_choices import announces, argues_for, now_does, praises, sets_against, settles
from gitstory.tell.considered_options import agrees_first, alternatives
from gitstory.tell.decision_parts import behind, decided, sectioned_decisions
from gitstory.tell.decision_sentences import (
    after_yes,
    answers_whether,
    asks_whether,
    calls_right,
    did_for_reason,
    did_instead,
    explains,
    gives_reason,
    is_fix,
    is_swap,
    names_cause,
    names_fix,
    names_swap,
    recommends,
    says_no,
    since_then,
    typed_sentences,
)
from gitstory.tell.given_up_options import given_up
from gitstory.tell.quotation_extracts import closing, excerpt, says_enough, sentence, title
from gitstory.tell.relevant_diff import edits_of
from gitstory.tell.stated_swaps import does_now_instead, says_what_fix_does
from gitstory.tell.turn_log import TurnLog
from gitstory.tell.values import Considered, LoggedDecision, LoggedTurn

_OF_ONE_TURN = 3
_WORDY, _MOST_MORE = 8, 6
"""Messages of a turn for each further choice that is shown, and how many those are at most."""
_NEAR = 6
"""Sentences between a cause and its fix."""
_LONG_PROMPT = 1_000
_PROPOSES = re.compile(
    r"\b(?:what\sif|(?:can|could)\swe|we\scan|if\sit'?s\seasier|how\sabout|why\s(?:not|don't\swe)|should\swe|maybe\swe|i\sthink|instea?d\sof|we\scould)\b",
    re.IGNORECASE,
)
_SAYS = 6
_TALKED = 3
"""Turns of talk in which advice may stand before it is taken."""


def answered_whether(log: TurnLog, logged: LoggedTurn) -> Iterator[LoggedDecision]:
    """The agent's yes or no to "should we ...?" of a person, where it acted on its answer in the same turn."""
    if not logged.by_person:
        return
    question = next((each for each in typed_sentences(logged.turn.prompt[:_LONG_PROMPT]) if asks_whether(each)), "")
    if not question:
        return
    answer = next((each for text in logged.turn.answers for each in sentences(text) if answers_whether(each)), "")
    if not answer or (next(edits_of(logged), None) is None and not says_no(answer)):
        return
    put = logged.cite(sentence(question), "person")
    options = [Considered(put, not says_no(answer))]
    options += [Considered(logged.cite(given), False) for given in given_up(answer)]
    words = logged.cite(sentence(answer))
    yield decided(log, logged, "option", words, named=title(after_yes(answer)), context=[put], options=options)


def advised(log: TurnLog, logged: LoggedTurn) -> Iterator[LoggedDecision]:
    """What an agent advised in the turns before, which changed nothing, where the person then had it done."""
    if not logged.by_person or logged.correction or next(edits_of(logged), None) is None:
        return
    if not agrees_first(logged.turn.prompt):
        return
    before = log.before(logged)
    for _ in range(_TALKED):
        if before is None or next(edits_of(before), None) is not None:
            return
        message = next((text for text in reversed(list(before.turn.answers)) if text.strip()), "")
        for each in [each for each in sentences(message) if recommends(each)][:_OF_ONE_TURN]:
            words = before.cite(sentence(each))
            options = [Considered(before.cite(given), False) for given in given_up(each)]
            asking = before.by_person and says_enough(before.turn.prompt)
            context = [before.cite(excerpt(before.turn.prompt, 4, 400), "person")] if asking else []
            context.append(logged.cite(excerpt(logged.turn.prompt, 4, 400), "person"))
            yield decided(log, logged, "option", words, context=context, options=[Considered(words, True), *options])
        before = log.before(before)


def praised(log: TurnLog, logged: LoggedTurn) -> Iterator[LoggedDecision]:
    """What a person proposed, where the agent's answer begins by calling it the better way."""
    if not logged.by_person or not _PROPOSES.search(logged.turn.prompt[:_LONG_PROMPT]):
        return
    answer = next((text for text in logged.turn.answers if text.strip()), "")
    praise = next((each for each in list(sentences(answer))[:2] if praises(each)), "")
    if not praise:
        return
    own = list(typed_sentences(logged.turn.prompt[:_LONG_PROMPT]))
    proposing = next((each for each in own if _PROPOSES.search(each) and len(each.split()) >= _SAYS), "")
    words = logged.cite(sentence(proposing) if proposing else excerpt(logged.turn.prompt, 4, 400), "person")
    options = [Considered(logged.cite(given, "person"), False) for each in own for given in given_up(each)]
    reasons = [logged.cite(sentence(praise))]
    yield decided(log, logged, "wish", words, context=behind(log, logged), options=options[:2], reasons=reasons)


def compared(log: TurnLog, logged: LoggedTurn) -> Iterator[LoggedDecision]:
    """What was done where the closing answer lists the alternatives that were not taken."""
    if next(edits_of(logged), None) is None:
        return
    for text in closing_answers(logged.turn)[:1]:
        others = alternatives(text)
        words = closing(logged) if others else None
        if words is None:
            continue
        options = [Considered(words, True), *(Considered(logged.cite(sentence(each)), False) for each in others)]
        reasons = [logged.cite(sentence(each)) for each in sentences(text) if each.lower().startswith("why ")]
        yield decided(log, logged, "option", words, context=behind(log, logged), options=options, reasons=reasons[:1])


def choices(log: TurnLog, logged: LoggedTurn) -> Iterator[LoggedDecision]:
    """The agent's own choices with their reasons, of a turn that changed files; what it turned down with the reason."""
    if not any(logged.turn.edits):
        yield from _settled(log, logged)
        return
    last = closing_answers(logged.turn)[:1]
    for text in last:
        yield from sectioned_decisions(log, logged, text, "agent")
    messages = [
        (at, list(sentences(step.text)), step.text in last)
        for at, step in enumerate(logged.turn.steps)
        if isinstance(step, Say)
    ]
    spoken = [(at, each) for at, texts, _ in messages for each in texts]
    causes = _causes([each for _, each in spoken])
    done = _done(messages)
    done |= {each: done.get(each, "") for _, texts, closes in messages if closes for each in _swapped(texts)}
    edited = next((at for at, step in enumerate(logged.turn.steps) if isinstance(step, Call) and step.edits), 0)
    done |= {each: "" for at, each in spoken if at > edited and each not in done and does_now_instead(each)}
    sure = {each: decision_and_rejection(each) for _, each in spoken}
    chosen = [
        (at, each)
        for at, each in spoken
        if each in causes
        or each in done
        or sure[each][0] > 1
        or is_swap(each)
        or did_instead(each)
        or since_then(each)
        or announces(each)
    ]
    follows = dict(pairwise(each for _, each in spoken))
    leads = {after: before for before, after in follows.items()}
    turned = [each for _, each in spoken if sure[each][1]]
    most = _OF_ONE_TURN + min(sum(isinstance(step, Say) for step in logged.turn.steps) // _WORDY, _MOST_MORE)
    ranked = sorted(chosen, key=lambda pair: (-sure[pair[1]][0], pair[0]))[:most]
    for at, each in sorted(ranked):
        options = [Considered(logged.cite(given), False) for given in given_up(each)]
        if says_no(follows.get(each, "")):
            options += [Considered(logged.cite(given), False) for given in given_up(follows[each])]
        why = causes.get(each) or done.get(each, "") or _argument(each, leads.get(each, ""))
        reasons = [logged.cite(sentence(why))] if why and not why.endswith(":") else []
        options += [Considered(logged.cite(given), False) for given in given_up(why)] if settles(each) else []
        options += [Considered(logged.cite(sentence(other)), False) for other in turned if other != each][:2]
        yield decided(
            log, logged, "choice", logged.cite(sentence(each)), after=at, context=behind(log, logged), options=options,
            reasons=reasons,
        )  # fmt: skip
    if not ranked:
        for each in turned[:1]:
            rejected = [Considered(logged.cite(given), False) for given in given_up(each)]
            yield decided(
                log, logged, "choice", logged.cite(sentence(each)), context=behind(log, logged), options=rejected
            )


def _settled(log: TurnLog, logged: LoggedTurn) -> Iterator[LoggedDecision]:
    """What an agent says is settled in a turn that changes nothing, as it asks and plans."""
    spoken = [each for text in logged.turn.answers for each in sentences(text)]
    for each in [each for each in spoken if settles(each) and quotable(each)][:_OF_ONE_TURN]:
        yield decided(log, logged, "choice", logged.cite(sentence(each)), context=behind(log, logged))


def _argument(words: str, before: str) -> str:
    """The sentence before one that only names what was settled on, where it argues for that."""
    return before if settles(words) and argues_for(before) else ""


def _swapped(texts: Sequence[str]) -> Iterator[str]:
    """Sentences of a closing answer that say what is now done instead of something else, or what the fix does."""
    for each in texts:
        fixes = says_what_fix_does(each) and (given_up(each) or sets_against(each))
        if fixes or does_now_instead(each) or names_swap(each) or now_does(each):
            yield each


def _causes(spoken: Sequence[str]) -> dict[str, str]:
    """Each sentence that says what the fix is, and the one before it that says why."""
    results = {each: before for before, each in pairwise(spoken) if is_fix(each, before)}
    cause, age = "", 0
    for each in spoken:
        leads_in = cause.endswith(":") and age == 0  # "Root cause:", and the cause behind it
        cause, age = (each, 0) if names_cause(each) else (each if leads_in else cause, age + 1)
        if cause and age <= _NEAR and names_fix(each):
            results[each] = cause
    return results


def _done(messages: Sequence[tuple[int, Sequence[str], bool]]) -> dict[str, str]:
    """Sentences that say what was done or what the right way is, each with the sentence behind it that says why, ""
    where it says so itself. `messages` are (step, sentences, whether it is the closing answer)."""
    results: dict[str, str] = {}
    for _at, texts, closes in messages:
        for each, after in zip(texts, [*texts[1:], ""], strict=False):
            if calls_right(each):
                right = explains(after) or gives_reason(each)
            else:
                right = closes and did_for_reason(each, after)
            if right:
                results[each] = after if explains(after) else ""
    return results
