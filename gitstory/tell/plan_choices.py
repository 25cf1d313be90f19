"""What a plan decides and turns down, by its headings and items. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gitstory.queries.review.choice_sentences import quotable
from gitstory.summary.closing_answers import is_lead_in
from gitstory.tell.announced_choices import sets_against
from gitstory.tell.given_up_options import given_up
from gitstory.tell.quotation_extracts import plain_words
from gitstory.text.markdown_blocks import blocks

_LEAST_WORDS = 5
_DECIDES = re.compile(
    r"\b(?:decisions?|trade-?offs?|rationale|alternatives?|rejected|(?:design|architectur\w{1,3}|technical|key|implementation|tech)\schoices?|why\snot|not\sdoing|non-?goals?"
    r"|out\sof\sscope)\b",
    re.IGNORECASE,
)
_REFUSES = re.compile(
    r"\b(?:alternatives?|rejected|not\sdoing|non-?goals?|out\sof\sscope|why\snot|not\s(?:chosen|included|taken)|ruled\sout)\b",
    re.IGNORECASE,
)
_NAMED_WAY = re.compile(
    r"(?:\d{1,2}[.)]\s)?(?:(?:recommended|chosen|proposed|our|the)\s)?(?:approach|solution|strategy|decision|design)\s?[:—–-]\s?\S.{9,}",
    re.IGNORECASE,
)
_MOST_WEIGHED = 4
_FEW_WORDS, _REFUSED_ITEMS = 3, 5
_HEADER = re.compile(r"\b(?:rationale|reason|decision|choice|why|option)\b", re.IGNORECASE)
_HEADING = 6
_MOST = 8


def headed_choices(text: str) -> Iterator[tuple[str, str]]:
    """Headings of a plan that name the way it takes ("Approach: one folder of packages"), with the words below each."""
    read = blocks(text)
    for at, block in enumerate(read):
        if block.shape == "heading" and _NAMED_WAY.match(block.text) is not None:
            below = next((each.text for each in read[at + 1 : at + 2] if each.shape == "paragraph"), "")
            yield block.text, below


def _announces(heading: str) -> bool:
    return len(heading.split()) <= _HEADING and not is_lead_in(heading) and _DECIDES.search(heading) is not None


def sectioned(text: str) -> Iterator[str]:
    """The items and rows under a heading that announces decisions, alternatives or what is not done."""
    count = 0
    for block in blocks(text):
        listed = block.shape in ("item", "row") and not block.depth
        named = block.shape == "paragraph" and block.text.startswith("**")
        if not (listed or named) or not any(map(_announces, block.section)) or any(map(_refuses, block.section)):
            continue
        words = plain_words(block.text)
        header = block.shape == "row" and _HEADER.search(words) is not None and len(words.split()) < 9
        if len(words.split()) < _LEAST_WORDS or is_lead_in(words) or header:
            continue
        yield words
        count += 1
        if count == _MOST:
            return


def weighed_items(text: str) -> list[str]:
    """The items of a plan that name what they do not do: "keep the best by its rate, not by its loss"."""
    items = (plain_words(block.text) for block in blocks(text) if block.shape == "item")
    return [
        each for each in items if quotable(each) and not is_lead_in(each) and sets_against(each) and given_up(each)
    ][:_MOST_WEIGHED]


def turned_down(text: str) -> list[str]:
    """The items of a plan under a heading that announces what it does not do or had considered."""
    results = [
        plain_words(block.text)
        for block in blocks(text)
        if block.shape in ("item", "row") and not block.depth and any(map(_refuses, block.section))
    ]
    return [each for each in results if len(each.split()) >= _FEW_WORDS and not is_lead_in(each)][:_REFUSED_ITEMS]


def _refuses(heading: str) -> bool:
    return len(heading.split()) <= _HEADING and _REFUSES.search(heading) is not None
