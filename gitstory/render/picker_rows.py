"""Hits as the picker shows them: a row each, and a preview of the turn; as (how, text), safe to draw once bounded."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence

from gitstory.render.search import hit_name, landing_text, teller
from gitstory.search.query import Hit, Passage
from gitstory.text.wording import agent_label, day, local, one_line

Piece = tuple[str, str]
_BEFORE, _MOST = 400, 6_000
_HEADINGS = {
    "prompt": "the request",
    "answer": "the answer",
    "thinking": "the thinking",
    "tool": "tools",
    "edit": "edits",
}


def hit_row(hit: Hit, names: Mapping[str, str]) -> tuple[Piece, ...]:
    """The day, the repository where there are several, and what was asked; what matched is for the preview."""
    zone = time.localtime().tm_gmtoff // 60
    where = f"{one_line(names[hit.repo])}  " if hit.repo in names else ""
    return (("dim", f"{day(hit.time, zone) or '-':10}  "), ("id", where), ("", one_line(hit.line)))


def hit_preview(
    hit: Hit, passages: Sequence[Passage], subjects: Mapping[str, str], names: Mapping[str, str]
) -> Iterator[Piece]:
    """Who, when and where it led; then the request, what matched, and the answer."""
    zone = time.localtime().tm_gmtoff // 60
    yield "id", hit_name(hit)
    when = local(hit.time, zone, "%Y-%m-%d %H:%M")
    about = [names.get(hit.repo, ""), agent_label(hit.agent), when, hit.branch or "", teller(hit)]
    yield "dim", "  " + "  ".join(one for one in about if one) + "\n"
    for landing in hit.landings[:5]:
        yield "", "-> "
        yield "id", landing.commit[:10]
        yield "", f" {landing_text(landing, subjects)}\n"
    if hit.title:
        yield "bold", f"{one_line(hit.title)}\n"
    wanted = ["prompt", hit.role, "answer"]
    for passage in sorted(
        (one for one in passages if one.role in wanted), key=lambda passage: wanted.index(passage.role)
    ):
        if passage.role in _HEADINGS:
            yield "dim", f"\n{_HEADINGS[passage.role]}\n"
            yield from _marked(passage)
            yield "", "\n"


def _marked(passage: Passage) -> Iterator[Piece]:
    """The text from a little before its first mark on, with its marks separated."""
    text = passage.text
    first = passage.marks[0][0] if passage.marks else 0
    at = 0 if first < _BEFORE else max(text.rfind("\n", 0, first - _BEFORE // 4) + 1, first - _BEFORE)
    end = min(len(text), at + _MOST)
    if at:
        yield "dim", "...\n"
    for start, stop in passage.marks:
        if at <= start and stop <= end:
            yield "", text[at:start]
            yield "mark", text[start:stop]
            at = stop
    yield "", text[at:end]
    if end < len(text):
        yield "dim", "\n..."
