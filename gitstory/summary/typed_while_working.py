"""What a person typed in the middle of a turn, and how it is introduced wherever it is shown."""

from __future__ import annotations

from gitstory.model import Mark, Turn
from gitstory.text.wording import one_line, shorten

_LONGEST_QUESTION = 200


def typed_label(mark: Mark, longest: int = _LONGEST_QUESTION) -> str:
    """What the words of a `said` mark follow: `answer to "Which store?"`."""
    if mark.question:
        return f'answer to "{shorten(one_line(mark.question), longest)}"'
    labels = {"question": "answer", "refusal": "said when refusing a call", "plan": "said about the plan"}
    return labels.get(mark.occasion, "added while it worked")


def prompt_words(turn: Turn) -> str:
    """All that the person said in a turn, the prompt first: what counts where their words are looked for."""
    return "\n\n".join(text for text in (turn.prompt, *(mark.text for mark in turn.words)) if text.strip())
