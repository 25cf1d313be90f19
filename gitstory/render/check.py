"""What a check found: for a person, as annotations of a forge, and as JSON."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from gitstory.queries.coverage import Coverage
from gitstory.text.console import neutralise_line
from gitstory.text.words import count, shorten

SCHEMA = "gitstory.check/1"
MOST_NOTES = 50
"""Annotations of one run; GitHub itself shows ten of a kind a step and fifty a run."""
_MOST_FILES = 8
_WHY = "no recorded conversation explains"


def percent(told: Coverage) -> str:
    """Rounded down, so that a figure that is shown as reached was reached."""
    return f"{int(told.percent * 10) / 10:g} %"


def summary(told: Coverage) -> str:
    added = count(told.added, "added line")
    return f"{told.explained:,} of {added} in {neutralise_line(told.range)} explained, {percent(told)}"


def failures(told: Coverage, least: float | None, story: bool) -> list[str]:
    """What the gate holds against the range, one line each; empty where it passes."""
    found = []
    if least is not None and told.percent < least:
        found.append(f"{percent(told)} of the added lines are explained, {least:g} % are asked for")
    if story and told.untold:
        names = ", ".join(f"{one.oid[:10]} {shorten(neutralise_line(one.subject), 50)}" for one in told.untold[:3])
        more = f" and {len(told.untold) - 3} more" if len(told.untold) > 3 else ""
        found.append(f"{count(len(told.untold), 'commit')} without a story: {names}{more}")
    return found


def details(told: Coverage) -> Iterator[str]:
    """The files with most unexplained lines, for a terminal."""
    gaps = sorted(told.gaps, key=lambda gap: -gap.lines)
    for gap in gaps[:_MOST_FILES]:
        where = ", ".join(_range(*one) for one in gap.ranges[:5])
        more = f" and {count(len(gap.ranges) - 5, 'more place')}" if len(gap.ranges) > 5 else ""
        yield f"  {count(gap.lines, 'line')} in {neutralise_line(gap.path)}: {where}{more}"
    if len(gaps) > _MOST_FILES:
        yield f"  and {count(len(gaps) - _MOST_FILES, 'more file')}"
    if told.unseen:
        yield f"  {count(told.unseen, 'file')} not looked at line by line"


def _range(start: int, end: int) -> str:
    return str(start) if start == end else f"{start}-{end}"


def github(told: Coverage, failed: list[str]) -> Iterator[str]:
    """Workflow commands (GitHub's documentation, "Workflow commands"): one a place, the largest first."""
    for text in failed:
        yield f"::error title=gitstory::{_data(text)}"
    level = "warning" if failed else "notice"
    for path, start, end in _places(told):
        name = _property(path)
        yield f"::{level} file={name},line={start},endLine={end},title=gitstory::{_data(_said(start, end))}"


def _said(start: int, end: int) -> str:
    return f"{_WHY} {'this line' if start == end else 'these lines'}"


def _places(told: Coverage) -> list[tuple[str, int, int]]:
    places = [(gap.path, start, end) for gap in told.gaps for start, end in gap.ranges]
    return sorted(places, key=lambda place: place[1] - place[2])[:MOST_NOTES]


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def code_quality(told: Coverage) -> list[dict[str, Any]]:
    """GitLab's code quality report, a subset of Code Climate's: the fields its documentation asks for."""
    return [
        {
            "description": f"gitstory: {_said(start, end)}",
            "check_name": "gitstory",
            "fingerprint": hashlib.sha256(f"{path}\0{start}\0{end}".encode("utf-8", "surrogateescape")).hexdigest(),
            "severity": "info",
            "location": {"path": path, "lines": {"begin": start, "end": end}},
        }
        for path, start, end in _places(told)
    ]


def check_object(told: Coverage, failed: list[str]) -> dict[str, Any]:
    """`gitstory.check/1`."""
    return {
        "schema": SCHEMA,
        "range": told.range,
        "passed": not failed,
        "failures": failed,
        "added": told.added,
        "explained": told.explained,
        "coverage": round(told.percent, 2),
        "untold": [{"commit": one.oid, "subject": one.subject} for one in told.untold],
        "unexplained": [
            {"path": gap.path, "ranges": [{"start": start, "end": end} for start, end in gap.ranges]}
            for gap in told.gaps
        ],
        "unseen": told.unseen,
    }
