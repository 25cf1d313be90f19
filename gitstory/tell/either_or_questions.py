"""Questions of a person that name two ways, and the one that was not taken. Pure; English only."""

from __future__ import annotations

import re

from gitstory.summary.dependent_prompts import content_words
from gitstory.tell.quotation_extracts import plain_words

_OR_RATHER = re.compile(
    r"(?:or\s|[?,]\s{0,2}or\s)(?:rather\s|should\s(?:we|it|i)\s|maybe\s)?(?P<last>[^?]{3,120})\?", re.IGNORECASE
)
_EITHER = re.compile(
    r"\b(?:should|does|do|is|would|can|could)\s(?:we|it|this|that|i)\b(?:\smake\ssense)?\s(?P<first>[^?]{3,120}?)(?:\?|,)?\s(?=or\b)",
    re.IGNORECASE,
)


def put_aside(prompt: str, taken: str) -> list[str]:
    """Which side of a person's "A or B?" shares fewer words with what was `taken`; nothing where that is not clear."""
    last = _OR_RATHER.search(prompt)
    first = _EITHER.search(prompt[: last.end()]) if last is not None else None
    if last is None or first is None:
        return []
    sides = [first["first"].strip(), last["last"].strip()]
    own = [set(content_words(sides[0])) - set(content_words(sides[1])), set(content_words(sides[1]))]
    own[1] -= set(content_words(sides[0]))
    of_taken = set(content_words(taken))
    shares = [len(words & of_taken) / len(words) if words else 0.0 for words in own]
    return [] if shares[0] == shares[1] else [plain_words(sides[shares[0] > shares[1]])]
