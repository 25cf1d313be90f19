"""The README's comparison with other tools, rendered from docs/comparison.tsv (question, tool, answer, source, date).

`make readme` (`python -m tests.comparison_table`) writes it into the README; a test fails if it is out of date.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
README, DATA = ROOT / "README.md", ROOT / "docs" / "comparison.tsv"
_BEGIN, _END = (
    "<!-- comparison: written by `make readme` from docs/comparison.tsv -->\n",
    "<!-- end of comparison -->\n",
)


class Answer(NamedTuple):
    """What one tool does, where that was read, and on which day."""

    question: str
    tool: str
    text: str
    source: str
    read: str


def answers() -> list[Answer]:
    """All rows of the data, in their order."""
    lines = DATA.read_text("utf-8").splitlines()
    return [Answer(*line.split("\t")) for line in lines if not line.startswith("#")]


def table() -> str:
    """The table in Markdown: one row for each question, one column for each tool."""
    rows = answers()
    tools, questions = list(dict.fromkeys(row.tool for row in rows)), list(dict.fromkeys(row.question for row in rows))
    texts = {(row.question, row.tool): row.text for row in rows}
    lines = [["", *tools], ["---"] * (len(tools) + 1)]
    lines += [[question, *(texts[question, tool] for tool in tools)] for question in questions]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def with_comparison(readme: str) -> str:
    """The README with the comparison as it should be. Raises ValueError where its place is not marked."""
    place = re.compile(f"{re.escape(_BEGIN)}.*?{re.escape(_END)}", re.DOTALL)
    if not place.search(readme):
        raise ValueError("README.md has no place for the comparison")
    return place.sub(lambda _: f"{_BEGIN}{table()}{_END}", readme)


if __name__ == "__main__":
    README.write_text(with_comparison(README.read_text("utf-8")), encoding="utf-8", newline="\n")
