"""Whole sentences and list items of a longer text: how it begins, and where it is about some lines. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from msgspec import Struct

from gitstory.queries.reasons.text_relevance import Subject, names_file, rank
from gitstory.text.late_pattern import late_pattern
from gitstory.text.markdown_blocks import Block, blocks, split_sentences

_LONGEST = 900
"""Characters of one passage."""
_LONGEST_HEADING = 110
_WHY = late_pattern(
    r"\b(?:context|background|problem|motivation|goals?|objective|purpose|why|rationale|overview|summary|issue"
    r"|root cause|user story|intent|what(?:'s| is) wrong)\b",
    re.IGNORECASE,
)
_GOAL = late_pattern(
    r"\b(?:goal|so that|wants?|needs?|should|must|because|root cause|problem|instead of|without|lacks?|missing|cannot"
    r"|never|no way)\b",
    re.IGNORECASE,
)
_ASIDE = late_pattern(
    r"\b(?:files? (?:to (?:modify|change|create|edit)|modified|changed|created|involved)"
    r"|(?:critical|key|modified|new) files?"
    r"|verif(?:y|ied|ication)|validation|validated|testing|test plan|out of scope|next steps?|references?)\b",
    re.IGNORECASE,
)
"""Headings of what accompanies the work and is not the reason of it."""
_AT_HEAD, _SHORT_HEADING = 4, 5
_PURPOSE = late_pattern(
    r"\W{0,4}(?:phase\s|the\s|project\s)?(?:goals?|objectives?|purpose|problem|why|description|summary)\W{0,3}:",
    re.IGNORECASE,
)
_LABEL = 3
"""Words of a label ahead of a file's name: "Main benchmark script: `scripts/bench.js`"."""
_FILE_LINE = late_pattern(r"\W{0,4}(?:files?|path|in|where|location)\W{0,3}:", re.IGNORECASE)
LEAST = 3.0
"""Relevance below which a passage is not about the lines."""
_NAMED = 4.0
"""What it is worth that the file is named by the passage or by the heading above it."""


class Unit(Struct, frozen=True):
    """A sentence or a list item. `worth` compares the units of one passage; `breaks`: it begins a line."""

    text: str
    worth: float
    breaks: bool = True


class ReasonPassage(Struct, frozen=True):
    """Units in the order of the text they are from; `gap` tells that others were left out between them."""

    units: tuple[Unit, ...]
    score: float

    @property
    def text(self) -> str:
        return joined(self.units)


def joined(units: Iterable[Unit]) -> str:
    """Units as text, those that begin a line on lines of their own."""
    text = ""
    for unit in units:
        text += ("\n" if unit.breaks and text else " " if text else "") + unit.text
    return text


def opening(text: str, least: int = 1, most: int = _LONGEST) -> ReasonPassage | None:
    """How a text begins: of a document its title and what stands under "Context", else its first sentences."""
    result = blocks(text)
    result = [
        block
        for at, block in enumerate(result)
        if not only_names_files(block.text) or (at and is_lead(result[at - 1]) and block.shape == "paragraph")
    ]
    prose = [at for at, block in enumerate(result) if block.shape != "heading"]
    if not prose:
        return _passage([Unit(block.text, 1.0) for block in result[:2]], 1.0, most)
    why = next((at for at in prose if any(_WHY.search(over) for over in result[at].section[:3])), None)
    start = why if why is not None and any(block.shape == "heading" for block in result[:why]) else prose[0]
    units: list[Unit] = []
    title = next((block for block in result[:start] if block.shape == "heading"), None)
    if title is not None and not _WHY.fullmatch(title.text):
        units.append(Unit(title.text[:_LONGEST_HEADING], 2.0))
    section = result[start].section
    worth = 3.0
    for block in result[start:]:
        if block.shape == "heading":
            if why is not None or len(units) > 3:
                break
            units.append(Unit(block.text, worth))
            continue
        if why is not None and block.section[: len(section)] != section:
            break
        for unit in _units(block, worth):
            goal = 1.5 if _PURPOSE.match(unit.text) else 0.6 if _GOAL.search(unit.text) else 0.0
            units.append(Unit(unit.text, unit.worth + goal, unit.breaks))
            worth = max(worth - 0.1, 0.2)
        if sum(len(unit.text) for unit in units) > most:
            break
    return _passage(units, 1.0, most) if len(units) >= least else None


def only_names_files(text: str) -> bool:
    """Whether a text is nothing but names of files to read: "@docs/plan.md @src/a.py", "Plan: docs/plan.md"."""
    words = text.split()
    names = [word for word in words if word.startswith("@") or "/" in word]
    others = [word for word in words if word not in names and word.strip("-*•`_:—–")]
    labelled = len(others) <= _LABEL and bool(others) and others[-1].rstrip("*_`").endswith(":")
    return bool(names) and (len(others) <= 1 or labelled)


def _units(block: Block, worth: float) -> list[Unit]:
    mark = f"{block.marker} " if block.marker else ""
    if block.shape != "paragraph":
        return [Unit(mark + block.text, worth)]
    return [Unit(said, worth, not at) for at, said in enumerate(split_sentences(block.text))]


def _passage(units: Sequence[Unit], score: float, most: int) -> ReasonPassage | None:
    kept = _fitting(units, most)
    return ReasonPassage(tuple(kept), score) if kept else None


def _fitting(units: Sequence[Unit], most: int) -> list[Unit]:
    """The units of most worth that have `most` characters together, in their order; at least one."""
    room, kept = most, set[int]()
    for at in sorted(range(len(units)), key=lambda at: (-units[at].worth, at)):
        size = len(units[at].text) + 1
        if size <= room or not kept:
            kept.add(at)
            room -= size
    return [unit for at, unit in enumerate(units) if at in kept]


def about(
    text: str, subject: Subject, *, least: float = LEAST, most: int = _LONGEST, items: bool = False
) -> ReasonPassage | None:
    """The block of `text` that is most about the lines, with its heading and what else in its section is about them.

    None where nothing is. With `items`, paragraphs count for little: the text is an answer whose list says what was
    done where.
    """
    result = blocks(text)
    scores = _scores(result, subject, items)
    best = max(range(len(result)), key=lambda at: scores[at], default=-1)
    if best < 0 or scores[best] < least:
        return None
    return around(result, scores, best, most)


def _scores(result: Sequence[Block], subject: Subject, items: bool) -> list[float]:
    named = _sections_naming(result, subject)
    scores = []
    for block, score in zip(result, rank(result, subject), strict=True):
        if is_lead(block):
            score *= 0.3
        if block.shape != "heading" and only_names_files(block.text):
            score = 0.0
        if score and (block.section in named or names_file(block.text, subject)):
            score += _NAMED
        if items and block.shape == "paragraph":
            score *= 0.6
        if any(_is_aside(over) and not names_file(over, subject) for over in (*block.section, block.text)[:4]):
            score *= 0.4
        scores.append(score)
    return scores


def _is_aside(text: str) -> bool:
    """Whether a heading or a block is about what accompanies the work: that is all it says, or it begins with it."""
    match = _ASIDE.search(text[:80])
    return match is not None and (match.start() <= _AT_HEAD or len(text.split()) <= _SHORT_HEADING)


def _sections_naming(result: Sequence[Block], subject: Subject) -> set[tuple[str, ...]]:
    return {block.section for block in result if any(names_file(over, subject) for over in block.section)}


def around(result: Sequence[Block], scores: Sequence[float], best: int, most: int = _LONGEST) -> ReasonPassage | None:
    """The passage about block `best`: under its heading, with the blocks beside it that score nearly as high."""
    block = result[best]
    heads = block.shape == "heading" or is_lead(block)
    above = (*block.section, block.text) if heads else block.section
    units: list[Unit] = []
    named = [over for over in above if not _FILE_LINE.match(over)]
    heading = named[-1] if named else above[-1] if above else ""
    if heading and len(heading) <= 3 * _LONGEST_HEADING:
        units.append(Unit(heading, scores[best] * 0.95))
    for at, other in enumerate(result):
        if other.shape == "heading" or other.text == heading:
            continue
        if heads:
            if other.section[: len(above)] == above:
                units += _units(other, max(scores[at], 0.1))
        elif at == best:
            units += _units(other, scores[best])
        elif other.section[: len(above)] == above and abs(at - best) <= 8 and _belongs(result, scores, best, at):
            units += _units(other, scores[at])
    if len(units) == 1 and heads and not _says_something(heading):
        return None
    return _passage(units, scores[best], most)


def is_lead(block: Block) -> bool:
    """Whether a block only leads to what follows."""
    return block.shape != "heading" and block.text.rstrip("*_` ").endswith((":", "："))


def _says_something(heading: str) -> bool:
    """Whether a heading is more than the name of a file."""
    return len(heading.split()) > 3


def _belongs(result: Sequence[Block], scores: Sequence[float], best: int, at: int) -> bool:
    nested = at > best and result[best].text in result[at].section
    return nested or scores[at] >= 0.6 * scores[best]
