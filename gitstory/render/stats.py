"""How much conversations explain, as a table with bars and as JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from gitstory.queries.stats_sums import Share, Stats
from gitstory.text.console import Console, neutralise_line
from gitstory.text.wording import agent_label, count, padded, shorten, shorten_path, width_of

SCHEMA = "gitstory.stats/1"

_EIGHTHS = " ▏▎▍▌▋▊▉█"
_WIDEST = 100
_NAMES = 34


def bar(ratio: float, width: int) -> str:
    """`ratio` (0 to 1) of `width` columns, to an eighth of a column; something is never shown as nothing."""
    eighths = round(min(max(ratio, 0.0), 1.0) * width * 8)
    if ratio > 0:
        eighths = max(eighths, 1)
    whole, rest = divmod(eighths, 8)
    return "█" * whole + (_EIGHTHS[rest] if rest else "")


def percent(ratio: float) -> str:
    """Never 100 % where a line is missing, never 0 % where there is one."""
    if 0 < ratio < 0.01:
        return "<1 %"
    if 0.99 < ratio < 1:
        return ">99 %" if ratio > 0.995 else "99 %"
    return f"{round(100 * ratio)} %"


def write_stats(stats: Stats, console: Console, *, rows: int = 10) -> None:
    """The whole, then each way to divide it; `rows` at most of each but time."""
    total = stats.total
    verb = "comes" if total.added == 1 else "come"
    head = f"{percent(total.ratio)} of {count(total.added, 'added line')} {verb} from a recorded conversation"
    console.line(console.paint(head, "bold"))
    console.line(f"{stats.with_story:,} of {count(total.commits, 'commit')} have a story, from {_conversations(stats)}")
    width = max(min(console.width, _WIDEST), 50)
    _table("by agent", _labelled(stats.agents), console, width, rows)
    _table("by author", stats.authors, console, width, rows)
    _table("by file", stats.files, console, width, rows, shorten_path)
    if len(stats.times) > 1:
        _table(f"by {stats.unit}", stats.times, console, width, None)


def _conversations(stats: Stats) -> str:
    return count(stats.conversations, "conversation")


def _labelled(shares: Sequence[Share]) -> list[Share]:
    return [Share(agent_label(one.name), one.added, one.explained, one.commits) for one in shares]


def _table(
    title: str,
    shares: Sequence[Share],
    console: Console,
    width: int,
    rows: int | None,
    fit: Callable[[str, int], str] = shorten,
) -> None:
    if not shares:
        return
    console.line()
    console.line(console.paint(title, "underline"))
    shown = shares if rows is None else shares[:rows]
    names = [fit(neutralise_line(one.name), _NAMES) for one in shown]
    column = max(width_of(name) for name in names)
    figures = [f"{one.explained:,} of {one.added:,}" for one in shown]
    wide = max(len(figure) for figure in figures)
    room = max(width - column - wide - 13, 8)
    for name, share, figure in zip(names, shown, figures, strict=True):
        drawn = console.paint(padded(bar(share.ratio, room), room), "green")
        console.line(f"  {padded(name, column)}  {drawn}  {percent(share.ratio):>5}  {figure:>{wide}}".rstrip())
    if len(shares) > len(shown):
        console.line(console.paint(f"  and {len(shares) - len(shown):,} more", "dim"))


def stats_object(stats: Stats) -> dict[str, Any]:
    """`gitstory.stats/1`."""
    return {
        "schema": SCHEMA,
        "commits": stats.total.commits,
        "commits_with_story": stats.with_story,
        "conversations": stats.conversations,
        "added": stats.total.added,
        "explained": stats.total.explained,
        "agents": _objects(stats.agents),
        "authors": _objects(stats.authors),
        "files": _objects(stats.files),
        "unit": stats.unit,
        "times": _objects(stats.times),
    }


def _objects(shares: Iterable[Share]) -> list[dict[str, Any]]:
    return [
        {"name": share.name, "added": share.added, "explained": share.explained, "commits": share.commits}
        for share in shares
    ]
