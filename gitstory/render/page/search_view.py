"""The page of a search: hits as one types, and what they can be narrowed to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup, escape

from gitstory.render.page.frame import Frame, Query, framed
from gitstory.render.page.links import Links
from gitstory.render.page.markdown_html import marked
from gitstory.render.page.templates import fill
from gitstory.search.query import Hit
from gitstory.summary.short_ids import turn_name
from gitstory.text.console import neutralise_line
from gitstory.text.wording import agent_label, count, day, shorten

_MOST_COMMITS = 3
_MOST_FACETS = 8
FILTERS = ("agent", "kind", "role", "file", "author", "branch", "since", "commit")
"""What a search can be narrowed by, as its options are called."""


def search_page(
    hits: Sequence[Hit],
    subjects: Mapping[str, str],
    query: dict[str, str],
    frame: Frame,
    links_of: Any,
    json: str,
    note: str = "",
) -> str:
    """The page. `links_of(repository)` are the links of the repository of a hit, `note` why there may be more."""
    context = _context(hits, subjects, query, frame.links, links_of, note)
    return framed(frame, "search.html", "Search", tab="search", json=json, filters=FILTERS, **context)


def hits_part(
    hits: Sequence[Hit],
    subjects: Mapping[str, str],
    query: dict[str, str],
    links: Links,
    links_of: Any,
    note: str = "",
) -> str:
    """The hits and facets alone, for a page that is there already."""
    return fill("app/hits.html", links=links, **_context(hits, subjects, query, links, links_of, note))


def _context(
    hits: Sequence[Hit],
    subjects: Mapping[str, str],
    query: dict[str, str],
    links: Links,
    links_of: Any,
    note: str,
) -> dict[str, Any]:
    return {
        "query": Query(query),
        "incomplete": neutralise_line(note),
        "hits": [_hit(hit, subjects, links_of(hit.repo)) for hit in hits],
        "facets": _facets(hits, query, links),
        "chosen": [
            (name, neutralise_line(query[name]), links.page("search", **{**query, name: ""}))
            for name in FILTERS
            if query.get(name)
        ],
        "found": count(len(hits), "turn") if hits else "nothing found" if any(query.values()) else "",
    }


def _hit(hit: Hit, subjects: Mapping[str, str], links: Links) -> dict[str, Any]:
    return {
        "link": links.conversation(hit.agent, hit.conversation, hit.number),
        "name": neutralise_line(turn_name(hit.conversation, hit.number)),
        "agent": agent_label(neutralise_line(hit.agent)),
        "line": shorten(neutralise_line(hit.line), 160),
        "role": hit.role,
        "kind": hit.kind,
        "day": day(hit.time),
        "snippet": _marked(hit),
        "partly": hit.words != "all",
        "commits": [
            {
                "link": links.commit(landing.commit),
                "short": landing.commit[:8],
                "subject": neutralise_line(subjects[landing.commit]),
            }
            for landing in hit.landings
            if landing.commit in subjects
        ][:_MOST_COMMITS],
    }


def _marked(hit: Hit) -> Markup:
    """The passage with the words asked for marked."""
    parts: list[Markup] = []
    at = 0
    for start, end in hit.marks:
        if start < at:
            continue
        parts += [
            _plain(hit.snippet[at:start]),
            Markup("<mark>{}</mark>").format(neutralise_line(hit.snippet[start:end])),
        ]
        at = end
    return Markup("").join([*parts, _plain(hit.snippet[at:])])


def _plain(text: str) -> Markup:
    return marked(neutralise_line(text)) if text else escape("")


def _facets(hits: Sequence[Hit], query: dict[str, str], links: Links) -> list[dict[str, Any]]:
    """What the hits can be narrowed to, with how many each has."""
    files: Counter[str] = Counter()
    for hit in hits:
        files.update({path for landing in hit.landings for path in landing.files})
    groups = {
        "agent": Counter(hit.agent for hit in hits),
        "kind": Counter(hit.kind for hit in hits if hit.kind),
        "role": Counter(hit.role for hit in hits),
        "file": files,
    }
    return [
        {
            "name": name,
            "rows": [
                (_label(name, value), number, links.page("search", **{**query, name: value}))
                for value, number in counts.most_common(_MOST_FACETS)
            ],
        }
        for name, counts in groups.items()
        if len(counts) > 1 and not query.get(name)
    ]


def _label(name: str, value: str) -> str:
    return agent_label(neutralise_line(value)) if name == "agent" else neutralise_line(value)
