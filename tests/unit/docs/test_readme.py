"""What is generated in the README and the picture is up to date, and the pages for users are easy to read."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections import Counter
from datetime import date
from html import unescape
from pathlib import Path

import pytest

from demo.picture import COLUMNS, PICTURE, drawn, picture, printed
from tests.comparison_table import README, answers, with_comparison
from tests.documents import PAGES, ROOT

NO_GUIDES = ("architecture.md", "testing.md", "storage.md", "dependencies.md", "adding-an-agent.md", "glossary.md")
NOT_FOR_READING = {"maintainers", "examples"}
USER_PAGES = [page for page in PAGES if not NOT_FOR_READING & set(page.parts) and page.name not in NO_GUIDES]
_CODE = re.compile(r"^ *```.*?^ *```", re.MULTILINE | re.DOTALL)


@pytest.mark.slow
def test_the_picture_is_what_the_program_prints() -> None:
    assert PICTURE.read_text("utf-8") == picture(), "run `make picture`"


@pytest.mark.slow
def test_the_text_in_the_picture_is_the_output() -> None:
    rows: dict[str, str] = {}
    for text in ET.parse(PICTURE).getroot().iter("{http://www.w3.org/2000/svg}text"):
        column = round((float(text.attrib["x"]) - 20) / 8.43)
        rows[text.attrib["y"]] = rows.get(text.attrib["y"], "").ljust(column) + (text.text or "")
    plain = re.sub(r"\x1b\[[0-9;]*m", "", printed())
    shown = [row.rstrip() for row in rows.values() if row.strip()]
    assert max(map(len, shown)) <= COLUMNS
    assert shown[1:] == [line.rstrip() for line in plain.splitlines() if line.strip()]


def test_styles_and_columns_of_a_picture() -> None:
    svg = drawn(["a \x1b[1;31mred<\x1b[0m b"])
    texts = re.findall(r'<text x="([\d.]+)"[^>]*?(?:style="([^"]*)")?>([^<]*)</text>', svg)
    assert [unescape(text) for _x, _style, text in texts] == ["a ", "red<", " b"]
    assert [style for _x, style, _text in texts] == ["", "font-weight:bold;fill:#ff7b72", ""]
    assert len({x for x, _style, _text in texts}) == 3


def test_the_comparison_is_rendered_from_the_data() -> None:
    text = README.read_text("utf-8")
    assert with_comparison(text) == text, "run `make readme`"


def test_each_tool_answers_each_question_once_with_source_and_date() -> None:
    rows = answers()
    tools = {row.tool for row in rows}
    assert tools >= {"gitstory", "SpecStory", "git-ai", "Entire", "Agent Note", "deja", "git blame"}
    assert Counter((row.question, row.tool) for row in rows) == Counter(
        (question, tool) for question in {row.question for row in rows} for tool in tools
    )
    for row in rows:
        assert date.fromisoformat(row.read) and row.text and "|" not in row.text
        assert row.source.startswith("https://") or (ROOT / row.source).is_file(), row
    assert any(row.tool == "gitstory" and row.text.startswith("no") for row in rows)


@pytest.mark.parametrize("page", USER_PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_a_page_for_users_comes_to_an_example_soon(page: Path) -> None:
    text = page.read_text("utf-8")
    before = text[: match.start()] if (match := _CODE.search(text)) else text
    assert len(before.split()) <= 400, f"{page.name}: {len(before.split())} words before the first example"


def test_the_place_of_the_project_is_explained_once() -> None:
    text = README.read_text("utf-8")
    assert text.count("stand for the address of this") == 1


@pytest.mark.parametrize("page", USER_PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_a_page_for_users_is_wrapped(page: Path) -> None:
    prose = _CODE.sub("", page.read_text("utf-8"))
    free = ("|", "#", "![", "<!--")
    assert [line for line in prose.splitlines() if len(line) > 100 and not line.startswith(free)] == []
