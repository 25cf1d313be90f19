"""What a person says about how something is to be built, as people type it to an agent. Pure; English only.

"lets keep the summary next to the file", "10000 -> 20000 bcz ...", "this option should be parsed last".
"""

from __future__ import annotations

import re

from gitstory.queries.review.choice_sentences import quotable

_DESIGNS = (
    "store|keep|put|expose|use|bake|merge|rename|split|move|call|increase|decrease|raise|lower|limit|cap|drop|make|set"
    "|include|return|save|hide|pass|cache|skip|stick|switch|separate|combine|leave|reuse|place|attach"
)
_LETS = re.compile(
    r"\b(?:let'?s|let us|i\s(?:think\si\s)?want\sto|i(?:'d|\swould)\slike\sto|i'?d\sprefer\sto"
    r"|we\s(?:can|should|must))\s"
    rf"(?:(?:also|just|then|only|always|not|instead)\s){{0,2}}"
    rf"(?:(?:{_DESIGNS})\b|(?:write|show|display)\s[^.?!]{{3,60}}?\s(?:to|into|in|next|above|below)\s)",
    re.IGNORECASE,
)
_SHOULD = re.compile(
    r"(?:this|that|these|those|the)\s[\w-]{2,30}\s(?:should|must)\s(?:not\s|never\s|always\s|only\s)?"
    r"(?:be|live|go|stay|have|come|remain)\b",
    re.IGNORECASE,
)
_VALUE = re.compile(
    r"\b(?:increase|decrease|raise|lower|reduce|change|set|bump)\s[^.?!]{0,60}?\sto\s[^.?!\s]{0,12}\s?[^.?!\s]{0,12}\d",
    re.IGNORECASE,
)
_ARROW = re.compile(r"(?P<old>[^\s,;:()]{0,20}\d[^\s,;:()]{0,20}|\w{1,40})\s{0,3}(?:->|→|=>)\s{0,3}[^\s,;:()]{0,20}\d")
"""A value that takes the place of another: "8000 -> 20000", "LIMIT -> 120_000"."""
_ENOUGH = re.compile(
    r"[^.?!,]{2,60}?\s(?:is|are|looks?)\s(?:good|fine|ok(?:ay)?|enough)\b[^.?!]{0,40}?\s(?:because|since|as|bcz|bcoz|cuz|coz|bc)\s",
    re.IGNORECASE,
)
_NO_NEED = re.compile(
    r"\bno\sneed\s(?:for|to|of)\s(?P<old>(?:[^.;,:()—–]|\.(?=\w)){3,80}?)(?=\s(?:because|since|as|so|bcz)\b|[.;,:()—–]|\Z)",
    re.IGNORECASE,
)
_NOT_BUT = re.compile(
    r"\b(?:should|must)\s(?:not|never)\s(?:be\s)?(?P<old>[^.;,:()—–]{3,80}?)\s(?:but|instead)\s", re.IGNORECASE
)
_NEXT_WISH = re.compile(
    r"(?<!\s)\s{1,4}(?=(?:and\s|but\s|so\s)(?:also\s|then\s)?(?:let'?s|we\s(?:should|can|need\sto|must)|i\swant|create|decrease|increase|make"
    r"|remove|keep|use|rename|move)\b)",
    re.IGNORECASE,
)
_RUN_ON = 30
"""Words of a sentence that says more than one thing."""


def designs(words: str) -> bool:
    """Whether a person's sentence says how something is to be built, or which value it is to have."""
    if words.rstrip().endswith("?") or not quotable(words):
        return False
    if _SHOULD.match(words) is not None or _ENOUGH.match(words) is not None:
        return True
    return any(form.search(words) is not None for form in (_LETS, _VALUE)) or _new_value(words) is not None


def _new_value(words: str) -> re.Match[str] | None:
    """A value that takes the place of another; few sentences have an arrow, and all are looked at."""
    return _ARROW.search(words) if any(arrow in words for arrow in ("->", "→", "=>")) else None


def replaced_value(words: str) -> list[str]:
    """What a person's sentence gives up with an arrow ("8000 -> 20000"), has no need for, or wants not but something
    else."""
    value = _new_value(words)
    results = [value["old"]] if value is not None and value["old"][0].isdigit() else []
    others = (_NO_NEED.search(words), _NOT_BUT.search(words))
    return results + [match["old"].strip() for match in others if match is not None]


def wishes_apart(words: str) -> list[str]:
    """A long sentence that a person typed without a stop, cut where another wish begins."""
    return _NEXT_WISH.split(words) if len(words.split()) > _RUN_ON else [words]
