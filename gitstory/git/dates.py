"""Dates as git understands them."""

from __future__ import annotations

import time
from collections.abc import Sequence

from gitstory.errors import GitStoryError
from gitstory.git.repo import Repo

_NOW = ("now", "today", "second")
_AT_ONCE = 3.0
"""Seconds from now within which a date that does not say "now" is one that git made nothing of."""


def since_time(repo: Repo, date: str) -> float:
    """Epoch seconds. Raises GitStoryError where git takes a date for now although it does not say so."""
    output = repo.run("rev-parse", f"--since={date}", check=False).stdout.decode("ascii", "replace").strip()
    seconds = output.removeprefix("--max-age=")
    at_once = seconds.isdigit() and abs(float(seconds) - time.time()) < _AT_ONCE
    # A day without a time means that day at this time of the day, today's too.
    guessed = at_once and not any(map(str.isdigit, date)) and not any(word in date.lower() for word in _NOW)
    if not date.strip() or not seconds.isdigit() or guessed:
        raise GitStoryError(f"no date: {date!r}", hint="try 2026-11-20, yesterday or '2 weeks ago'")
    return float(seconds)


def check_dates(repo: Repo, *dates: str | None) -> None:
    """Raises GitStoryError for one that git makes nothing of: it would take it for now."""
    for date in filter(None, dates):
        since_time(repo, date)


def formatted_dates(repo: Repo, commits: Sequence[str], form: str) -> dict[str, str]:
    """The author date of each commit as `git log --date=FORM` prints it."""
    if not commits:
        return {}
    wanted = "\n".join(commits).encode()
    done = repo.run("log", "--no-walk=unsorted", "--stdin", "-z", f"--date={form}", "--format=%H %ad", input=wanted)
    rows = (row.partition(" ") for row in done.stdout.decode("utf-8", "replace").split("\0"))
    return {oid: date for oid, _, date in rows if oid}
