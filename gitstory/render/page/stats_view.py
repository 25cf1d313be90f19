"""Statistics: how much of the code has a story, as plots with the same numbers as tables."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup
from msgspec import Struct

from gitstory.queries.stats_sums import Share, Stats
from gitstory.render.page.frame import Frame, framed
from gitstory.render.stats import percent
from gitstory.text.console import neutralise_line
from gitstory.text.wording import agent_label, count, shorten_path

_WIDTH, _HEIGHT, _FOOT, _TOP = 960, 220, 24, 16
_ROWS = 20
_MOST_TIMES = 120


def stats_view(stats: Stats, frame: Frame, query: dict[str, str], json: str) -> str:
    total = stats.total
    facts = [
        f"{percent(total.ratio)} of {count(total.added, 'added line')} attributed",
        f"{stats.with_story:,} of {count(total.commits, 'commit')} with a story",
        count(stats.conversations, "conversation"),
    ]
    agents = [
        Share(agent_label(neutralise_line(each.name)), each.added, each.explained, each.commits)
        for each in stats.agents
    ]
    tables = [
        (f"By {stats.unit}", rows_of(stats.times[-_MOST_TIMES:])),
        ("By agent", rows_of(agents)),
        ("By folder", rows_of(by_folder(stats.files))),
        ("By file", rows_of(stats.files)),
        ("By author", rows_of(stats.authors)),
    ]
    plot = plot_of(stats.times[-_MOST_TIMES:])
    return framed(
        frame,
        "stats.html",
        "Statistics",
        tab="stats",
        json=json,
        facts=facts,
        plot=plot,
        tables=tables,
        query=query,
        usage=frame.links.page("usage", since=query.get("since", "")) if frame.links.live else "",
    )


def by_folder(files: Sequence[Share]) -> list[Share]:
    """The shares of the top folders (and of the files beside them), the largest first."""
    sums: dict[str, list[int]] = {}
    for share in files:
        parts = share.name.split("/")
        numbers = sums.setdefault("/".join(parts[:-1][:2]) + "/" if len(parts) > 1 else "(top)", [0, 0, 0])
        numbers[0] += share.added
        numbers[1] += share.explained
        numbers[2] += share.commits
    shares = [Share(name, *numbers) for name, numbers in sums.items()]
    return sorted(shares, key=lambda share: (-share.added, share.name))


def rows_of(shares: Sequence[Share]) -> list[tuple[str, str, str, str, str]]:
    """(name, share, attributed lines, added lines, commits) of the first rows."""
    return [
        (
            shorten_path(neutralise_line(share.name), 60),
            percent(share.ratio),
            f"{share.explained:,}",
            f"{share.added:,}",
            f"{share.commits:,}",
        )
        for share in (shares if len(shares) <= _ROWS else shares[:_ROWS])
    ]


class Bar(Struct, frozen=True):
    """One span of time: a number, the part of it that is drawn in colour, and both in words."""

    name: str
    whole: int
    part: int
    words: str


def plot_of(times: Sequence[Share]) -> Markup:
    """Bars of added lines over time, the attributed part of each in colour; "" where there is nothing to compare."""
    rows = [Bar(each.name, each.added, each.explained, f"{each.explained:,} of {each.added:,}") for each in times]
    return bars(rows, "Added lines over time, and how many of them are attributed", "lines")


def bars(rows: Sequence[Bar], label: str, unit: str) -> Markup:
    """A plot of numbers over time; "" where there is nothing to compare. `unit` is what the numbers count."""
    if len(rows) < 2:
        return Markup("")
    most = max(row.whole for row in rows) or 1
    step = _WIDTH / len(rows)
    drawn = [_bar(row, at * step, step, most) for at, row in enumerate(rows)]
    return Markup(
        '<svg viewBox="0 0 {0} {1}" role="img" aria-label="{5}">'
        '<line class="axis" x1="0" y1="{2}" x2="{0}" y2="{2}"/>{3}{4}</svg>'
    ).format(_WIDTH, _HEIGHT, _HEIGHT - _FOOT, Markup("").join(drawn), _labels(rows, step, most, unit), label)


def _bar(row: Bar, left: float, step: float, most: int) -> Markup:
    room = _HEIGHT - _FOOT - _TOP
    parts = []
    for kind, number in (("bar-all", row.whole), ("bar-told", row.part)):
        tall = room * number / most
        parts.append(
            Markup('<rect class="{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"/>').format(
                kind, left + step * 0.12, _TOP + room - tall, max(step * 0.76, 1.0), tall
            )
        )
    whole = Markup('<rect x="{:.1f}" y="0" width="{:.1f}" height="{}" fill="transparent"><title>{}: {}</title></rect>')
    return Markup("").join(
        [*parts, whole.format(left, step, _HEIGHT - _FOOT, neutralise_line(row.name), neutralise_line(row.words))]
    )


def _labels(rows: Sequence[Bar], step: float, most: int, unit: str) -> Markup:
    every = max(round(len(rows) / 8), 1)
    marks = [
        Markup('<text class="label-t" x="{:.1f}" y="{}">{}</text>').format(
            at * step, _HEIGHT - 8, neutralise_line(row.name)
        )
        for at, row in enumerate(rows)
        if at % every == 0 and (at + every <= len(rows) or at == 0)
    ]
    top = Markup('<text class="label-t" x="0" y="11">{} {}</text>').format(f"{most:,}", unit)
    return Markup("").join([*marks, top])
