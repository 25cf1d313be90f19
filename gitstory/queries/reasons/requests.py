"""Reasons in what people asked: the prompt, earlier requests of the task, the request a plan was made for. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gitstory.model import Call, Conversation, Turn
from gitstory.queries.reasons.passages import LEAST, ReasonPassage, Unit, about, opening
from gitstory.queries.reasons.text_relevance import relevance
from gitstory.queries.reasons.turns_of_task import chain, earlier, ran_on, wrote_before
from gitstory.queries.reasons.values import Kind, Reason, Scene, Speaker
from gitstory.summary.asking_part import asking_part, is_event, without_markup
from gitstory.summary.closing_answers import was_interrupted
from gitstory.summary.dependent_prompts import is_command, leans, only_attaches, says_little, words
from gitstory.summary.find_edit import same_file
from gitstory.summary.short_ids import turn_name
from gitstory.text.late_pattern import late_pattern

_LONG = 420
"""Characters from which on a prompt's beginning does not show all of it."""
_QUESTION_LOSS = 0.12
"""What a request is worth more than a question that led to no edit."""
_SHORT = 10
_SAME = 400
"""Characters in which two prompts agree that are the text of one command."""
_CHORES = frozenset(
    """ci commit conflict conflicts deploy failing lint merge publish push rebase release testflight""".split()  # noqa: SIM905
)
"""Words of a prompt that is about no task in particular."""
_SYNC = late_pattern(
    r"\bup.to.date with\b|\bsync(?:ed|ing|hronize)?\b.{0,40}\b(?:main|master|upstream|origin)\b", re.IGNORECASE
)
"""A branch that is to be brought up to date."""
_HANDED_OVER = late_pattern(r"\s*implement the following plan\b", re.IGNORECASE)
"""A prompt that is a plan of yet another conversation."""
_TIED = 6.0
"""Relevance of a passage that ties a turn to the lines."""
_NEAR, _TALKED = 0.45, 0.3
"""Closeness to the lines of a turn that may belong to the task: one with edits of its own, and one that only talked."""


def prompt(scene: Scene) -> Iterator[Reason]:
    """The prompt's beginning and, of a long one, the part that is about the lines."""
    turn = scene.turn
    if not turn.prompt.strip():
        return
    yield from _request(scene, turn, "prompt", _prompt_worth(scene))
    yield from _attached(scene, turn, "prompt", 0.9)
    if turn.expanded:
        reason_passage = about(turn.expanded, scene.subject)
        if reason_passage is not None:
            yield Reason(
                "prompt", "tool", "detail", reason_passage, scene.place(), 0.4 + 0.3 * closeness(reason_passage.score)
            )


def _attached(scene: Scene, turn: Turn, kind: Kind, worth: float) -> Iterator[Reason]:
    """The beginning of the file that a prompt attaches where the prompt says nothing else: that is what was asked."""
    first = opening(turn.expanded) if turn.expanded and only_attaches(turn.prompt) else None
    if first is not None:
        yield Reason(kind, "tool", "origin", first, scene.place(turn), worth)


def _prompt_worth(scene: Scene) -> float:
    """A short prompt in the middle of a task that has no word of the lines is hardly why they are there."""
    text = scene.turn.prompt
    if says_little(text):
        return 0.3
    if _is_repeated(scene):
        return 0.45
    aside = len(words(text)) <= _SHORT and not relevance(text, scene.subject) and bool(earlier(scene))
    return 0.55 if aside else 0.9


def _is_repeated(scene: Scene) -> bool:
    """Whether a long prompt begins as others of the conversation do: it is the text of a command."""
    head = scene.turn.prompt[:_SAME]
    others = (turn for turn in scene.conversation.turns if turn.id != scene.turn.id)
    return len(head) == _SAME and any(turn.prompt.startswith(head) for turn in others)


def _request(scene: Scene, turn: Turn, kind: Kind, worth: float) -> Iterator[Reason]:
    speaker, kind = spoken_by(scene.conversation, turn, kind)
    event = is_event(turn.prompt)
    asking = asking_part(turn.prompt)
    first = opening(asking) or (_naming_a_file(asking) if kind == "prompt" else None)
    if first is not None and not event:
        yield Reason(kind, speaker, "origin", first, scene.place(turn), worth)
    if len(turn.prompt) > _LONG:
        part = about(without_markup(turn.prompt), scene.subject, least=_TIED if event else LEAST)
        if part is not None:
            yield Reason(kind, speaker, "detail", part, scene.place(turn), worth * (0.5 + 0.5 * closeness(part.score)))


def _naming_a_file(asking: str) -> ReasonPassage | None:
    """A request that says no more than which file to carry out: "implement @docs/plan.md"."""
    if len(asking) > _LONG or only_attaches(asking) or is_command(asking):
        return None
    return ReasonPassage((Unit(asking.strip(), 1.0),), 1.0)


def spoken_by(conversation: Conversation, turn: Turn, kind: Kind) -> tuple[Speaker, Kind]:
    """Whose words a prompt is: of a subagent's conversation, and where no person wrote it, an agent's task."""
    if conversation.subagent or turn.kind == "automated":
        return "agent", "subagent-task"
    return "person", kind


def closeness(score: float) -> float:
    """A relevance as a number below 1."""
    return score / (score + 10.0)


def earlier_requests(scene: Scene) -> Iterator[Reason]:
    """What the task began with and what was said to it since; and the turn that wrote the same lines before."""
    turns = earlier(scene)
    for away, each in enumerate(chain(scene)):
        turn = each.turn
        if each.sure:
            yield from _attached(scene, turn, "earlier-request", 0.78 - 0.02 * away)
        if not turn.prompt.strip() or says_little(turn.prompt):
            continue
        close = closeness(relevance(turn.prompt, scene.subject))
        aside = (turn.kind == "correction" and not any(turn.edits)) or (is_chore(turn) and not is_chore(scene.turn))
        aside = aside or _is_elsewhere(scene, turn)
        if each.sure and (not (aside or _may_be_another_task(scene)) or _is_about(scene, turn)):
            only_question = turn.kind == "question" and not any(turn.edits)
            worth = 0.78 + 0.12 * close - 0.02 * away - (_QUESTION_LOSS if only_question else 0.0)
            yield from _request(scene, turn, "earlier-request", worth)
        elif close >= (_NEAR if any(turn.edits) else _TALKED) and _leads_here(scene, turn):
            yield from _request(scene, turn, "earlier-request", 0.5 + 0.45 * close - 0.01 * away)
    again = wrote_before(scene)
    if again is not None and again not in turns:
        yield from _again(scene, again)


def _may_be_another_task(scene: Scene) -> bool:
    """Whether the turn is a chore, or finds fault in words that say enough, and the one before it was done."""
    if _follows_running(scene):
        return False
    independent = scene.turn.kind == "correction" and len(scene.turn.prompt) > _LONG
    return is_chore(scene.turn) or independent


def _follows_running(scene: Scene) -> bool:
    """Whether the turn before was still at work, or was stopped."""
    before = next(iter(scene.before), None)
    return before is not None and (ran_on(before) or was_interrupted(before))


def _is_elsewhere(scene: Scene, turn: Turn) -> bool:
    """Whether a correction that stands by itself may be of other work than `turn`: they have no file in common."""
    if scene.turn.kind != "correction" or leans(scene.turn) or _follows_running(scene):
        return False
    files, others = ({edit.path for edit in each.edits} for each in (scene.turn, turn))
    return bool(files and others) and files.isdisjoint(others)


def is_chore(turn: Turn) -> bool:
    """Whether a short prompt asks for what belongs to no task in particular: "resolve conflicts", "commit and push"."""
    prompt = words(turn.prompt)
    if len(prompt) <= 2 * _SHORT and _SYNC.search(turn.prompt) is not None:
        return True
    return len(prompt) <= _SHORT and not _CHORES.isdisjoint(prompt) and not is_command(turn.prompt)


def _leads_here(scene: Scene, turn: Turn) -> bool:
    """Whether a turn ahead of the one that began the task may have led to it: it edited the file, or it asked
    something and changed nothing. A request of its own, which only has words of the lines, is another task."""
    edited = [edit.path for edit in turn.edits]
    if any(same_file(path, scene.subject.path) for path in edited):
        return True
    if edited or len(turn.prompt) > _LONG:
        return not edited and turn.kind in ("question", "answer")
    return turn.kind in ("question", "answer") or closeness(relevance(turn.prompt, scene.subject)) >= _NEAR


def _is_about(scene: Scene, turn: Turn) -> bool:
    """Whether an earlier turn has to do with the lines, by its prompt, its last answer or the files it edited."""
    answer = next(reversed([text for text in turn.answers if text.strip()]), "")
    is_close = any(about(text, scene.subject, least=_TIED) is not None for text in (turn.prompt, answer))
    return is_close or any(same_file(edit.path, scene.subject.path) for edit in turn.edits)


def _again(scene: Scene, turn: Turn) -> Iterator[Reason]:
    moved = Scene(scene.conversation, turn, scene.subject, len(turn.steps))
    for away, each in enumerate([turn, *earlier(moved)]):
        if each.prompt.strip() and not says_little(each.prompt):
            yield from _request(scene, each, "earlier-request", 0.92 - 0.05 * away)


def planned_for(scene: Scene) -> Iterator[Reason]:
    """What was asked in the conversation that made the plan, or that started this one."""
    parent = scene.parent
    tied = scene.conversation.from_plan or scene.conversation.subagent or leans(scene.turn)
    if parent is None or not tied:
        return
    began = scene.conversation.started or scene.turn.time
    turns = [turn for turn in sorted(parent.turns, key=lambda each: each.index) if not turn.abandoned]
    result = [
        turn
        for turn in turns
        if not leans(turn)
        and not is_command(turn.prompt)
        and (began is None or turn.time is None or turn.time <= began)
    ]
    chosen = _plan_request(scene, parent) if scene.conversation.from_plan else result[-1:]
    for turn in chosen:
        first = opening(asking_part(turn.prompt))
        if first is not None:
            source = turn_name(parent.id, turn.index)
            yield Reason("earlier-request", "person", "origin", first, source, 0.93)


def _plan_request(scene: Scene, parent: Conversation) -> list[Turn]:
    """The request that the turn which made the plan worked on; where that turn is not known, what the last one worked
    on, unless that is another plan, or a question that has nothing to do with the lines."""
    began = scene.conversation.started or scene.turn.time
    turns = [
        turn
        for turn in sorted(parent.turns, key=lambda each: each.index)
        if not turn.abandoned and (began is None or turn.time is None or turn.time <= began)
    ]
    planning = [turn for turn in turns if any(isinstance(step, Call) and step.plan.strip() for step in turn.steps)]
    last = (planning or turns)[-1:]
    moved = [Scene(parent, turn, scene.subject, len(turn.steps)) for turn in last]
    chained = [turn for each in moved for turn in (each.turn, *earlier(each))]
    requests = [turn for turn in chained if turn.prompt.strip() and not says_little(turn.prompt)][:1]
    if planning or not requests:
        return requests
    far = closeness(relevance(last[0].prompt, scene.subject)) < _TALKED
    other = _HANDED_OVER.match(requests[0].prompt) is not None or (last[0].kind == "question" and far)
    return [] if other else requests
