"""Reasons in what was planned: approved plans, tasks of subagents, to-dos, files with plans. Pure."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from gitstory.model import Call, Mark, Say, Turn
from gitstory.queries.reasons.passages import ReasonPassage, Unit, about, opening
from gitstory.queries.reasons.remarks_on_procedure import is_check
from gitstory.queries.reasons.requests import closeness
from gitstory.queries.reasons.text_relevance import relevance
from gitstory.queries.reasons.turns_of_task import earlier
from gitstory.queries.reasons.values import Document, Reason, Scene, Standing
from gitstory.summary.asking_part import asking_part
from gitstory.summary.dependent_prompts import is_command, says_little, words
from gitstory.text.late_pattern import late_pattern

_MOST_MESSAGES = 12
"""Messages ahead of a subagent's start that are searched."""
_LEAST_CLOSE = 0.8
"""Relevance that such a message needs: it is of the same task."""
_EXECUTED = 0.83
"""What the purpose of a plan is worth that a command names: it says more than the command."""
_NAMED_BY_REQUEST = 0.1
"""What a file is worth more that the request names."""
_LONGEST_ASKING, _MOST_REFERRING = 600, 30
"""Characters of a request in which it names its file, and words of one that leaves the rest to that file."""
_TASK_KEY = late_pattern(r'"(?:prompt|task|message|instructions?)"\s*:\s*"')


def approved_plan(scene: Scene) -> Iterator[Reason]:
    """The last plan that was put before the person ahead of the edit: its section about the lines, and its purpose."""
    for away, (turn, call) in enumerate(_plans(scene)):
        standing: Standing = "refused" if call.failed else "replaced" if away else ""
        worth = 0.3 if standing else 1.0
        part = about(call.plan, scene.subject)
        if part is not None:
            score = worth * (0.6 + 0.35 * closeness(part.score))
            yield Reason("approved-plan", "agent", "detail", part, scene.place(turn), score, standing)
        first = opening(call.plan)
        if first is not None:
            yield Reason("approved-plan", "agent", "origin", first, scene.place(turn), worth * 0.7, standing)


def _plans(scene: Scene) -> Iterator[tuple[Turn, Call]]:
    """Plans of the task, the approved one nearest to the edit first."""
    pairs = [(scene.turn, step) for step in reversed(scene.turn.steps[: scene.step])]
    pairs += [(turn, step) for turn in earlier(scene) for step in reversed(turn.steps)]
    plans = [(turn, step) for turn, step in pairs if isinstance(step, Call) and step.plan.strip()]
    yield from sorted(plans, key=lambda pair: pair[1].failed)


def subagent_task(scene: Scene) -> Iterator[Reason]:
    """What the subagent that made the edit was told to do."""
    if scene.agent is None:
        return
    text = task_of(scene.turn, scene.agent, scene.step)
    if not text.strip():
        return
    part = about(text, scene.subject)
    if part is not None:
        score = 0.6 + 0.35 * closeness(part.score)
        yield Reason("subagent-task", "agent", "detail", part, scene.place(), score)
    first = opening(text)
    if first is not None and not says_little(text.strip().removeprefix("Run ")):
        yield Reason("subagent-task", "agent", "origin", first, scene.place(), 0.62)


def announced_before_start(scene: Scene) -> Iterator[Reason]:
    """Of what the main agent wrote ahead of starting the subagent, the passage that is most about the lines."""
    if scene.agent is None:
        return
    start = _start(scene.turn, scene.agent, scene.step)
    announcements = [step for step in scene.turn.steps[:start] if isinstance(step, Say) and step.agent is None]
    parts = [
        part
        for step in announcements[-_MOST_MESSAGES:]
        if (part := about(step.text, scene.subject, least=_LEAST_CLOSE)) is not None
    ]
    best = max(parts, key=lambda part: part.score, default=None)
    if best is not None:
        score = 0.45 + 0.45 * closeness(best.score)
        yield Reason("before-edit", "agent", "account", best, scene.place(), score)


def reported_before(scene: Scene) -> Iterator[Reason]:
    """Of what other subagents reported before the edit, the passage that is most about the lines."""
    reports = {
        step.agent: step.text
        for step in scene.turn.steps[: scene.step]
        if isinstance(step, Say) and step.agent not in (None, scene.agent) and step.text.strip()
    }
    parts = [part for text in reports.values() if (part := about(text, scene.subject)) is not None]
    best = max(parts, key=lambda part: part.score, default=None)
    if best is not None:
        score = 0.55 + 0.35 * closeness(best.score)
        yield Reason("before-edit", "agent", "detail", best, scene.place(), score)


def _start(turn: Turn, agent: str, step: int) -> int:
    """The step at which a subagent was started, as far as that is recorded."""
    marks = (at for at, each in enumerate(turn.steps[:step]) if isinstance(each, Mark) and each.agent == agent)
    calls = (at for at, each in enumerate(turn.steps[:step]) if isinstance(each, Call) and each.agent == agent)
    return min([*marks, *calls], default=step)


def task_of(turn: Turn, agent: str, step: int) -> str:
    """The whole task of a subagent as far as it is stored."""
    marks = [each for each in turn.steps[:step] if isinstance(each, Mark) and each.kind == "subagent"]
    mine = next((mark for mark in reversed(marks) if mark.agent == agent), None)
    if mine is not None and mine.task.strip():
        return mine.task
    call = mine.call if mine is not None else agent
    for each in turn.steps[:step]:
        if isinstance(each, Call) and each.id == call and each.input:
            return _longest_text(each.input)
    nearest = mine or next((mark for mark in reversed(marks) if mark.agent is None), None)
    if nearest is None:
        return ""
    started = _started(turn, nearest.text)
    return _longest_text(started) if started else nearest.text


def _started(turn: Turn, line: str) -> str:
    """The arguments of the call whose task begins with `line` (records of earlier versions name no call)."""
    head = line.strip()[:60]
    calls = (step.input for step in turn.steps if isinstance(step, Call))
    return next((given for given in calls if head and head in given), "")


def _longest_text(given: str) -> str:
    """The longest text among a call's arguments."""
    try:
        existing = msgspec.json.decode(given)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return _after_key(given)
    if not isinstance(existing, dict):
        return given
    texts = [value for value in existing.values() if isinstance(value, str)]
    return max(texts, key=len, default=given)


def _after_key(given: str) -> str:
    """The task in arguments that were cut, and are no JSON any more."""
    match = _TASK_KEY.search(given)
    if match is None:
        return given
    text = given[match.end() :]
    for mark, plain in (("\\n", "\n"), ("\\t", "\t"), ('\\"', '"'), ("\\\\", "\\")):
        text = text.replace(mark, plain)
    return text


def todo(scene: Scene) -> Iterator[Reason]:
    """The item of the agent's to-do list that was in progress at the edit."""
    call = scene.turn.steps[scene.step] if scene.step < len(scene.turn.steps) else None
    if isinstance(call, Call) and call.todo.strip() and not is_check(call.todo):
        text = call.todo.strip()
        score = 0.5 + 0.3 * closeness(relevance(text, scene.subject))
        yield Reason("todo", "agent", "detail", ReasonPassage((Unit(text, 1.0),), 1.0), scene.place(), score)


def _name(document: Document) -> str:
    return document.path.rpartition("/")[2]


def _refers(request: str) -> bool:
    """Whether a request is short enough to leave what is asked for to the file it names."""
    return len(words(request)) <= _MOST_REFERRING


def plan_files(scene: Scene) -> Iterator[Reason]:
    """The sections of plan files that are about the lines, and what the conversations that wrote them were asked."""
    commands = [turn.prompt for turn in (scene.turn, *earlier(scene)) if is_command(turn.prompt)]
    wanted = asking_part(scene.turn.prompt)[:_LONGEST_ASKING]
    carries_out = scene.agent is not None or bool(commands)
    parts = [(away, each, about(each.text, scene.subject)) for away, each in enumerate(scene.documents)]
    scored = [
        (0.6 + 0.35 * closeness(part.score) - 0.04 * away + _NAMED_BY_REQUEST * (_name(each) in wanted), each, part)
        for away, each, part in parts
        if part is not None
    ]
    best = max((score for score, _, _ in scored), default=0.0)
    for score, document, part in scored:
        yield Reason("plan-file", "agent", "detail", part, document.source, score)
        first = opening(document.text)
        if first is not None:
            less = 0.1 if carries_out and score == best else 0.3
            named = any(_name(document) in prompt for prompt in (*commands, wanted if _refers(wanted) else ""))
            worth = max(score - less, _EXECUTED if named else 0.0)
            yield Reason("plan-file", "agent", "origin", first, document.source, worth)
        request = opening(asking_part(document.request)) if document.request else None
        if request is not None and (carries_out or _name(document) in wanted):
            yield Reason("earlier-request", "person", "origin", request, document.request_source, score - 0.05)
