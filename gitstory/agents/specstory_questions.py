"""The questions of an agent's tool and a person's answers to them, as SpecStory's Markdown shows both. Pure.

Each question is a bold line with its options in a list below; one line behind the last has the answers to all of them,
joined by commas, which answers themselves have too: the labels of the options show which words
answer which question.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from itertools import pairwise

from msgspec import Struct

_QUESTION = re.compile(
    r"^\*\*(?!Answer:)([^\n]{3,2000}?)\*\*(?: _\([^\n)]{1,40}\)_)?[ \t]*\n\s*\nOptions:[ \t]*$", re.MULTILINE
)
_OPTION = re.compile(r"^- \*\*([^\n]{1,300}?)\*\*(?: - ([^\n]{1,4000}))?$", re.MULTILINE)
_ANSWER = re.compile(r"^\*\*Answer:\*\* (.{1,20000})", re.MULTILINE | re.DOTALL)
_MOST_PARTS = 40


class ShownQuestion(Struct, frozen=True):
    """A question with its options (label, description) and what was answered, "" for nothing."""

    question: str
    options: tuple[tuple[str, str], ...]
    answer: str


def shown_questions(shown: str) -> list[ShownQuestion]:
    """The questions in what a call shows, in order, each with its answer."""
    heads = list(_QUESTION.finditer(shown))
    if not heads:
        return []
    ended = _ANSWER.search(shown, heads[-1].end())
    ends = [later.start() for _, later in pairwise(heads)] + [ended.start() if ended else len(shown)]
    options = [
        tuple((option[1], option[2] or "") for option in _OPTION.finditer(shown, head.end(), end))
        for head, end in zip(heads, ends, strict=True)
    ]
    labels = [frozenset(label for label, _ in each) for each in options]
    answers = apart(ended[1].strip(), labels) if ended else [""] * len(heads)
    return [ShownQuestion(head[1], each, answer) for head, each, answer in zip(heads, options, answers, strict=True)]


def apart(answers: str, labels: Sequence[frozenset[str]]) -> list[str]:
    """The joined answers to as many questions as there are sets of `labels`, one each, "" where several splits fit."""
    if len(labels) == 1:
        return [answers]
    parts = [part.strip() for part in answers.split(", ")]
    if not len(labels) <= len(parts) <= _MOST_PARTS:
        return [""] * len(labels)

    @cache
    def best(question: int, start: int) -> tuple[int, tuple[str, ...]]:
        """(questions answered by their labels, answers) of the parts from `start` on for the questions from one on."""
        left = len(labels) - question
        if left == 0:
            return (0, ()) if start == len(parts) else (-len(parts), ())
        results = []
        for end in range(start + 1, len(parts) - left + 2):
            words = ", ".join(parts[start:end])
            count, rest = best(question + 1, end)
            named = words in labels[question] or all(part in labels[question] for part in parts[start:end])
            results.append((count + named, (words, *rest)))
        return max(results, key=lambda each: each[0], default=(-len(parts), ()))

    count, words = best(0, 0)
    return list(words) if count >= len(labels) - 1 and len(words) == len(labels) else [""] * len(labels)
