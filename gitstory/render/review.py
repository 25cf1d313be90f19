"""A brief for a terminal, and as JSON. Everything in quotation marks is quoted from a turn, which is named."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from gitstory.queries.review.commits_by_pull_request import CommitGroup
from gitstory.queries.review.values import Brief, Dropped, FileBrief, Quote, SuiteRun
from gitstory.render.stats import percent
from gitstory.sources.story_source import Key
from gitstory.text.console import Console, neutralise_line
from gitstory.text.wording import count, listed, rfc3339, shorten, wrap

SCHEMA = "gitstory.review/1"
_WIDEST = 100
_RANGES = 4
_FILE_WORDS = 12
_FILES = 3

Named = Callable[[Quote], str]
"""How a turn is called: `1f2e3d4c#2`."""


class ReviewSection(Struct, frozen=True):
    """A titled list; each item is a text and the turn that is its source (None where git alone is)."""

    title: str
    items: tuple[tuple[str, Quote | None], ...]


def named_by(short: Mapping[Key, str]) -> Named:
    return lambda quote: f"{short.get(quote.ref.key, quote.ref.conversation[:8])}#{quote.index}"


def head(brief: Brief) -> list[str]:
    """What a range is, in numbers."""
    commits = count(len(brief.commits), "commit")
    facts = f"{commits}, {brief.with_story} with a story, {count(brief.conversations, 'conversation')}"
    if not brief.added:
        return [facts, *_grouped_facts(brief)]
    share = percent(brief.explained / brief.added)
    return [
        facts,
        *_grouped_facts(brief),
        f"{brief.explained:,} of {count(brief.added, 'added line')} come from a conversation ({share})",
    ]


def _grouped_facts(brief: Brief) -> list[str]:
    merged = [group for group in brief.groups if not group.direct]
    if not merged:
        return []
    silent = sum(not group.turns for group in merged)
    rest = f", {silent} without a conversation" if silent else ""
    return [f"{count(len(merged), 'pull request or merge', 'pull requests or merges')}{rest}"]


def parts(brief: Brief) -> Iterator[ReviewSection]:
    """The brief as lists, in the order a reviewer wants them; empty ones are left out."""
    sections = (
        *(_by_group(brief) if brief.groups else _by_kind(brief)),
        ReviewSection("Files, and the turn that shaped each", tuple(_file(one) for one in brief.files)),
        ReviewSection("No conversation explains", tuple((_open(one), None) for one in brief.files if one.open)),
        ReviewSection("Tests the conversations ran", tuple((_run(one), one.quote) for one in brief.tests)),
        ReviewSection("Tried and not kept", tuple((_dropped(one), one.quote) for one in brief.dropped)),
    )
    return (part for part in sections if part.items)


def _by_kind(brief: Brief) -> Iterator[ReviewSection]:
    yield ReviewSection("What was asked", _quoted_lines(_in_order(brief.requests)))
    yield ReviewSection("Decisions", _quoted_lines(_in_order(brief.decided)))
    yield ReviewSection("Rejected", _quoted_lines(_in_order(brief.rejected)))
    yield ReviewSection("Corrections by the person", _quoted_lines(_in_order(brief.corrected)))


def _by_group(brief: Brief) -> Iterator[ReviewSection]:
    """One section for each pull request or merge: what was asked first, the rest with its kind."""
    kinds = (("", brief.requests), ("decided: ", brief.decided), ("rejected: ", brief.rejected))
    for group in brief.groups:
        items = [
            (f"{kind}{with_outcome(quote)}", quote)
            for kind, quotes in (*kinds, ("correction: ", brief.corrected))
            for quote in _in_order(each for each in quotes if each.ref in group.turns)
        ]
        title = f"{neutralise_line(group.name)} ({count(len(group.commits), 'commit')})"
        yield ReviewSection(title, tuple(items))


def _in_order(quotes: Iterable[Quote]) -> list[Quote]:
    return sorted(quotes, key=lambda quote: (quote.time or 0.0, quote.ref.key, quote.index))


def _quoted_lines(quotes: Iterable[Quote]) -> tuple[tuple[str, Quote | None], ...]:
    return tuple((with_outcome(quote), quote) for quote in quotes)


def with_outcome(quote: Quote) -> str:
    """A quotation, and in brackets that what it is about was refused or replaced later."""
    return quoted(quote.text) + (f" ({quote.outcome} later)" if quote.outcome else "")


def quoted(text: str) -> str:
    return f"“{neutralise_line(text)}”"


def _file(file_brief: FileBrief) -> tuple[str, Quote | None]:
    path = neutralise_line(file_brief.path)
    size = "binary" if file_brief.added is None else f"+{file_brief.added} -{file_brief.deleted}"
    if not file_brief.shapes:
        return f"{path} {size}" + ("" if file_brief.looked else ", not looked at line by line"), None
    first = file_brief.shapes[0]
    more = f" and {count(len(file_brief.shapes) - 1, 'more turn')}" if len(file_brief.shapes) > 1 else ""
    words = " ".join(first.quote.text.split()[:_FILE_WORDS])
    cut = "…" if len(first.quote.text.split()) > _FILE_WORDS and not words.endswith("…") else ""
    return f"{path} {size}: {count(first.lines, 'line')} of {quoted(words + cut)}{more}", first.quote


def _open(file_brief: FileBrief) -> str:
    shown = ", ".join(str(start) if start == end else f"{start}-{end}" for start, end in file_brief.open[:_RANGES])
    rest = file_brief.unexplained - sum(end - start + 1 for start, end in file_brief.open[:_RANGES])
    return f"{neutralise_line(file_brief.path)}:{shown}" + (f" and {count(rest, 'more line')}" if rest else "")


def _run(suite_run: SuiteRun) -> str:
    how = {"passed": "passed", "failed": "failed", "unknown": "how it ended is not recorded"}[suite_run.result]
    after = ", after failing" if suite_run.failed_before and suite_run.result == "passed" else ""
    times = f", run {suite_run.runs} times" if suite_run.runs > 1 else ""
    quoted_line = f": {quoted(shorten(suite_run.quote.text, 100))}" if suite_run.quote.text else ""
    return f"{shorten(neutralise_line(suite_run.command), 80)} {how}{after}{times}{quoted_line}"


def _dropped(dropped: Dropped) -> str:
    files = [neutralise_line(name) for name in dropped.files[:_FILES]]
    more = [f"{len(dropped.files) - _FILES} more"] if len(dropped.files) > _FILES else []
    where = f" ({listed(files + more)})" if files else ""
    return f"{dropped.why}: {quoted(dropped.quote.text)}{where}"


def tail(brief: Brief) -> str:
    """What was left out; "" where nothing was."""
    return f"{count(brief.left, 'more piece')} left out; --full has all" if brief.left else ""


def write_review(brief: Brief, console: Console, name: Named) -> None:
    console.line(console.paint(f"Review of {neutralise_line(brief.range)}", "bold"))
    for line in head(brief):
        console.line(line)
    for part in parts(brief):
        console.line()
        console.line(console.paint(part.title, "bold", "cyan"))
        for text, source in part.items:
            _item(console, text, name(source) if source is not None else "")
    if tail(brief):
        console.line()
        console.line(console.paint(tail(brief), "dim"))


def _item(console: Console, text: str, source: str) -> None:
    room = max(min(console.width, _WIDEST), 40) - 4
    lines = list(wrap(f"{text} [{source}]" if source else text, room))
    for at, line in enumerate(lines):
        if source and at == len(lines) - 1 and line.endswith(f"[{source}]"):
            line = line.removesuffix(f"[{source}]") + console.paint(f"[{source}]", "dim")
        console.line(f"  {'-' if at == 0 else ' '} {line}")


def write_per_file(files: Sequence[FileBrief], console: Console, name: Named, most: int = 5) -> None:
    """Each file with the turns that shaped it and the unattributed lines."""
    for at, file_brief in enumerate(files):
        if at:
            console.line()
        size = "binary" if file_brief.added is None else f"+{file_brief.added} -{file_brief.deleted}"
        console.line(f"{console.paint(neutralise_line(file_brief.path), 'bold')}  {size}")
        for shape in file_brief.shapes[:most]:
            _item(console, f"{count(shape.lines, 'line')}: {quoted(shape.quote.text)}", name(shape.quote))
        if len(file_brief.shapes) > most:
            _item(console, f"{count(len(file_brief.shapes) - most, 'more turn')}", "")
        if file_brief.open:
            _item(console, f"no conversation explains {_open(file_brief)}", "")
        if not file_brief.looked:
            _item(console, "not looked at line by line", "")


def review_object(brief: Brief) -> dict[str, Any]:
    """`gitstory.review/1`: everything, nothing cut."""
    return {
        "schema": SCHEMA,
        "range": brief.range,
        "base": brief.base or None,
        "tip": brief.tip,
        "commits": [{"commit": one.oid, "subject": one.subject} for one in brief.commits],
        "commits_with_story": brief.with_story,
        "conversations": brief.conversations,
        "added": brief.added,
        "explained": brief.explained,
        "asked": [_quote_object(one) for one in brief.requests],
        "decisions": [_quote_object(one) for one in brief.decided],
        "rejected": [_quote_object(one) for one in brief.rejected],
        "corrections": [_quote_object(one) for one in brief.corrected],
        "files": [_file_object(one) for one in brief.files],
        "tests": [
            {
                "command": test.command,
                "result": test.result,
                "runs": test.runs,
                "failed_before": test.failed_before,
                **_quote_object(test.quote),
            }
            for test in brief.tests
        ],
        "groups": [_group_object(one) for one in brief.groups],
        "dropped": [{"why": one.why, "files": list(one.files), **_quote_object(one.quote)} for one in brief.dropped],
    }


def _group_object(group: CommitGroup) -> dict[str, Any]:
    turns = sorted(group.turns, key=lambda ref: (ref.key, ref.turn))
    return {
        "pull_request": group.number or None,
        "title": group.title,
        "direct": group.direct,
        "commits": list(group.commits),
        "turns": [{"agent": ref.agent, "conversation": ref.conversation, "turn": ref.turn} for ref in turns],
    }


def _quote_object(quote: Quote) -> dict[str, Any]:
    return {
        "text": quote.text,
        "speaker": quote.speaker,
        "agent": quote.ref.agent,
        "conversation": quote.ref.conversation,
        "turn": quote.ref.turn,
        "index": quote.index,
        "time": rfc3339(quote.time),
        "outcome": quote.outcome or None,
    }


def _file_object(file_brief: FileBrief) -> dict[str, Any]:
    return {
        "path": file_brief.path,
        "added": file_brief.added,
        "deleted": file_brief.deleted,
        "explained": file_brief.explained if file_brief.looked else None,
        "turns": [{"lines": shape.lines, **_quote_object(shape.quote)} for shape in file_brief.shapes],
        "unexplained": [{"start": start, "end": end} for start, end in file_brief.open],
    }
