"""Sentences that decide something, and what they give up, by few and plain words of English. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gitstory.queries.review.quotes import quotable
from gitstory.summary.answers import is_lead_in
from gitstory.tell.quotes import plain_words
from gitstory.text.blocks import blocks

_WISH = re.compile(
    r"""(?:(?:ok(?:ay)?|no|yes|and|but|also|so|please|well|actually|then|just|maybe|i\sthink)[\s,.:;-]{1,3}){0,3}
    (?: (?:use|keep|prefer|avoid|never|always|stop|drop|skip)\b | (?:do\snot|don'?t)\s
        (?!worry|forget|know|understand|see)
      | let'?s\s(?:not|use|keep|go\swith|drop|stick|avoid|make\sit)\b
      | (?:i|we)\s(?:would\s)?(?:really\s)?
        (?:don'?t\swant|do\snot\swant|prefer|would\srather|want\s(?:to\skeep|to\suse|it|this|that|them))\b
      | (?:we|you|i\sthink\swe|it|this|that|these|those|they|there|the\s\w+|all\s\w+|every\s\w+)\s
        (?:should|must|shouldn'?t|mustn'?t)
        \s?(?:not|never|always|only|be|use|stay|remain|have|live|go|make|keep|do|put|move)\b
      | (?:(?:i\sthink\s)?(?:it'?s|its|it\sis|it\swould\sbe)\s)?better\s(?:not\s)?to\s
      | make\s(?:sure|it|them|this|that)\b | only\s\w+ | instead\b | rather\sthan\b )""",
    re.VERBOSE | re.IGNORECASE,
)
_DIRECTS = re.compile(
    r"""(?:(?:ok(?:ay)?|no|and|but|also|so|please|well|actually|then|just|wait|sorry|hm+)[\s,.:;!-]{1,3}){0,3}
    (?:given\s[^.,]{3,80},\s)?
    (?: i\s(?:only\s|just\s|really\s)?(?:want|need|prefer|meant|said|asked|think)\b
      | i'?d\s(?:rather|prefer|like)\b
      | (?:replace|remove|revert|undo|put|move|change|rename|delete|make|add|set|keep|use|stop|leave|try
        |go\sback|bring\sback|switch)\b )""",
    re.VERBOSE | re.IGNORECASE,
)
_SWAP = re.compile(
    r"""\A(?:i\s(?:have\s)?|we\s(?:have\s)?)?(?:replaced|swapped|switched|moved|migrated|changed|dropped)\s
    (?P<old>[^.;:]{2,90}?)\s(?:with|for|in\sfavou?r\sof|by|(?:over\s)?to)\s[^.;:]{2,160}""",
    re.VERBOSE | re.IGNORECASE,
)
_FOR_REASON = re.compile(
    r"\b(?:because|since|so\sthat|to\s(?:avoid|prevent|keep|make|ensure|fix|let|allow|match|reduce|support)|for\sthe|which"
    r"|guarantees?)\b",
    re.IGNORECASE,
)
_GIVEN_UP = re.compile(
    r"\b(?:instead\sof|rather\sthan|as\sopposed\sto|over)\s(?P<old>[^.;,:()—–]{2,100}?)"
    r"(?=\s(?:because|since|so|to\savoid|to\skeep|which|as\sit|due\sto|when|for)\b|[.;,:()—–]|\s-\s|\Z)",
    re.IGNORECASE,
)
_OVER = re.compile(r"\A(?:the|a|an|time|all|and|again|it|them|there|here|to|in|on|\d)\b", re.IGNORECASE)
_DECIDES = re.compile(
    r"\b(?:decisions?|trade-?offs?|rationale|alternatives?|rejected|design\schoices?|why\snot|not\sdoing|non-?goals?"
    r"|out\sof\sscope)\b",
    re.IGNORECASE,
)
_HEADER = re.compile(r"\b(?:rationale|reason|decision|choice|why|option)\b", re.IGNORECASE)
_LEAST_WORDS = 5
_HEADING = 6
_MOST = 8


def wished(words: str, *, correcting: bool = False) -> bool:
    """Whether a person's sentence says how something is to be, rather than that something be done.

    `correcting`: where it corrects the agent, any direction does, and a short one too.
    """
    if correcting and len(words.split()) > 2 and (_DIRECTS.match(words) or _WISH.match(words)):
        return True
    return _WISH.match(words) is not None and quotable(words)


def is_swap(words: str) -> bool:
    """Whether a sentence says that one thing took another one's place, and why."""
    return _SWAP.match(words) is not None and _FOR_REASON.search(words) is not None and quotable(words)


def gives_reason(words: str) -> bool:
    """Whether a sentence says why."""
    return _FOR_REASON.search(words) is not None or words.lower().startswith("given ")


def given_up(words: str) -> list[str]:
    """What a sentence says was not taken, in its own words: `a lock` of "use a queue instead of a lock"."""
    results: list[str] = []
    if swap := _SWAP.match(words):
        results.append(swap["old"])
    for match in _GIVEN_UP.finditer(words):
        if match[0][:4].lower() == "over" and (_OVER.match(match["old"]) or not quotable(words)):
            continue
        results.append(match["old"])
    return [plain_words(each).strip() for each in dict.fromkeys(results) if each.strip()][:2]


def _announces(heading: str) -> bool:
    return len(heading.split()) <= _HEADING and not is_lead_in(heading) and _DECIDES.search(heading) is not None


def sectioned(text: str) -> Iterator[str]:
    """The items and rows under a heading that announces decisions, alternatives or what is not done."""
    count = 0
    for block in blocks(text):
        if block.shape not in ("item", "row") or block.depth or not any(map(_announces, block.section)):
            continue
        words = plain_words(block.text)
        header = block.shape == "row" and _HEADER.search(words) is not None and len(words.split()) < 9
        if len(words.split()) < _LEAST_WORDS or is_lead_in(words) or header:
            continue
        yield words
        count += 1
        if count == _MOST:
            return
