"""A person's answers to the questions of an agent's tool, as marks: each with its question and the option chosen.

The agents' tools differ in their names, but most put questions as objects with `question` and `options` (of `label` and
`description`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from gitstory.model import Mark

_LINES_OF_OPTION = 3
_QUESTION_KEYS = ("question", "prompt", "message", "header", "text")
_OPTION_KEYS = ("options", "choices")


def questions_of(given: object) -> list[Mapping[str, Any]]:
    """The questions in a call's arguments: a list of them, or the arguments themselves where they are one question."""
    if not isinstance(given, Mapping):
        return []
    listed = given.get("questions")
    if isinstance(listed, list):
        return [one for one in listed if isinstance(one, Mapping)]
    return [given] if question_text(given) else []


def question_text(question: Mapping[str, Any]) -> str:
    """What is asked, in words; "" for no question."""
    return next((text for key in _QUESTION_KEYS if (text := _text(question.get(key)))), "")


def chosen(question: Mapping[str, Any], answer: str) -> str:
    """`label: description` of the options that `answer` names, one a line; "" where it names none that is described."""
    options = next((value for key in _OPTION_KEYS if isinstance(value := question.get(key), list)), [])
    described = [
        f"{label}: {about}"
        for option in options
        if isinstance(option, Mapping)
        and (label := _text(option.get("label")) or _text(option.get("value")))
        and (about := _text(option.get("description")))
        and _names(answer, label)
    ]
    return "\n".join(described[:_LINES_OF_OPTION])


def _names(answer: str, label: str) -> bool:
    return answer == label or label in re.split(r",\s+|\n", answer)


def answered(question: Mapping[str, Any], words: Iterable[object], call: str = "", time: float | None = None) -> Mark:
    """What a person answered to one question, and noted beside it. Its text is "" where they said nothing."""
    texts = [text for one in words for text in _texts(one)]
    text = "\n".join(dict.fromkeys(texts))
    option = "\n".join(dict.fromkeys(filter(None, (chosen(question, one) for one in texts))))
    return Mark("said", text, time, "question", question=question_text(question), option=option, call=call)


def quoted(questions: Sequence[Mapping[str, Any]], text: str, call: str = "", time: float | None = None) -> list[Mark]:
    """The answers in a sentence of a program that quotes both: `"Which store?"="Disk", "How big?"="small"`."""
    places: list[tuple[int, int, Mapping[str, Any]]] = []
    for question in questions:
        lead = f'"{_text(question.get("question"))}"="'
        if len(lead) > len('""="') and (at := text.find(lead)) >= 0:
            places.append((at, at + len(lead), question))
    places.sort(key=lambda each: each[0])
    marks: list[Mark] = []
    for number, (_, start, question) in enumerate(places):
        stop = places[number + 1][0] if number + 1 < len(places) else len(text)
        words = text[start:stop]
        end = words.rfind('"')
        mark = answered(question, [words[:end] if end >= 0 else words], call, time)
        marks += [mark] if mark.text else []
    return marks


def _texts(value: object) -> list[str]:
    values = value if isinstance(value, list | tuple) else [value]
    return [text for one in values if (text := _text(one))]


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""
