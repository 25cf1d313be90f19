"""Reasons in the agent's message that a prompt answers, and in answers to the agent's questions. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from gitstory.model import Mark, Say, Turn
from gitstory.queries.reasons.passages import ReasonPassage, Unit, about, around
from gitstory.queries.reasons.requests import closeness
from gitstory.queries.reasons.text_relevance import Subject, rank, relevance
from gitstory.queries.reasons.turns_of_task import earlier
from gitstory.queries.reasons.values import Reason, Scene, Standing
from gitstory.summary.closing_answers import closing_answers
from gitstory.summary.dependent_prompts import answers, content_words, leans, references, refuses, words
from gitstory.text.late_pattern import late_pattern
from gitstory.text.markdown_blocks import Block, blocks, split_sentences

_BACK = 5
"""Turns that are searched for a message with the items that a prompt names."""
_POINTING_WORDS = 25
_POINTS = late_pattern(
    r"\b(?:all|both|these|those|that|this|option|options|issues?|comments?|findings?|recommend\w*|suggest\w*|propos\w*|plan)\b",
    re.IGNORECASE,
)
_NUMBER = late_pattern(
    r"[*_`]{0,3}(?:option|issue|item|step|fix|finding|approach|task)?\s?#?(\d{1,2}|[A-Fa-f])(?:[.):—–-]|\s[—–-])",
    re.IGNORECASE,
)
_OFFER = late_pattern(r"\b(?:if you (?:want|like|prefer)|i can (?:also|now|next)|let me know if)\b", re.IGNORECASE)
_PROPOSES = late_pattern(
    r"\b(?:i(?:'d| would)? (?:recommend|suggest|propose)|my recommendation|recommend(?:ed|ation)\b|root cause"
    r"|the (?:problem|issue|bug|reason) is|the (?:best|cleanest|simplest|right) (?:fix|option|approach|way)"
    r"|makes? (?:more|the most) sense)",
    re.IGNORECASE,
)
_LONGEST_PROPOSAL = 240
_FEWEST_CONTENT_WORDS = 5
_UNDELIVERED = late_pattern(r"\W{0,4}nothing\s(?:is|has been|was)\s(?:committed|pushed|staged)\b", re.IGNORECASE)
_LONG_MESSAGE = 500
"""Characters from which on a message is taken to say all that it is about."""
_FEW_ANSWERS = 3
_CLOSE_ANSWER, _CLOSE_DELIVERY = 0.2, 0.6
"""Closeness to the lines of an answer that counts though it is one of many, or about the delivery."""
_CLOSE = 12.0
"""Relevance that the message before a prompt needs where the prompt says enough by itself."""


def answered_message(scene: Scene) -> Iterator[Reason]:
    """The part of the message that the turn, or an earlier one of its task that says little, answers."""
    chain = [scene.turn, *earlier(scene)]
    for away, turn in enumerate(chain):
        points = len(words(turn.prompt)) <= _POINTING_WORDS and _POINTS.search(turn.prompt) is not None
        names = references(turn.prompt)
        for message, source in _messages(scene, turn, _BACK if names else 1):
            replies = leans(turn) or turn.kind == "answer" or answers(turn.prompt, message)
            if not (replies or points or names):
                continue
            reason = _answered(scene, turn, message, source, names, away, replies)
            if reason is not None:
                yield reason
                break


def _messages(scene: Scene, turn: Turn, most: int) -> Iterator[tuple[str, str]]:
    """Messages that a turn may answer, the surest first: what a turn said at its end counts as one message."""
    by_id = scene.by_id
    if turn.reply_to is not None and turn.reply_to.turn in by_id:
        answered = by_id[turn.reply_to.turn]
        step = answered.steps[turn.reply_to.step] if turn.reply_to.step < len(answered.steps) else None
        if isinstance(step, Say):
            yield _with_what_led_to_it(answered, step.text), scene.place(answered)
    seen = 0
    for before in (each for each in scene.before if each.index < turn.index):
        last_answer = next((text for text in reversed(list(before.answers)) if text.strip()), None)
        if last_answer is not None:
            yield _with_what_led_to_it(before, last_answer), scene.place(before)
            seen += 1
            if seen == most:
                return


def _with_what_led_to_it(turn: Turn, message: str) -> str:
    """A message with the ones just ahead of it where it is short: "The report above covers the findings"."""
    if len(message) >= _LONG_MESSAGE:
        return message
    others = [text for text in reversed(closing_answers(turn)) if text != message and len(text) >= _LONG_MESSAGE]
    return "\n\n".join([*others[-1:], message])


def _answered(
    scene: Scene, turn: Turn, message: str, source: str, names: Sequence[str], away: int, replies: bool
) -> Reason | None:
    standing: Standing = "refused" if refuses(turn.prompt) and turn is scene.turn else ""
    if names and (items := named_items(message, names, scene.subject)) is not None:
        return Reason("answered-message", "agent", "detail", items, source, 0.97 - 0.25 * away)
    part = _without_delivery(about(message, scene.subject))
    if part is not None and replies and not away:
        part = _with_proposal(part, message)
    if part is not None and (replies or part.score >= _CLOSE):
        worth = 0.6 + 0.35 * closeness(part.score) - 0.03 * away
        return Reason("answered-message", "agent", "detail", part, source, worth, standing)
    last_question = question(message) if replies and not away else None
    if last_question is not None and _is_about_the_work(last_question.text):
        return Reason(
            "answered-message",
            "agent",
            "detail",
            last_question,
            source,
            0.6 + 0.15 * _names_a_subject(last_question),
            standing,
        )
    return None


def _without_delivery(part: ReasonPassage | None) -> ReasonPassage | None:
    """A passage less the offer to commit or push that ends many messages."""
    if part is None:
        return None
    kept = tuple(unit for unit in part.units if not _offers_delivery(unit.text))
    return ReasonPassage(kept, part.score) if kept else None


def _offers_delivery(sentence: str) -> bool:
    asks = sentence.rstrip("*_`) ").endswith("?") and not _is_about_the_work(sentence)
    return asks or _UNDELIVERED.match(sentence) is not None


def _with_proposal(part: ReasonPassage, message: str) -> ReasonPassage:
    """A passage of a message that was agreed to, with the sentence that proposes or finds: "I'd recommend option 3"."""
    sentences = [sentence for block in blocks(message) for sentence in split_sentences(block.text)]
    proposal = next((each for each in sentences if _PROPOSES.search(each) and len(each) <= _LONGEST_PROPOSAL), None)
    if proposal is None or proposal in part.text:
        return part
    shown = next((at for at, each in enumerate(sentences) if each in part.text), len(sentences))
    unit = Unit(proposal, part.score * 0.9)
    units = (unit, *part.units) if sentences.index(proposal) < shown else (*part.units, unit)
    return ReasonPassage(units, part.score)


def _names_a_subject(passage: ReasonPassage) -> bool:
    """Whether a question says what it is about: not "Want me to go ahead?"."""
    return len(content_words(passage.text)) >= _FEWEST_CONTENT_WORDS


def named_items(message: str, names: Sequence[str], subject: Subject) -> ReasonPassage | None:
    """The list items or headings with the numbers or names of `names`; of several, those about the lines."""
    listed = blocks(message)
    hits = [at for at, block in enumerate(listed) if _name(block) in names or _has_name(block, names)]
    if not hits:
        return None
    scores = rank(listed, subject)
    best = max(hits, key=lambda at: (_whole(listed, scores, at), -at))
    if not _whole(listed, scores, best) and len(hits) > 3:
        return None
    worth = [score + (5.0 if at == best else 0.0) for at, score in enumerate(scores)]
    return around(listed, worth, best)


def _name(block: Block) -> str:
    """`2` of `2. Foo` and `### 2) Foo`, `b` of `**Option B: Foo**`."""
    if block.marker[:1].isdigit():
        return block.marker.rstrip(".)")
    head = _NUMBER.match(block.text)
    return head[1].lower() if head is not None else ""


def _has_name(block: Block, names: Sequence[str]) -> bool:
    low = block.text.lower()
    return any(len(name) > 2 and re.search(rf"(?<![\w-]){re.escape(name)}(?![\w])", low) for name in names)


def _whole(listed: Sequence[Block], scores: Sequence[float], at: int) -> float:
    """The score of a block or of the best one under it."""
    mine = listed[at].text
    return max([scores[at], *(scores[n] for n, block in enumerate(listed) if n > at and mine in block.section)])


def question(message: str) -> ReasonPassage | None:
    """The last question or offer of a message, with the sentences just before it."""
    sentences = [
        sentence
        for block in blocks(message)
        if block.shape in ("paragraph", "item")
        for sentence in split_sentences(block.text)
    ]
    at = next((n for n in range(len(sentences) - 1, -1, -1) if _offers(sentences[n])), None)
    if at is None:
        return None
    units = [Unit(text, 1.0 - 0.1 * (at - n), False) for n, text in enumerate(sentences) if at - 3 < n <= at]
    return ReasonPassage(tuple(units), 1.0)


def _offers(sentence: str) -> bool:
    return sentence.rstrip("*_`) ").endswith("?") or _OFFER.search(sentence[:60]) is not None


def words_within(scene: Scene) -> Iterator[Reason]:
    """What the person said in the course of the turn before the edit: answers, refusals, remarks."""
    marks = [step for step in scene.turn.steps[: scene.step] if isinstance(step, Mark) and step.kind == "said"]
    near = [mark for mark in marks if mark.text.strip()]
    for away, mark in enumerate(reversed(near)):
        close = closeness(relevance(f"{mark.question} {mark.option} {mark.text}", scene.subject))
        score = 0.75 + 0.2 * close - 0.03 * away
        least = _CLOSE_ANSWER if _is_about_work(mark) else _CLOSE_DELIVERY
        aside = len(near) > _FEW_ANSWERS or least == _CLOSE_DELIVERY
        score -= 0.4 if aside and close < least else 0.0
        yield Reason("answered-message", "person", "origin", _with_question(mark), scene.place(), score)


def _is_about_work(mark: Mark) -> bool:
    """Whether an answer is about the work itself, and not about when it goes on and how it is delivered."""
    if not mark.question:
        return True
    from gitstory.queries.review.answered_questions import only_approves

    return _is_about_the_work(mark.question) and not only_approves(mark.question, mark.option or mark.text)


def _is_about_the_work(question: str) -> bool:
    from gitstory.queries.review.answered_questions import is_about_work

    return is_about_work(question)


def _with_question(mark: Mark) -> ReasonPassage:
    answer = mark.text if not mark.option or mark.option in mark.text else f"{mark.text} ({mark.option})"
    if mark.option.startswith(mark.text):
        answer = mark.option
    units = [Unit(mark.question, 0.9)] if mark.question else []
    return ReasonPassage((*units, Unit(f"→ {answer}" if units else answer, 1.0)), 1.0)
