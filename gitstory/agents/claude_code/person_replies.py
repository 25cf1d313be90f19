"""What the person said of a call of Claude Code in the call's result: answers to questions, and why it was refused."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from gitstory.agents.claude_code.prompts import raw_text
from gitstory.agents.claude_code.transcript_log import Open
from gitstory.agents.json_values import first, mapping, text
from gitstory.agents.question_answers import answered, question_text, questions_of, quoted
from gitstory.model import Mark, Occasion

PLANNING = "ExitPlanMode"
ASKING = "AskUserQuestion"

_REFUSED = re.compile(
    r"(?:the user said|[Tt]he user provided the following reason[^:\n]{0,200}+):\s*(.*?)(?:\n\nNote: The user.*)?\Z",
    re.DOTALL,
)
_CLARIFIES = "The user wants to clarify these questions."
_CLARIFIED = re.compile(
    r'^- "(?P<question>(?:(?!\n- ").)*?)"\n[ \t]*+Answer: (?P<answer>(?:(?!\n- ").)*+)', re.DOTALL | re.MULTILINE
)
"""How Claude Code (2.1.12 and later) lists questions that the person did not answer yet but wants to talk about."""
_PREVIEW = " selected preview:\n"


def words_on_call(record: dict[str, Any], block: dict[str, Any], opened: Open, time: float | None) -> list[Mark]:
    """The person's words in a result, each to its question; none where the program speaks alone."""
    call = text(block.get("tool_use_id"))
    questions = questions_of(opened.given) if opened.tool == ASKING else []
    result = mapping(record.get("toolUseResult"))
    fields = result if "questions" in result or opened.tool == ASKING else {}
    if isinstance(fields.get("answers"), dict):
        return _answers(fields, questions_of(fields) or questions, call, time)
    refused = block.get("is_error") is True
    printed = raw_text(block.get("content")) if refused or questions else ""
    match = _REFUSED.search(printed) if refused else None
    words = first(record, ("user_feedback", "userFeedback")).strip() or (match[1].strip() if match else "")
    if words.startswith(_CLARIFIES):
        return _clarified(words, questions, call, time)
    if words:
        return [Mark("said", words, time, _occasion(opened.tool, refused), call=call)]
    return quoted(questions, printed, call, time) if questions and not refused else []


def _occasion(tool: str, refused: bool) -> Occasion:
    if tool == PLANNING:
        return "plan"
    if tool == ASKING:
        return "question"
    return "refusal" if refused else "remark"


def _answers(result: dict[str, Any], questions: list[Mapping[str, Any]], call: str, time: float | None) -> list[Mark]:
    """One mark a question, with what the person chose, typed, and noted beside it."""
    notes = mapping(result.get("annotations"))
    existing = {question_text(one): one for one in questions}
    marks: list[Mark] = []
    for wanted, answer in result["answers"].items():
        note = mapping(notes.get(wanted)).get("notes")
        mark = answered(existing.get(wanted.strip(), {"question": wanted}), [answer, note], call, time)
        marks += [mark] if mark.text else []
    return marks


def _clarified(words: str, questions: list[Mapping[str, Any]], call: str, time: float | None) -> list[Mark]:
    """The questions of a list that have an answer already: the rest of the text is the program's."""
    existing = {question_text(one): one for one in questions}
    marks: list[Mark] = []
    for match in _CLARIFIED.finditer(words):
        question = existing.get(match["question"].strip(), {"question": match["question"]})
        marks.append(answered(question, [match["answer"].split(_PREVIEW)[0]], call, time))
    return marks
