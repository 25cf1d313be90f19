"""A write-up as a page: what is for readers is shown, and nothing of the page's own hides it."""

from __future__ import annotations

import re
from pathlib import Path

import gitstory.render.page
from gitstory.render.page.links import ServerLinks
from gitstory.render.page.markdown_html import prose
from gitstory.render.page.tell_view import read
from gitstory.tell.adr import adr
from tests.unit.tell.logs import edit, material, turn

RECORD = adr(material(turn(1, "lets keep the summary next to the file", edit("a.py", "+x = 1"))))


def test_a_record_shows_its_status_and_no_mark() -> None:
    html = str(read(RECORD, ServerLinks()))
    assert "status: accepted · date: 1970-01-01 · decision-makers: person" in html
    assert "git story tell:" in RECORD and "git story tell:" not in html
    assert "<em>[0001-lets-keep-the-summary-next-to-the-file.md]</em>" in html


def test_no_view_styles_what_markdown_is_rendered_to() -> None:
    """A heading of a message had the class of a line that narrow windows leave out."""
    used = set(re.findall(r'class="([^"]+)"', str(prose("# a\n\n## b\n\n### c\n\n```py\nx = 1\n```"))))
    classes = {name for each in used for name in each.split()}
    assert {"h1", "h2", "code"} <= classes
    folder = Path(gitstory.render.page.__file__).parent
    css = (folder / "app/app.css").read_text(encoding="utf-8")
    bare = set(re.findall(r"(?:^|[,{}])\s*\.([\w-]+)[^{}]*\{", css, re.MULTILINE))
    assert not bare & (classes - {"heading"})
