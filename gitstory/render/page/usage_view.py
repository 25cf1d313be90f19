"""Turns, corrections and tokens: as plots, with the same numbers as tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from gitstory.queries.token_usage import Usage, UsageRow
from gitstory.render.page.frame import Frame, framed
from gitstory.render.page.stats_view import Bar, bars
from gitstory.render.page.templates import fill
from gitstory.render.stats import percent
from gitstory.text.console import neutralise_line
from gitstory.text.wording import agent_label, count

_MOST_TIMES = 120


def usage_view(usage: Usage, frame: Frame, json: str) -> str:
    """The page."""
    return framed(
        frame, "usage.html", "Turns, corrections and tokens", tab="stats", json=json, part=Markup(usage_part(usage))
    )


def usage_part(usage: Usage) -> str:
    """The plots and tables alone."""
    times = usage.times[-_MOST_TIMES:]
    turns = [
        Bar(row.name, row.turns, row.corrections, f"{count(row.turns, 'turn')}, {count(row.corrections, 'correction')}")
        for row in times
    ]
    tokens = [Bar(row.name, row.tokens.output, 0, f"{row.tokens.output:,} tokens written") for row in times]
    agents = [(agent_label(neutralise_line(row.name)), row) for row in usage.agents]
    return fill(
        "app/usage_part.html",
        facts=list(_facts(usage)),
        turns=bars(turns, "Turns over time, and how many of them are corrections", "turns"),
        tokens=bars(tokens, "Tokens that models wrote over time", "tokens")
        if any(row.tokens.output for row in times)
        else "",
        counted=usage.total.counted,
        tables=[
            (f"By {usage.unit}", [_row(neutralise_line(row.name), row) for row in times]),
            ("By agent", [_row(name, row) for name, row in agents]),
        ],
    )


def _facts(usage: Usage) -> list[str]:
    total = usage.total
    facts = [
        f"{count(total.turns, 'turn')} in {count(usage.conversations, 'conversation')}"
        + (f" (of {usage.stored:,} stored: those active last)" if usage.stored > usage.conversations else ""),
        f"{count(total.corrections, 'correction')}"
        + (f" ({percent(total.corrections / total.turns)})" if total.turns else ""),
    ]
    if total.counted:
        facts.append(
            f"{total.tokens.input:,} tokens read, {total.tokens.output:,} written"
            f" (recorded for {count(total.counted, 'turn')})"
        )
    return facts


def _row(name: str, row: UsageRow) -> tuple[str, ...]:
    tokens = row.tokens
    recorded = (f"{tokens.input:,}", f"{tokens.cached:,}", f"{tokens.output:,}") if row.counted else ("", "", "")
    return (name, f"{row.turns:,}", f"{row.corrections:,}", *recorded)


def usage_object(usage: Usage) -> dict[str, Any]:
    """`gitstory.usage/1`."""
    return {
        "schema": "gitstory.usage/1",
        "conversations": usage.conversations,
        "stored": usage.stored,
        **_object(usage.total),
        "unit": usage.unit,
        "times": _objects(usage.times),
        "agents": _objects(usage.agents),
    }


def _objects(rows: Sequence[UsageRow]) -> list[dict[str, Any]]:
    return [{"name": row.name, **_object(row)} for row in rows]


def _object(row: UsageRow) -> dict[str, Any]:
    tokens = {"input": row.tokens.input, "cached": row.tokens.cached, "output": row.tokens.output}
    return {"turns": row.turns, "corrections": row.corrections, "counted": row.counted, "tokens": tokens}
