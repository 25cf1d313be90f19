"""Reasons in what was said about the work: before the edit, by a tool that failed, at the end, in the message. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from gitstory.model import Call, Say, Think, Turn
from gitstory.queries.reasons.passages import ReasonPassage, Unit, about, only_names_files, opening
from gitstory.queries.reasons.remarks_on_procedure import cause_worth, is_procedure, leads_in, says_nothing
from gitstory.queries.reasons.requests import closeness
from gitstory.queries.reasons.text_relevance import Subject, names_file, relevance, terms
from gitstory.queries.reasons.values import Reason, Scene
from gitstory.summary.announcements import only_announces
from gitstory.summary.closing_answers import closing_answers, is_lead_in
from gitstory.summary.dependent_prompts import leans
from gitstory.summary.find_edit import same_file
from gitstory.text.late_pattern import late_pattern
from gitstory.text.markdown_blocks import Block, blocks, split_sentences

_MOST_STEPS = 400
_MOST_SENTENCES = 4
_ALIKE = 0.6
"""Share of the shorter sentence's words that makes two of them the same."""
_FEWEST_WORDS = 7
_FEWEST_SPOKEN = 5
_LEAST = 4.0
"""Worth below which a sentence before the edit says nothing of the lines."""
_LONGEST_LINE, _FEWEST_IN_OUTPUT = 400, 3
"""Characters of a line of output that counts, and words of it that are no path."""
_NEXT = 4.5
"""What the message right before the edit is worth more, and the ones before it less and less."""
_SOME, _SOME_THOUGHT = 0.5, 4.0
"""Worth that a sentence needs by itself for that, and one of a thought."""
_CHATTER = late_pattern(
    r"""\b(?: branch | commit(?:ted|ting)? | pushed | pull\srequest | tests?\s(?:all\s)?pass(?:es|ed)? | lint\s
      | all\sgreen | checks?\spass | working\stree | stag(?:ed|ing) | whitespace\serrors? | clean\b | rebase
      | merged | server\sis\srunning )""",
    re.VERBOSE | re.IGNORECASE,
)
_LOOKS = late_pattern(
    r"\s*+(?:[^\s=]++=\S++\s++)?(?:rg|grep|cat|sed|head|tail|ls|find|awk|nl|wc|git\s+(?:diff|show|log|status|grep|blame))\b|\s*cd\s[^&|;]{1,200}&&\s*"
    r"(?:rg|grep|cat|sed|head|tail|ls|find|git\s+(?:diff|show|log|status|grep|blame))\b"
)
"""Commands that only look at files: what they print is no failure."""
_FAILED = late_pattern(r"\b(?:errors?|FAIL(?:ED)?|failed|panic|Exception|Traceback|fatal)\b|[✗✘✖❌]")
_FAILURE = late_pattern(
    r"\b(?:errors?|failed|failure|fail|panic|exception|traceback|assert\w*|expected|undefined|cannot|not found|denied"
    r"|invalid|warning)\b",
    re.IGNORECASE,
)


def before_edit(scene: Scene) -> Iterator[Reason]:
    """Sentences of the turn ahead of the edit by who made it, announcements left out: those that say most, together."""
    first = max(0, scene.step - _MOST_STEPS)
    candidates: list[tuple[int, Unit]] = []
    seen: set[str] = set()
    away = 0
    for at in range(min(scene.step, len(scene.turn.steps)) - 1, first - 1, -1):
        step = scene.turn.steps[at]
        if not isinstance(step, Say | Think) or step.agent != scene.agent or not step.text.strip():
            continue
        thought = isinstance(step, Think)
        for unit in explaining(step.text, scene.subject, thought=thought):
            worth = unit.worth * (0.6 if thought else 1.0) + (
                _NEXT / (1 + away) if unit.worth >= (_SOME_THOUGHT if thought else _SOME) else 0.0
            )
            if unit.text not in seen and worth >= _LEAST:
                seen.add(unit.text)
                candidates.append((-at, Unit(unit.text, worth, unit.breaks)))
        away += not thought
    best = _distinct(sorted(candidates, key=lambda pair: -pair[1].worth))[:_MOST_SENTENCES]
    if best:
        units = [pair[1] for pair in candidates if pair in best]
        units = [
            unit for _, unit in sorted(((at, unit) for at, unit in candidates if unit in units), key=lambda p: -p[0])
        ]
        top = best[0][1].worth
        cause = any(cause_worth(unit.text, 0.0) for unit in units)
        score = _score(top) + (0.1 if cause else 0.0)
        yield Reason("before-edit", "agent", "account", ReasonPassage(tuple(units), top), scene.place(), score)


def _distinct(ranked: Sequence[tuple[int, Unit]]) -> list[tuple[int, Unit]]:
    """Those that do not say what a better one says: a thought is often said again."""
    kept: list[tuple[int, Unit]] = []
    for at, unit in ranked[: 4 * _MOST_SENTENCES]:
        mine = terms(unit.text)
        if all(len(mine & other) < _ALIKE * min(len(mine), len(other)) for other in (terms(u.text) for _, u in kept)):
            kept.append((at, unit))
    return kept


def _score(worth: float) -> float:
    return 0.25 + 0.65 * closeness(worth)


def explaining(text: str, subject: Subject, *, thought: bool = False) -> list[Unit]:
    """Its sentences with what they are worth: those that are about the lines, and those that give a cause.

    "I see the issue." gives its worth to the sentence after it.
    """
    units: list[Unit] = []
    carried = 0.0
    for block in blocks(text):
        if block.shape == "heading":
            continue
        for at, sentence in enumerate(_sentences(block)):
            close = relevance(sentence, subject) + (3.0 if names_file(sentence, subject) else 0.0)
            cause = cause_worth(sentence, close)
            if cause and len(sentence.split()) < _FEWEST_WORDS:
                carried = 4.0
                continue
            worth = close + cause + carried
            carried = 0.0
            if len(sentence.split()) < _FEWEST_SPOKEN:
                continue
            if is_procedure(sentence, thought=thought) or only_names_files(sentence.lstrip("-*•+ ")):
                continue
            if _CHATTER.search(sentence):
                worth *= 0.5
            if sentence[:1].islower() or sentence[:6].lower().startswith(("let me", "now le")):
                worth *= 0.7
            units.append(Unit(sentence, worth, at == 0))
    return units


def _sentences(block: Block) -> list[str]:
    return list(split_sentences(block.text)) if block.shape == "paragraph" else [f"{block.marker} {block.text}".strip()]


def tool_output(scene: Scene) -> Iterator[Reason]:
    """Lines of the output of a command that failed ahead of the edit, where they are about the lines."""
    for at in range(min(scene.step, len(scene.turn.steps)) - 1, max(-1, scene.step - 60), -1):
        step = scene.turn.steps[at]
        if not isinstance(step, Call) or step.edits or not step.output or step.agent != scene.agent:
            continue
        if _LOOKS.match(step.input):
            continue
        lines = [line.strip() for line in step.output.splitlines() if _states_failure(line)]
        close = [(relevance(line, scene.subject), line) for line in lines[:60]]
        best = sorted((pair for pair in close if pair[0] >= 3.0), reverse=True)[:3]
        if best and (step.failed or _FAILED.search(step.output)):
            units = tuple(Unit(line, score) for score, line in sorted(best, key=lambda pair: lines.index(pair[1])))
            yield Reason(
                "tool-output",
                "tool",
                "account",
                ReasonPassage(units, best[0][0]),
                scene.place(),
                0.35 + 0.35 * closeness(best[0][0]),
            )
            return


def _states_failure(line: str) -> bool:
    """Whether a line of output says what failed, rather than only where."""
    if len(line) >= _LONGEST_LINE or not _FAILURE.search(line):
        return False
    return len([word for word in line.split() if "/" not in word and "\\" not in word]) >= _FEWEST_IN_OUTPUT


def closing_answer(scene: Scene) -> Iterator[Reason]:
    """The answer at the end of the turn: the item of its list about the lines, and what it gives as the cause."""
    for away, (turn, text) in enumerate(_closings(scene)):
        part = about(text, scene.subject, items=True)
        if part is not None and not all(says_nothing(unit.text) for unit in part.units):
            score = 0.35 + 0.5 * closeness(part.score) - 0.1 * away
            yield Reason("closing-answer", "agent", "account", part, scene.place(turn), score)
        shown = part.text if part is not None else ""
        sentences = [unit for unit in explaining(text, scene.subject) if unit.text not in shown]
        best = sorted(sentences, key=lambda unit: -unit.worth)[:2]
        if best and best[0].worth >= _LEAST + 2.0:
            units = tuple(unit for unit in sentences if unit in best)
            score = 0.3 + 0.5 * closeness(best[0].worth) - 0.1 * away
            yield Reason(
                "closing-answer", "agent", "account", ReasonPassage(units, best[0].worth), scene.place(turn), score
            )
        elif part is None and not away and _edited_little(turn, scene) and not only_announces(text):
            first = opening(text)
            if first is not None and any(_says_something(unit.text) for unit in first.units):
                yield Reason("closing-answer", "agent", "account", first, scene.place(turn), 0.42)


def _says_something(words: str) -> bool:
    """Whether a sentence is more than a lead-in or a title: "Perfect! Here is a summary of the fixes:"."""
    leads = leads_in(words) or is_lead_in(words)
    return len(words.split()) >= _FEWEST_SPOKEN and not leads and _CHATTER.search(words) is None


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
        if closing := closing_answers(turn, 0):
            yield turn, closing[0]
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
