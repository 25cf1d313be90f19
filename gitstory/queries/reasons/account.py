"""Reasons in what was said about the work: before the edit, by a tool that failed, at the end, in the message. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gitstory.model import Call, Say, Think, Turn
from gitstory.queries.reasons.passages import Passage, Unit, about, opening
from gitstory.queries.reasons.requests import closeness
from gitstory.queries.reasons.terms import Subject, names_file, relevance
from gitstory.queries.reasons.values import Reason, Scene
from gitstory.summary.answers import closing_answers, is_lead_in
from gitstory.summary.asks import leans
from gitstory.summary.edits import same_file
from gitstory.text.blocks import blocks, split_sentences

_MOST_STEPS = 400
_ANNOUNCES = re.compile(
    r"""(?:(?:ok(?:ay)?|good|great|perfect|excellent|alright|right|now|next|first|then|also|finally|so|and|wait
          |let's\ssee|sure|done|got\sit|i\ssee)[\s,.!:;—-]{1,4}){0,4}
    (?: let\sme\b | let's\b | i'?ll\b(?!\s(?:keep|leave|not)) | i\swill\b
      | i'?m\s(?:going\sto|now|about\sto|reading|checking|running|adding|updating|opening|looking|inspecting
                |verifying|starting)
      | i\s(?:now\s)?(?:need\sto|have\sto|should|want\sto|can\sstart
                |have\s(?:all|everything|the\s(?:full|whole|context)|a\sclear))
      | (?:updat|add|creat|writ|check|runn|read|look|implement|verify|start|mov|edit|apply|rerunn|patch)ing\b
      | (?:update|add|create|write|check|run|read|look|implement|verify|start|edit|apply|now|next|time\sto)\b
      | here(?:'s|\sis|\sare)\b | two\b[^.]{0,40}\bedits\b )""",
    re.VERBOSE | re.IGNORECASE,
)
_BECAUSE = re.compile(
    r"\b(?:because|since|so that|so the|otherwise|to avoid|to prevent|instead of|rather than|root cause)\b",
    re.IGNORECASE,
)
_CAUSE = re.compile(
    r"""\b(?: because | since | so\s(?:that|the|it|we) | otherwise | to\s(?:avoid|prevent|ensure) | which\smeans
      | the\s(?:issue|problem|bug|fix|error|reason|cause|root\scause) | root\scause | caused\sby | due\sto
      | instead\sof | rather\sthan | needs?\sto | must | should | fails? | failing | broken | missing | wrong
      | not\s(?:work|set|pass|called|handled) | doesn't | isn't | won't | can't | never | correct | belongs | that\sway
      | this\s(?:means|ensures|lets|makes|keeps|way|causes) )\b""",
    re.VERBOSE | re.IGNORECASE,
)
_FAILURE = re.compile(
    r"\b(?:errors?|failed|failure|fail|panic|exception|traceback|assert\w*|expected|undefined|cannot|not found|denied"
    r"|invalid|warning)\b",
    re.IGNORECASE,
)


def before_edit(scene: Scene) -> Iterator[Reason]:
    """Sentences of the turn ahead of the edit by who made it, announcements left out."""
    first = max(0, scene.step - _MOST_STEPS)
    seen: set[str] = set()
    away = 0
    for at in range(min(scene.step, len(scene.turn.steps)) - 1, first - 1, -1):
        step = scene.turn.steps[at]
        if not isinstance(step, Say | Think) or step.agent != scene.agent or not step.text.strip():
            continue
        found = _explains(step.text, scene.subject, thought=isinstance(step, Think))
        if found is not None and found.text not in seen:
            seen.add(found.text)
            close, cause = closeness(found.score), _CAUSE.search(found.text) is not None
            score = 0.2 + 0.4 * close + (0.2 if cause else 0.0) + 0.2 / (1 + away)
            if isinstance(step, Think):
                score -= 0.15
            yield Reason("before-edit", "agent", "account", found, scene.place(), min(score, 0.95))
        away += 1


def _explains(text: str, asked: Subject, *, thought: bool) -> Passage | None:
    """The sentences that are about the lines or give a cause."""
    units: list[Unit] = []
    for block in blocks(text):
        if block.shape == "heading":
            continue
        for said in [f"{block.marker} {block.text}"] if block.shape != "paragraph" else split_sentences(block.text):
            if not _announces(said):
                close = relevance(said, asked) + (4.0 if names_file(said, asked) else 0.0)
                worth = close + (3.0 if _CAUSE.search(said) else 0.0)
                units.append(Unit(said, worth, block.shape != "paragraph"))
    if not units:
        return None
    best = max(range(len(units)), key=lambda at: units[at].worth)
    least = 4.0 if thought else 2.5
    if units[best].worth < least:
        return None
    kept = [unit for at, unit in enumerate(units) if abs(at - best) <= 2 and (at == best or unit.worth >= 2.5)]
    return Passage(tuple(kept), units[best].worth)


def _announces(said: str) -> bool:
    """Whether a sentence only says what comes next."""
    if is_lead_in(said):
        return True
    return _ANNOUNCES.match(said) is not None and _BECAUSE.search(said) is None


def tool_output(scene: Scene) -> Iterator[Reason]:
    """Lines of the output of a command that failed ahead of the edit, where they are about the lines."""
    for at in range(min(scene.step, len(scene.turn.steps)) - 1, max(-1, scene.step - 60), -1):
        step = scene.turn.steps[at]
        if not isinstance(step, Call) or step.edits or not step.output or step.agent != scene.agent:
            continue
        lines = [line.strip() for line in step.output.splitlines() if _FAILURE.search(line) and len(line) < 400]
        close = [(relevance(line, scene.subject), line) for line in lines[:60]]
        best = sorted((pair for pair in close if pair[0] >= 3.0), reverse=True)[:3]
        if best and (step.failed or best[0][0] >= 6.0):
            units = tuple(Unit(line, score) for score, line in sorted(best, key=lambda pair: lines.index(pair[1])))
            yield Reason(
                "tool-output",
                "tool",
                "account",
                Passage(units, best[0][0]),
                scene.place(),
                0.35 + 0.35 * closeness(best[0][0]),
            )
            return


def closing_answer(scene: Scene) -> Iterator[Reason]:
    """The answer at the end of the turn: the item of its list that is about the lines, else how it begins."""
    for away, (turn, text) in enumerate(_closings(scene)):
        part = about(text, scene.subject, items=True)
        if part is not None:
            score = 0.4 + 0.45 * closeness(part.score) - 0.1 * away
            yield Reason("closing-answer", "agent", "account", part, scene.place(turn), score)
        elif not away and _edited_little(turn, scene):
            first = opening(text)
            if first is not None:
                yield Reason("closing-answer", "agent", "account", first, scene.place(turn), 0.35)


def _closings(scene: Scene) -> Iterator[tuple[Turn, str]]:
    """The closing answers of the turn and, where it was cut off, of the turns that carried on; a subagent's own."""
    if scene.agent is not None:
        mine = [
            step.text for step in scene.turn.steps[scene.step :] if isinstance(step, Say) and step.agent == scene.agent
        ]
        yield from ((scene.turn, text) for text in mine[-1:] if text.strip())
    for text in closing_answers(scene.turn, scene.step)[:2]:
        yield scene.turn, text
    if closing_answers(scene.turn, scene.step):
        return
    for turn in scene.after[:4]:
        if not leans(turn):
            return
        if found := closing_answers(turn, 0):
            yield turn, found[0]
            return


def _edited_little(turn: Turn, scene: Scene) -> bool:
    """Whether the turn edited this file alone, or hardly others."""
    paths = {edit.path for edit in turn.edits}
    others = [path for path in paths if not same_file(path, scene.subject.path)]
    return len(others) <= 2


def commit_message(scene: Scene) -> Iterator[Reason]:
    """The paragraph or list item of the commit's message that is about the lines."""
    text = without_trailers(scene.message)
    part = about(text, scene.subject, least=5.0)
    if part is not None:
        score = 0.3 + 0.3 * closeness(part.score)
        yield Reason("commit-message", "person", "account", part, scene.commit[:10], score)


def without_trailers(message: str) -> str:
    """A commit's message less the lines for programs at its end."""
    lines = message.rstrip().splitlines()
    while lines and (not lines[-1].strip() or re.match(r"[A-Z][\w-]*: \S", lines[-1])):
        lines.pop()
    return "\n".join(lines)
