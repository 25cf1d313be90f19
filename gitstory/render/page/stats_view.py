"""Statistics: how much of the code has a story, as plots with the same numbers as tables."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from gitstory.queries.stats import Share, Stats
from gitstory.render.page.frame import Frame, framed
from gitstory.render.stats import percent
from gitstory.text.console import neutralise_line
from gitstory.text.words import agent_label, count, shorten_path

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
        frame, "stats.html", "Statistics", tab="stats", json=json, facts=facts, plot=plot, tables=tables, query=query
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


def plot_of(times: Sequence[Share]) -> Markup:
    """Bars of added lines over time, the attributed part of each in colour; "" where there is nothing to compare."""
    if len(times) < 2:
        return Markup("")
    most = max(share.added for share in times) or 1
    step = _WIDTH / len(times)
    room = _HEIGHT - _FOOT - _TOP
    bars = []
    for at, share in enumerate(times):
        x, wide = at * step + step * 0.12, max(step * 0.76, 1.0)
        for kind, lines in (("bar-all", share.added), ("bar-told", share.explained)):
            tall = room * lines / most
            bars.append(
                Markup('<rect class="{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"/>').format(
                    kind, x, _TOP + room - tall, wide, tall
                )
            )
        bars.append(
            Markup(
                '<rect x="{:.1f}" y="0" width="{:.1f}" height="{}" fill="transparent"><title>{}: {}</title></rect>'
            ).format(
                at * step, step, _HEIGHT - _FOOT, neutralise_line(share.name), f"{share.explained:,} of {share.added:,}"
            )
        )
    return Markup(
        '<svg viewBox="0 0 {0} {1}" role="img" aria-label="Added lines over time, and how many of them are attributed">'
        '<line class="axis" x1="0" y1="{2}" x2="{0}" y2="{2}"/>{3}{4}</svg>'
    ).format(_WIDTH, _HEIGHT, _TOP + room, Markup("").join(bars), _labels(times, step, most))


def _labels(times: Sequence[Share], step: float, most: int) -> Markup:
    every = max(round(len(times) / 8), 1)
    marks = [
        Markup('<text class="label-t" x="{:.1f}" y="{}">{}</text>').format(
            at * step, _HEIGHT - 8, neutralise_line(share.name)
        )
        for at, share in enumerate(times)
        if at % every == 0 and (at + every <= len(times) or at == 0)
    ]
    return Markup("").join([*marks, Markup('<text class="label-t" x="0" y="11">{} lines</text>').format(f"{most:,}")])
