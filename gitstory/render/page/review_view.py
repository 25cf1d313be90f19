"""The page of a branch or range: the brief, then the diff in the order of the turns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gitstory.queries.commit_page import LineOwners
from gitstory.queries.review.diff_by_turn import TurnDiff
from gitstory.queries.review.values import Brief
from gitstory.render.page.commit_view import diff_context
from gitstory.render.page.frame import Frame, framed
from gitstory.render.page.markdown_html import plain
from gitstory.render.page.turn_legend import Owners
from gitstory.render.review import Named, head, parts, tail
from gitstory.text.console import neutralise_line


def review_page(brief: Brief, name: Named, diffs: Sequence[TurnDiff], frame: Frame, query: str, json: str) -> str:
    links = frame.links
    sections = [
        {
            "title": section.title,
            "rows": [
                {
                    "html": plain(text),
                    "name": name(quote) if quote is not None else "",
                    "link": links.conversation(*quote.ref.key, quote.index) if quote is not None else "",
                }
                for text, quote in section.items
            ],
        }
        for section in parts(brief)
    ]
    title = f"Review of {neutralise_line(brief.range)}"
    return framed(
        frame,
        "review.html",
        title,
        tab="review",
        json=json,
        query={"range": query},
        sections=sections,
        head=head(brief),
        tail=tail(brief),
        groups=_groups(diffs, frame),
    )


def no_review(frame: Frame, query: str, message: str) -> str:
    """The form alone, where there is nothing to review yet."""
    return framed(
        frame,
        "review.html",
        "Review",
        tab="review",
        query={"range": query},
        sections=[],
        head=[message],
        tail="",
        groups=[],
    )


def _groups(diffs: Sequence[TurnDiff], frame: Frame) -> list[dict[str, Any]]:
    conversations = {
        linked.conversation.key: linked.conversation
        for group in diffs
        for page, _ in group.files
        for linked in page.view.conversations
        if linked.conversation is not None
    }
    owners = Owners(frame.links, conversations)
    return [
        {
            "owner": owners.of(group.owner) if group.owner is not None else None,
            "files": [
                {
                    **diff_context(
                        diff,
                        page.owners or LineOwners(None),
                        owners,
                        page.view.commit.oid,
                        frame.links,
                        f"{at}-{place}",
                    ),
                    "commit": page.view.commit.oid[:8],
                    "commit_link": frame.links.commit(page.view.commit.oid),
                    "subject": neutralise_line(page.view.commit.subject),
                }
                for place, (page, diff) in enumerate(group.files)
            ],
        }
        for at, group in enumerate(diffs)
    ]
