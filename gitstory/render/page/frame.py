"""The frame of the application's pages: what every page shows around its own part."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from gitstory import __version__
from gitstory.render.page.links import Links
from gitstory.render.page.templates import fill, pieces_of

TABS = (
    ("", "Files"),
    ("commits", "Timeline"),
    ("conversations", "Conversations"),
    ("search", "Search"),
    ("review", "Review"),
    ("rules", "Rules"),
    ("tell", "Write-up"),
    ("stats", "Statistics"),
    ("control", "Control"),
)
"""(page, name): what the head of each page leads to."""


HEAD_ENDS = "<!-- head -->"
"""Stands behind the head of every page."""


class Query(dict[str, str]):
    """The values of a form; "" for what was not given."""

    def __missing__(self, name: str) -> str:
        return ""


class Frame(Struct, frozen=True):
    """`repository` is the name shown, `tabs` the pages there are, `csrf` the token of forms."""

    links: Links
    repository: str
    csrf: str = ""
    tabs: tuple[tuple[str, str], ...] = TABS
    home: str = ""
    """The list of repositories, where there is one."""


def framed(frame: Frame, template: str, title: str, *, tab: str | None = None, json: str = "", **context: Any) -> str:
    """A whole page. `json` is the address of the same as JSON, `tab` the entry of the head it belongs to."""
    return fill(f"app/{template}", **_context(frame, title, tab, json, context))


def framed_pieces(
    frame: Frame, template: str, title: str, *, tab: str | None = None, json: str = "", **context: Any
) -> Iterator[str]:
    """The same bit by bit."""
    return pieces_of(f"app/{template}", **_context(frame, title, tab, json, context))


def head_of(frame: Frame, title: str, *, tab: str | None = None) -> str:
    """The beginning of every page of this title, up to and with its head: it does not depend on what follows."""
    return framed(frame, "empty.html", title, tab=tab).partition(HEAD_ENDS)[0] + HEAD_ENDS


def _context(frame: Frame, title: str, tab: str | None, json: str, context: dict[str, Any]) -> dict[str, Any]:
    links = frame.links
    return {
        **context,
        "frame": frame,
        "links": links,
        "title": title,
        "tab": tab,
        "json": json,
        "tabs": [(name, links.page(name), words) for name, words in frame.tabs],
        "version": __version__,
        "query": Query(context.get("query", {})),
    }
