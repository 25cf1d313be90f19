"""Every relative link of the project's Markdown files leads to a file that exists, and to a heading in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
PAGES = sorted(
    [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "bench").glob("*.md")],
    key=lambda page: page.as_posix(),
)
_LINK = re.compile(r"(?<!`)\[[^\]\n]*\]\(([^)\s]+)\)|<img[^>]*\ssrc=\"([^\"]+)\"")
_ELSEWHERE = ("http://", "https://", "mailto:")


def links(text: str) -> Iterator[str]:
    """The targets of links and images in `text`, without those inside of code."""
    prose = re.sub(r"(?ms)^\s*(```|~~~).*?^\s*\1", "", text)
    prose = re.sub(r"`[^`\n]*`(?!\])", "", prose)
    for found in _LINK.finditer(prose):
        yield found[1] or found[2]


def anchors(page: Path) -> set[str]:
    """The names that forges give to the headings of `page`."""
    titles = re.findall(r"(?m)^#+ (.*)$", page.read_text("utf-8"))
    plain = (re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", title) for title in titles)
    return {re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in plain}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    for target in links(page.read_text("utf-8")):
        if target.startswith(_ELSEWHERE):
            continue
        name, _, anchor = target.partition("#")
        place = (page.parent / name).resolve() if name else page
        assert place.exists(), f"{page.name}: {target} does not exist"
        if anchor and place.suffix == ".md":
            assert anchor in anchors(place), f"{page.name}: {target}: no such heading"


def test_a_link_that_leads_nowhere_is_noticed() -> None:
    assert list(links("see [a](b.md#c), `[x](y.md)` and\n```\n[no](no.md)\n```\n")) == ["b.md#c"]
