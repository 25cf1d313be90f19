"""Which reasons are shown, and how much of each: at most five passages on at most 22 lines. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from gitstory.queries.reasons.passages import Unit, joined
from gitstory.queries.reasons.text_relevance import terms
from gitstory.queries.reasons.values import Part, Reason
from gitstory.text.wording import wrap

MOST = 5
LINES = 22
_LEAST = 0.4
"""Score below which a reason is not shown beside another one."""
_LEAST_MORE = 0.5
"""Score below which a third reason, or a further one, is not shown."""
_SHOWN_LOSS = 0.15
"""What a further passage of a kind counts for less."""
_ALIKE = 0.75
"""Share of the smaller passage's words that makes two passages the same."""
_ORDER: tuple[Part, ...] = ("origin", "detail", "account")
_FEWEST_LINES = 3


class Shown(Struct, frozen=True):
    """A reason with the lines that are shown of it; `cut` tells that it goes on."""

    reason: Reason
    lines: tuple[str, ...]
    cut: bool = False


def choose(reasons: Sequence[Reason], most: int = MOST) -> list[Reason]:
    """The best of each part, then the best of what is left; those nearest to a person first.

    What is left counts for less where its kind is shown already. At most `most` of them.
    """
    ranked = sorted(reasons, key=lambda reason: -reason.score)
    chosen: list[Reason] = []
    for part in _ORDER:
        _take(chosen, [reason for reason in ranked if reason.part == part and reason.score >= _LEAST][:3])
    left = [reason for reason in ranked if reason not in chosen]
    while left and len(chosen) < most:
        kinds = {reason.kind for reason in chosen}
        best = max(left, key=lambda reason: reason.score - (_SHOWN_LOSS if reason.kind in kinds else 0.0))
        left.remove(best)
        if best.score >= (_LEAST if len(chosen) < 2 else _LEAST_MORE) or not chosen:
            _take(chosen, [best])
    return sorted(chosen[:most], key=lambda reason: (_ORDER.index(reason.part), -reason.score))


def _take(chosen: list[Reason], from_: Sequence[Reason]) -> None:
    """Add the first one that says something else than those chosen."""
    for reason in from_:
        if not reason.standing and not any(_alike(reason, other) for other in chosen):
            chosen.append(reason)
            return


def _alike(reason: Reason, two: Reason) -> bool:
    mine, others = terms(reason.text), terms(two.text)
    fewer = min(len(mine), len(others))
    return bool(fewer) and len(mine & others) >= _ALIKE * fewer


def fit(chosen: Sequence[Reason], heads: Sequence[int], width: int, room: int = LINES) -> list[Shown]:
    """The chosen reasons cut to `room` lines of `width` columns together; `heads[i]` columns of the first line of each
    are taken already."""
    needs = [_lines(reason.passage.units, head, width) for reason, head in zip(chosen, heads, strict=True)]
    shares = _shares([len(lines) for lines in needs], room)
    shown = []
    for reason, head, lines, share in zip(chosen, heads, needs, shares, strict=True):
        shown.append(Shown(reason, tuple(lines)) if len(lines) <= share else _cut(reason, head, width, share))
    return shown


def _shares(needs: Sequence[int], room: int) -> list[int]:
    """Lines for each: as many as it needs, or an even part of what there is."""
    shares = [min(need, max(room // max(len(needs), 1), 1)) for need in needs]
    spare = room - sum(shares)
    for at, need in enumerate(needs):
        more = min(need - shares[at], spare)
        shares[at] += more
        spare -= more
    return shares


def _lines(units: Sequence[Unit], head: int, width: int) -> list[str]:
    """Wrapped text; the first line is shorter by `head`."""
    held = "\x01" * max(min(head, width // 2) - 1, 0)
    lines = list(wrap(f"{held} {joined(units)}" if held else joined(units), width))
    if held and lines:
        lines[0] = lines[0].removeprefix(held).lstrip()
    return [line for at, line in enumerate(lines) if line.strip() or not at]


def _cut(reason: Reason, head: int, width: int, share: int) -> Shown:
    """The units of most worth that fit; where not even one does, its first lines."""
    units = reason.passage.units
    kept: set[int] = set()
    for at in sorted(range(len(units)), key=lambda at: (-units[at].worth, at)):
        trial = [unit for n, unit in enumerate(units) if n in kept or n == at]
        if len(_lines(trial, head, width)) <= share:
            kept.add(at)
    top = max(range(len(units)), key=lambda at: units[at].worth)
    if top in kept:
        lines = _lines([unit for n, unit in enumerate(units) if n in kept], head, width)
        return Shown(reason, tuple(lines), cut=True)
    lines = _lines([units[top]], head, width)[:share]
    lines[-1] = lines[-1][: width - 2].rstrip() + " …"
    return Shown(reason, tuple(lines), cut=True)
