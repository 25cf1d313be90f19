"""What a check found: for a person, as annotations of a forge, and as JSON."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from gitstory.queries.coverage_gate import Coverage
from gitstory.text.console import neutralise_line
from gitstory.text.wording import count, shorten

SCHEMA = "gitstory.check/1"
MOST_NOTES = 50
"""Annotations of one run; GitHub itself shows ten of a kind a step and fifty a run."""
_MOST_FILES = 8
_WHY = "no recorded conversation explains"


def percent(coverage: Coverage) -> str:
    """Rounded down, so that a figure that is shown as reached was reached."""
    return f"{int(coverage.percent * 10) / 10:g} %"


def summary(coverage: Coverage) -> str:
    added = count(coverage.added, "added line")
    return f"{coverage.explained:,} of {added} in {neutralise_line(coverage.range)} explained, {percent(coverage)}"


def failures(coverage: Coverage, least: float | None, story: bool, *, complete: bool = True) -> list[str]:
    """What the gate holds against the range, one line each; `complete` says that all lines could be counted."""
    problems = []
    if least is not None and not complete:
        problems.append(f"whether {least:g} % of the added lines are attributed is not known in this clone")
    elif least is not None and coverage.percent < least:
        problems.append(f"{percent(coverage)} of the added lines are explained, {least:g} % are asked for")
    if story and coverage.without_story:
        names = ", ".join(
            f"{commit.oid[:10]} {shorten(neutralise_line(commit.subject), 50)}" for commit in coverage.without_story[:3]
        )
        more = f" and {len(coverage.without_story) - 3} more" if len(coverage.without_story) > 3 else ""
        problems.append(f"{count(len(coverage.without_story), 'commit')} without a story: {names}{more}")
    return problems


def details(coverage: Coverage) -> Iterator[str]:
    """The files with most unexplained lines, for a terminal."""
    gaps = sorted(coverage.gaps, key=lambda gap: -gap.lines)
    for gap in gaps[:_MOST_FILES]:
        where = ", ".join(_range(*one) for one in gap.ranges[:5])
        more = f" and {count(len(gap.ranges) - 5, 'more place')}" if len(gap.ranges) > 5 else ""
        yield f"  {count(gap.lines, 'line')} in {neutralise_line(gap.path)}: {where}{more}"
    if len(gaps) > _MOST_FILES:
        yield f"  and {count(len(gaps) - _MOST_FILES, 'more file')}"
    if coverage.unseen:
        yield f"  {count(coverage.unseen, 'file')} not looked at line by line"


def _range(start: int, end: int) -> str:
    return str(start) if start == end else f"{start}-{end}"


def github(coverage: Coverage, failed: list[str]) -> Iterator[str]:
    """Workflow commands (GitHub's documentation, "Workflow commands"): one a place, the largest first."""
    for text in failed:
        yield f"::error title=gitstory::{_data(text)}"
    level = "warning" if failed else "notice"
    for path, start, end in _places(coverage):
        name = _property(path)
        yield f"::{level} file={name},line={start},endLine={end},title=gitstory::{_data(_gap_text(start, end))}"


def _gap_text(start: int, end: int) -> str:
    return f"{_WHY} {'this line' if start == end else 'these lines'}"


def _places(coverage: Coverage) -> list[tuple[str, int, int]]:
    places = [(gap.path, start, end) for gap in coverage.gaps for start, end in gap.ranges]
    return sorted(places, key=lambda place: place[1] - place[2])[:MOST_NOTES]


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def code_quality(coverage: Coverage) -> list[dict[str, Any]]:
    """GitLab's code quality report, a subset of Code Climate's: the fields its documentation asks for."""
    return [
        {
            "description": f"gitstory: {_gap_text(start, end)}",
            "check_name": "gitstory",
            "fingerprint": hashlib.sha256(f"{path}\0{start}\0{end}".encode("utf-8", "surrogateescape")).hexdigest(),
            "severity": "info",
            "location": {"path": path, "lines": {"begin": start, "end": end}},
        }
        for path, start, end in _places(coverage)
    ]


def check_object(coverage: Coverage, failed: list[str]) -> dict[str, Any]:
    """`gitstory.check/1`."""
    return {
        "schema": SCHEMA,
        "range": coverage.range,
        "passed": not failed,
        "failures": failed,
        "added": coverage.added,
        "explained": coverage.explained,
        "coverage": round(coverage.percent, 2),
        "untold": [{"commit": one.oid, "subject": one.subject} for one in coverage.without_story],
        "unexplained": [
            {"path": gap.path, "ranges": [{"start": start, "end": end} for start, end in gap.ranges]}
            for gap in coverage.gaps
        ],
        "unseen": coverage.unseen,
    }
