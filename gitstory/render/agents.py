"""The agents known, as a table and as JSON."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any, Protocol

from gitstory.queries.agents import AgentView
from gitstory.text.console import Console, neutralise_line
from gitstory.text.wording import count, day, listed, padded, rfc3339

SCHEMA = "gitstory.agents/1"

_HEAD = ("agent", "of here", "of all", "newest", "versions")
_VERSIONS = 3


class ReaderProblem(Protocol):
    """A reader that cannot be used."""

    @property
    def name(self) -> str: ...
    @property
    def reason(self) -> str: ...


def agents_object(views: Sequence[AgentView], problems: Sequence[ReaderProblem]) -> dict[str, Any]:
    """`gitstory.agents/1`."""
    return {
        "schema": SCHEMA,
        "agents": [_object(view) for view in views],
        "problems": [{"reader": each.name, "reason": each.reason} for each in problems],
    }


def _object(view: AgentView) -> dict[str, Any]:
    store = view.store
    return {
        "agent": store.agent,
        "label": store.label,
        "plugin": view.plugin,
        "ignored": view.ignored,
        "found": list(store.roots),
        "searched": list(store.searched),
        "here": store.here,
        "conversations": store.conversations,
        "newest": rfc3339(store.newest),
        "versions": [
            {"version": each.version, "conversations": each.conversations, "unreadable": each.unreadable}
            for each in view.versions
        ],
        "unreadable": view.unreadable,
        "problem": store.problem,
        "remembered": list(view.remembered),
        "set_aside": [{"path": path, "reason": reason} for path, reason in store.aside],
    }


def write_agents(
    views: Sequence[AgentView], problems: Sequence[ReaderProblem], console: Console, *, verbose: bool = False
) -> None:
    """A row for each agent found, then what was not found and what is wrong."""
    there = [view for view in views if view.store.is_found]
    absent = [view for view in views if not view.store.is_found]
    rows = [_HEAD, *(_row(view) for view in there)]
    widths = [max(len(row[at]) for row in rows) for at in range(len(_HEAD))]
    for number, row in enumerate(rows if there else []):
        cells = [padded(cell, width) for cell, width in zip(row, widths, strict=True)]
        cells[1], cells[2] = (f"{cell:>{width}}" for cell, width in zip(row[1:3], widths[1:3], strict=True))
        console.line(console.paint("  ".join(cells).rstrip(), "bold") if not number else "  ".join(cells).rstrip())
        if number:
            _details(there[number - 1], console, verbose)
    if absent:
        if there:
            console.line()
        labels = listed([neutralise_line(view.store.label) for view in absent])
        console.line(console.paint(f"not found: {labels}", "dim"))
        for view in absent if verbose else ():
            console.line(f"  {neutralise_line(view.store.label)}")
            _places(view, console)
    for each in problems:
        console.line()
        console.line(
            console.paint("problem: ", "yellow")
            + neutralise_line(f"the reader '{each.name}' cannot be used: {each.reason}")
        )


def _row(view: AgentView) -> tuple[str, str, str, str, str]:
    store = view.store
    named = [neutralise_line(each.version)[:24] for each in view.versions if each.version]
    more = f" and {len(named) - _VERSIONS} more" if len(named) > _VERSIONS else ""
    newest = day(store.newest, time.localtime().tm_gmtoff // 60) if store.newest is not None else "-"
    label = neutralise_line(store.label) + (" (plug-in)" if view.plugin else "")
    return (label, f"{store.here:,}", f"{store.conversations:,}", newest, ", ".join(named[:_VERSIONS]) + more or "-")


def _details(view: AgentView, console: Console, verbose: bool) -> None:
    if view.ignored:
        console.line(console.paint("  left out by the setting capture.ignore_agents", "dim"))
    if view.store.problem:
        console.line(console.paint(f"  cannot be read: {neutralise_line(view.store.problem)}", "yellow"))
    for root in view.remembered:
        console.line(console.paint(f"  a hook named the store {neutralise_line(root)}", "dim"))
    for path, reason in view.store.aside:
        console.line(console.paint(f"  not read: {neutralise_line(path)} ({reason})", "yellow"))
    for each in view.versions:
        if each.unreadable:
            of = f"version {neutralise_line(each.version)[:40]}" if each.version else "no version recorded"
            console.line(
                console.paint(f"  {count(each.unreadable, 'record')} could not be understood ({of})", "yellow")
            )
    if verbose:
        _places(view, console)


def _places(view: AgentView, console: Console) -> None:
    for place in view.store.roots:
        console.line(f"  {neutralise_line(place)}")
    for place in view.store.searched:
        console.line(console.paint(f"  {neutralise_line(place)} (not there)", "dim"))
