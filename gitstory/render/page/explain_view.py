"""How conversations were linked to a commit, as a page and as a piece of the commit's page."""

from __future__ import annotations

from typing import Any

from gitstory.queries.explain import CandidateView, ExplainView
from gitstory.render.page.frame import Frame, framed
from gitstory.render.page.links import Links
from gitstory.render.page.templates import fill
from gitstory.summary.short_ids import short_id
from gitstory.text.console import neutralise_line
from gitstory.text.wording import agent_label, count, local

_MOST = 30


def explain_part(view: ExplainView, links: Links) -> str:
    return fill("app/explain_part.html", links=links, **_context(view, links))


def explain_page(view: ExplainView, frame: Frame, json: str) -> str:
    title = f"How {view.commit.oid[:10]} was linked"
    back = frame.links.commit(view.commit.oid)
    return framed(frame, "explain.html", title, tab="commits", json=json, back=back, **_context(view, frame.links))


def _context(view: ExplainView, links: Links) -> dict[str, Any]:
    form, zone = "%Y-%m-%d %H:%M", view.commit.zone
    return {
        "start": local(view.previous, zone, form) or "the beginning",
        "end": local(view.commit.committed, zone, form),
        "foreign": view.foreign,
        "candidates": [_candidate(each, links) for each in view.candidates[:_MOST]],
        "more": max(len(view.candidates) - _MOST, 0),
        "differences": [
            neutralise_line(f"{each.kind}: {each.agent} {each.id[:13]}: {each.text}") for each in view.differences
        ],
        "problems": [neutralise_line(each) for each in view.problems],
        "stores": [
            f"{neutralise_line(each.label)}: {count(each.transcripts, 'transcript')}, {each.here:,} of this repository"
            for each in view.stores
            if each.transcripts
        ],
    }


def _candidate(each: CandidateView, links: Links) -> dict[str, Any]:
    return {
        "agent": agent_label(neutralise_line(each.agent)),
        "name": neutralise_line(short_id(each.id)),
        "link": links.conversation(each.agent, each.id),
        "title": neutralise_line(each.title),
        "linked": each.evidence is not None,
        "reason": neutralise_line(each.reason),
        "score": f"score {each.weight:,} (threshold {each.least:,})" if each.weight else "",
        "pieces": [
            f"{'removed ' if part.piece.removed else ''}{neutralise_line(part.piece.path)}:"
            f"{part.piece.start}-{part.piece.end}"
            for part in each.pieces[:8]
        ],
    }
