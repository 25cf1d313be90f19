"""What the person said of a call of Claude Code in the call's result: answers to questions, and why it was refused."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from gitstory.agents.claude_code.prompts import raw_text
from gitstory.agents.claude_code.transcript_log import Open
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
    call = block.get("tool_use_id")
    call = call if isinstance(call, str) else ""
    questions = questions_of(opened.given) if opened.tool == ASKING else []
    result = record.get("toolUseResult")
    fields = result if isinstance(result, dict) and ("questions" in result or opened.tool == ASKING) else {}
    if isinstance(fields.get("answers"), dict):
        return _answers(fields, questions_of(fields) or questions, call, time)
    refused = block.get("is_error") is True
    text = _feedback(record) or (_refusal(raw_text(block.get("content"))) if refused else "")
    if text.startswith(_CLARIFIES):
        return _clarified(text, questions, call, time)
    if text:
        return [Mark("said", text, time, _occasion(opened.tool, refused), call=call)]
    return quoted(questions, raw_text(block.get("content")), call, time) if questions and not refused else []


def _feedback(record: dict[str, Any]) -> str:
    items = (record.get(key) for key in ("user_feedback", "userFeedback"))
    return next((one.strip() for one in items if isinstance(one, str) and one.strip()), "")


def _refusal(text: str) -> str:
    match = _REFUSED.search(text)
    return match[1].strip() if match else ""


def _occasion(tool: str, refused: bool) -> Occasion:
    if tool == PLANNING:
        return "plan"
    if tool == ASKING:
        return "question"
    return "refusal" if refused else "remark"


def _answers(result: dict[str, Any], questions: list[Mapping[str, Any]], call: str, time: float | None) -> list[Mark]:
    """One mark a question, with what the person chose, typed, and noted beside it."""
    notes = result.get("annotations")
    existing = {question_text(one): one for one in questions}
    marks: list[Mark] = []
    for wanted, answer in result["answers"].items():
        beside = notes.get(wanted) if isinstance(notes, dict) else None
        note = beside.get("notes") if isinstance(beside, dict) else None
        mark = answered(existing.get(wanted.strip(), {"question": wanted}), [answer, note], call, time)
        marks += [mark] if mark.text else []
    return marks


def _clarified(text: str, questions: list[Mapping[str, Any]], call: str, time: float | None) -> list[Mark]:
    """The questions of a list that have an answer already: the rest of the text is the program's."""
    existing = {question_text(one): one for one in questions}
    marks: list[Mark] = []
    for match in _CLARIFIED.finditer(text):
        question = existing.get(match["question"].strip(), {"question": match["question"]})
        marks.append(answered(question, [match["answer"].split(_PREVIEW)[0]], call, time))
    return marks
