"""The page of a write-up: as it reads, and as the Markdown that it is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from markupsafe import Markup, escape

from gitstory.errors import GitStoryError
from gitstory.render.page.frame import Frame, framed
from gitstory.render.page.links import Links, source_link
from gitstory.render.page.markdown_html import coded, prose
from gitstory.tell.adr import MARK
from gitstory.text.console import neutralise, neutralise_line

_LABELS = {
    "post": "Post",
    "changelog": "Changelog",
    "adr": "Decision records",
    "handoff": "Handoff",
    "standup": "Standup",
    "release-notes": "Release notes",
}
_FRONT = re.compile(r"^---\n((?:[a-z-]{1,30}: [^\n]{0,200}\n){1,6})---\n", re.MULTILINE)
_MARK = MARK.partition("{")[0]
"""The beginning of a comment that is for a second run, not for a reader."""


def tell_page(
    text: str,
    problem: GitStoryError | None,
    forms: Sequence[str],
    query: dict[str, str],
    usual: str,
    frame: Frame,
    json: str,
) -> str:
    """`text` is the Markdown, `usual` what is written up where nothing is named."""
    return framed(
        frame,
        "tell.html",
        "Write-up",
        tab="tell",
        json=json,
        query=query,
        usual=neutralise_line(usual),
        forms=[(name, _LABELS.get(name, name)) for name in forms],
        html=read(text, frame.links),
        text=neutralise(text),
        problem=coded(problem.message) if problem is not None else "",
        hint=coded(problem.hint or "") if problem is not None else "",
    )


def read(text: str, links: Links) -> Markup:
    """A write-up as HTML: places for a person's view in italics, names of turns as links."""
    text = _FRONT.sub(_facts, text.replace("<!-- -->", ""))
    lines = (_line(line) for line in text.split("\n") if not line.startswith(_MARK))
    html = str(prose("\n".join(lines))).split("<code>")
    return Markup("".join([html[0], *_linked(html[1:], links)]))


def _facts(front: re.Match[str]) -> str:
    """What stands between two rules at the head of a decision record, on one line."""
    return " · ".join(front[1].strip().split("\n")) + "\n"


def _line(line: str) -> str:
    inside = line.removeprefix("<!-- ").removesuffix(" -->")
    return f"*[{inside}]*" if len(inside) == len(line) - 9 else line


def _linked(parts: Sequence[str], links: Links) -> Iterator[str]:
    """What stands behind each `<code>`, with a link around it where it names a turn or a commit."""
    for part in parts:
        name, end, rest = part.partition("</code>")
        address = source_link(links, name)
        before, behind = (f'<a href="{escape(address)}">', "</a>") if address else ("", "")
        yield f"{before}<code>{name}{end}{behind}{rest}"
