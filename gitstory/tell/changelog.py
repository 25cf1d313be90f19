"""Commits as a section of a changelog (Keep a Changelog 1.1), or as fragments for towncrier. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gitstory.tell.commit_kinds import HEADINGS, ChangelogEntry, Heading, entries
from gitstory.tell.quotation_markdown import bullets, document, inline
from gitstory.tell.values import Material
from gitstory.text.escape_markdown import span
from gitstory.text.wording import count

_MOST = 100
_FRAGMENTS: dict[Heading, str] = {
    "Added": "feature",
    "Changed": "misc",
    "Deprecated": "removal",
    "Removed": "removal",
    "Fixed": "bugfix",
    "Security": "bugfix",
}


def changelog(material: Material) -> str:
    """An "Unreleased" section; entries are quotations of commits, or of what the agent says it did."""
    return document(_sections(entries(material)))


def _sections(results: Sequence[ChangelogEntry]) -> Iterator[str]:
    yield "## [Unreleased]"
    noticed = [entry for entry in results if entry.heading is not None]
    for heading in HEADINGS:
        mine = [entry for entry in noticed if entry.heading == heading]
        if mine:
            yield f"### {heading}\n\n{bullets(line(entry) for entry in mine[:_MOST])}"
            if len(mine) > _MOST:
                yield f"{count(len(mine) - _MOST, 'more commit')}."
    if not noticed:
        yield "No commit of it changes what a user notices."
    internal = len(results) - len(noticed)
    if internal:
        yield f"<!-- {count(internal, 'commit')} left out: documentation, tests, builds and the like -->"


def line(entry: ChangelogEntry) -> str:
    """An entry with its source, a breaking change named first."""
    alarm = "**Breaking:** " if entry.breaking else ""
    more = f": {inline(entry.breaking)}" if entry.breaking and entry.breaking != entry.words.text else ""
    turn = f", {span(entry.words.source)}" if "#" in entry.words.source else ""
    return f"{alarm}{inline(entry.words.text)}{more} ({span(entry.commit.oid[:10])}{turn})"


def fragments(material: Material) -> list[tuple[str, str]]:
    """(file name, text) of a towncrier fragment for each commit that users notice; `+` says that no issue has it."""
    results: list[tuple[str, str]] = []
    for entry in entries(material):
        if entry.heading is not None:
            name = f"{entry.request or f'+{entry.commit.oid[:10]}'}.{_FRAGMENTS[entry.heading]}"
            before = sum(each.startswith(f"{name}.") for each, _ in results)
            results.append((f"{name}.{before}.md" if before else f"{name}.md", f"{inline(entry.words.text)}\n"))
    return results
