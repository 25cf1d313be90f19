"""Sentences that set one thing against another without saying who chose: what something does now, what it did. Pure."""

from __future__ import annotations

import re

from gitstory.queries.review.choice_sentences import quotable

_NOW_INSTEAD = re.compile(
    r"(?:[^.;!?]|\.(?=\w)){2,160}?\bnow\s(?:\w{2,15}ly\s)?(?!\w+ing\b)[a-z]{2,20}\s(?:[^.;!?]|\.(?=\w)){2,200}?[\s(](?:instead\sof|rather\sthan)\s\S",
    re.IGNORECASE,
)
_DONE_INSTEAD = re.compile(
    r"[^.;!?]{3,80}?\s?(?:--|—|–|:)\s(?:[\w`./]{2,40}\s)?(?:now\s)?(?:set|put|kept|made|built|read|\w{3,15}ed|uses|keeps|takes|reads)\s"
    r"[^.;!?]{2,160}?\s(?:instead\sof|rather\sthan)\s\S",
    re.IGNORECASE,
)
"""An item of a list: "**Editing state** -- set during the render instead of in an effect"."""
_MADE_TO = re.compile(
    r"(?:changed|updated|made|set|extended|taught)\s(?:[^.;!?]|\.(?=\w)){2,160}?[\s(](?:instead\sof|rather\sthan)\s\S",
    re.IGNORECASE,
)
_FIX_DOES = re.compile(
    r"the\s(?:\w{2,12}\s)?(?:fix|change|solution)\s(?!is\b|was\b|has\b|does\b|works\b|needs\b|passes\b)[a-z]{2,15}s\s[^.!?]{20,}",
    re.IGNORECASE,
)
_FAILURE = re.compile(
    r"\b(?:instead\sof|rather\sthan)\s(?:\w{2,15}ly\s)?(?:fail|crash|hang|throw|error|los|dropp|leav|be(?:ing|com)|show|display|an?\s(?:error|exception|crash))\w{0,5}\b",
    re.IGNORECASE,
)
"""What went wrong before, which nobody had considered."""
_OBSERVES = re.compile(
    r"\b(?:failing|checking|verification|benchmarks?|improved\sfrom|the\s(?:whole\s)?point)\b", re.IGNORECASE
)
"""What was measured or looked for, which nobody chose."""
_HAPPENED = re.compile(
    r"\b(?:is|are|was|were|does|did|gets?|got|goes|went|shows?|returns?|points?|looks?|puts|takes|uses|opens|sees|[a-z]{3,15}ed)\b"
    r"[^.?!]{0,200}\b(?:instead\sof|rather\sthan)\b",
    re.IGNORECASE,
)
_REQUESTS = re.compile(
    r"\b(?:should|must|need|want|please|let'?s|prefer|better|would|could|can|make\ssure|can\swe|i'?d)\b"
    r"|\A\W*(?:(?:and|but|so|also|then|ok(?:ay)?|no|yes)\W{1,3}){0,2}"
    r"(?:use|keep|put|make|do|add|show|return|move|replace|switch|change|have|set|store|write|pass|call|go)\b",
    re.IGNORECASE,
)


def does_now_instead(words: str) -> bool:
    """Whether a sentence says what something does or was made to do, and what it does no longer, other than to fail."""
    does = any((_NOW_INSTEAD.match(words), _DONE_INSTEAD.match(words), _MADE_TO.match(words)))
    return does and _FAILURE.search(words) is None and _OBSERVES.search(words) is None and quotable(words)


def says_what_fix_does(words: str) -> bool:
    """Whether a sentence says what a fix does: "The fix threads the bindings into the pass and replaces ..."."""
    return _FIX_DOES.match(words) is not None and quotable(words)


def only_reports(words: str) -> bool:
    """Whether a person's sentence says what happened instead of what was wanted, and asks for nothing."""
    return _HAPPENED.search(words) is not None and _REQUESTS.search(words) is None
