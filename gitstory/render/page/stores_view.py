"""The pages of agents' raw stores, and of the debug log."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct

from gitstory.render.page.frame import Frame, framed
from gitstory.text.console import neutralise, neutralise_line
from gitstory.text.wording import agent_label, local, one_line, shorten

_ABOUT = 240


class PieceRow(Struct, frozen=True):
    """A file or a piece of a store; `times` counts the places of what was searched for, else 0."""

    key: str
    size: int
    modified: float | None
    about: str
    root: str = ""
    times: int = 0


def agents_page(agents: Sequence[tuple[str, str, Sequence[str]]], frame: Frame, json: str) -> str:
    """The agents that have a store: (name, label, places)."""
    rows = [
        (neutralise_line(label), frame.links.page("stores", agent=name), [neutralise_line(place) for place in places])
        for name, label, places in agents
    ]
    return framed(frame, "stores.html", "Agents' stores", tab="control", json=json, agents=rows)


def pieces_page(
    query: dict[str, str],
    rows: Sequence[PieceRow],
    start: int,
    more: bool,
    there: Sequence[Path],
    frame: Frame,
    json: str,
) -> str:
    """The files of a store, the pieces of a file, or the pieces that hold a text."""
    links = frame.links
    return framed(
        frame,
        "pieces.html",
        _title(query),
        tab="control",
        json=json,
        query=query,
        all_agents=links.page("stores"),
        store=links.page("stores", agent=query["agent"]),
        agent=agent_label(neutralise_line(query["agent"])),
        file=neutralise_line(query.get("file", "")),
        places=[neutralise_line(str(place)) for place in there],
        rows=[_row(row, query, frame) for row in rows],
        range=f"{start + 1:,} to {start + len(rows):,}" if rows else "",
        newer=links.page("stores", **{**query, "start": str(max(start - len(rows), 0))}) if start else "",
        older=links.page("stores", **{**query, "start": str(start + len(rows))}) if more else "",
    )


def _title(query: dict[str, str]) -> str:
    return f"Store of {agent_label(neutralise_line(query['agent']))}"


def _row(row: PieceRow, query: dict[str, str], frame: Frame) -> dict[str, Any]:
    is_file = "file" not in query and "q" not in query
    chosen = {"file": row.key} if is_file else {"key": row.key}
    return {
        "name": neutralise_line(row.key),
        "link": frame.links.page("stores", agent=query["agent"], **chosen),
        "size": f"{row.size:,}",
        "when": local(row.modified, time.localtime().tm_gmtoff // 60, "%Y-%m-%d %H:%M"),
        "about": shorten(one_line(neutralise_line(row.about)), _ABOUT),
        "times": row.times,
    }


def value_page(query: dict[str, str], text: str, more: int, frame: Frame, json: str) -> str:
    """One piece, its secrets masked; `more` characters were left out."""
    links = frame.links
    return framed(
        frame,
        "piece.html",
        _title(query),
        tab="control",
        json=json,
        all_agents=links.page("stores"),
        store=links.page("stores", agent=query["agent"]),
        agent=agent_label(neutralise_line(query["agent"])),
        key=neutralise_line(query["key"]),
        again=links.page("stores", **query),
        text=neutralise(text),
        more=f"{more:,}" if more else "",
    )


def log_page(lines: Sequence[str], path: str, frame: Frame, json: str) -> str:
    """The debug log, the latest line first."""
    return framed(
        frame,
        "log.html",
        "Debug log",
        tab="control",
        json=json,
        path=neutralise_line(path),
        again=frame.links.page("log"),
        text=neutralise("\n".join(lines)),
    )
