"""The frame of the application's pages: what every page shows around its own part."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from gitstory import __version__
from gitstory.render.page.engine import fill
from gitstory.render.page.links import Links

TABS = (
    ("", "Files"),
    ("commits", "Timeline"),
    ("conversations", "Conversations"),
    ("search", "Search"),
    ("review", "Review"),
    ("stats", "Statistics"),
    ("control", "Control"),
)
"""(page, name): what the head of each page leads to."""


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
    links = frame.links
    context["query"] = Query(context.get("query", {}))
    return fill(
        f"app/{template}",
        frame=frame,
        links=links,
        title=title,
        tab=tab,
        json=json,
        tabs=[(name, links.page(name), words) for name, words in frame.tabs],
        version=__version__,
        **context,
    )
